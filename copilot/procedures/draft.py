"""An item while it becomes a step: its own words, who does it, and whether its author says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.procedures.action import named_apart
from copilot.procedures.doing import Opening, is_imperative, opening
from copilot.procedures.listing import Item, Listing
from copilot.procedures.marks import Mark, Settings, mark
from copilot.procedures.owner import (
    Label,
    is_role,
    label,
    named_behind,
    owners_among,
    snake,
    subject,
)
from copilot.sentence import Span, trim
from copilot.structure import plain

_OF_OWNER = re.compile(
    r"(?P<before>(?:(?:steps?|tasks?|duties|check ?list|what|part)\W+)?(?:for |by )?(?:the )?)"
    r"(?P<who>[\w &’'/-]+?)(?P<after> (?:does|do|steps|tasks|part|side|check ?list|duties))?\W*",
    re.IGNORECASE,
)
_LATER = re.compile(r"[.!?;:]\s+|\s(?:so|then|and)\s+")


@dataclass(slots=True)
class Draft:
    """`words` are without the marker, `said` is where "(button: X)" ends them, `begin` where they
    begin after the owner's label. `doer` is who acts by the sentence.
    """

    item: Item
    words: Span
    mark: Mark | None
    label: Label | None
    opening: Opening
    said: int
    begin: int
    owner: str | None = None
    stated: bool = False
    doer: str | None = None

    def state(self, name: str) -> None:
        """Take an owner as its author names it; an empty name is none."""
        if owner := snake(name):
            self.owner, self.stated = owner, True


def drafts(text: str, listing: Listing, settings: Settings) -> list[Draft]:
    """The items of a list with their owners settled.

    What is said of a step wins: a marker, a column, a label, a role behind its words. Then come
    the subject of its sentence, the heading above, the step above, and the front matter; an order
    that none of these gives to anybody is the agent's.
    """
    made = [_draft(text, item) for item in listing.items]
    owners = owners_among(one.label for one in made)
    headings = _headings(text, listing)
    for one in made:
        _read_label(text, one, owners)
        one.doer = subject(text, one.opening.main, one.said) or _later(text, one)
        _take_stated(text, one)
        if one.owner is None:
            _infer(one, made, headings.get(_heading(one.item)), settings)
    return made


def _draft(text: str, item: Item) -> Draft:
    start, end = item.unit.content
    if start >= end:
        start, end = trim(text, item.unit.start, item.unit.end)
    found = mark(text, start, end)
    words = (start, found.start) if found and found.start > start else (start, end)
    said = named_apart(text, words)
    return Draft(
        item, words, found, label(text, *words), opening(text, words[0], said), said, words[0]
    )


def _read_label(text: str, draft: Draft, owners: set[str]) -> None:
    """Settle where the step's own sentence begins."""
    given, end = draft.label, draft.said
    if given is None:
        return
    if given.name in owners:
        draft.state(given.name)
        draft.begin = min(given.end, end)
        draft.opening = opening(text, draft.begin, end)
    elif draft.opening.condition is None and not is_imperative(text, draft.opening.main, end):
        draft.opening = opening(text, given.end, end)


def _take_stated(text: str, draft: Draft) -> None:
    cell = draft.item.cells.get("owner")
    if draft.mark and "owner" in draft.mark.values:
        draft.state(draft.mark.values["owner"])
    elif cell is not None:
        draft.state(plain(text[slice(*cell)]))
    if draft.owner is None and (who := _beside(text, draft)):
        draft.state(who)


def _infer(draft: Draft, others: list[Draft], heading: str | None, settings: Settings) -> None:
    draft.owner = draft.doer if draft.doer != "agent" else None
    draft.owner = draft.owner or heading
    parent = draft.item.parent
    if draft.owner is None and parent is not None and others[parent].stated:
        draft.owner = others[parent].owner
    if draft.owner is None and settings.owner:
        draft.state(settings.owner)
    draft.owner = draft.owner or draft.doer


def _beside(text: str, draft: Draft) -> str | None:
    """The owner named behind the words, or below a title in front of what is to be done."""
    detail = draft.item.detail
    if detail and draft.item.unit.style == "step":
        below = label(text, *detail)
        if below is not None and below.is_role:
            return below.name
    return named_behind(text, draft.words[0], draft.said)


def _later(text: str, draft: Draft) -> str | None:
    """The agent, where a later sentence or clause is an order."""
    for found in _LATER.finditer(text, draft.opening.main, draft.said):
        if is_imperative(text, found.end(), draft.said):
            return "agent"
    return None


def _heading(item: Item) -> str:
    return item.headings[-1][1] if item.headings else ""


def _headings(text: str, listing: Listing) -> dict[str, str]:
    """The headings above the items that name owners: "For the nurse", or a bold line "Nurse".

    A bare "Security" may be a subject; it names an owner where another heading of the list does.
    """
    names = dict.fromkeys(_heading(item) for item in listing.items)
    above = listing.bold_line(text)
    if above and (owner := _owner_of(above, bare=True)):
        return dict.fromkeys(names, owner)
    several = sum(_owner_of(name, bare=True) is not None for name in names) > 1
    found = {name: _owner_of(name, bare=several) for name in names}
    return {name: owner for name, owner in found.items() if owner}


def _owner_of(heading: str, *, bare: bool) -> str | None:
    found = _OF_OWNER.fullmatch(heading)
    if found is None or not is_role(found["who"]):
        return None
    return snake(found["who"]) if bare or found["before"].strip() or found["after"] else None
