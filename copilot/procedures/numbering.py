"""Finds a step by what a document calls it: "step 3", "3.2", "3b", "the next step"."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\d+|[a-z]+")


class Numbering:
    """The numbers of the steps of a procedure, each with the position of its parent, in order."""

    def __init__(self, items: list[tuple[str, int | None]]) -> None:
        self._parents = [None if parent is None else parent + 1 for _, parent in items]
        self._first: dict[tuple[int | None, str], int] = {}
        self._whole: dict[str, int] = {}
        self._beside: dict[int, int] = {}
        self._last: dict[int | None, int] = {}
        for ordinal, (number, _) in enumerate(items, 1):
            parent = self._parents[ordinal - 1]
            name = _name(number)
            self._first.setdefault((parent, name), ordinal)
            self._whole.setdefault(name, ordinal)
            if parent in self._last:
                self._beside[self._last[parent]] = ordinal
            self._last[parent] = ordinal
        self._before = {after: before for before, after in self._beside.items()}

    def find(self, written: str, ordinal: int) -> int | None:
        """The ordinal of the step with this number, seen from a step: its own level comes first."""
        if "step" in written.lower() and not re.search(r"\d", written):
            first = "first" in written.lower()
            return 1 if first else self._before.get(ordinal)
        name = _name(written)
        above: int | None = ordinal
        while above is not None:
            above = self._parents[above - 1]
            if found := self._first.get((above, name)):
                return found
        return self._below(name) or self._whole.get(name)

    def _below(self, name: str) -> int | None:
        """ "3.2" and "3b" as the second item below step 3."""
        parts = _PARTS.findall(name)
        at: int | None = None
        for part in parts if len(parts) > 1 else []:
            if (at := self._first.get((at, part))) is None:
                return None
        return at

    def beside(self, ordinal: int) -> int | None:
        """The step that follows on the same level, or on the level above."""
        above: int | None = ordinal
        while above is not None:
            if found := self._beside.get(above):
                return found
            above = self._parents[above - 1]
        return None

    def after(self, ordinal: int) -> int | None:
        """What "the next step" is."""
        return self.beside(ordinal)


def _name(number: str) -> str:
    """The number alone: "3" of "Step 3", of "steps 3" and of "(3)"."""
    found = re.search(r"\d[\d.]*[a-z]?|[a-z]+$", number.lower())
    return found.group().rstrip(".") if found else ""
