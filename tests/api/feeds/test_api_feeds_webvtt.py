"""Transcripts as WebVTT files."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from feeding import file, said

from api.feeds.fed import Hints
from api.feeds.webvtt import read
from copilot.errors import InvalidInput

CALL = Hints(conversation_id="call-1")


def vtt(cue: str) -> bytes:
    return f"WEBVTT\n\n00:01.000 --> 00:02.000\n{cue}\n".encode()


def test_each_voice_of_a_cue_is_a_turn_without_its_marks() -> None:
    assert said(read(file("webvtt/call.vtt"), CALL)) == [
        ("cue-1", "system", "This call may be recorded.", True),
        ("cue-2", "customer", "My parcel & the letter have both not come.", True),
        ("cue-3", "agent", "I am sorry. Which street?", True),
        ("cue-3.2", "customer", "Mill Lane.", True),
    ]


def test_times_need_the_moment_when_it_began() -> None:
    (fed,) = read(file("webvtt/call.vtt"), CALL)
    assert {turn.at for turn in fed.turns} == {None}
    start = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
    (fed,) = read(file("webvtt/call.vtt"), Hints("call-1", start))
    assert [turn.at for turn in fed.turns] == [
        start,
        start.replace(second=4),
        start.replace(second=7, microsecond=500_000),
        start.replace(second=7, microsecond=500_000),
    ]


def test_a_file_that_has_grown_gives_its_first_turns_the_same_ids() -> None:
    short = file("webvtt/call.vtt")
    grown = short + b"\n01:00:02.000 --> 01:00:03.000\n<v Agent>Thank you.\n"
    (before,), (after,) = read(short, CALL), read(grown, CALL)
    assert after.turns[: len(before.turns)] == before.turns
    assert after.turns[-1].text == "Thank you."


def test_people_may_be_called_by_name_once_the_agent_s_is_known() -> None:
    with pytest.raises(InvalidInput) as refused:
        read(file("webvtt/names.vtt"), CALL)
    assert (refused.value.place, refused.value.reason) == ("cue 1", "who is 'Tom Hill'")
    found = read(file("webvtt/names.vtt"), Hints("call-1", agent="tom hill"))
    assert [role for _, role, _, _ in said(found)] == ["agent", "customer"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_any_line_ending_and_a_byte_order_mark_are_taken(end: str) -> None:
    text = file("webvtt/call.vtt").decode().replace("\n", end)
    assert read(b"\xef\xbb\xbf" + text.encode(), CALL) == read(file("webvtt/call.vtt"), CALL)


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (b"", "line 1"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHello", "line 1"),
        (b"WEBVTTX\n", "line 1"),
        (b"WEBVTT\n\n00:61.000 --> 01:02.000\n<v Agent>Hello", "cue 1"),
        (vtt("Hello"), "cue 1"),
        (vtt("Hello <v Agent>there"), "cue 1"),
        (vtt("<v>Hello"), "cue 1"),
        (vtt("<v Agent>" + "a" * 20_001), "cue 1.words"),
        (b"WEBVTT\n\n\xff", "body"),
        (b"WEBVTT\n\n\x00", "text"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(message: bytes, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(message, CALL)
    assert refused.value.place == place
    assert refused.value.remedy


def test_a_file_belongs_to_the_conversation_that_the_address_names() -> None:
    with pytest.raises(InvalidInput, match="conversation_id"):
        read(file("webvtt/call.vtt"))


@pytest.mark.parametrize("piece", ["<", "<v", "<v ", "&", "--> ", "\n\n", "<v Agent>"])
def test_a_hostile_file_costs_no_more_than_a_plain_one(piece: str) -> None:
    began = time.process_time()
    hostile = vtt("<v Agent>" + piece * (200_000 // len(piece)))
    with suppress(InvalidInput):
        read(hostile, CALL)
    assert time.process_time() - began < 2.0
