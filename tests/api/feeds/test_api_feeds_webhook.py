"""Our own form of a feed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from feeding import as_json, event, said

from api.feeds.fed import Fed
from api.feeds.webhook import read
from copilot.errors import InvalidInput
from copilot.types import ActionDone


def test_turns_are_those_of_the_wire_contract() -> None:
    found = read(as_json(event("webhook/turns")))
    assert said(found) == [
        ("1", "customer", "Is the shop open on", False),
        ("1", "customer", "Is the shop open on Sunday?", True),
        ("2", "agent", "", True),
    ]
    (fed,) = found
    assert (fed.conversation_id, fed.customer_id, fed.channel) == ("web-17", "c-1", "chat")
    assert fed.turns[1].at == datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
    assert fed.turns[2].action == ActionDone("look-up-hours", {"store": "12"}, "10 to 16")


def test_an_end_needs_no_turns() -> None:
    assert read(as_json(event("webhook/ended"))) == [Fed("web-17", ended=True)]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"conversation_id": None}, "conversation_id"),
        ({"conversation_id": "a\nb"}, "conversation_id"),
        ({"ended": "yes"}, "ended"),
        ({"turns": [{"role": "customer", "text": "Hello"}]}, "turns.0.turn_id"),
        ({"turns": [{"turn_id": "1", "role": "caller", "text": "Hello"}]}, "turns.0.role"),
        ({"turns": [{"turn_id": "1", "role": "agent", "text": "\ud800"}]}, "turns.0.text"),
        ({"turns": [{"turn_id": "1", "role": "agent", "text": "a" * 20_001}]}, "turns.0.text"),
        ({"turns": [{"turn_id": "1", "role": "agent", "at": "noon"}]}, "turns.0.at"),
        ({"turns": [{"turn_id": "1", "role": "agent"}] * 501}, "turns"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(changed: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(as_json({**event("webhook/turns"), **changed}))
    assert refused.value.place == place
    assert refused.value.remedy
