"""The state of every version, against a model that works it out from the list of what was put."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from copilot.store import Store, changes
from copilot.store.documents import Indexable
from copilot.store.tables import versions
from copilot.types import Document, Outcome, State

NAMES = ("a", "b", "c")
DAYS = st.one_of(st.none(), st.integers(-3, 6))
_runs = itertools.count()


@dataclass
class Kept:
    """A version as it was put."""

    document: Document
    put_at: datetime
    retired: bool = False

    def takes_over(self) -> datetime:
        return max(self.document.effective_from or self.put_at, self.put_at)


@dataclass
class Model:
    kept: dict[str, list[Kept]] = field(default_factory=lambda: {name: [] for name in NAMES})

    def state(self, name: str, place: int, at: datetime) -> State:
        one = self.kept[name][place]
        if one.retired:
            return State.RETIRED
        if self.replaced(name, place, at):
            return State.REPLACED
        if one.document.effective_from and one.document.effective_from > at:
            return State.SCHEDULED
        if one.document.effective_to and one.document.effective_to <= at:
            return State.EXPIRED
        return State.SUPERSEDED if self.superseded(name, at) else State.LIVE

    def replaced(self, name: str, place: int, at: datetime) -> bool:
        """Whether a later one took over, or was put to take over before this one ever would."""
        one, *later = self.kept[name][place:]
        return any(
            (other.put_at if one.takes_over() >= other.takes_over() else other.takes_over()) <= at
            for other in later
        )

    def superseded(self, name: str, at: datetime) -> bool:
        return any(
            name in other.document.supersedes
            and not other.retired
            and not self.replaced(by, place, at)
            and (other.document.effective_from or other.put_at) <= at
            for by in NAMES
            if by != name
            for place, other in enumerate(self.kept[by])
        )


class States(RuleBasedStateMachine):
    def __init__(self, store: Store, clock: Any) -> None:
        super().__init__()
        self.store = store
        self.clock = clock
        self.run = next(_runs)
        self.model = Model()
        self.clock.move(days=30)

    def id(self, name: str) -> str:
        return f"{self.run}-{name}"

    @rule(
        name=st.sampled_from(NAMES),
        text=st.sampled_from(["one", "two"]),
        begins=DAYS,
        lasts=st.one_of(st.none(), st.integers(1, 5)),
        supersedes=st.sets(st.sampled_from(NAMES), max_size=2),
    )
    def put(
        self, name: str, text: str, begins: int | None, lasts: int | None, supersedes: set[str]
    ) -> None:
        now = self.clock.now
        start = None if begins is None else now + timedelta(days=begins)
        end = None if lasts is None else (start or now) + timedelta(days=lasts)
        old = tuple(sorted(supersedes))
        document = Document(name, "T", text, effective_from=start, effective_to=end, supersedes=old)
        before = self.model.kept[name]
        same = bool(before) and not before[-1].retired and before[-1].document == document
        stored = Document(
            self.id(name),
            "T",
            text,
            effective_from=start,
            effective_to=end,
            supersedes=tuple(map(self.id, old)),
        )
        (done,) = self.store.documents.put([Indexable(stored, [], [])], {}, "m", None)
        if not same:
            fresh = not before or before[-1].retired
            before.append(Kept(document, now))
            assert done.outcome is (Outcome.ADDED if fresh else Outcome.CHANGED)
        assert (done.outcome is Outcome.UNCHANGED) == same
        assert done.version == len(before)

    @rule(name=st.sampled_from(NAMES))
    def retire(self, name: str) -> None:
        kept = self.model.kept[name]
        standing = bool(kept) and not kept[-1].retired
        assert self.store.documents.retire_many([self.id(name)]) == int(standing)
        for one in kept:
            one.retired = True

    @rule(hours=st.sampled_from([1, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.clock.move(hours=hours)

    @invariant()
    def every_version_is_in_the_state_of_the_model(self) -> None:
        for name in NAMES:
            expected = [
                self.model.state(name, place, self.clock.now)
                for place in range(len(self.model.kept[name]))
            ]
            assert [one.state for one in self.store.documents.history(self.id(name))] == expected
            assert expected.count(State.LIVE) <= 1

    @invariant()
    def whatever_may_still_be_shown_is_in_the_indexes(self) -> None:
        with self.store.engine.connect() as connection:
            query = select(versions).where(versions.c.document_id.in_(map(self.id, NAMES)))
            rows = connection.execute(query).all()
        followed: set[int] = set()
        for change in changes.since(self.store.engine, 0, 99_999):
            if change.kind == changes.INDEX:
                followed.add(change.version_key)
            else:
                followed.remove(change.version_key)
        assert {row.version_key for row in rows if row.indexed} == followed & {
            row.version_key for row in rows
        }
        for row in rows:
            kept = self.model.kept[row.document_id.partition("-")[2]]
            name = row.document_id.partition("-")[2]
            state = self.model.state(name, row.version - 1, self.clock.now)
            assert len(kept) >= row.version
            assert row.indexed or state in (State.RETIRED, State.REPLACED)
            assert not (row.indexed and state is State.RETIRED)


def test_every_version_is_always_in_the_state_that_the_model_gives(
    store: Store, clock: Any
) -> None:
    run_state_machine_as_test(
        cast(type[States], lambda: States(store, clock)),
        settings=settings(max_examples=25, stateful_step_count=20, deadline=None),
    )
