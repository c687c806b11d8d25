"""One thread writes; what waits together is one transaction, and what fails is undone alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from copilot.store import Store
from copilot.store.recorder import Recorder


@pytest.fixture
def recorder(store: Store) -> Iterator[Recorder]:
    recorder = Recorder(store.engine)
    yield recorder
    recorder.close()


def line(words: str, connection: Connection) -> str:
    connection.execute(
        text("INSERT INTO audit (entry, previous, sha256) VALUES (:words, '', '')"),
        {"words": words},
    )
    return words


def lines(store: Store) -> list[str]:
    with store.engine.connect() as connection:
        return list(connection.scalars(text("SELECT entry FROM audit ORDER BY seq")))


def test_what_is_submitted_stands_when_its_future_is_done(store: Store, recorder: Recorder) -> None:
    assert recorder.submit(lambda connection: line("a", connection)).result(10) == "a"
    assert lines(store) == ["a"]


def test_work_that_fails_is_undone_by_itself(store: Store, recorder: Recorder) -> None:
    gate = threading.Event()

    def fail(connection: Connection) -> None:
        line("lost", connection)
        raise ValueError("no")

    held = recorder.submit(lambda connection: gate.wait(10))
    before = recorder.submit(lambda connection: line("before", connection))
    failing = recorder.submit(fail)
    after = recorder.submit(lambda connection: line("after", connection))
    gate.set()
    held.result(10)
    before.result(10)
    after.result(10)
    with pytest.raises(ValueError, match="no"):
        failing.result(10)
    assert lines(store) == ["before", "after"]


def test_who_is_told_of_a_commit_is_told_in_order_and_after_it(
    store: Store, recorder: Recorder
) -> None:
    told: list[tuple[int, int]] = []
    futures = [
        recorder.submit(
            lambda connection, n=number: line(str(n), connection),
            lambda result: told.append((int(result), len(lines(store)))),
        )
        for number in range(30)
    ]
    for future in futures:
        future.result(10)
    assert [number for number, _ in told] == list(range(30))
    assert all(standing > number for number, standing in told)


def test_closing_writes_what_waits(store: Store) -> None:
    recorder = Recorder(store.engine)
    for number in range(100):
        recorder.submit(lambda connection, n=number: line(str(n), connection))
    recorder.close()
    assert len(lines(store)) == 100
