"""Turns in, events out: what is pushed, what is superseded, and what no order changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig import Rig

from copilot.assist import Underway
from copilot.errors import Ended, Overloaded, UnknownConversation
from copilot.live import evaluation
from copilot.live.desk import Desk
from copilot.types import ActionDone, Customer, Event, Scope, Turn

QUESTION = "How long does a refund to a card take?"
ANOTHER = "Are guide dogs welcome?"


@dataclass
class Watched:
    """A desk, and what it published."""

    rig: Rig
    events: list[Event] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.desk = Desk(self.rig.copilot, self.publish)
        self.conversation_id = self.desk.open("call-1")[0].conversation_id

    def publish(self, _: str, events: Any) -> None:
        with self.changed:
            self.events += events
            self.changed.notify_all()

    def say(self, turn_id: str, text: str, role: str = "customer", **fields: Any) -> str:
        (taken,) = self.desk.take(self.conversation_id, [Turn(turn_id, role, text, **fields)])
        return taken.state

    @staticmethod
    def turn(turn_id: str, text: str) -> Turn:
        return Turn(turn_id, "customer", text)

    def wait(self, holds: Callable[[], bool], timeout_s: float = 10) -> None:
        with self.changed:
            assert self.changed.wait_for(holds, timeout_s), self.kinds()

    def closed(self, count: int = 1) -> dict[str, Any]:
        """The last of so many suggestions or silences."""
        kinds = ("suggestion", "no_suggestion")
        self.wait(lambda: sum(one.kind in kinds for one in self.events) >= count)
        return [one for one in self.events if one.kind in kinds][count - 1].data

    def kinds(self) -> list[str]:
        return [one.kind for one in self.events]


@pytest.fixture
def shop(rig: Rig) -> Rig:
    rig.put(
        "refunds",
        "# Refunds to a card\n\nA refund to a bank card takes five working days.\n\n"
        "1. Find the sale.\n2. Make the refund to a card.\n3. Print the slip.\n",
        title="Refunds to a card",
    )
    rig.put("dogs", "Guide dogs are welcome everywhere.", title="Guide dogs")
    return rig


@pytest.fixture
def at_desk(shop: Rig) -> Iterator[Watched]:
    watched = Watched(shop)
    yield watched
    watched.desk.close()


def test_a_question_brings_evidence_steps_a_draft_and_a_suggestion(at_desk: Watched) -> None:
    assert at_desk.say("t1", QUESTION) == "stored"
    suggestion = at_desk.closed()
    assert at_desk.kinds() == ["evidence", "steps", "draft", "suggestion"]
    assert [one.event_id for one in at_desk.events] == [1, 2, 3, 4]
    evidence, steps, draft, _ = (one.data for one in at_desk.events)
    assert {one["suggestion_id"] for one in (evidence, steps, draft)} == {
        suggestion["suggestion_id"]
    }
    assert evidence["passages"][0]["document_id"] == "refunds"
    assert steps["next_steps"][0]["text"] == "Find the sale."
    assert draft["reply"] == suggestion["reply"]
    assert suggestion["turn_id"] == "t1"
    assert 0 < evidence["took_ms"] < suggestion["waited_ms"] < 3000
    assert at_desk.rig.store.conversations.events("call-1") == at_desk.events
    stored = at_desk.rig.store.suggestions.offered(suggestion["suggestion_id"])
    assert stored.conversation_id == "call-1"


def test_courtesy_needs_nothing_and_nothing_is_searched(at_desk: Watched) -> None:
    at_desk.say("t1", "Hello, good morning!")
    assert at_desk.closed()["reason"] == "no_need"
    assert at_desk.kinds() == ["no_suggestion"]


def test_a_turn_that_comes_again_changes_nothing(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    at_desk.closed()
    before = list(at_desk.events)
    assert at_desk.say("t1", "Something else") == "duplicate"
    time.sleep(0.3)
    assert at_desk.events == before
    assert [turn.text for _, turn in at_desk.rig.store.conversations.turns("call-1")] == [QUESTION]


def test_a_partial_turn_counts_once_it_is_final(at_desk: Watched) -> None:
    assert at_desk.say("t1", "How long", is_final=False) == "partial"
    assert at_desk.say("t1", "How long does", is_final=False) == "partial"
    assert at_desk.rig.store.conversations.turns("call-1") == []
    assert at_desk.say("t1", QUESTION) == "stored"
    assert at_desk.say("t1", "How long", is_final=False) == "duplicate"
    assert at_desk.closed()["status"] == "suggested"


def test_a_burst_gives_one_suggestion(at_desk: Watched) -> None:
    for number, words in enumerate([QUESTION, "To a bank card.", "It was five days ago."]):
        at_desk.say(f"t{number}", words)
    assert at_desk.closed()["turn_id"] == "t2"
    time.sleep(0.4)
    assert at_desk.kinds().count("suggestion") == 1


def test_a_newer_question_supersedes_what_was_shown(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    first = at_desk.closed()
    at_desk.say("t2", "You have to wait five days.", role="agent")
    at_desk.closed(2)
    at_desk.say("t3", ANOTHER)
    second = at_desk.closed(3)
    superseded = [one.data for one in at_desk.events if one.kind == "superseded"]
    assert [(one["suggestion_id"], one["by_turn_id"]) for one in superseded] == [
        (first["suggestion_id"], "t3")
    ]
    assert second["passages"][0]["document_id"] == "dogs"
    offered = at_desk.rig.store.suggestions.offered
    assert offered(first["suggestion_id"]).superseded_at is not None
    assert offered(second["suggestion_id"]).superseded_at is None


def test_nothing_of_a_superseded_suggestion_follows_its_end(at_desk: Watched) -> None:
    for number in range(12):
        at_desk.say(f"t{number}", QUESTION if number % 2 else ANOTHER)
        time.sleep(0.01 * (number % 4))
    at_desk.wait(lambda: bool(at_desk.events) and at_desk.events[-1].kind == "suggestion")
    gone: set[str] = set()
    for event in at_desk.events:
        assert event.data["suggestion_id"] not in gone
        if event.kind == "superseded":
            gone.add(event.data["suggestion_id"])


def test_an_agent_who_only_holds_leaves_the_question_open(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    at_desk.say("t2", "One moment please.", role="agent")
    assert at_desk.closed()["turn_id"] == "t2"
    assert at_desk.kinds()[-1] == "suggestion"
    assert "superseded" not in at_desk.kinds()


def test_an_agent_who_answers_ends_what_was_under_way(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    at_desk.wait(lambda: "evidence" in at_desk.kinds())
    at_desk.say("t2", "A refund to your bank card takes five working days.", role="agent")
    assert at_desk.closed()["reason"] == "no_need"
    time.sleep(0.3)
    assert [one for one in at_desk.kinds() if one != "steps"] == [
        "evidence",
        "superseded",
        "no_suggestion",
    ]


def test_what_was_said_is_masked_before_it_is_stored(at_desk: Watched) -> None:
    at_desk.say("t1", "My mail is ada@example.com. " + QUESTION)
    at_desk.closed()
    ((_, turn),) = at_desk.rig.store.conversations.turns("call-1")
    assert turn.text.startswith("My mail is [EMAIL].")


def test_a_conversation_that_ended_takes_no_turns_and_says_so_to_who_watches(
    at_desk: Watched,
) -> None:
    at_desk.desk.end("call-1")
    at_desk.desk.end("call-1")
    assert at_desk.kinds() == ["ended"]
    with pytest.raises(Ended):
        at_desk.say("t1", QUESTION)


def test_a_conversation_that_never_was_is_an_error(at_desk: Watched) -> None:
    with pytest.raises(UnknownConversation):
        at_desk.desk.take("call-2", [Turn("t1", "customer", QUESTION)])


def test_a_customer_whom_nobody_knows_yet_is_helped_without_a_history(at_desk: Watched) -> None:
    at_desk.conversation_id = at_desk.desk.open("call-2", customer_id="new")[0].conversation_id
    at_desk.say("t1", QUESTION)
    assert at_desk.closed()["status"] == "suggested"


def test_opening_again_gives_the_one_that_stands(at_desk: Watched) -> None:
    standing, made = at_desk.desk.open("call-1", channel="chat")
    assert (standing.channel, made) == (None, False)


def test_a_customers_history_is_part_of_the_evidence(shop: Rig) -> None:
    shop.met("ada", "past-1", "How long does a refund to a card take?", "Five days, as always.")
    watched = Watched(shop)
    watched.conversation_id = watched.desk.open("call-ada", customer_id="ada")[0].conversation_id
    watched.say("t1", QUESTION)
    watched.closed()
    shown = {one["document_id"] for one in watched.events[0].data["passages"]}
    assert any("past-1" in one for one in shown)
    watched.desk.close()


def test_an_erased_customers_conversation_is_gone(shop: Rig) -> None:
    shop.store.customers.put(Customer("ada"))
    watched = Watched(shop)
    watched.conversation_id = watched.desk.open("call-ada", customer_id="ada")[0].conversation_id
    watched.say("t1", QUESTION)
    watched.closed()
    shop.store.customers.erase("ada")
    watched.desk.forget("ada")
    assert shop.store.conversations.events("call-ada") == []
    with pytest.raises(UnknownConversation):
        watched.say("t2", ANOTHER)
    watched.desk.close()


def test_what_a_killed_process_left_is_answered_by_the_next(shop: Rig) -> None:
    first = Watched(shop)
    first.desk._schedule.stop()  # the process dies between the turn and its answer
    first.say("t1", QUESTION)
    first.desk._journal.close()
    second = Watched(shop)
    assert second.desk.recover() == 1
    assert second.closed()["turn_id"] == "t1"
    assert shop.store.conversations.pending() == []
    assert second.desk.recover() == 0
    second.desk.close()


def test_evidence_that_a_killed_process_pushed_is_superseded_by_the_next(shop: Rig) -> None:
    first = Watched(shop)
    first.say("t1", QUESTION)
    first.wait(lambda: "evidence" in first.kinds())
    first.desk._schedule.stop()
    first.desk._journal.close()
    seen = len(first.events)
    second = Watched(shop)
    second.desk.recover()
    second.closed()
    assert second.events[0].kind == "superseded"
    assert second.events[0].event_id == seen + 1
    assert second.events[0].data["suggestion_id"] == first.events[0].data["suggestion_id"]
    second.desk.close()


def test_what_waited_too_long_is_left_out_and_says_so(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "EVIDENCE_S", -1.0)
    monkeypatch.setattr(Desk, "_refuse_when_late", lambda self, arrived: None)
    watched = Watched(shop)
    watched.say("t1", QUESTION)
    assert watched.closed()["reason"] == "deadline"
    assert watched.kinds() == ["no_suggestion"]
    watched.desk.close()


def test_a_reply_that_would_be_late_is_left_out_with_its_evidence_shown(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "REPLY_S", 0.0)
    watched = Watched(shop)
    watched.say("t1", QUESTION)
    silence = watched.closed()
    assert (silence["reason"], silence["reply"]) == ("deadline", None)
    assert silence["passages"][0]["document_id"] == "refunds"
    watched.desk.close()


def test_more_than_can_be_answered_is_refused_before_it_is_stored(at_desk: Watched) -> None:
    held = threading.Event()
    for _ in range(400):
        at_desk.desk._schedule.do(lambda: held.wait(10) and None)
    with pytest.raises(Overloaded) as refused:
        at_desk.say("t1", QUESTION)
    assert refused.value.retry_after_s >= 1
    assert at_desk.rig.store.conversations.turns("call-1") == []
    held.set()
    at_desk.wait(lambda: at_desk.desk._schedule.wait_s() == 0 or True)
    time.sleep(0.2)
    assert at_desk.say("t1", QUESTION) == "stored"
    assert at_desk.closed()["status"] == "suggested"


def test_a_turn_that_waited_too_long_on_its_way_is_refused(at_desk: Watched) -> None:
    turn = Turn("t1", "customer", QUESTION)
    with pytest.raises(Overloaded):
        at_desk.desk.take("call-1", [turn], time.monotonic() - 2 * evaluation.EVIDENCE_S)
    assert at_desk.rig.store.conversations.turns("call-1") == []
    at_desk.desk.take("call-1", [turn], time.monotonic())
    assert at_desk.closed()["status"] == "suggested"


def test_an_embedder_that_fails_ends_in_silence_and_the_next_turn_is_answered(
    at_desk: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str) -> Any:
        raise RuntimeError("no model")

    with monkeypatch.context() as patch:
        patch.setattr(at_desk.rig.embedder, "embed_query", fail)
        at_desk.say("t1", QUESTION)
        assert at_desk.closed()["reason"] == "deadline"
    at_desk.say("t2", ANOTHER)
    assert at_desk.closed(2)["status"] == "suggested"


SPOKEN = [
    ("customer", "Hello there!"),
    ("agent", "Good morning, how can I help?"),
    ("customer", QUESTION),
    ("agent", "One moment please."),
    ("customer", "It is a bank card."),
]


@given(st.permutations(list(range(len(SPOKEN)))), st.lists(st.integers(0, 4), max_size=4))
@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_of_arrival_ends_in_the_same_suggestion(
    another_rig: Callable[[], Rig], order: list[int], again: list[int]
) -> None:
    rig = another_rig()
    rig.put("refunds", "A refund to a bank card takes five working days.", title="Refunds")
    watched = Watched(rig)
    for number in [*order, *again]:
        role, text = SPOKEN[number]
        moment = rig.clock.now + timedelta(seconds=number)
        watched.say(f"t{number}", text, role=role, at=moment)
    watched.wait(lambda: not rig.store.conversations.pending())
    last = [one.data for one in watched.events if one.kind == "suggestion"][-1]
    assert last["reply"]["text"] == "A refund to a bank card takes five working days."
    assert watched.events[-1].kind in ("suggestion", "no_suggestion")
    watched.desk.close()


def _steered(at_desk: Watched, turn_id: str, name: str, **parameters: str) -> dict[str, Any]:
    """What is pushed once the person has steered."""
    before = len(at_desk.events)
    at_desk.say(turn_id, "", role="agent", action=ActionDone(name, parameters))
    at_desk.wait(lambda: len(at_desk.events) > before)
    return at_desk.events[before].data


def test_a_tick_pushes_the_next_step_at_once_and_makes_nothing_stale(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    suggestion = at_desk.closed()
    first, second, _ = suggestion["next_steps"]
    assert (first["state"], second["state"]) == ("next", "open")
    progress = _steered(at_desk, "k1", "copilot.tick", step_id=first["step_id"])
    assert at_desk.kinds()[-1] == "progress"
    assert [one["state"] for one in progress["next_steps"]] == ["done", "next", "open"]
    assert progress["procedure"]["position"] == 2
    assert "superseded" not in at_desk.kinds()
    back = _steered(at_desk, "k2", "copilot.untick", step_id=first["step_id"])
    assert [one["state"] for one in back["next_steps"]] == ["next", "open", "open"]


def test_a_suggestion_that_comes_after_a_tick_keeps_it(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    at_desk.wait(lambda: "steps" in at_desk.kinds())
    step_id = at_desk.events[-1].data["next_steps"][0]["step_id"]
    _steered(at_desk, "k1", "copilot.tick", step_id=step_id)
    suggestion = at_desk.closed()
    assert at_desk.kinds() == ["evidence", "steps", "progress", "draft", "suggestion"]
    assert [one["state"] for one in suggestion["next_steps"]] == ["done", "next", "open"]


def test_steps_that_are_found_while_a_person_ticks_keep_the_tick(
    at_desk: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    copilot = at_desk.rig.copilot
    find_likely = copilot.find_likely

    def ticked_meanwhile(underway: Underway, conversation: Sequence[Turn]) -> None:
        find_likely(underway, conversation)
        step_id = underway.steps.next_steps[0].step_id
        at_desk.say("k1", "", role="agent", action=ActionDone("copilot.tick", {"step_id": step_id}))

    monkeypatch.setattr(copilot, "find_likely", ticked_meanwhile)
    at_desk.say("t1", QUESTION)
    at_desk.closed()
    assert at_desk.kinds() == ["evidence", "progress", "steps", "draft", "suggestion"]
    states = [[step["state"] for step in one.data.get("next_steps", ())] for one in at_desk.events]
    assert states == [[], *[["done", "next", "open"]] * 2, [], ["done", "next", "open"]]


def test_what_failed_says_nothing_of_the_steps(
    at_desk: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_desk.rig.copilot, "concluding", lambda *_, **__: 1 / 0)
    at_desk.say("t1", QUESTION)
    assert at_desk.closed()["next_steps"] == []


def test_what_was_steered_stands_after_a_restart(at_desk: Watched) -> None:
    at_desk.say("t1", QUESTION)
    step_id = at_desk.closed()["next_steps"][0]["step_id"]
    kept = _steered(at_desk, "k1", "copilot.tick", step_id=step_id)
    at_desk.desk.close()
    again = Desk(at_desk.rig.copilot, at_desk.publish)
    turns = at_desk.rig.store.conversations.turns("call-1")
    rebuilt = at_desk.rig.copilot.guide.steps([turn for _, turn in turns], Scope())
    assert [one.state for one in rebuilt.next_steps] == [one["state"] for one in kept["next_steps"]]
    assert again.recover() == 0
    again.close()


def test_an_action_of_the_desktop_goes_on_with_the_steps(at_desk: Watched) -> None:
    at_desk.rig.put(
        "refunds",
        "# Refunds to a card\n\nA refund to a bank card takes five working days.\n\n"
        "1. Find the sale with [Find Sale].\n2. Make it with [Refund].\n3. Print the slip.\n",
        title="Refunds to a card",
    )
    at_desk.say("t1", QUESTION)
    at_desk.closed()
    at_desk.say("a1", "", role="agent", action=ActionDone("find_sale"))
    silence = at_desk.closed(2)
    assert silence["reason"] == "no_need"
    assert [one["state"] for one in silence["next_steps"]] == ["done", "next", "open"]
