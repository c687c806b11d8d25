"""What an author says in so many words: `{owner=customer goto=5}` behind an item, and `procedure:`
in front matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copilot.errors import InvalidInput
from copilot.procedures.step import Unclear
from copilot.sentence import Span

KEYS = ("owner", "action", "goto", "when")
FLAGS = ("optional", "mandatory")
SETTINGS = ("owner", "title")
_MARK = re.compile(r"\s*\{(?P<inside>[^{}\n]{1,200})\}\s*\Z")
_ENTRY = re.compile(
    r"\s*(?:(?P<key>[A-Za-z_-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|“(?P<curly>[^”]*)”|"
    r"'(?P<single>[^']*)'|(?P<bare>[^\s\"'“”=]+))|(?P<flag>[.#]?[A-Za-z_-]+))(?=\s|,|\Z),?"
)
_NAME = re.compile(r"[^\W\d_][\w ’'&/()-]{0,60}")
_NUMBER = re.compile(r"(?:step\s*)?\d{1,3}(?:\.\d{1,2})*[a-z]?|end|next", re.IGNORECASE)
REMEDY = (
    'write {owner=customer optional action="Offer refund" goto=5 when="it is late"} behind an '
    "item, and procedure: {owner: agent} or procedure: false in front matter"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker: what it sets with the span of each value, and what is wrong in it."""

    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    wrong: tuple[str, ...] = ()


def mark(text: str, start: int, end: int) -> Mark | None:
    """The marker at the end of these words; None for none, and for braces that are none."""
    if end <= start or "}" not in text[max(start, end - 3) : end]:
        return None
    opening = text.rfind("{", max(start, end - 210), end)
    if opening < 0 or (found := _MARK.match(text, opening, end)) is None:
        return None
    entries = _entries(text, *found.span("inside"))
    if entries is None:
        return None
    values, spans, flags, wrong = {}, {}, set(), []
    for entry in entries:
        if entry["flag"]:
            flags.add(entry["flag"].lower())
            continue
        kind = next(k for k in ("double", "curly", "single", "bare") if entry[k] is not None)
        key = entry["key"].lower()
        wrong += [f"{key} is given twice"] if key in values else _faults(key, entry[kind])
        values[key], spans[key] = entry[kind], entry.span(kind)
    wrong += [f"{flag!r} is no word of a marker" for flag in sorted(flags - {*FLAGS})]
    wrong += ["both optional and mandatory"] if flags >= {*FLAGS} else []
    before = len(text[start:opening].rstrip()) + start
    return Mark(before, end, values, spans, frozenset(flags), tuple(wrong))


def _entries(text: str, start: int, end: int) -> list[re.Match[str]] | None:
    """The entries of an attribute list; None where the braces hold anything else."""
    entries: list[re.Match[str]] = []
    while start < end:
        entry = _ENTRY.match(text, start, end)
        if entry is None:
            return None if text[start:end].strip() else entries
        entries.append(entry)
        start = entry.end()
    # Other people's braces, as in "set {timeout=30}", are words of the step.
    known = any((e["key"] or e["flag"]).lower() in (*KEYS, *FLAGS) for e in entries)
    return entries if known else None


def _faults(key: str, value: str) -> list[str]:
    if key not in KEYS:
        return [f"{key!r} is no key of a marker"]
    if not value.strip():
        return [f"{key} is empty"]
    if key == "owner" and not _NAME.fullmatch(value):
        return [f"{value!r} is no name of an owner"]
    if key == "goto" and not _NUMBER.fullmatch(value):
        return [f"{value!r} is no number of a step, nor next or end"]
    return []


@dataclass(frozen=True, slots=True)
class Settings:
    """What front matter says of all procedures of a document."""

    none: bool = False
    owner: str | None = None
    title: str | None = None
    wrong: tuple[str, ...] = ()


def settings(metadata: Mapping[str, Any]) -> Settings:
    """`procedure: false`, or `procedure: {owner: agent, title: …}`."""
    given = metadata.get("procedure")
    if given is None or isinstance(given, bool):
        return Settings(none=given is False)
    if not isinstance(given, Mapping):
        return Settings(wrong=(f"procedure is {given!r:.40}, not true, false or a mapping",))
    wrong = [f"{key!r:.40} is no setting of procedure" for key in given if key not in SETTINGS]
    owner, title = given.get("owner"), given.get("title")
    for key, value in (("owner", owner), ("title", title)):
        if value is not None and not (isinstance(value, str) and value.strip()):
            wrong.append(f"procedure.{key} is {value!r:.40}, not a name")
    if isinstance(owner, str) and owner.strip() and not _NAME.fullmatch(owner):
        wrong.append(f"procedure.owner is {owner!r:.40}, not a name")
    named = [
        value if isinstance(value, str) and value.strip() else None for value in (owner, title)
    ]
    return Settings(owner=named[0], title=named[1], wrong=tuple(wrong))


def refuse(found: Sequence[Unclear], text: str, place: str) -> None:
    """Raises InvalidInput for the first wrong marker or setting; its place is `place:line`."""
    if found:
        line = text.count("\n", 0, found[0].start) + 1
        raise InvalidInput(found[0].what, place=f"{place}:{line}", remedy=REMEDY)
