from __future__ import annotations

import json
from datetime import UTC, datetime

from copilot.request import kept, read
from copilot.retrieval.search import Question
from copilot.types import ActionDone, Scope, Turn

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
TURNS = (
    Turn("t1", "customer", "My mail is jane.roe@example.com.", AT, channel="chat"),
    Turn("t2", "agent", "", action=ActionDone("find", {"mail": ["jane.roe@example.com", 3]})),
)


def test_a_request_is_read_as_it_was_kept() -> None:
    question = Question("And the refund?", ("A coat.", "A hat."), 0.5)
    scope = Scope(roles=("agent",), language="en")
    made = kept(question, TURNS[1:], scope, AT, "model/1", live=False, follows=True)
    found = read(json.loads(json.dumps(made)))
    assert found.question == question
    assert (found.scope.roles, found.scope.language, found.scope.as_of) == (("agent",), "en", AT)
    assert (found.embedder, found.follows, found.whole) == ("model/1", True, True)
    assert found.conversation[0].action == ActionDone("find", {"mail": ["[EMAIL]", 3]})


def test_nothing_personal_is_kept_and_of_a_live_conversation_no_words() -> None:
    question = Question(TURNS[0].text, (TURNS[0].text,))
    stateless = kept(question, TURNS, Scope(), AT, "m", live=False, follows=False)
    live = kept(question, TURNS, Scope(), AT, "m", live=True, follows=True)
    assert "jane.roe" not in json.dumps([stateless, live])
    assert [one.text for one in read(stateless).conversation] == ["My mail is [EMAIL].", ""]
    assert read(live).turn_ids == ("t1", "t2")
    assert read(live).conversation == ()


def test_of_a_very_long_conversation_the_latest_turns_are_kept() -> None:
    turns = [Turn(f"t{at}", "customer", "word " * 1000) for at in range(20)]
    found = read(kept(None, turns, Scope(), AT, "m", live=False, follows=True))
    assert [one.turn_id for one in found.conversation] == [f"t{at}" for at in range(12, 20)]
    assert not found.whole


def test_what_an_earlier_version_kept_is_read_as_far_as_it_goes() -> None:
    found = read({"question": {"text": "How?", "context": "A coat."}, "scope": {"roles": None}})
    assert found.question == Question("How?", ("A coat.",))
    assert (found.scope, found.whole) == (Scope(), False)
    assert read({"question": None}).question is None
