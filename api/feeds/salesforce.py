"""Salesforce Voice: the events of the Voice Toolkit API, as a Lightning component hands them on.

The payloads are those of "Service Cloud Voice Toolkit API Conversation Events" and "Telephony
Events" in the Salesforce Voice developer guide; Aura names an event TRANSCRIPT, Lightning Web
Components transcript. Each is one utterance, and final.
"""

from __future__ import annotations

from typing import Any

from api.feeds.fed import Fed, Hints
from api.feeds.shape import Milliseconds, Shape, Words, loaded, shaped, since_epoch
from api.fields import Identifier, Word
from copilot.errors import InvalidInput
from copilot.types import Turn

# A virtual agent does not close what the customer asked: a person takes over from it.
_ROLES = {"agent": "agent", "supervisor": "agent", "enduser": "customer"}


class _Event(Shape):
    type: Word
    detail: Any = None


class _Call(Shape):
    callId: Identifier


class _Sender(Shape):
    role: Word


class _Content(Shape):
    text: Words


class _Said(_Call):
    """`id` is not in the oldest versions of the API."""

    id: Identifier | None = None
    clientSentTimestamp: Milliseconds | None = None
    sender: _Sender
    content: _Content


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """What one event says of its call; of the others, only that a call began or is over."""
    event = shaped(_Event, loaded(message))
    match event.type.lower().replace("_", ""):
        case "transcript":
            said = shaped(_Said, event.detail, "detail")
            return [Fed(said.callId, _turns(said), channel="call")]
        case "callstarted" | "callconnected":
            return [Fed(shaped(_Call, event.detail, "detail").callId, channel="call")]
        case "callended":
            return [Fed(shaped(_Call, event.detail, "detail").callId, ended=True, channel="call")]
    return []


def _turns(said: _Said) -> tuple[Turn, ...]:
    if not said.content.text.strip():
        return ()
    role = _ROLES.get(said.sender.role.lower(), "system")
    sent = said.clientSentTimestamp
    turn_id = said.id or (None if sent is None else f"{sent}-{role}")
    if turn_id is None:
        remedy = "send the event with its id, or with its clientSentTimestamp"
        raise InvalidInput("it is missing", place="detail.id", remedy=remedy)
    at = None if sent is None else since_epoch(sent)
    return (Turn(turn_id, role, said.content.text, at),)
