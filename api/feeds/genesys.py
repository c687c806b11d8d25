"""Genesys Cloud: transcription notifications, by their own channel or by Amazon EventBridge.

The shape is that of the topic `v2.conversations.{id}.transcription`, in "Transcription
Notifications" of the Genesys Cloud Developer Center and the platform client SDK's reference. A
session of transcription ends with each leg of a call, so that the conversation's end is taken from
`v2.detail.events.conversation.{id}.customer.end`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.feeds.fed import Fed, Hints
from api.feeds.shape import Milliseconds, Shape, Words, after, loaded, shaped, since_epoch
from api.fields import Identifier, Word
from copilot.types import Turn

_ROLES = {"EXTERNAL": "customer", "INTERNAL": "agent"}


class _Notification(Shape):
    """What the notification channel sends."""

    topicName: Word
    eventBody: Any = None


class _Detail(Shape):
    eventBody: Any = None


class _Bridged(Shape):
    """The same as EventBridge wraps it."""

    topic: Annotated[Word, Field(alias="detail-type")]
    detail: _Detail


class _Conversation(Shape):
    conversationId: Identifier


class _Alternative(Shape):
    """`decoratedTranscript` has the punctuation and the numbers in digits."""

    transcript: Words = ""
    decoratedTranscript: Words | None = None
    offsetMs: Milliseconds | None = None


class _Result(Shape):
    utteranceId: Identifier
    isFinal: bool = True
    channel: Word | None = None
    alternatives: list[_Alternative] | None = None


class _Transcription(_Conversation):
    sessionStartTimeMs: Milliseconds | None = None
    transcripts: list[_Result] | None = None


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """What one notification says; those of other topics, such as the channel's own, nothing."""
    topic, body, within = _opened(loaded(message))
    if not topic.startswith("v2."):
        return []
    if topic.endswith(".customer.end"):
        ended = shaped(_Conversation, body, within)
        return [Fed(ended.conversationId, ended=True)]
    if not topic.endswith(".transcription"):
        return []
    heard = shaped(_Transcription, body, within)
    turns = (_turn(result, heard) for result in heard.transcripts or [])
    kept = tuple(turn for turn in turns if turn is not None)
    return [Fed(heard.conversationId, kept, channel="call")]


def _opened(value: Any) -> tuple[str, Any, str]:
    """Topic, body, and where the body stands."""
    if isinstance(value, dict) and "detail-type" in value:
        bridged = shaped(_Bridged, value)
        return bridged.topic, bridged.detail.eventBody, "detail.eventBody"
    notification = shaped(_Notification, value)
    return notification.topicName, notification.eventBody, "eventBody"


def _turn(result: _Result, heard: _Transcription) -> Turn | None:
    """The likeliest wording, which is the first."""
    if not result.alternatives:
        return None
    best = result.alternatives[0]
    words = best.decoratedTranscript or best.transcript
    if not words.strip():
        return None
    start = heard.sessionStartTimeMs
    return Turn(
        result.utteranceId,
        _ROLES.get(result.channel or "", "system"),
        words,
        after(None if start is None else since_epoch(start), best.offsetMs),
        result.isFinal,
    )
