"""Contact Lens in real time: calls, chats, streams and answers of the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feeding import as_json, as_kinesis, event, said

from api.feeds.amazon_connect import read
from api.feeds.fed import Hints
from copilot.errors import InvalidInput

CALL = "7d7a3a0e-0000-4000-8000-00000000c0a1"
START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def test_an_utterance_is_a_partial_wording_of_the_transcript_that_follows_it() -> None:
    assert said(read(as_json(event("amazon_connect/segments")))) == [
        ("t-1", "customer", "my kettle leaks and", False),
        ("t-1", "customer", "My kettle leaks and I have lost the receipt.", True),
        ("t-2", "agent", "I will look that up for you.", True),
    ]


def test_a_call_begins_and_ends_with_its_analysis() -> None:
    (started,) = read(as_json(event("amazon_connect/started")))
    (completed,) = read(as_json(event("amazon_connect/completed")))
    assert (started.conversation_id, started.channel, started.turns) == (CALL, "call", ())
    assert (started.ended, completed.ended) == (False, True)
    (failed,) = read(as_json({**event("amazon_connect/completed"), "EventType": "FAILED"}))
    assert failed.ended


def test_offsets_are_times_once_the_address_says_when_the_call_began() -> None:
    message = as_json(event("amazon_connect/segments"))
    (fed,) = read(message)
    assert {turn.at for turn in fed.turns} == {None}
    (fed,) = read(message, Hints(started_at=START))
    assert [turn.at for turn in fed.turns] == [
        START.replace(second=1, microsecond=200_000),
        START.replace(second=1, microsecond=200_000),
        START.replace(second=4, microsecond=800_000),
    ]


def test_a_chat_brings_its_own_times_and_its_templates_are_left_aside() -> None:
    found = read(as_json(event("amazon_connect/chat")))
    assert said(found) == [
        ("m-1", "system", "What can I do for you?", True),
        ("m-2", "customer", "My name is [PII] and my parcel is late.", True),
    ]
    (fed,) = found
    assert fed.channel == "chat"
    assert fed.turns[1].at == START.replace(second=7, microsecond=500_000)


def test_an_answer_of_the_api_needs_a_conversation_and_ends_when_no_more_comes() -> None:
    answer = event("amazon_connect/answer")
    with pytest.raises(InvalidInput) as refused:
        read(as_json(answer))
    assert refused.value.place == "ContactId"
    assert "?conversation_id=" in refused.value.remedy
    hints = Hints(conversation_id="call-1")
    (going,) = read(as_json(answer), hints)
    assert (going.conversation_id, going.ended) == ("call-1", False)
    del answer["NextToken"]
    assert read(as_json(answer), hints)[0].ended
    assert not read(as_json({**answer, "Status": "IN_PROGRESS"}), hints)[0].ended
    assert read(as_json({**answer, "Status": "COMPLETED"}), hints)[0].ended


def test_a_batch_of_a_stream_gives_each_event_in_its_order() -> None:
    names = ("started", "segments", "chat", "completed")
    events = [event(f"amazon_connect/{name}") for name in names]
    found = read(as_kinesis(events))
    assert found == read(as_json(events))
    assert [len(fed.turns) for fed in found] == [0, 3, 2, 0]


def test_a_kind_of_event_that_is_new_is_left_aside() -> None:
    assert read(as_json({"EventType": "PAUSED", "Segments": "to be told"})) == []


def test_what_is_wrong_is_named_with_its_place() -> None:
    wrong = event("amazon_connect/segments")
    wrong["Segments"][1]["Transcript"]["Content"] = 5
    with pytest.raises(InvalidInput) as refused:
        read(as_json(wrong))
    assert refused.value.place == "Segments.1.Transcript.Content"
    with pytest.raises(InvalidInput) as refused:
        read(as_kinesis([wrong]))
    assert refused.value.place == "Records.0.kinesis.data.Segments.1.Transcript.Content"
