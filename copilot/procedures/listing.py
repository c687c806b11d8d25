"""A list while it is put together: its items, what stands below each, and what stands above."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from copilot.procedures.step import Unclear
from copilot.procedures.units import Unit
from copilot.sentence import Span
from copilot.structure import Kind

_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_\n]{2,80})(?:\*\*|__)[.:]?")

Headings = tuple[tuple[int, str], ...]


@dataclass(slots=True)
class Item:
    """An item of a list; `parent` is a position in it, `below` what is no item of its own."""

    unit: Unit
    headings: Headings
    parent: int | None = None
    by_style: bool = False
    below: list[Unit] = field(default_factory=list)
    children: int = 0
    cells: dict[str, Span] = field(default_factory=dict)

    @property
    def detail(self) -> Span | None:
        return (self.below[0].start, self.below[-1].end) if self.below else None


@dataclass(slots=True)
class Listing:
    """Items that belong together, in order. `intro` is the paragraph above the first one."""

    style: str
    headings: Headings
    intro: Unit | None
    items: list[Item] = field(default_factory=list)
    notes: list[Unclear] = field(default_factory=list)

    def bold_line(self, text: str) -> str | None:
        """A line in bold just above the first item, which many write for a heading."""
        intro = self.intro
        if intro is None or text[intro.end : self.items[0].unit.start].strip():
            return None
        found = _BOLD_LINE.fullmatch(text, intro.start, intro.end)
        return found[1].strip(" .:") if found else None

    @property
    def end(self) -> int:
        return max(max(item.unit.end, (item.detail or (0, 0))[1]) for item in self.items)

    def let_go_of_text_after(self) -> None:
        """The last of some labelled paragraphs does not take all the text below it along."""
        last = self.items[-1]
        if last.unit.style != "step" or last.unit.kind is Kind.HEADING or not last.below:
            return
        at_margin = [unit.indent == 0 and unit.style == "" for unit in last.below]
        if not any(item.below for item in self.items[:-1]):
            last.below = last.below[: at_margin.index(True)] if any(at_margin) else last.below
        elif any(at_margin[1:]):
            last.below = last.below[: 1 + at_margin[1:].index(True)]
