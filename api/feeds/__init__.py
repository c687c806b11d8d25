"""Transcripts as they come: for each feed that is taken, who reads it and what it is sent as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.feeds import (
    amazon_connect,
    genesys,
    google_agent_assist,
    salesforce,
    twilio,
    webhook,
    webvtt,
)
from api.feeds.fed import Fed, Hints

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Feed:
    """`read` raises InvalidInput for what it cannot read; `media_types` are what it is sent as."""

    read: Callable[[bytes, Hints], list[Fed]]
    media_types: tuple[str, ...] = (JSON,)


FEEDS = {
    "amazon-connect": Feed(amazon_connect.read),
    "genesys": Feed(genesys.read),
    "google-agent-assist": Feed(google_agent_assist.read),
    "salesforce": Feed(salesforce.read),
    "twilio": Feed(twilio.read, (FORM,)),
    "webhook": Feed(webhook.read),
    "webvtt": Feed(webvtt.read, ("text/vtt", "text/plain")),
}
