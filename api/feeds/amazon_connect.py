"""Amazon Connect: what Contact Lens says in real time, of calls and of chats.

The shapes are those of "Data model for conversational analytics segment streams", for voice and
for chat, in the Amazon Connect Administrator Guide, and of `ListRealtimeContactAnalysisSegments`
and its V2 in the API Reference. An event may come alone, in a list, or in the `Records` that a
Kinesis stream gives a Lambda function. An `Utterance` is what is understood so far of the
`Transcript` that it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from api.feeds.fed import Fed, Hints
from api.feeds.shape import Milliseconds, Shape, Words, after, loaded, shaped, unwrapped
from api.fields import Identifier, Moment, Text, Word
from copilot.errors import InvalidInput
from copilot.types import Turn

_KINDS = ("STARTED", "SEGMENTS", "COMPLETED", "FAILED")
_OVER = ("COMPLETED", "FAILED")
# A supervisor speaks for the house; a bot does not close what the customer asked.
_ROLES = {"AGENT": "agent", "SUPERVISOR": "agent", "CUSTOMER": "customer"}
_CHANNELS = {"VOICE": "call", "CHAT": "chat"}
_SPOKEN = (None, "text/plain", "text/markdown")


class _Time(Shape):
    AbsoluteTime: Moment | None = None


class _Transcript(Shape):
    Id: Identifier
    ParticipantRole: Word
    Content: Words
    ContentType: Word | None = None
    BeginOffsetMillis: Milliseconds | None = None
    Time: _Time | None = None


class _Utterance(Shape):
    TranscriptId: Identifier
    ParticipantRole: Word
    PartialContent: Words
    BeginOffsetMillis: Milliseconds | None = None


class _Segment(Shape):
    Transcript: _Transcript | None = None
    Utterance: _Utterance | None = None


class _Event(Shape):
    """Voice says `EventType`, chat `StreamingEventType`; an answer of the API says neither."""

    ContactId: Identifier | None = None
    Channel: Word | None = None
    Status: Word | None = None
    NextToken: Text | None = None
    Segments: list[_Segment] | None = None


class _Kinesis(Shape):
    data: str


class _Record(Shape):
    kinesis: _Kinesis


class _Records(Shape):
    Records: list[_Record]


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """The turns of each event, in their order."""
    found = (_fed(value, place, hints) for value, place in _events(loaded(message)))
    return [fed for fed in found if fed is not None]


def _events(value: Any) -> Iterator[tuple[Any, str]]:
    """Each event with its place."""
    if isinstance(value, list):
        yield from ((event, str(number)) for number, event in enumerate(value))
    elif isinstance(value, dict) and "Records" in value:
        for number, record in enumerate(shaped(_Records, value).Records):
            place = f"Records.{number}.kinesis.data"
            yield unwrapped(record.kinesis.data, place), place
    else:
        yield value, ""


def _fed(value: Any, place: str, hints: Hints) -> Fed | None:
    """None for a kind of event that is not known here."""
    kind = value.get("EventType", value.get("StreamingEventType")) if _is_object(value) else None
    if kind is not None and kind not in _KINDS:
        return None
    event = shaped(_Event, value, place)
    contact = event.ContactId or hints.conversation_id
    if contact is None:
        remedy = "send it, or name it in the address: ?conversation_id="
        raise InvalidInput("it is missing", place=f"{place}.ContactId".lstrip("."), remedy=remedy)
    turns = (_turn(segment, hints.started_at) for segment in event.Segments or [])
    return Fed(
        contact,
        tuple(turn for turn in turns if turn is not None),
        ended=kind in _OVER if kind is not None else _is_over(event),
        channel=_CHANNELS.get(event.Channel or ""),
    )


def _turn(segment: _Segment, started_at: datetime | None) -> Turn | None:
    """None for what is neither speech nor text, or has no words."""
    if (said := segment.Transcript) is not None:
        if said.ContentType not in _SPOKEN or not said.Content.strip():
            return None
        at = said.Time.AbsoluteTime if said.Time else after(started_at, said.BeginOffsetMillis)
        return Turn(said.Id, _ROLES.get(said.ParticipantRole, "system"), said.Content, at)
    if (heard := segment.Utterance) is not None and heard.PartialContent.strip():
        at = after(started_at, heard.BeginOffsetMillis)
        role = _ROLES.get(heard.ParticipantRole, "system")
        return Turn(heard.TranscriptId, role, heard.PartialContent, at, is_final=False)
    return None


def _is_over(answer: _Event) -> bool:
    """Whether an answer of the API is the last: V2 says so, the first one gives no more token."""
    return answer.NextToken is None if answer.Status is None else answer.Status in _OVER


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
