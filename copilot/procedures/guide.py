"""The use case of procedures: for a conversation, the procedure that it is in and its steps, each
with its state; a fold over the stored turns, so that it can be told again at any time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from copilot.ports import Embedder
from copilot.procedures.choose import (
    CONSIDERED,
    QUESTION,
    REQUEST,
    SHOWN,
    Choice,
    Standing,
    Tracker,
    Weights,
    ranked,
)
from copilot.procedures.library import Held, Library
from copilot.procedures.progress import Progress, progress, walked
from copilot.procedures.step import Step
from copilot.procedures.successor import load_weights
from copilot.retrieval.search import Found, Question, Searcher
from copilot.scoping import admits
from copilot.store import Store
from copilot.store.index import candidates
from copilot.types import Excerpt, NextStep, ProcedureRef, Scope, State, Turn

_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Steps:
    """What the agent is shown of procedures; empty where none is about the conversation."""

    procedure: ProcedureRef | None = None
    next_steps: tuple[NextStep, ...] = ()
    procedures: tuple[ProcedureRef, ...] = ()


class Guide:
    """The procedures of one database. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        searcher: Searcher,
        requests: Embedder | None = None,
    ) -> None:
        self._store = store
        self._searcher = searcher
        self._library = Library(store.engine, embedder, requests or embedder)
        self._weights = load_weights()
        self._chosen: OrderedDict[tuple[Any, ...], list[Choice]] = OrderedDict()
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Reads and embeds the procedures before the first question comes."""
        self._library.prepare()

    def steps(self, turns: Sequence[Turn], scope: Scope) -> Steps:
        """Where a conversation stands, by its final turns in order."""
        tracker = Tracker(
            lambda request: self._choices(request, scope, REQUEST), self._searcher.utterance
        )
        return self._shown(tracker.follow(turns), scope)

    def steps_for(self, question: Question, scope: Scope, found: Found | None = None) -> Steps:
        """The procedure of one question of a member of staff, from its beginning.

        `found` is what a search for the question gave, where there was one.
        """
        choices = self._choices(question, scope, QUESTION, found)
        current = choices[0] if choices else None
        return self._shown(Standing(current, tuple(choices[:SHOWN])), scope)

    def searched(self, question: Question, scope: Scope, found: Found) -> None:
        """Takes over what was found for a customer's request, so that it is not searched again."""
        self._choices(question, scope, REQUEST, found)

    def _choices(
        self, question: Question, scope: Scope, weights: Weights, found: Found | None = None
    ) -> list[Choice]:
        """The procedures that a request may be about, best first; the last ones are remembered."""
        key = (question, scope, weights, self._searcher.position)
        with self._lock:
            known = self._chosen.get(key)
        if known is not None:
            return known
        if found is None:
            embedded = self._searcher.embed_again(question)
            now = self._store.now()
            found = self._searcher.search(question, CONSIDERED, scope, now, embedded)
        known = ranked(self._library, found, self._library.asked(question), weights)
        with self._lock:
            self._chosen[key] = known
            if len(self._chosen) > _KEPT:
                self._chosen.popitem(last=False)
        return known

    def _shown(self, standing: Standing, scope: Scope) -> Steps:
        """The steps of what may be shown now; what was remembered is looked up again."""
        chosen = standing.current
        if chosen is None:
            return Steps()
        live = self._live([chosen, *standing.choices], scope)
        if chosen.held.key not in live:
            return Steps()
        held = chosen.held
        walk = walked(
            held.procedure,
            standing.turns,
            lambda words: held.near(self._searcher.utterance(words)),
            held.step_ids,
        )
        state = progress(walk, self._weights)
        ours = _reference(held, state.next)
        others = [one.held for one in standing.choices if one.held.key in live - {held.key}]
        return Steps(
            ours,
            tuple(_step(held, one, state) for one in held.procedure.steps),
            (ours, *map(_reference, others)),
        )

    def _live(self, choices: Sequence[Choice], scope: Scope) -> set[str]:
        """The keys of those whose version is in force and permitted at this moment."""
        as_of = scope.as_of or self._store.now()
        with self._store.engine.connect() as connection:
            rows = candidates(connection, sorted({one.chunk_key for one in choices}), as_of)
        return {
            one.held.key
            for one in choices
            if (row := rows.get(one.chunk_key)) is not None
            and row.state is State.LIVE
            and admits(scope, row.audience, row.language)
        }


def _reference(held: Held, following: int | None = 1) -> ProcedureRef:
    of = len(held.procedure.steps)
    position = of if following is None else following
    return ProcedureRef(held.document_id, held.version, held.title, position, of, held.key)


def _step(held: Held, step: Step, state: Progress) -> NextStep:
    parent = None if step.parent is None else held.procedure.steps[step.parent - 1]
    return NextStep(
        step_id=held.step_id(step.start),
        document_id=held.document_id,
        version=held.version,
        start=step.start,
        end=step.end,
        text=step.text,
        owner=step.owner,
        action=step.action,
        mandatory=step.mandatory,
        state=state.states[step.ordinal],
        number=step.number,
        parent=None if parent is None else held.step_id(parent.start),
        condition=None if step.condition is None else held.text[slice(*step.condition)],
        detail=None if step.detail is None else _excerpt(held, step.detail),
    )


def _excerpt(held: Held, span: tuple[int, int]) -> Excerpt:
    return Excerpt(*span, held.text[slice(*span)])
