"""What a load's client notes, and when a load counts as held."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
import typer

from evals.load.__main__ import _counts
from evals.load.figures import milliseconds, result
from evals.load.many import figures, holds
from evals.load.record import Record
from evals.load.report import table
from evals.load.scripts import asked, customers_words, without_customers, written
from evals.load.wire import Event, _chunk, _event, _head


def heard(record: Record, *events: tuple[int, str, dict[str, Any]], at: float = 10.0) -> None:
    for event_id, kind, data in events:
        record.hear(Event(event_id, kind, {"suggestion_id": "s1", **data}), at)


def spoken(*roles: str) -> Record:
    """A conversation in which each role said something at 1, 2, 3 …, and all of it was stored."""
    record = Record("c")
    for number, role in enumerate(roles):
        record.post(f"t{number}", role, number + 1.0).state = "stored"
    return record


def test_an_outcome_is_that_of_every_turn_up_to_the_one_it_names() -> None:
    record = spoken("customer", "agent", "customer")
    heard(record, (1, "no_suggestion", {"turn_id": "t1", "reason": "no_need"}))
    first, agent, last = record.said.values()
    assert (first.outcome_at, agent.reason, last.outcome_at) == (10.0, "no_need", None)
    assert record.owed == 1
    heard(record, (2, "suggestion", {"turn_id": "t2", "suggestion_id": "s2"}))
    assert record.owed == 0


def test_a_turn_that_was_refused_is_owed_nothing() -> None:
    record = Record("c")
    record.post("t0", "customer", 1.0).state = "refused"
    assert record.owed == 0
    assert record.settled


def test_a_conversation_is_settled_when_its_last_turn_is_or_when_its_end_was_heard() -> None:
    record = spoken("customer", "agent")
    heard(record, (1, "suggestion", {"turn_id": "t0"}))
    assert record.owed == 0
    assert not record.settled
    heard(record, (2, "no_suggestion", {"turn_id": "t1", "suggestion_id": "s2"}))
    assert record.settled
    record.finished = True
    assert not record.settled
    heard(record, (3, "ended", {}))
    assert record.settled


def test_evidence_is_that_of_the_turns_it_names_the_first_time() -> None:
    record = spoken("customer", "customer")
    heard(record, (1, "evidence", {"turn_ids": ["t0"]}), at=3.0)
    heard(record, (2, "evidence", {"turn_ids": ["t0", "t1"], "suggestion_id": "s2"}), at=4.0)
    assert [one.evidence_at for one in record.said.values()] == [3.0, 4.0]


@pytest.mark.parametrize(
    ("events", "doubled", "disordered"),
    [
        ([(1, "evidence"), (2, "draft"), (3, "suggestion")], 0, 0),
        ([(1, "evidence"), (1, "evidence"), (2, "draft")], 1, 0),
        ([(1, "evidence"), (2, "draft"), (1, "evidence")], 1, 0),
        ([(1, "evidence"), (3, "draft")], 0, 1),
        ([(2, "evidence"), (3, "draft")], 0, 1),
        ([(1, "evidence"), (2, "evidence")], 1, 0),
        ([(1, "suggestion"), (2, "decided"), (3, "decided")], 0, 0),
    ],
)
def test_events_that_come_again_or_out_of_order_are_counted(
    events: list[tuple[int, str]], doubled: int, disordered: int
) -> None:
    record = spoken("customer")
    heard(record, *((at, kind, {"turn_id": "t0", "turn_ids": []}) for at, kind in events))
    assert (record.doubled, record.disordered) == (doubled, disordered)


def test_the_figures_of_a_load_are_those_of_its_turns() -> None:
    record = spoken("customer", "agent", "customer", "customer", "customer")
    record.post("t5", "customer", 6.0).state = "refused"
    heard(record, (1, "evidence", {"turn_ids": ["t0"]}), at=1.25)
    heard(record, (2, "suggestion", {"turn_id": "t0"}), at=1.5)
    heard(record, (3, "no_suggestion", {"turn_id": "t2", "reason": "no_need"}), at=3.125)
    heard(record, (4, "no_suggestion", {"turn_id": "t3", "reason": "deadline"}), at=9.0)
    found = figures([record])
    assert found["evidence"]["p50_ms"] == 250
    assert found["suggestion"] == {
        "n": 1, "p50_ms": 500, "p95_ms": 500, "p99_ms": 500, "max_ms": 500,
    }  # fmt: skip
    assert found["silence"]["p50_ms"] == 125
    counts = {name: found[name] for name in ("posted", "customer_turns", "refused", "shed", "lost")}
    assert counts == {"posted": 6, "customer_turns": 5, "refused": 1, "shed": 1, "lost": 1}


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({}, True),
        ({"refused": 1}, False),
        ({"shed": 1}, False),
        ({"failed": 1}, False),
        ({"lost": 1}, False),
        ({"evidence": {"n": 9, "p95_ms": 501.0}}, False),
        ({"evidence": {"n": 0}}, True),
    ],
)
def test_a_load_is_held_with_evidence_in_time_and_nothing_left_out(
    change: dict[str, Any], held: bool
) -> None:
    level = {"evidence": {"p95_ms": 500.0}, "refused": 0, "shed": 0, "failed": 0, "lost": 0}
    assert holds({**level, **change}) is held


def test_spans_without_an_end_have_no_time() -> None:
    assert milliseconds([(1.0, None)]) == {"n": 0}
    assert milliseconds([(1.0, 1.5), (1.0, None)])["p99_ms"] == 500


def test_the_words_are_of_customers_and_agents_in_turn() -> None:
    for scripts in (written(), asked()):
        assert len(scripts) > 3
        assert {one.role for script in scripts for one in script.words} == {"customer", "agent"}
        assert len(customers_words(scripts)) > 60
    assert all(script.opening == {} for script in without_customers(written()))


def test_a_missed_target_stands_in_the_table() -> None:
    times = {"n": 3, "p50_ms": 4.0, "p95_ms": 6.0, "p99_ms": 7.0, "max_ms": 7.0}
    figure = {**times, "bare_p50_ms": 1.0, "bare_p95_ms": 2.0, "p50_ratio": 4.0, "p95_ratio": 5.5}
    kinds = ("evidence", "suggestion", "silence")
    found = result("latency", 7, lambda: dict.fromkeys(kinds, figure))
    assert [one["met"] for one in found["targets"]] == [False, True]
    assert "4.0  ≤ 3     MISSED" in table(found)


def test_a_response_is_read_by_its_headers_and_chunks() -> None:
    async def read() -> tuple[int, dict[str, str], list[bytes]]:
        reader = asyncio.StreamReader()
        reader.feed_data(
            b"HTTP/1.1 200 OK\r\nRetry-After: 3\r\n\r\n5\r\nid: 4\r\n1;x=y\r\n\n\r\n0\r\n\r\n"
        )
        status, headers = await _head(reader)
        return status, headers, [await _chunk(reader) for _ in range(3)]

    status, headers, chunks = asyncio.run(read())
    assert (status, headers) == (200, {"retry-after": "3"})
    assert chunks == [b"id: 4", b"\n", b""]


def test_a_comment_is_no_event() -> None:
    assert _event(b": alive") is None
    event = _event('event: draft\nid: 12\ndata: {"a":"ä: b"}'.encode())
    assert event == Event(12, "draft", {"a": "ä: b"})


def test_numbers_of_conversations_are_taken_in_rising_order_each_once() -> None:
    assert _counts("100,25, 25") == [25, 100]


@pytest.mark.parametrize("given", ["", "ten", "25;100", "0", "-5,100"])
def test_numbers_that_cannot_be_played_are_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="25,100"):
        _counts(given)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; import evals.load.__main__\n"
        "print([name for name in ('numpy', 'sqlalchemy', 'chromadb', 'onnxruntime', 'tqdm') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
