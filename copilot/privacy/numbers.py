"""Finds payment cards, bank accounts, labelled account numbers and national ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from copilot.privacy import checksums, labels
from copilot.privacy.span import Kind, Span

# Groups of digits with one separator between each two.
_RUN = re.compile(r"(?<![\w])\d++(?:[ \-.–\u00a0]\d++)*+(?!\w)")
_SEPARATOR = re.compile(r"[^\d]")
_GROUP = re.compile(r"\d+")

# How cards are printed: lengths of the groups, by scheme.
_PRINTED = {
    (4, 4, 4, 4),
    (4, 6, 5),
    (4, 6, 4),
    (4, 4, 4, 4, 3),
    (4, 4, 4, 1),
    (8, 8),
    (6, 13),
    (4, 4, 5),
    (4, 5, 6),
}
# What card numbers begin with; not 1, as times in milliseconds do.
_ISSUERS = ("2", "3", "4", "5", "6", "81", "82", "9792", "1800")
_MAESTRO_12 = ("5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763")

_YEAR_OR_DATE = re.compile(r"(?:19|20)\d{2}(?:[-/.]\d{1,2}[-/.]\d{1,2})?")
_IBAN_START = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z\d])")

_NINO_PREFIX = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]")

# pattern, what else must hold of it without separators, in upper case
_NATIONAL: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
    (  # US: SSN and ITIN
        re.compile(r"(?<![\w-])(?!000|666)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])"),
        lambda _: True,
    ),
    (  # UK: national insurance
        re.compile(r"\b[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]\b"),
        lambda compact: _NINO_PREFIX.match(compact) is not None,
    ),
    (re.compile(r"\b(?:[XYZxyz][- ]?\d{7}|\d{8})-?[A-Za-z]\b"), checksums.dni),
    (
        re.compile(r"(?<![\w-])[1-9]\d ?\d{3} ?\d{3} ?\d{3}(?![\w-])"),
        checksums.steuer_id,
    ),
    (
        re.compile(
            r"(?<![\w-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3}"
            r" ?\d{2}(?![\w-])"
        ),
        checksums.insee,
    ),
    (  # Italy: codice fiscale
        re.compile(r"\b[A-Za-z]{6} ?\d{2}[A-EHLMPRSTa-ehlmprst]\d{2} ?[A-Za-z]\d{3}[A-Za-z]\b"),
        lambda _: True,
    ),
)


def cards(text: str) -> Iterator[Span]:
    """Card numbers of 13 to 19 digits (12 for Maestro) in any grouping that Luhn's digit confirms.

    Four groups of four, and what is labelled a card, count even with a mistyped digit;
    what is labelled an order does not.
    """
    for run in _RUN.finditer(text):
        if sum(map(str.isdigit, run.group())) >= 12:
            yield from _cards_in(text, run)


def _cards_in(text: str, run: re.Match[str]) -> Iterator[Span]:
    groups = [match.span() for match in _GROUP.finditer(text, *run.span())]
    is_even = len(set(_SEPARATOR.findall(run.group()))) < 2
    is_order = labels.stands_before(labels.ORDER, text, run.start())
    if is_order and all(right - left == 4 for left, right in groups[:-1]):
        return
    first = 0
    while first < len(groups):
        last = _card_end(text, groups, first, first == 0 and is_even)
        if last is None or (is_order and first == 0):
            first += 1
            continue
        yield Span(groups[first][0], groups[last - 1][1], Kind.CARD)
        first = last


def _card_end(
    text: str, groups: list[tuple[int, int]], first: int, may_be_whole: bool
) -> int | None:
    """Where the groups of a card end that begins at group `first`; the longest is taken."""
    start = groups[first][0]
    candidates: list[tuple[int, list[int]]] = []
    sizes: list[int] = []
    for last, (left, right) in enumerate(groups[first : first + 19], first + 1):
        sizes.append(right - left)
        if sum(sizes) > 19:
            break
        is_whole = may_be_whole and last == len(groups) and max(sizes) <= 4
        if sum(sizes) >= 12 and (len(sizes) == 1 or is_whole or tuple(sizes) in _PRINTED):
            candidates.append((last, list(sizes)))
    if not candidates:
        return None
    is_labelled = labels.stands_before(labels.CARD, text, start)
    for last, shape in reversed(candidates):
        if is_labelled or _is_card(text[start : groups[last - 1][1]], shape):
            return last
    return None


def _is_card(written: str, shape: list[int]) -> bool:
    digits = "".join(filter(str.isdigit, written))
    if len(digits) == 12:
        return digits.startswith(_MAESTRO_12) and checksums.luhn(digits)
    if not digits.startswith(_ISSUERS) or len(set(digits)) == 1:
        return False
    return shape == [4, 4, 4, 4] or checksums.luhn(digits)


def accounts(text: str) -> Iterator[Span]:
    """IBANs that their check digits confirm, and whatever is labelled an account or a member."""
    for match in _IBAN_START.finditer(text):
        end = _iban_end(text, match.start())
        if end is not None:
            yield Span(match.start(), end, Kind.ACCOUNT)
    yield from _labelled(text, labels.ACCOUNT, Kind.ACCOUNT, least=4)


def _iban_end(text: str, start: int) -> int | None:
    length = checksums.IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
    compact, at = "", start
    while at < len(text) and len(compact) < length:
        char = text[at]
        if char.isascii() and char.isalnum():
            compact += char.upper()
        elif char not in " -\u00a0" or not text[at - 1].isalnum():
            return None
        at += 1
    follows_more = text[at : at + 1].isalnum()
    return at if length and not follows_more and checksums.iban(compact) else None


def national_ids(text: str) -> Iterator[Span]:
    """National numbers by form and check digit (US, UK, ES, DE, FR, IT), others when labelled."""
    for pattern, confirms in _NATIONAL:
        for match in pattern.finditer(text):
            compact = re.sub(r"[\W_]", "", match.group()).upper()
            if confirms(compact) and not labels.stands_before(labels.ORDER, text, match.start()):
                yield Span(*match.span(), Kind.NATIONAL_ID)
    yield from _labelled(text, labels.NATIONAL_ID, Kind.NATIONAL_ID, least=5)


def _labelled(text: str, pattern: re.Pattern[str], kind: Kind, least: int) -> Iterator[Span]:
    for match in pattern.finditer(text):
        value = match["value"].rstrip("./-_")
        if sum(map(str.isdigit, value)) >= least and not _YEAR_OR_DATE.fullmatch(value):
            yield Span(match.start("value"), match.start("value") + len(value), kind)
