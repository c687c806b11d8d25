"""Google Agent Assist: conversation events that Cloud Pub/Sub pushes.

The envelope is the wrapped message of "Push subscriptions" in the Pub/Sub documentation, its data
a `ConversationEvent` of the Dialogflow API reference, in the JSON message format. An intermediate
transcript says who speaks, and in which message, in the attributes that "Pub/Sub intermediate
transcription" of the Agent Assist documentation names; Google does not redact it, so that only
the `newMessagePayload` counts as final.
"""

from __future__ import annotations

from api.feeds.fed import Fed, Hints
from api.feeds.shape import Shape, Words, loaded, shaped, unwrapped
from api.fields import Identifier, Moment, Word
from copilot.errors import InvalidInput
from copilot.types import Turn

_DATA = "message.data"
# An automated agent does not close what the customer asked: a person takes over from it.
_ROLES = {"END_USER": "customer", "HUMAN_AGENT": "agent"}


class _Attributes(Shape):
    message_id: Identifier | None = None
    participant_role: Word | None = None


class _Wrapped(Shape):
    data: str
    attributes: _Attributes | None = None


class _Envelope(Shape):
    message: _Wrapped


class _Kind(Shape):
    conversation: Identifier
    type: Word


class _Message(Shape):
    name: Identifier
    content: Words = ""
    participantRole: Word
    sendTime: Moment | None = None
    createTime: Moment | None = None


class _Recognised(Shape):
    transcript: Words = ""


class _NewMessage(Shape):
    newMessagePayload: _Message


class _NewRecognitionResult(Shape):
    newRecognitionResultPayload: _Recognised


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """What the one event of a push says."""
    wrapped = shaped(_Envelope, loaded(message)).message
    event = unwrapped(wrapped.data, _DATA)
    about = shaped(_Kind, event, _DATA)
    conversation_id = _last(about.conversation, "conversation")
    match about.type:
        case "NEW_MESSAGE":
            said = shaped(_NewMessage, event, _DATA).newMessagePayload
            return [Fed(conversation_id, _final(said))]
        case "NEW_RECOGNITION_RESULT":
            heard = shaped(_NewRecognitionResult, event, _DATA).newRecognitionResultPayload
            return [Fed(conversation_id, _partial(heard, wrapped.attributes or _Attributes()))]
        case "CONVERSATION_STARTED" | "CONVERSATION_FINISHED":
            return [Fed(conversation_id, ended=about.type == "CONVERSATION_FINISHED")]
    return []


def _final(said: _Message) -> tuple[Turn, ...]:
    if not said.content.strip():
        return ()
    role = _ROLES.get(said.participantRole, "system")
    turn_id = _last(said.name, "newMessagePayload.name")
    return (Turn(turn_id, role, said.content, said.sendTime or said.createTime),)


def _partial(heard: _Recognised, about: _Attributes) -> tuple[Turn, ...]:
    """Nothing, where the subscription does not say who speaks: the final message will."""
    if about.message_id is None or about.participant_role is None or not heard.transcript.strip():
        return ()
    role = _ROLES.get(about.participant_role, "system")
    turn_id = _last(about.message_id, "message.attributes.message_id")
    return (Turn(turn_id, role, heard.transcript, is_final=False),)


def _last(name: str, field: str) -> str:
    """The id that a resource's full name ends with."""
    found = name.rpartition("/")[2]
    if not found:
        remedy = "send the resource's full name"
        raise InvalidInput("it ends with a slash", place=f"{_DATA}.{field}", remedy=remedy)
    return found
