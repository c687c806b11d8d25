"""Our own form, for whoever has a transcript of another kind: the turns of the wire contract."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.feeds.fed import Fed, Hints
from api.feeds.shape import loaded, shaped
from api.fields import Identifier, Word
from api.schemas import LiveTurnRequest

_MOST_TURNS = 500


class WebhookRequest(BaseModel):
    """What was said in one conversation since the last message, or all of it again."""

    model_config = ConfigDict(extra="ignore", strict=True)

    conversation_id: Identifier
    customer_id: Identifier | None = None
    channel: Word | None = None
    turns: Annotated[list[LiveTurnRequest], Field(max_length=_MOST_TURNS)] = []
    ended: Annotated[bool, Field(description="Nothing more comes.")] = False


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """What one message says of its conversation."""
    request = shaped(WebhookRequest, loaded(message))
    return [
        Fed(
            request.conversation_id,
            tuple(turn.turn(turn.turn_id) for turn in request.turns),
            request.ended,
            request.customer_id,
            request.channel,
        )
    ]
