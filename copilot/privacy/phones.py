"""Finds phone numbers: the only file that knows the phonenumbers library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from copilot.errors import InvalidInput
from copilot.privacy import labels
from copilot.privacy.span import Kind, Span

_EXTENSION = r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?!\w)(?!-\d)"

# Digits in groups that one or two of the usual signs part; what it is, is decided below.
_CANDIDATE = re.compile(
    rf"(?<![\w.,/$€£#-])(?:\+|\(\+?)?\d(?:[ ().\-/\u00a0\u2011–]{{0,3}}\d){{5,16}}{_EXTENSION}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:19|20)\d{2}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}"
)

# Grouped as people write numbers of their own country, wherever the contact centre is:
# a trunk zero, an area in brackets, pairs, three threes, or three and more groups with a dash.
_GROUPED = re.compile(
    r"0\d{1,4}(?:[ \-/]\d{2,4}){2,4}|0\d{2,5}[ \-/]\d{5,8}"
    r"|\(0?\d{1,5}\)[ \-]?\d{2,5}(?:[ .\-]?\d{2,5}){1,3}"
    r"|\d{2,4}(?:-\d{2,4}){2,4}|\d{2}(?:\.\d{2}){3,4}|0[1-9]\d{7,9}|[1-9]\d{2}(?: \d{3}){2}"
)

_GROUP = re.compile(r"\d+")
_FIRST_GROUP = re.compile(r"\D*\d+")
_INTERNATIONAL = re.compile(r"^\(?(?:\+|00) ?")


@lru_cache(maxsize=16)
def check_region(region: str) -> None:
    """Raises InvalidInput unless phonenumbers knows this region (ISO 3166, two letters)."""
    import phonenumbers

    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidInput(
            f"no phone numbers are known for {region!r}",
            place="region",
            remedy="give a country's two capital letters, for example US or ES",
        )


def phones(text: str, region: str) -> Iterator[Span]:
    """Phone numbers: international ones, `region`'s own, grouped like one, or labelled a phone.

    What is labelled an order is none, whatever its digits.
    """
    at = 0
    while match := _CANDIDATE.search(text, at):
        start, end = match.span()
        if date := _DATE.search(text, start, end):
            at = date.end()
        elif labels.stands_before(labels.ORDER, text, start) and _is_even(match.group()):
            at = end
        elif _is_phone(text, start, match.group(), region):
            yield Span(start, end, Kind.PHONE)
            at = end
        else:  # perhaps without its first group: "2 212-555-0123"
            at = _FIRST_GROUP.match(text, start).end()  # type: ignore[union-attr]


def _is_even(written: str) -> bool:
    """Whether all groups of a number are of one length, but for the last."""
    return len({len(group) for group in _GROUP.findall(written)[:-1]}) < 2


def _is_phone(text: str, start: int, written: str, region: str) -> bool:
    groups = _GROUP.findall(written)
    digits = sum(map(len, groups))
    if digits > 15 or labels.stands_before(labels.ORDER, text, start):
        return False
    if labels.stands_before(labels.PHONE, text, start):
        return True
    if 1 < sum(len(group) == 1 for group in groups) < digits:
        return False  # "6.4.0.8" is a version
    return digits >= 7 and (_GROUPED.fullmatch(written) is not None or _is_valid(written, region))


def _is_valid(written: str, region: str) -> bool:
    import phonenumbers

    try:
        number = phonenumbers.parse(_INTERNATIONAL.sub("+", written), region)
    except phonenumbers.NumberParseException:
        return False
    if written.lstrip("(").startswith("+"):
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number(number)
