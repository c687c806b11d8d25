"""What every feed comes down to: the turns of conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copilot.types import Turn


@dataclass(frozen=True, slots=True)
class Fed:
    """What one message of a feed says of one conversation.

    A turn's id is the feed's own for that utterance, so that its final wording takes the place of
    the partial ones and a repetition is recognised. Turns without a time stand in their order.
    """

    conversation_id: str
    turns: tuple[Turn, ...] = ()
    ended: bool = False
    customer_id: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """What the address of a feed adds to its messages, where these do not say it themselves.

    `started_at` is the moment that a message's offsets count from, `inbound` who is heard on
    Twilio's inbound track, `agent` the name of the agent's voice in a WebVTT file.
    """

    conversation_id: str | None = None
    started_at: datetime | None = None
    inbound: Literal["customer", "agent"] = "customer"
    agent: str | None = None
