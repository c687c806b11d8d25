"""The callbacks of a real-time transcription."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from feeding import as_form, event, said

from api.feeds.fed import Hints
from api.feeds.twilio import read
from copilot.errors import InvalidInput

SESSION = "GT00000000000000000000000000000007"


def test_a_final_result_has_the_words_the_speaker_and_the_time() -> None:
    found = read(as_form(event("twilio/final")))
    assert said(found) == [(f"{SESSION}-3", "customer", "Where is my parcel?", True)]
    (fed,) = found
    assert (fed.conversation_id, fed.channel) == ("CA00000000000000000000000000000042", "call")
    assert fed.turns[0].at == datetime(2026, 3, 2, 10, 15, 5, 26_605, tzinfo=UTC)


def test_partial_results_of_a_track_replace_each_other_and_never_stand_for_a_final_one() -> None:
    first, later = event("twilio/partial"), {**event("twilio/partial"), "SequenceId": "9"}
    other = {**first, "Track": "outbound_track"}
    ids = [said(read(as_form(one)))[0][0] for one in (first, later, other)]
    assert ids[0] == ids[1] != ids[2]
    finals = [{**event("twilio/final"), "SequenceId": number} for number in ("3", "9")]
    final_ids = {said(read(as_form(one)))[0][0] for one in finals}
    assert len(final_ids) == 2
    assert not final_ids & set(ids)


def test_the_address_says_whom_the_inbound_track_hears() -> None:
    inbound = event("twilio/final")
    outbound = {**inbound, "Track": "outbound_track"}

    def roles(hints: Hints) -> list[str]:
        return [said(read(as_form(one), hints))[0][1] for one in (inbound, outbound)]

    assert roles(Hints()) == ["customer", "agent"]
    assert roles(Hints(inbound="agent")) == ["agent", "customer"]
    assert said(read(as_form({**inbound, "Track": "both_tracks"})))[0][1] == "system"


@pytest.mark.parametrize("name", ["started", "stopped", "error"])
def test_a_transcription_may_stop_and_start_again_within_a_call(name: str) -> None:
    (fed,) = read(as_form(event(f"twilio/{name}")))
    assert (fed.turns, fed.ended) == ((), False)


def test_the_call_s_own_status_ends_the_conversation() -> None:
    over = event("twilio/call_completed")
    assert read(as_form(over))[0].ended
    assert read(as_form({**over, "CallStatus": "in-progress"})) == []


def test_a_time_that_cannot_be_read_costs_no_words() -> None:
    (fed,) = read(as_form({**event("twilio/final"), "Timestamp": "a while ago"}))
    assert fed.turns[0].at is None


def test_a_result_without_words_is_no_turn() -> None:
    empty = {**event("twilio/final"), "TranscriptionData": '{"transcript": " "}'}
    assert said(read(as_form(empty))) == []


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"CallSid": ""}, "CallSid"),
        ({"SequenceId": "3b"}, "SequenceId"),
        ({"SequenceId": "٣"}, "SequenceId"),
        ({"TranscriptionData": "Where is"}, "TranscriptionData"),
        ({"TranscriptionData": '{"transcript": "\\u0000"}'}, "transcript"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(changed: dict[str, str], place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(as_form({**event("twilio/final"), **changed}))
    assert refused.value.place == place


def test_a_form_that_is_not_utf_8_or_has_no_end_is_refused() -> None:
    for form in (b"CallSid=%ff", b"CallSid=\xff", b"&".join([b"a=1"] * 500)):
        with pytest.raises(InvalidInput, match="not a form"):
            read(form)
