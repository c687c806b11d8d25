"""Puts items together to lists: which come one after the other, and what belongs below which.

Knows numbers, indentation and what stands between; what the words say is for copilot.procedures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from copilot.procedures.levels import DEEPER, HEADING_INDENT, LABEL_INDENT, Levels, Place, follows
from copilot.procedures.listing import Headings, Item, Listing
from copilot.procedures.step import Unclear
from copilot.procedures.units import Unit
from copilot.structure import Kind, plain


def listings(text: str, units: Iterable[Unit]) -> list[Listing]:
    """All lists in order: numbered, labelled, ticked, and those that belong to none of these: of
    bullets (style "-"), and each table as a list of one (style "|").
    """
    outline = _Outline(text, list(units))
    return sorted(outline.run(), key=lambda one: one.items[0].unit.start)


class _Outline:
    """One pass over the units of a text."""

    def __init__(self, text: str, units: list[Unit]) -> None:
        self._text = text
        self._units = units
        self._found: list[Listing] = []
        self._open: Listing | None = None
        self._levels = Levels()
        self._headings: Headings = ()
        self._intro: Unit | None = None
        self._broken = False
        self._pending: list[Unit] = []
        self._bullets: Listing | None = None

    def run(self) -> list[Listing]:
        for unit in self._units:
            if unit.kind is Kind.HEADING and unit.style != "step":
                self._heading(unit)
            elif unit.style not in ("", "-"):
                self._step(unit)
            else:
                self._other(unit)
        self._close()
        self._close_bullets()
        return self._found

    def _heading(self, unit: Unit) -> None:
        top = self._levels.stack[0].indent if self._levels.stack else LABEL_INDENT
        if top < LABEL_INDENT and unit.indent + HEADING_INDENT > top:
            self._attach(0, unit)  # below "## Step 3"
            return
        above = tuple(one for one in self._headings if one[0] < unit.indent)
        name = plain(self._text[unit.start : unit.end])
        self._headings = (*above, (unit.indent, name))
        self._broken = True
        self._pending = []
        self._intro = None
        self._close_bullets()

    def _step(self, unit: Unit) -> None:
        self._close_bullets()
        unit = self._levels.as_roman(unit)
        place = self._levels.place(unit, broken=self._broken)
        if place is None or self._open is None:
            self._begin(unit)
        else:
            self._add(self._open, unit, place)
        self._broken = False
        self._pending = []

    def _begin(self, unit: Unit) -> None:
        self._close()
        self._open = Listing(unit.style, self._headings, self._intro, [Item(unit, self._headings)])
        self._levels.begin(unit)
        if unit.key and unit.key[-1] > 1 and unit.style in ("1", "step"):
            self._note(unit, f"the list begins at {unit.number}: is something missing above it?")

    def _add(self, listing: Listing, unit: Unit, place: Place) -> None:
        """Put the unit after the last item of a level, or below it."""
        last = self._levels.stack[place.level]
        parent = last.item if place.below else listing.items[last.item].parent
        if not place.below:
            self._keep_pending(listing)
            if unit.key and not follows(last.key, unit.key):
                self._note(unit, f"the numbers go from {_named(last.key)} to {_named(unit.key)}")
        if parent is not None:
            listing.items[parent].children += 1
        self._levels.put(unit, place, len(listing.items))
        listing.items.append(Item(unit, self._headings, parent, place.by_style))

    def _other(self, unit: Unit) -> None:
        """What is no numbered item: a detail of one, a bullet of its own, or text between."""
        if unit.kind is Kind.PARAGRAPH:
            self._intro = unit
        if self._open is not None and not self._broken and self._belongs(unit):
            return
        if unit.style == "-":
            self._bullet(unit)
            self._pending.append(unit)
        else:
            self._close_bullets()
            self._pending.append(unit)
            if unit.kind is Kind.ROW:
                self._found.append(Listing("|", self._headings, self._intro, [Item(unit, ())]))
        self._broken = True

    def _belongs(self, unit: Unit) -> bool:
        """Whether the unit is a detail of the item above it; then it has been put there."""
        listing = self._open
        if listing is None:
            return False
        for at in range(len(self._levels.stack) - 1, -1, -1):
            if unit.indent >= self._levels.stack[at].indent + DEEPER:
                self._attach(at, unit)
                return True
        last = listing.items[-1]
        above = last.below[-1] if last.below else last.unit
        introduced = self._text[last.unit.start : last.unit.end].rstrip("*_ ").endswith(":")
        close = unit.style == "-" and "\n\n" not in self._text[above.end : unit.start]
        if close or (introduced and (not last.below or unit.style == "-")):
            last.below.append(unit)
            return True
        return False

    def _attach(self, at: int, unit: Unit) -> None:
        listing = self._open
        if listing is None:
            return
        item = listing.items[self._levels.stack[at].item]
        if not item.unit.content[0] < item.unit.content[1] and unit.kind is not Kind.ROW:
            item.unit = replace(item.unit, content=unit.content, end=unit.end)
            return
        if item.children:
            # What comes after a step below it cannot be one piece with what came before.
            item = listing.items[-1]
        item.below.append(unit)

    def _keep_pending(self, listing: Listing) -> None:
        """Bullets at the margin between two steps belong to the first of them."""
        if self._pending and all(unit.style == "-" for unit in self._pending):
            listing.items[-1].below += self._pending
            if self._found and self._found[-1].style == "-":
                kept = {unit.start for unit in self._pending}
                if self._found[-1].items[0].unit.start in kept:
                    self._found.pop()

    def _bullet(self, unit: Unit) -> None:
        if self._bullets is None:
            self._bullets = Listing("-", self._headings, self._intro)
        items = self._bullets.items
        if items and unit.indent >= items[0].unit.indent + DEEPER:
            items[-1].below.append(unit)
        else:
            items.append(Item(unit, self._headings))

    def _close_bullets(self) -> None:
        if self._bullets is not None:
            self._found.append(self._bullets)
        self._bullets = None

    def _close(self) -> None:
        if self._open is not None:
            self._open.let_go_of_text_after()
            self._found.append(self._open)
        self._open, self._levels = None, Levels()

    def _note(self, unit: Unit, what: str) -> None:
        if self._open is not None:
            self._open.notes.append(Unclear(unit.start, unit.end, what))


def _named(key: tuple[int, ...]) -> str:
    return ".".join(map(str, key)) or "a tick"
