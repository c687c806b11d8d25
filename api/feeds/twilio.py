"""Twilio: the status callbacks of a real-time transcription, and of the call that it is of.

The fields are those of "TwiML Voice: <Transcription>" and, for how a call ends, of the Call
resource's `statusCallback` in Twilio's Voice documentation. A callback names no utterance: partial
results of a track share the id of the track and replace each other, and a final one has an id of
its own. A transcription may stop and start again within a call, as it does while a card is read
out, so that only the call's own status ends the conversation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import Field

from api.feeds.fed import Fed, Hints
from api.feeds.shape import Shape, Words, loaded, shaped
from api.fields import Identifier, Text, Word
from copilot.errors import InvalidInput
from copilot.types import Turn
from ingest.readers.moments import moment

_MOST_FIELDS = 200
_OVER = ("completed", "busy", "failed", "no-answer", "canceled")
_OTHER = {"customer": "agent", "agent": "customer"}
_EVENTS = ("transcription-started", "transcription-stopped", "transcription-error")


class _Callback(Shape):
    CallSid: Identifier
    TranscriptionEvent: Word | None = None
    CallStatus: Word | None = None


class _Content(Shape):
    TranscriptionSid: Identifier
    SequenceId: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
    Track: Word
    Final: Word = "true"
    Timestamp: Text = ""
    TranscriptionData: Text


class _Data(Shape):
    transcript: Words = ""


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """What one callback says of its call."""
    fields = dict(form(message))
    callback = shaped(_Callback, fields)
    if callback.TranscriptionEvent == "transcription-content":
        turns = _turns(shaped(_Content, fields), hints)
        return [Fed(callback.CallSid, turns, channel="call")]
    if callback.TranscriptionEvent in _EVENTS:
        return [Fed(callback.CallSid, channel="call")]
    if callback.TranscriptionEvent is None and callback.CallStatus in _OVER:
        return [Fed(callback.CallSid, ended=True, channel="call")]
    return []


def form(message: bytes) -> list[tuple[str, str]]:
    """The names and values of a form. Raises InvalidInput."""
    try:
        return parse_qsl(
            message.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        reason = f"not a form in UTF-8 of at most {_MOST_FIELDS} fields"
        remedy = "send it as Twilio does"
        raise InvalidInput(reason, place="body", remedy=remedy) from error


def _turns(content: _Content, hints: Hints) -> tuple[Turn, ...]:
    data = shaped(_Data, loaded(content.TranscriptionData, "TranscriptionData"))
    if not data.transcript.strip():
        return ()
    role = _role(content.Track, hints)
    is_final = content.Final != "false"
    last = content.SequenceId if is_final else role
    turn_id = f"{content.TranscriptionSid}-{last}"
    return (Turn(turn_id, role, data.transcript, _moment(content.Timestamp), is_final),)


def _role(track: str, hints: Hints) -> str:
    """The inbound track is what Twilio hears from whoever the transcribed call is with."""
    heard = {"inbound_track": hints.inbound, "outbound_track": _OTHER[hints.inbound]}
    return heard.get(track, "system")


def _moment(written: str) -> datetime | None:
    """None where it cannot be read: the words count, in the order of their arrival."""
    try:
        return moment(written, "Timestamp")
    except InvalidInput:
        return None
