"""Conversation events that Pub/Sub pushes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feeding import as_json, as_push, event, said

from api.feeds.google_agent_assist import read
from copilot.errors import InvalidInput


def test_an_intermediate_transcript_is_replaced_by_the_message_of_its_id() -> None:
    partial = said(read(as_push(event("google_agent_assist/recognised"))))
    final = said(read(as_push(event("google_agent_assist/message"))))
    assert partial == [("M-7", "customer", "can I return a", False)]
    assert final == [("M-7", "customer", "Can I return a kettle?", True)]


def test_a_message_was_said_when_it_was_sent_not_when_it_was_stored() -> None:
    message = event("google_agent_assist/message")
    (fed,) = read(as_push(message))
    assert fed.turns[0].at == datetime(2026, 3, 2, 10, 15, 7, 250_000, tzinfo=UTC)
    del message["event"]["newMessagePayload"]["sendTime"]
    (fed,) = read(as_push(message))
    assert fed.turns[0].at == datetime(2026, 3, 2, 10, 15, 8, 900_000, tzinfo=UTC)


def test_a_conversation_is_called_by_the_last_part_of_its_name() -> None:
    (started,) = read(as_push(event("google_agent_assist/started")))
    (finished,) = read(as_push(event("google_agent_assist/finished")))
    assert (started.conversation_id, started.ended) == ("C-42", False)
    assert (finished.conversation_id, finished.ended) == ("C-42", True)


@pytest.mark.parametrize(
    ("role", "ours"),
    [("END_USER", "customer"), ("HUMAN_AGENT", "agent"), ("AUTOMATED_AGENT", "system")],
)
def test_only_a_person_is_the_agent(role: str, ours: str) -> None:
    message = event("google_agent_assist/message")
    message["event"]["newMessagePayload"]["participantRole"] = role
    assert said(read(as_push(message)))[0][1] == ours


def test_an_intermediate_transcript_of_nobody_in_particular_is_left_aside() -> None:
    recognised = event("google_agent_assist/recognised")
    (fed,) = read(as_push({**recognised, "attributes": {}}))
    assert fed.turns == ()


def test_other_kinds_of_event_are_left_aside() -> None:
    message = event("google_agent_assist/message")
    message["event"]["type"] = "HUMAN_INTERVENTION_NEEDED"
    assert read(as_push(message)) == []


def test_data_that_is_not_json_in_base64_is_refused_where_it_stands() -> None:
    for data in ("Zm9v\n", "aGVsbG8=", "é"):
        with pytest.raises(InvalidInput) as refused:
            read(as_json({"message": {"data": data}}))
        assert refused.value.place == "message.data"
