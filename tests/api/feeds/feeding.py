"""Messages of feeds, as their senders wrap them. Fixtures hold what is inside, in plain text."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from api.feeds.fed import Fed

FIXTURES = Path(__file__).with_name("fixtures")


def event(name: str) -> Any:
    """What a fixture holds."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def file(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def as_form(fields: dict[str, str]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()


def as_push(inside: dict[str, Any]) -> bytes:
    """A Pub/Sub push around an event and its attributes."""
    message = {
        "data": base64.b64encode(as_json(inside["event"])).decode(),
        "attributes": inside["attributes"],
        "messageId": "136969346945",
        "publishTime": "2026-03-02T10:15:08.950Z",
        "orderingKey": "C-42",
    }
    return as_json({"message": message, "subscription": "projects/shop/subscriptions/copilot"})


def as_kinesis(events: Sequence[Any]) -> bytes:
    """What a Kinesis stream gives a Lambda function."""
    records = [
        {
            "kinesis": {
                "partitionKey": str(number),
                "sequenceNumber": f"4959{number}",
                "data": base64.b64encode(as_json(one)).decode(),
                "approximateArrivalTimestamp": 1772446504.1,
            },
            "eventSource": "aws:kinesis",
            "eventName": "aws:kinesis:record",
        }
        for number, one in enumerate(events)
    ]
    return as_json({"Records": records})


def said(found: Sequence[Fed]) -> list[tuple[str, str, str, bool]]:
    """The turns of a message that is about one conversation: id, role, words, final."""
    (fed,) = found
    return [(turn.turn_id, turn.role, turn.text, turn.is_final) for turn in fed.turns]
