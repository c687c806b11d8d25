"""Reads what a model writes, as it comes: sentences, each with the numbers of the passages that it
cites. Text only: marks of formatting are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from copilot.sentence import split

NO_ANSWER = "NO ANSWER"
# What a line may be long before it counts as no reply at all.
_LONGEST = 1_200
_CITED = re.compile(r"(?:\s*\[\s*(?:\d{1,3}(?:\s*,\s*\d{1,3})*|-)\s*\])+")
_NUMBER = re.compile(r"\d+")
_MARKS = re.compile(r"^(?:[-*+•>#]+|\d{1,2}[.)])\s+|\*\*|__|`|<[^<>\n]{1,80}>", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a model wrote it. `cited` are passages by number, from 1, or none."""

    text: str
    cited: tuple[int, ...]


class Reading:
    """Fed with pieces of an answer, gives each sentence once its citations are complete."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> Iterator[Written]:
        """The sentences that this piece completes. Raises ValueError for a line without an end."""
        self._rest += piece.replace("\r", "")
        while (cut := _complete(self._rest)) is not None:
            line, self._rest = self._rest[:cut], self._rest[cut:]
            yield from _written(line)
        if len(self._rest) > _LONGEST:
            raise ValueError("a sentence has no end")

    def end(self) -> Iterator[Written]:
        """What is left at the end of a whole answer."""
        yield from _written(self._rest)
        self._rest = ""


def _complete(text: str) -> int | None:
    """Where the first sentence with its citations ends; None where more may follow."""
    line = text.find("\n")
    cited = _CITED.search(text, 0, len(text) if line < 0 else line)
    if cited is None:
        return None if line < 0 else line + 1
    rest = text[cited.end() :]
    if not rest or (rest.lstrip(" ").startswith("[") and line < 0) or not rest.lstrip(" "):
        return None if line < 0 else line + 1
    after = re.match(r"[ \t]*[.!?]*[ \t]*\n?", rest)
    return cited.end() + (after.end() if after else 0)


def _written(line: str) -> Iterator[Written]:
    cited = tuple(
        dict.fromkeys(
            int(number) for match in _CITED.finditer(line) for number in _NUMBER.findall(match[0])
        )
    )
    text = " ".join(_MARKS.sub(" ", _CITED.sub(" ", line)).split())
    text = re.sub(r"\s+([.,;:!?])", r"\1", text)
    for start, end in split(text, 0, len(text)):
        yield Written(text[start:end], cited)
