"""Transcription notifications of Genesys Cloud."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feeding import as_json, event, said

from api.feeds.genesys import read
from copilot.errors import InvalidInput

CALL = "5e1d0a52-0000-4000-8000-00000000c0a1"


def test_an_utterance_keeps_its_id_from_the_first_words_to_the_final_ones() -> None:
    assert said(read(as_json(event("genesys/partial")))) == [
        ("ut-1", "customer", "i want to", False)
    ]
    assert said(read(as_json(event("genesys/final")))) == [
        ("ut-1", "customer", "I want to cancel order 42.", True),
        ("ut-2", "agent", "let me see", True),
    ]


def test_times_are_counted_from_the_start_of_the_session() -> None:
    (fed,) = read(as_json(event("genesys/final")))
    assert [turn.at for turn in fed.turns] == [
        datetime(2026, 3, 2, 10, 15, 2, 500_000, tzinfo=UTC),
        datetime(2026, 3, 2, 10, 15, 5, 200_000, tzinfo=UTC),
    ]


def test_eventbridge_brings_the_same_in_a_wrapper() -> None:
    bare = event("genesys/final")
    wrapped = {"detail-type": "v2.conversations.{id}.transcription", "detail": bare}
    assert read(as_json(wrapped)) == read(as_json(bare))


def test_a_leg_s_session_ends_before_the_conversation_does() -> None:
    (leg,) = read(as_json(event("genesys/session_ended")))
    (call,) = read(as_json(event("genesys/customer_end")))
    assert (leg.conversation_id, leg.turns, leg.ended) == (CALL, (), False)
    assert (call.conversation_id, call.ended) == (CALL, True)


def test_a_voice_that_is_neither_side_s_is_the_system_s() -> None:
    both = event("genesys/partial")
    both["eventBody"]["transcripts"][0]["channel"] = "BOTH"
    assert said(read(as_json(both)))[0][1] == "system"


def test_heartbeats_and_other_topics_are_left_aside() -> None:
    assert read(as_json(event("genesys/heartbeat"))) == []
    assert read(as_json({"topicName": "v2.users.u-1.presence", "eventBody": {}})) == []


def test_what_is_wrong_is_named_with_its_place() -> None:
    wrong = event("genesys/final")
    del wrong["eventBody"]["transcripts"][1]["utteranceId"]
    with pytest.raises(InvalidInput) as refused:
        read(as_json(wrong))
    assert refused.value.place == "eventBody.transcripts.1.utteranceId"
    assert refused.value.reason == "it is missing"
