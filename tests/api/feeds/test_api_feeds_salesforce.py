"""Events of the Voice Toolkit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feeding import as_json, event, said

from api.feeds.salesforce import read
from copilot.errors import InvalidInput


def test_a_transcript_event_is_a_final_turn_with_its_time() -> None:
    found = read(as_json(event("salesforce/transcript")))
    assert said(found) == [("31f5-message", "customer", "Do you also repair bicycles?", True)]
    (fed,) = found
    assert (fed.conversation_id, fed.channel) == ("c5d9-call", "call")
    assert fed.turns[0].at == datetime(2026, 3, 2, 10, 15, 4, 250_000, tzinfo=UTC)


def test_an_event_without_an_id_is_known_by_when_it_was_sent_and_by_whom() -> None:
    found = read(as_json(event("salesforce/transcript_lwc")))
    assert said(found) == [("1772446507000-agent", "agent", "We do, on Thursdays.", True)]
    bare = event("salesforce/transcript_lwc")
    del bare["detail"]["clientSentTimestamp"]
    with pytest.raises(InvalidInput) as refused:
        read(as_json(bare))
    assert refused.value.place == "detail.id"


def test_a_call_begins_and_ends() -> None:
    (started,) = read(as_json(event("salesforce/call_started")))
    (ended,) = read(as_json(event("salesforce/call_ended")))
    assert (started.conversation_id, started.ended) == ("c5d9-call", False)
    assert (ended.conversation_id, ended.ended) == ("c5d9-call", True)


@pytest.mark.parametrize("kind", ["HOLD", "mute", "INTELLIGENCE_SIGNAL"])
def test_other_events_are_left_aside(kind: str) -> None:
    assert read(as_json({**event("salesforce/transcript"), "type": kind})) == []


@pytest.mark.parametrize(
    ("role", "ours"), [("Supervisor", "agent"), ("VirtualAgent", "system"), ("Bot", "system")]
)
def test_a_supervisor_is_of_the_house_and_a_machine_is_not_the_agent(role: str, ours: str) -> None:
    spoken = event("salesforce/transcript")
    spoken["detail"]["sender"]["role"] = role
    assert said(read(as_json(spoken)))[0][1] == ours
