"""Makes steps of the items of a list: owner, action, condition, branches, and what is unclear."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.procedures.action import actions
from copilot.procedures.branch import Place, branches, references
from copilot.procedures.doing import optional
from copilot.procedures.draft import Draft, drafts
from copilot.procedures.listing import Listing
from copilot.procedures.marks import Settings
from copilot.procedures.numbering import Numbering
from copilot.procedures.step import Branch, Step, Unclear
from copilot.sentence import Span
from copilot.structure import plain

NO_OWNER = "no owner is named, though other steps name one"
_YES = re.compile(r"\W*(?:y|yes|x|✓|✔|true|mandatory|required|optional)\W*", re.IGNORECASE)

_GOTO = re.compile(r"\W*(?:(?:go to|step)\s*)*(\d{1,3}(?:\.\d{1,2})*[a-z]?)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Made:
    """The steps of a list in order, where they are unclear, and what is wrong in their markers."""

    steps: tuple[Step, ...]
    unclear: tuple[Unclear, ...]
    wrong: tuple[Unclear, ...]


def steps(text: str, listing: Listing, settings: Settings) -> Made:
    """Makes steps of the items of a list."""
    items = drafts(text, listing, settings)
    numbering = Numbering([(item.unit.number, item.parent) for item in listing.items])
    made = [_step(text, at, draft, numbering) for at, draft in enumerate(items)]
    several = len({draft.owner for draft in items if draft.stated})
    unclear, wrong = [*listing.notes], []
    for draft, step in zip(items, made, strict=True):
        unclear += _unclear(draft, step, several)
        if draft.mark:
            at = draft.words[1], draft.mark.end
            wrong += [Unclear(*at, what) for what in draft.mark.wrong]
    return Made(tuple(made), tuple(sorted(unclear, key=lambda one: one.start)), tuple(wrong))


def _step(text: str, at: int, draft: Draft, numbering: Numbering) -> Step:
    item, words = draft.item, draft.words
    spans = [(draft.begin, words[1]), *([item.detail] if item.detail else [])]
    named = actions(text, words, item.detail, _given_action(text, draft))
    owner, inferred = draft.owner, set() if draft.stated else {"owner"}
    if owner is None and named.about is not None:
        owner = "agent"
    inferred |= set() if named.stated else {"action"}
    needed = _mandatory(text, draft)
    inferred |= {"mandatory"} if needed is None else set()
    inferred |= {"parent"} if item.by_style else set()
    condition = _condition(draft)
    return Step(
        ordinal=at + 1,
        number=item.unit.number,
        start=words[0],
        end=words[1],
        text=text[slice(*words)],
        detail=item.detail,
        parent=None if item.parent is None else item.parent + 1,
        condition=condition,
        owner=owner,
        action=named.about,
        actions=named.every,
        mandatory=needed is not False,
        branches=_branches(text, at, draft, spans, numbering),
        refers_to=references(text, spans),
        inferred=frozenset(inferred),
    )


def _given_action(text: str, draft: Draft) -> str | None:
    if draft.mark and "action" in draft.mark.values:
        return draft.mark.values["action"].strip()
    cell = draft.item.cells.get("action")
    return plain(text[slice(*cell)]).strip(" []") if cell else None


def _condition(draft: Draft) -> Span | None:
    if draft.mark and "when" in draft.mark.spans:
        return draft.mark.spans["when"]
    return draft.item.cells.get("when") or draft.opening.condition


def _mandatory(text: str, draft: Draft) -> bool | None:
    """Whether the step must be done, as its author says; None where nothing is said."""
    if draft.mark and draft.mark.flags:
        return "optional" not in draft.mark.flags
    for kind, when_yes in (("mandatory", True), ("optional", False)):
        if kind in draft.item.cells:
            yes = _YES.fullmatch(text[slice(*draft.item.cells[kind])]) is not None
            return yes is when_yes
    is_optional = optional(text, *draft.words)
    return None if is_optional is None else not is_optional


def _branches(
    text: str, at: int, draft: Draft, spans: list[Span], numbering: Numbering
) -> tuple[Branch, ...]:
    place = Place(at + 1, numbering.after(at + 1), numbering.find, numbering.beside)
    found = branches(text, spans, place)
    span = draft.item.cells.get("goto")
    if draft.mark and "goto" in draft.mark.spans:
        span = draft.mark.spans["goto"]
    if span is None:
        return found
    to = text[slice(*span)]
    number = _GOTO.fullmatch(to)
    target = numbering.find(number[1], at + 1) if number else None
    if to.lower().startswith("next"):
        target = place.after
    return (*found, Branch(*span, to, to, target))


def _unclear(draft: Draft, step: Step, stated_owners: int) -> list[Unclear]:
    span = draft.words
    found = []
    guessed = step.owner == draft.doer and draft.doer in (None, "agent")
    if draft.item.children and step.owner is None:
        pass  # those below it say who
    elif stated_owners and not draft.stated and draft.item.parent is None and guessed:
        guess = f"taken for {step.owner}" if step.owner else "nobody is taken for it"
        found.append(Unclear(*span, f"{NO_OWNER}; {guess}"))
    elif step.owner is None:
        found.append(Unclear(*span, "it does not say who does what"))
    elif not draft.stated and draft.doer is None and step.action is None:
        found.append(Unclear(*span, "it says nothing to do"))
    for branch in step.branches:
        if branch.target is None and re.search(r"\d", branch.to):
            found.append(Unclear(branch.start, branch.end, f"there is no {branch.to!r} to go to"))
    return found
