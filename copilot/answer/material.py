"""What a model is given to draft from: passages and turns as marked, escaped data, without
personal data and without what is addressed to a model, cut to a budget of tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copilot.types import Passage, Turn

Count = Callable[[str], int]
Hide = Callable[[str], str]
_MOST_TURNS = 30


def passages_block(passages: Sequence[Passage], texts: Sequence[str], hide: Hide) -> str:
    """The passages as data: each line begins with the number of its passage and a bar."""
    blocks = []
    for number, (passage, text) in enumerate(zip(passages, texts, strict=True), start=1):
        above = passage.heading or passage.title
        if not above.startswith(passage.title):
            above = f"{passage.title} › {above}"
        lines = [above, *text.splitlines()]
        marked = [f"{number}| {escaped(hide(line))}" for line in lines if line.strip()]
        blocks.append("\n".join([f'<passage id="{number}">', *marked, "</passage>"]))
    return "\n".join(blocks)


def conversation_block(turns: Sequence[Turn], hide: Hide) -> str:
    """The turns as data, the newest last; one line each."""
    said = [turn for turn in turns if turn.text.strip()][-_MOST_TURNS:]
    return "\n".join(
        f"{number}| {turn.role}: {escaped(hide(' '.join(turn.text.split())))}"
        for number, turn in enumerate(said, start=1)
    )


def fitting(passages: Sequence[Passage], budget: int, count: Count) -> list[Passage]:
    """The best passages that fit into a budget of tokens, each whole."""
    chosen: list[Passage] = []
    left = budget
    for passage in passages:
        left -= count(f"{passage.title}\n{passage.heading}\n{passage.text}")
        if left < 0:
            break
        chosen.append(passage)
    return chosen


def newest(turns: Sequence[Turn], budget: int, count: Count) -> list[Turn]:
    """The newest turns that fit into a budget of tokens, in order."""
    chosen: list[Turn] = []
    left = budget
    for turn in reversed(turns):
        left -= count(turn.text) + 4
        if left < 0:
            break
        chosen.append(turn)
    return chosen[::-1]


def escaped(line: str) -> str:
    """No line can end what holds it, or look like a mark."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").strip()
