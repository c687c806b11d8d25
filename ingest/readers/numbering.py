"""The numbers that Word shows before list items: it stores only which list and which level."""

from __future__ import annotations

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def value_of(node: Any, path: str) -> str | None:
    """The `w:val` of the element below `node` at a path such as `numPr/numId`."""
    found = None if node is None else node.find("/".join(W + name for name in path.split("/")))
    return None if found is None else found.get(W + "val")


def whole(text: str | None) -> int | None:
    """The whole number that an attribute holds, if it holds one."""
    try:
        return int(text or "")
    except ValueError:
        return None


class Numbering:
    """Counts the items of every list of one document, in the order of the document.

    Lists that share an abstract definition go on counting, as they do in Word, until one of them
    overrides its start.
    """

    def __init__(self, root: Any | None) -> None:
        self._abstract: dict[str, Any] = {}
        self._lists: dict[str, Any] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()
        if root is not None:
            self._abstract = {n.get(W + "abstractNumId"): n for n in root.iter(W + "abstractNum")}
            self._lists = {n.get(W + "numId"): n for n in root.findall(W + "num")}

    def next_number(self, list_id: str, level: int) -> tuple[bool, int | None]:
        """Whether the next item of a list has a marker, and its number; None for a bullet."""
        if (definition := self._lists.get(list_id)) is None:
            return True, None
        abstract_id = value_of(definition, "abstractNumId") or ""
        shape = self._level(definition, self._abstract.get(abstract_id), level)
        kind = value_of(shape, "numFmt") or ("decimal" if shape is not None else "bullet")
        counts = self._counts.setdefault(abstract_id, {})
        for deeper in [key for key in counts if key > level]:
            del counts[deeper]
        start = whole(value_of(shape, "start"))
        override = whole(value_of(_override(definition, level), "startOverride"))
        if override is not None and (list_id, level) not in self._restarted:
            self._restarted.add((list_id, level))
            counts[level] = override
        else:
            first = start if start is not None else 1
            counts[level] = counts.get(level, first - 1) + 1
        return kind != "none", None if kind in ("bullet", "none") else counts[level]

    def continues(self, list_id: str, other: str) -> bool:
        """Whether two lists are one on the page, because they share their definition."""
        one, two = (value_of(self._lists.get(key), "abstractNumId") for key in (list_id, other))
        return list_id == other or (one is not None and one == two)

    def _level(self, definition: Any, abstract: Any, level: int) -> Any:
        """The `w:lvl` that shapes a level: the list's own, else its abstract definition's."""
        own = _at(_override(definition, level), "lvl", level)
        if own is not None or abstract is None:
            return own
        found = _at(abstract, "lvl", level)
        if found is None and (link := value_of(abstract, "numStyleLink")):
            for other in self._abstract.values():
                if value_of(other, "styleLink") == link:
                    return _at(other, "lvl", level)
        return found


def _override(definition: Any, level: int) -> Any:
    return _at(definition, "lvlOverride", level)


def _at(node: Any, name: str, level: int) -> Any:
    children = [] if node is None else node.findall(W + name)
    return next((child for child in children if child.get(W + "ilvl") == str(level)), None)
