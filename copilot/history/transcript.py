"""An interaction as text: what is embedded, searched and cited of a customer's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copilot.sentence import Span, split, trim
from copilot.types import Chunk, Interaction

# Characters of turns in one chunk: about 150 tokens of talk.
_TARGET = 600


def transcript(interaction: Interaction) -> tuple[str, list[Span]]:
    """The stored text, one line a turn ("customer: …"), and the span of each turn's words.

    Turns without words, and partial ones, are left out.
    """
    lines: list[str] = []
    spans: list[Span] = []
    position = 0
    if interaction.subject:
        lines.append(f"subject: {interaction.subject}")
        position = len(lines[0]) + 1
    for turn in interaction.turns:
        words = " ".join(turn.text.split())
        if not words or not turn.is_final:
            continue
        start = position + len(turn.role) + 2
        lines.append(f"{turn.role}: {words}")
        spans.append((start, start + len(words)))
        position = start + len(words) + 1
    return "\n".join(lines), spans


def cut_transcript(text: str, spans: Sequence[Span]) -> list[Chunk]:
    """Chunks of whole turns, or of whole sentences of a turn that is too long for one chunk.

    A chunk's sentences are what was said, without the role.
    """
    groups: list[list[Span]] = []
    for piece in (piece for span in spans for piece in _pieces(text, span)):
        if groups and piece[1] - groups[-1][0][0] <= _TARGET:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    chunks = []
    turns = {span[0] for span in spans}
    for ordinal, group in enumerate(groups):
        start, end = group[0][0], group[-1][1]
        if start in turns:
            start = text.rfind("\n", 0, start) + 1
        said = tuple(sentence for span in group for sentence in split(text, *span))
        chunks.append(Chunk(ordinal, "", start, end, text[start:end], said))
    return chunks


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """A turn's words, whole if they are short, else in runs of sentences that are."""
    begin, end = span
    if end - begin > _TARGET:
        for left, right in split(text, begin, end)[1:]:
            if right - begin > _TARGET:
                yield begin, trim(text, begin, left)[1]
                begin = left
    yield begin, end
