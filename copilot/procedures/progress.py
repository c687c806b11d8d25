"""How far a conversation has come in a procedure: a pure fold over its turns, so that it can be
told again at any time, to the same result.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from copilot.actions.names import same_action
from copilot.answer.utterance import beyond_courtesy
from copilot.control import TICK, UNTICK, steers
from copilot.procedures.align import aligned
from copilot.procedures.step import Procedure, Step
from copilot.procedures.successor import Now, agrees, scores, successors
from copilot.types import Turn

# The cosine of each step with what was said, (steps,).
Near = Callable[[str], NDArray[np.float32]]
_LONGEST_RESULT = 4_000


class State(StrEnum):
    """`skipped` is a mandatory step that stands open before one that is done."""

    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of each step, by ordinal; `next` is the ordinal of the next one, if there is one.

    `by` names the turn that each step was done by.
    """

    states: Mapping[int, State]
    next: int | None
    by: Mapping[int, str]


@dataclass(slots=True)
class Walk:
    """What was done so far, while the turns are gone through."""

    procedure: Procedure
    near: Near
    order: list[int] = field(default_factory=list)
    by: dict[int, str] = field(default_factory=dict)
    held_open: set[int] = field(default_factory=set)
    recent: list[str] = field(default_factory=list)
    result: str | None = None
    acted: bool = False
    reports: bool = False
    # What the agent said since the last that was certain: each clause's turn, and its nearness.
    said: list[tuple[str, NDArray[np.float32]]] = field(default_factory=list)

    def hear(self, turn: Turn, step_ids: Mapping[str, int]) -> None:
        """Takes one turn in; `step_ids` are those that a person can tick."""
        if steers(turn):
            self._steer(turn, step_ids)
        elif turn.role == "customer" and turn.text.strip():
            self.recent.append(turn.text)
        elif turn.role == "agent" and (turn.action is not None or turn.text.strip()):
            self._act(turn)

    def now(self, *, judging: bool = True) -> Now:
        """Where it stands, as the next step is judged by; how near the steps are costs an
        embedding, and is left out where nothing is to be judged.
        """
        recent = " ".join(self.recent)
        count = len(self.procedure.steps)
        near = self.near(recent) if recent and judging else np.zeros(count, dtype=np.float32)
        return Now(tuple(self.order), recent, self.result, near, self.acted)

    def _steer(self, turn: Turn, step_ids: Mapping[str, int]) -> None:
        named = (turn.action.parameters if turn.action else {}).get("step_id")
        ordinal = step_ids.get(named) if isinstance(named, str) else None
        if ordinal is None or turn.action is None:
            return
        self.settle()
        if turn.action.name == TICK:
            self.held_open.discard(ordinal)
            self._done(ordinal, turn.turn_id)
        elif turn.action.name == UNTICK:
            self.held_open.add(ordinal)
            self.order = [one for one in self.order if one != ordinal]
            self.by.pop(ordinal, None)

    def _act(self, turn: Turn) -> None:
        self.recent, self.result, self.acted = [], None, True
        ordinal = None
        if turn.action is not None:
            self.settle()
            self.reports = True
            ordinal = self._named(turn.action.name)
            brought = turn.action.result
            if brought is not None:
                self.result = json.dumps(brought, default=str)[:_LONGEST_RESULT]
        if ordinal is not None:
            self._done(ordinal, turn.turn_id)
        else:
            self.said += [(turn.turn_id, self.near(one)) for one in beyond_courtesy(turn.text)]

    def settle(self) -> None:
        """Takes the steps that the words did as done, so that something certain can follow.

        Where the desktop reports what is done, its word counts for the steps that it can do.
        """
        steps = self.procedure.steps
        may = {one.ordinal for one in steps if not (self.reports and one.action)}
        near = [near for _, near in self.said]
        for at, ordinal in aligned(
            self.procedure, self.last(), may - self.by.keys() - self.held_open, near
        ):
            self._done(ordinal, self.said[at][0])
        self.said.clear()

    def _done(self, ordinal: int, turn_id: str) -> None:
        if ordinal not in self.held_open:
            self.order.append(ordinal)
            self.by.setdefault(ordinal, turn_id)

    def _named(self, action: str) -> int | None:
        """The step that an action is of: one that follows, else the first open one, else any."""
        found = [
            one.ordinal
            for one in self.procedure.steps
            if any(same_action(action, name) for name in one.actions)
        ]
        if not found:
            return None
        follows = self._follows()
        return next(
            (one for one in (*follows, *self.open()) if one in found),
            next((one for one in found if one > self.last()), found[-1]),
        )

    def _follows(self) -> list[int]:
        return successors(self.step(self.last()), self.procedure) if self.order else []

    def open(self) -> list[int]:
        """The steps that are not done, those ahead of the last one first."""
        last = self.last()
        open_ = [one.ordinal for one in self.procedure.steps if one.ordinal not in self.by]
        return [one for one in open_ if one > last] + [one for one in open_ if one < last]

    def last(self) -> int:
        return self.order[-1] if self.order else 0

    def step(self, ordinal: int) -> Step:
        return self.procedure.steps[ordinal - 1]


def walked(
    procedure: Procedure, turns: Sequence[Turn], near: Near, step_ids: Mapping[str, int]
) -> Walk:
    """What these turns have done of the procedure."""
    walk = Walk(procedure, near)
    for turn in turns:
        walk.hear(turn, step_ids)
    walk.settle()
    return walk


def progress(walk: Walk, weights: Mapping[str, float]) -> Progress:
    """The states of the steps after that walk."""
    procedure = walk.procedure
    candidates = _candidates(walk, walk.now(judging=False))
    following = candidates[0] if candidates else None
    if len(candidates) > 1:
        judged = scores(procedure, walk.now(), weights)
        following = max(candidates, key=lambda one: judged[one - 1])
    states = {one.ordinal: _state(one, walk, following) for one in procedure.steps}
    return Progress(states, following, dict(walk.by))


def _candidates(walk: Walk, now: Now) -> list[int]:
    """The open steps that may be next: what follows the last one, and the next mandatory one.

    A condition that what was heard speaks against leads nowhere; one that nothing was heard of
    leads nowhere either, where there is another way on.
    """
    open_ = walk.open()
    follows: list[int] = []
    if walk.order:
        last = walk.step(walk.last())
        follows = [one for one in successors(last, walk.procedure) if one in open_]
        against = {one.target for one in last.branches if agrees(one, now) is False}
        unsaid = {one.target for one in last.branches if agrees(one, now) is None}
        follows = [one for one in follows if one not in against]
        follows = [one for one in follows if one not in unsaid] or follows
    ahead = [one for one in open_ if walk.step(one).mandatory]
    return list(dict.fromkeys(follows or ahead[:1])) or open_[:1]


def _state(step: Step, walk: Walk, following: int | None) -> State:
    if step.ordinal in walk.by:
        return State.DONE
    if step.ordinal == following:
        return State.NEXT
    passed = any(done > step.ordinal for done in walk.by)
    skipped = passed and step.mandatory and step.condition is None and not _jumped(step, walk)
    return State.SKIPPED if skipped else State.OPEN


def _jumped(step: Step, walk: Walk) -> bool:
    """Whether a branch that was taken leads past the step."""
    for before, after in zip(walk.order, walk.order[1:], strict=False):
        taken = [one.target for one in walk.step(before).branches]
        if after in taken and before < step.ordinal < after:
            return True
    return False
