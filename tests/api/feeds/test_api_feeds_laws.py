"""What holds for every feed, whatever it is sent."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from feeding import FIXTURES, as_form, as_json, as_kinesis, as_push, event, file
from hypothesis import given, settings
from hypothesis import strategies as st

from api.feeds import FEEDS
from api.feeds.fed import Fed, Hints
from copilot.errors import InvalidInput

HINTS = Hints(conversation_id="given")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
TEXT = st.text(st.characters(codec=None), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | TEXT
    | st.sampled_from(["\x00", "\ud800", "a" * 20_001, "2026-03-02T10:15:00Z", "/", "..", ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
CUES = ["WEBVTT", "\n", "\n\n", "00:01.000", " --> ", "<v Agent>", "<v ", "Words", "&#0;", "NOTE"]


@dataclass(frozen=True)
class Sample:
    """A fixture, and how its sender wraps it."""

    feed: str
    name: str
    encode: Callable[[Any], bytes] = as_json

    @property
    def value(self) -> Any:
        return event(self.name)

    def __str__(self) -> str:
        return f"{self.name}-{self.encode.__name__}"


def _samples() -> Iterator[Sample]:
    wrapped = {"google-agent-assist": as_push, "twilio": as_form}
    for path in sorted(FIXTURES.glob("*/*.json")):
        feed = path.parent.name.replace("_", "-")
        name = f"{path.parent.name}/{path.stem}"
        yield Sample(feed, name, wrapped.get(feed, as_json))
    yield Sample("amazon-connect", "amazon_connect/segments", in_a_record)


def in_a_record(value: Any) -> bytes:
    return as_kinesis([value])


SAMPLES = list(_samples())


def outcome(feed: str, message: bytes) -> list[Fed] | InvalidInput:
    try:
        return FEEDS[feed].read(message, HINTS)
    except InvalidInput as error:
        return error


def check(feed: str, message: bytes) -> None:
    """Either what was read may be stored and shown, or the sender is told what to mend."""
    found = outcome(feed, message)
    if isinstance(found, InvalidInput):
        assert all((found.place, found.reason, found.remedy))
        return
    for fed in found:
        assert 0 < len(fed.conversation_id) <= 512
        words = [fed.conversation_id, fed.customer_id or "", fed.channel or ""]
        for turn in fed.turns:
            assert turn.role in ("customer", "agent", "system")
            assert turn.turn_id
            assert len(turn.text) <= 20_000
            assert turn.at is None or turn.at.tzinfo is not None
            words += [turn.turn_id, turn.text]
        assert not any(UNSTORABLE.search(one) for one in words)


def inside(value: Any) -> Iterable[tuple[Any, Any]]:
    """What an object or a list holds, by key or number."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside this one."""
    for key, one in inside(value):
        yield (*here, key)
        yield from places(one, (*here, key))


def changed(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """The same with another value at this place."""
    result = copy.deepcopy(value)
    holder = result
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = new
    return result


@pytest.mark.parametrize("feed", FEEDS)
@settings(max_examples=100, deadline=None)
@given(message=st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(feed: str, message: bytes) -> None:
    check(feed, message)


@pytest.mark.parametrize("feed", FEEDS)
@settings(max_examples=100, deadline=None)
@given(value=VALUES)
def test_json_of_any_kind_is_read_or_refused(feed: str, value: Any) -> None:
    check(feed, as_json(value))


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_message_with_one_value_replaced_is_read_or_refused(
    sample: Sample, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(list(places(sample.value))))
    new = data.draw(TEXT if sample.encode is as_form else VALUES)
    check(sample.feed, sample.encode(changed(sample.value, place, new)))


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.sampled_from(CUES) | TEXT, max_size=20))
def test_text_of_any_kind_is_read_as_webvtt_or_refused(pieces: list[str]) -> None:
    check("webvtt", "".join(["WEBVTT\n\n", *pieces]).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("feed", FEEDS)
def test_what_is_nested_without_end_is_refused(feed: str) -> None:
    check(feed, b"[" * 100_000)
    check(feed, b'{"a":' * 100_000)
    check(feed, b"1" * 100_000)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_repeated_message_gives_the_same_turns(sample: Sample) -> None:
    read = FEEDS[sample.feed].read
    first = read(sample.encode(sample.value), HINTS)
    assert read(sample.encode(sample.value), HINTS) == first


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_fields_that_are_new_change_nothing(sample: Sample) -> None:
    read = FEEDS[sample.feed].read
    added = copy.deepcopy(sample.value)
    for one in objects(added):
        one["AddedLater"] = "\x7f"
    assert read(sample.encode(added), HINTS) == read(sample.encode(sample.value), HINTS)


def objects(value: Any) -> list[dict[str, Any]]:
    """This object and those inside, but not what an action's parameters hold: they are free."""
    held = [one for key, one in inside(value) if key != "parameters"]
    mine = [value] if isinstance(value, dict) else []
    return mine + [found for one in held for found in objects(one)]


@pytest.mark.parametrize(
    ("feed", "partial", "final"),
    [
        (
            "google-agent-assist",
            as_push(event("google_agent_assist/recognised")),
            as_push(event("google_agent_assist/message")),
        ),
        (
            "genesys",
            as_json(event("genesys/partial")),
            as_json(event("genesys/final")),
        ),
    ],
)
def test_a_final_wording_has_the_id_of_its_partial_ones(
    feed: str, partial: bytes, final: bytes
) -> None:
    read = FEEDS[feed].read
    (before,), (after,) = read(partial, HINTS), read(final, HINTS)
    assert before.conversation_id == after.conversation_id
    (heard,), said = before.turns, after.turns[0]
    assert not heard.is_final
    assert said.is_final
    assert (heard.turn_id, heard.role) == (said.turn_id, said.role)


def test_every_feed_has_a_fixture() -> None:
    assert {path.name.replace("_", "-") for path in FIXTURES.iterdir()} == set(FEEDS)
    assert file("webvtt/call.vtt").startswith(b"WEBVTT")
