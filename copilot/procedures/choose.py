"""Which procedure a conversation is in: chosen at each request of the customer, kept through
digressions, left when the request is another, and returned to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from copilot.actions.names import same_action
from copilot.answer.need import Open, open_question
from copilot.answer.utterance import beyond_courtesy
from copilot.control import SWITCH, steers
from copilot.ports import Vectors
from copilot.procedures.library import Asked, Held, Library
from copilot.retrieval.exact import combined
from copilot.retrieval.search import Found, Hit, Question
from copilot.types import Turn

# There is no choice where no title and introduction are this near together: 0.98 of our openings
# for ABCD have one nearer; small talk has none, nor have 0.4 of questions about other businesses.
_ABOUT = 0.5
# What a document's own features count beside title and introduction, in the order of
# `fuse.FEATURES`. A customer tells a situation, for which words count little; a member of staff
# asks for what stands in the document, and then they do: our 136 answerable questions find their
# document first in 0.55 instead of 0.47.
REQUEST = (1.0, 0.0, 0.5)
QUESTION = (1.5, 0.03, 0.5)
Weights = tuple[float, float, float]
# Documents that procedures are chosen from where nothing was searched yet.
CONSIDERED = 30
# Another one takes over where it is nearer to the new request by so much, summed over both.
_NEARER = 0.15
# What an agent says tells which of the best so many it is: each clause adds to a procedure's score
# what it is nearer to one of its steps than this. Chosen on `evals/next_steps/development`.
_HEARD_AMONG = 8
_NEAR_STEP = 0.3
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A procedure, how near a request is to it, and a chunk of its version to look it up by."""

    held: Held
    score: float
    chunk_key: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The procedure that a conversation is in now, the others that it may be, best first, and the
    turns that count for its progress: those that were spoken while no other one was current, and
    whatever was done, since an account that is open stays open when the issue turns out another.
    """

    current: Choice | None = None
    choices: tuple[Choice, ...] = ()
    turns: tuple[Turn, ...] = ()


def ranked(library: Library, found: Found, asked: Asked, weights: Weights) -> list[Choice]:
    """The procedures of the documents that were found, best first; none where none is near.

    `asked` are the question's vectors in the library's own terms, with their weights.
    """
    near = [
        one for hit in (*found.hits, *found.beyond) for one in _of_hit(library, hit, asked, weights)
    ]
    if max((about for about, _ in near), default=0.0) < _ABOUT:
        return []
    return sorted((one for _, one in near), key=lambda one: -one.score)


def _of_hit(
    library: Library, hit: Hit, asked: Asked, weights: Weights
) -> Iterator[tuple[float, Choice]]:
    """Each procedure, and how near its title and introduction are together."""
    document = float(hit.features @ np.array(weights))
    for held in library.of(hit.candidate):
        about = float(combined(held.vectors @ asked[0].T, asked[1]).sum())
        yield about, Choice(held, about + document, hit.candidate.chunk_key)


def requests(turns: Sequence[Turn]) -> Iterator[tuple[int, Open]]:
    """The customer's turns that ask for something: the place of each, and what is open then."""
    for at, turn in enumerate(turns):
        if turn.role == "customer":
            wanted = open_question(turns[: at + 1])
            if wanted is not None and wanted.turn_ids[-1] == turn.turn_id:
                yield at, wanted


