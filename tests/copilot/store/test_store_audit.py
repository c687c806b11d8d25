"""The audit trail and what is decided: once, finally, and never unnoticed when it is changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from copilot.errors import AlreadyDecided, UnknownSuggestion
from copilot.store import Store
from copilot.store.audit import START, chained
from copilot.store.database import writer
from copilot.types import Citation, Decision, Reply, Sentence, Status, Suggestion

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def offer(store: Store, suggestion_id: str = "s1") -> str:
    cited = Citation("refunds", 3, 10, 16, "Words.", "ab" * 32)
    reply = Reply("Words.", (Sentence("Words.", 0, 6, (cited,)),))
    suggestion = Suggestion(
        suggestion_id, Status.SUGGESTED, None, 0.9, reply, None, (), (), (), "extract/2", None, {}
    )
    store.suggestions.add(suggestion, request={}, caller="k", customer_id=None)
    return suggestion_id


def taken(suggestion_id: str = "s1", **fields: object) -> Decision:
    values = {"decision": "taken", "final_text": "Words.", **fields}
    return Decision(suggestion_id, decided_at=AT, decided_by="k:ada", **values)  # type: ignore[arg-type]


def test_a_decision_is_kept_with_a_line_that_says_who_when_and_on_which_evidence(
    store: Store,
) -> None:
    decision, new = store.decisions.decide(taken(offer(store), opened=("c1",), took_ms=900))
    assert new
    assert store.decisions.decision("s1") == decision
    (line,) = store.audit.entries()
    assert (line["by"], line["at"], line["decision"]) == ("k:ada", AT.isoformat(), "taken")
    assert line["evidence"] == [
        {"document_id": "refunds", "version": 3, "start": 10, "end": 16, "sha256": "ab" * 32}
    ]
    assert "Words." not in str(line)


def test_the_same_again_is_the_decision_that_stands(store: Store) -> None:
    first, _ = store.decisions.decide(taken(offer(store)))
    assert store.decisions.decide(taken(took_ms=5)) == (first, False)
    assert len(store.audit.entries()) == 1


@pytest.mark.parametrize(
    "other",
    [{"decision": "ignored", "final_text": None}, {"decision": "edited", "final_text": "Others."}],
)
def test_another_decision_is_refused(store: Store, other: dict[str, object]) -> None:
    first, _ = store.decisions.decide(taken(offer(store)))
    with pytest.raises(AlreadyDecided):
        store.decisions.decide(taken(**other))
    assert store.decisions.decision("s1") == first


def test_a_superseded_suggestion_can_be_ignored_but_not_taken(store: Store) -> None:
    offer(store)
    with writer(store.engine).begin() as connection:
        store.suggestions.supersede(connection, "s1")
    with pytest.raises(AlreadyDecided):
        store.decisions.decide(taken())
    assert store.audit.entries() == []
    store.decisions.decide(taken(decision="ignored", final_text=None))


def test_what_was_never_offered_cannot_be_decided(store: Store) -> None:
    with pytest.raises(UnknownSuggestion):
        store.decisions.decide(taken("s9"))


def trail(store: Store, lines: int) -> None:
    with writer(store.engine).begin() as connection:
        for number in range(lines):
            store.audit.append(connection, {"line": number, "words": "ä\n"})


def test_a_trail_that_nobody_touched_is_whole(store: Store) -> None:
    assert store.audit.verify().head == START
    trail(store, 5)
    verified = store.audit.verify()
    assert (verified.lines, verified.broken_at) == (5, None)
    first = chained(START, '{"line":0,"words":"ä\\n"}')
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT sha256 FROM audit WHERE seq = 1")).scalar() == first


@pytest.mark.parametrize(
    ("harm", "broken_at"),
    [
        ("UPDATE audit SET entry = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 3", 4),
        ("UPDATE audit SET sha256 = previous WHERE seq = 5", 5),
        ("UPDATE audit SET seq = 9 WHERE seq = 2", 3),
    ],
)
def test_a_line_that_was_changed_taken_out_or_moved_breaks_it(
    store: Store, harm: str, broken_at: int
) -> None:
    trail(store, 5)
    with writer(store.engine).begin() as connection:
        connection.execute(text(harm))
    assert store.audit.verify().broken_at == broken_at
