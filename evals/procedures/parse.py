"""Holds the steps that are found in ABCD's documents against what these were made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from copilot.procedures.parse import Step, procedures
from evals.procedures.abcd import ANY_ORDER, Written, action_of

# A document's line is the text and, where the text does not name the button, " (button: X)".
_BUTTON = re.compile(r" \(button: [^()]*\)$")
# Why the two sources differ, found by reading; nothing here changes a figure.
CAUSES = {
    "Refund Status": "the document has both buttons in one step, for two cases: the one named for "
    "the step comes first, [Update Order] stands below it",
    "Search Not Working": "the document says that its order is free, and kb.json has another one",
    "Website Too Slow": "the document says that its order is free, and kb.json has another one",
    "Manage Pay Bill": "kb.json has subscription-status, which the document names only below a "
    "step, for a customer who does not know the amount",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document: what was written, what was found, and the names of the actions in order."""

    title: str
    written: int
    exact: int
    invented: tuple[str, ...]
    missed: tuple[str, ...]
    actions: tuple[str, ...]
    source_actions: tuple[str, ...]
    expected_actions: tuple[str, ...]

    @property
    def in_order(self) -> bool:
        return self.actions == self.expected_actions

    @property
    def in_order_or_free(self) -> bool:
        free = self.title in ANY_ORDER and sorted(self.actions) == sorted(self.expected_actions)
        return self.in_order or free

    @property
    def cause(self) -> str:
        if self.actions != self.source_actions:
            return "the parser differs from what the document was made from"
        return CAUSES.get(self.title, "not known")


def parsed(one: Written, text: str) -> Parsed:
    """The document `text` of a written procedure, read by the parser."""
    found = [step for procedure in procedures(text) for step in procedure.steps]
    gold = [(words.strip(), _folded(button)) for words, button in one.steps]
    mine = [(_words(step), _folded(step.action)) for step in found]
    match = SequenceMatcher(None, gold, mine, autojunk=False)
    exact = sum(block.size for block in match.get_matching_blocks())
    return Parsed(
        one.title,
        len(gold),
        exact,
        tuple(words for words, _ in mine if words not in {words for words, _ in gold}),
        tuple(words for words, button in gold if (words, button) not in mine),
        _actions([step.action for step in found]),
        _actions([button for _, button in one.steps]),
        one.actions,
    )


def _words(step: Step) -> str:
    return _BUTTON.sub("", step.text)


def _folded(button: str | None) -> str | None:
    return button.lower() if button else None


def _actions(labels: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(name for label in labels if label and (name := action_of(label)))
