"""Finds the names that the caller already has, such as the customer's record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from copilot.privacy.span import Kind, Span
from copilot.privacy.words import EVERYDAY, STOP

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_MARKS = r"[\u0300-\u036f]?"


def known(text: str, known_names: Sequence[str]) -> Iterator[Span]:
    """Whole names in any letters and accents, and each of their words.

    A word that is also an everyday one ("Price") counts only with a capital, and one of grammar
    ("Will") only with a capital within a sentence.
    """
    pattern = _pattern(tuple(known_names))
    if pattern is None:
        return
    for match in pattern.finditer(text if text.isascii() else "".join(map(_plain, text))):
        if _is_name(text, match.start(), match.end()):
            yield Span(*match.span(), Kind.NAME)


def _is_name(text: str, start: int, end: int) -> bool:
    written = text[start:end]
    word = written.casefold()
    if word in STOP:
        before = text[max(0, start - 3) : start].rstrip(" ")
        return written.istitle() and before[-1:] not in ("", ".", "!", "?", "\n")
    return word not in EVERYDAY or not written.islower()


@lru_cache(maxsize=64)
def _pattern(known_names: tuple[str, ...]) -> re.Pattern[str] | None:
    wholes: list[list[str]] = [_WORD.findall(name) for name in known_names]
    singles = [[word] for words in wholes for word in words]
    forms = {
        r"[\s.,_\-]{1,3}".join(map(_loose, words))
        for words in wholes + singles
        if len("".join(words)) > 1
    }
    if not forms:
        return None
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(longest_first)})(?![^\W_])", re.IGNORECASE)


def _loose(word: str) -> str:
    composed = unicodedata.normalize("NFC", word)
    return "".join(re.escape(_plain(char)) + _MARKS for char in composed)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """A letter without its accent; one character stays one character."""
    parts = unicodedata.normalize("NFD", char)
    return parts[0] if all(map(unicodedata.combining, parts[1:])) else char
