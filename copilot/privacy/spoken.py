"""Finds numbers that were dictated digit by digit, as a call's transcript may have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.privacy import checksums, labels
from copilot.privacy.span import Kind, Span

_DIGITS = {
    word: str(value)
    for value, words in enumerate(
        ("zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_TIMES = {"double": 2, "triple": 3}
_WORD = "|".join((*_DIGITS, *_TIMES))
_RUN = re.compile(rf"\b(?:(?:{_WORD})\b[ ,\-]{{0,2}}){{6,}}+", re.IGNORECASE)


def spoken_numbers(text: str) -> Iterator[Span]:
    """Seven or more digits in English words; the label before them, or Luhn, says which kind."""
    for match in _RUN.finditer(text):
        written = match.group().rstrip(" ,-")
        kind = _kind(text, match.start(), _as_digits(written))
        if kind is not None:
            yield Span(match.start(), match.start() + len(written), kind)


def _as_digits(written: str) -> str:
    digits, times = "", 1
    for word in re.findall(r"\w+", written.casefold()):
        digits += _DIGITS.get(word, "") * times
        times = _TIMES.get(word, 1)
    return digits


def _kind(text: str, start: int, digits: str) -> Kind | None:
    if len(digits) < 7 or labels.stands_before(labels.ORDER, text, start):
        return None
    if len(digits) >= 13 and (
        checksums.luhn(digits) or labels.stands_before(labels.CARD, text, start)
    ):
        return Kind.CARD
    for label, kind in ((labels.ACCOUNT, Kind.ACCOUNT), (labels.NATIONAL_ID, Kind.NATIONAL_ID)):
        nearby = label.finditer(text, max(0, start - 48), start + 8)
        if any(found.start("value") == start for found in nearby):
            return kind
    return Kind.PHONE if len(digits) <= 15 else Kind.ACCOUNT