@dataclass(slots=True)
class Tracker:
    """Goes through a conversation. `search` gives the choices of one request, best first, `embed`
    the vector of what is said, (d,).
    """

    search: Callable[[Question], Sequence[Choice]]
    embed: Callable[[str], Vectors]
    met: dict[str, Choice] = field(default_factory=dict)
    current: str | None = None
    # What the search found for the last request; the scores by procedure, with what was said since;
    # and what was found in their order.
    found: Sequence[Choice] = ()
    scores: dict[str, float] = field(default_factory=dict)
    choices: Sequence[Choice] = ()
    # The vectors of what the agent has said since the request, clause by clause.
    said: list[Vectors] = field(default_factory=list)
    # The turns of the request that was last, and the place of the first of them.
    asked: tuple[str, ...] = ()
    asked_at: int = 0
    # The first turn of the request that the current one was taken for; and whether that was not by
    # likeness, but by what a person said or did.
    taken_for: str | None = None
    is_sure: bool = False
    # For each turn, the procedure that was current after it.
    during: list[str | None] = field(default_factory=list)

    def follow(self, turns: Sequence[Turn]) -> Standing:
        """Where the conversation stands after these turns."""
        asked = dict(requests(turns))
        for at, turn in enumerate(turns):
            if at in asked:
                self._ask(asked[at])
            elif steers(turn):
                self._switch(turn)
            elif turn.action is not None and turn.role == "agent":
                self._return_to(turn.action.name)
            elif turn.role == "agent":
                self._hear(turn.text)
            self.during.append(self.current)
        chosen = self.met.get(self.current) if self.current is not None else None
        counted = tuple(
            turn
            for turn, during in zip(turns, self.during, strict=True)
            if during in (None, self.current) or turn.action is not None
        )
        return Standing(chosen, tuple(self.choices[:SHOWN]), counted)

    def _ask(self, wanted: Open) -> None:
        found = self.search(wanted.question)
        if not found:
            return
        if self.asked[:1] != wanted.turn_ids[:1]:
            self.asked_at, self.said = len(self.during), []
        self.asked, self.found = wanted.turn_ids, found
        self.scores = {one.held.key: one.score for one in found}
        self._weigh(self.said)

    def _hear(self, words: str) -> None:
        said = [self.embed(one) for one in beyond_courtesy(words)]
        self.said += said
        if said and self.found:
            self._weigh(said)

    def _weigh(self, said: Sequence[Vectors]) -> None:
        """Adds what the agent said to the scores, and takes the best: anew where more is said of
        one request, at another only by a margin.
        """
        if said:
            clauses = np.stack(said, axis=1)
            for one in self.found[:_HEARD_AMONG]:
                nearest = one.held.near(clauses).max(axis=0)
                self.scores[one.held.key] += float(np.maximum(nearest - _NEAR_STEP, 0.0).sum())
        self.choices = sorted(self.found, key=lambda one: -self.scores[one.held.key])
        self.met.update({one.held.key: one for one in self.choices[:SHOWN]})
        best = self.choices[0].held.key
        same = self.taken_for in self.asked[:1]
        margin = 0.0 if same or self.current is None else _NEARER
        nearer = self.scores[best] - self.scores.get(self.current or "", 0.0)
        if nearer > margin and not (same and self.is_sure):
            self._take(best, is_sure=False)
            self._claim()

    def _take(self, key: str, *, is_sure: bool) -> None:
        self.current, self.is_sure = key, is_sure
        self.taken_for = next(iter(self.asked), None)

    def _claim(self) -> None:
        """What was said since the request counts for what it turned out to be about."""
        self.during[self.asked_at :] = [self.current] * (len(self.during) - self.asked_at)

    def _switch(self, turn: Turn) -> None:
        """Takes the procedure that the person names by its id or by its document's."""
        wanted = (turn.action.parameters if turn.action else {}).get("procedure")
        if turn.action is None or turn.action.name != SWITCH or not isinstance(wanted, str):
            return
        for key, one in self.met.items():
            if wanted in (key, one.held.document_id):
                self._take(key, is_sure=True)
                self._claim()

    def _return_to(self, action: str) -> None:
        """An action of an earlier procedure, and of no step of this one, goes back to it."""
        if self.current is None or _names(self.met[self.current].held, action):
            return
        for key in dict.fromkeys(one for one in reversed(self.during) if one is not None):
            if _names(self.met[key].held, action):
                self._take(key, is_sure=True)
                return


def _names(held: Held, action: str) -> bool:
    steps = held.procedure.steps
    return any(same_action(action, name) for step in steps for name in step.actions)
