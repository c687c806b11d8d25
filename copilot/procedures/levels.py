"""The levels of a list that is being read: on which of them, or below which, its next item goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from copilot.procedures.units import Unit
from copilot.structure import Kind

# A label such as "Step 3:" at the margin takes what stands at the margin below it along, and
# "## Step 3" all that stands below deeper headings.
LABEL_INDENT = -2
HEADING_INDENT = -20
DEEPER = 2
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(slots=True)
class Level:
    """The last item of a level, by its position in the list."""

    indent: int
    style: str
    key: tuple[int, ...]
    item: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item goes: beside the last one of a level, or below it, if only by its style."""

    level: int
    below: bool = False
    by_style: bool = False


class Levels:
    """The levels from the margin inwards; empty without a list."""

    def __init__(self) -> None:
        self.stack: list[Level] = []
        self._by_key: dict[tuple[int, ...], int] = {}

    def begin(self, unit: Unit) -> None:
        self.stack = [Level(indent_of(unit), unit.style, unit.key, 0)]
        self._by_key = {unit.key: 0}

    def put(self, unit: Unit, place: Place, position: int) -> None:
        """Note the item at this position of the list."""
        del self.stack[place.level + 1 :]
        if place.below:
            self.stack.append(Level(indent_of(unit), unit.style, unit.key, position))
        else:
            self.stack[place.level].key, self.stack[place.level].item = unit.key, position
        if unit.style.startswith(("dotted", "1")):
            self._by_key[unit.key] = position

    def place(self, unit: Unit, *, broken: bool) -> Place | None:
        """Where a unit goes; None where it begins a list. `broken`: something stands between."""
        if not self.stack:
            return None
        if broken:
            return self._going_on(unit)
        if unit.style.startswith("dotted") and (below := self._below_number(unit)) is not None:
            return below
        indent, at = indent_of(unit), len(self.stack) - 1
        while at > 0 and self.stack[at].indent > indent + 1:
            at -= 1
        level = self.stack[at]
        if indent >= level.indent + DEEPER:
            return Place(at, below=True)
        if indent < level.indent - 1:
            return None
        if level.style == unit.style:
            return self._beside(unit, at)
        for above in range(at, -1, -1):
            if abs(self.stack[above].indent - indent) <= 1 and self._continues(above, unit):
                return Place(above)
        begins = not unit.key or unit.key[-1] == 1
        return Place(at, below=True, by_style=True) if begins else None

    def _beside(self, unit: Unit, at: int) -> Place | None:
        last = self.stack[at].key
        anew = at == 0 and unit.key and unit.key[-1] == 1 and not follows(last, unit.key)
        # "1. 1. 1." is how some write lists whose numbers the renderer counts.
        counted = unit.style == "1" and last == (1,)
        return None if anew and not counted else Place(at)

    def _going_on(self, unit: Unit) -> Place | None:
        """Where a list goes on after a heading or a paragraph between."""
        for at in range(len(self.stack) - 1, -1, -1):
            level = self.stack[at]
            near = at == 0 or abs(level.indent - indent_of(unit)) <= 1
            if near and unit.key and level.key[:-1] == unit.key[:-1] and self._continues(at, unit):
                return Place(at)
        return None

    def _continues(self, at: int, unit: Unit) -> bool:
        return self.stack[at].style == unit.style and follows(self.stack[at].key, unit.key)

    def _below_number(self, unit: Unit) -> Place | None:
        """Below the item whose number "3.2" begins with."""
        parent = self._by_key.get(unit.key[:-1])
        for at, level in enumerate(self.stack):
            if parent is not None and level.item == parent:
                if at + 1 < len(self.stack) and self.stack[at + 1].style == unit.style:
                    return Place(at + 1)
                return Place(at, below=True)
        return None

    def as_roman(self, unit: Unit) -> Unit:
        """A letter i, v or x as a number, where it goes on such a list or begins one."""
        value = _ROMAN.get(unit.number.lower())
        if unit.style not in ("a", "A") or value is None:
            return unit
        style = "i" if unit.style == "a" else "I"
        keys = [(level.style, level.key) for level in self.stack]
        if any(one == unit.style and follows(key, unit.key) for one, key in keys):
            return unit
        if value == 1 or any(one == style and follows(key, (value,)) for one, key in keys):
            return replace(unit, style=style, key=(value,))
        return unit


def indent_of(unit: Unit) -> int:
    """How far inwards a unit counts as standing."""
    if unit.kind is Kind.HEADING:
        return unit.indent + HEADING_INDENT
    return LABEL_INDENT if unit.style == "step" and unit.indent == 0 else unit.indent


def follows(last: tuple[int, ...], key: tuple[int, ...]) -> bool:
    """Whether a number comes next: 4 after 3, 3.2 after 3.1, 4.1 after 3.7; ticks always do."""
    if not last or not key:
        return last == key
    if len(last) != len(key):
        return False
    if last[:-1] == key[:-1]:
        return key[-1] == last[-1] + 1
    return len(key) > 1 and key[-1] == 1 and follows(last[:-1], key[:-1])
