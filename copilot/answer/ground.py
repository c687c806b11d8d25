"""The last gate before a sentence is shown: its span is read again and must be its quote."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

from copilot.answer.extract import Scored
from copilot.structure import plain
from copilot.types import Citation, Reply, Sentence

# Reads [start, end) of a stored text again, from the database.
Reread = Callable[[int, int], str | None]

_MARKER = re.compile(r"[ \t]*([-*+•‣◦]|\(?\w{1,3}[.)])[ \t]+\Z")


def cite(document_id: str, version: int, start: int, end: int, quote: str) -> Citation:
    """A citation of a span, with the hash of its words."""
    sha256 = hashlib.sha256(quote.encode()).hexdigest()
    return Citation(document_id, version, start, end, quote, sha256)


def compose(
    document_id: str, version: int, chosen: Sequence[Scored], reread: Reread
) -> Reply | None:
    """A reply of these sentences in order, each cited; None when none can be read again.

    A sentence whose span does not read as it did is left out. Lists keep their markers, so that
    the reply reads as the document does.
    """
    text = ""
    sentences: list[Sentence] = []
    previous: int | None = None
    for one in chosen:
        start, end = one.span
        if reread(start, end) != one.text:
            continue
        before = "" if previous is None else (reread(previous, start) or "")
        if previous is None:
            before = _line_before(start, reread)
        shown = plain(one.text)
        if not shown:
            continue
        text += _joint(before, first=previous is None)
        citation = cite(document_id, version, start, end, one.text)
        sentences.append(Sentence(shown, len(text), len(text) + len(shown), (citation,)))
        text += shown
        previous = end
    return Reply(text, tuple(sentences)) if sentences else None


def _line_before(start: int, reread: Reread) -> str:
    """What stands before a sentence on its own line."""
    before = reread(max(0, start - 12), start) or ""
    return before[before.rfind("\n") + 1 :]


def _joint(between: str, *, first: bool) -> str:
    """What joins two sentences: a space in a paragraph, a new line and marker in a list."""
    line = between[between.rfind("\n") + 1 :]
    match = _MARKER.fullmatch(line)
    marker = f"{match.group(1)} " if match else ""
    if first:
        return marker
    return f"\n{marker}" if "\n\n" in between or marker or "|" in line else " "
