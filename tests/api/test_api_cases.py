"""A past case over HTTP: what was said and done in it, and nobody who was in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from fake_copilot import FakeCopilot
from fastapi.testclient import TestClient

from copilot.control import TICK
from copilot.store import Store
from copilot.types import ActionDone, Customer, Interaction, Role, Turn
from ingest.sync import Sync

Keys = Callable[..., dict[str, str]]
STARTED = datetime(2026, 3, 1, 9, tzinfo=UTC)
TURNS = (
    Turn("1", "customer", "Hello, Quixote here. Call me at 212 555 0123.", STARTED),
    Turn("2", "agent", "Where", is_final=False),
    Turn("3", "agent", "Dear Ms Quixote, I look.", action=ActionDone("look_up", {"n": 1}, "lost")),
    Turn("4", "agent", "", action=ActionDone(TICK, {"step": "s"})),
    Turn("5", "system", "Mail sent to zora@quixote.example."),
    Turn("6", "agent", "", action=ActionDone("Call +1 212 555 0123 back")),
)


def told(copilot: FakeCopilot, interaction_id: str, *turns: Turn, **fields: str | None) -> None:
    one = Interaction(
        interaction_id,
        fields.pop("customer_id", None),
        "call",
        STARTED,
        subject="Zora Quixote and her parcel",
        outcome=fields.pop("outcome", "Quixote was called"),
        turns=turns,
    )
    Sync(copilot.store, copilot.embedder).put_interaction(one)


@pytest.fixture
def case(copilot: FakeCopilot, store: Store) -> str:
    """The path of a case in which Zora Quixote was helped."""
    store.customers.put(Customer("c-7", "Zora Quixote"))
    told(copilot, "i-7", *TURNS, customer_id="c-7")
    return "/v1/cases/i-7"


def test_a_case_has_what_was_said_and_done_without_its_person(
    client: TestClient, case: str
) -> None:
    assert client.get(case).json() == {
        "interaction_id": "i-7",
        "channel": "call",
        "started_at": "2026-03-01T09:00:00Z",
        "outcome": "[NAME] was called",
        "turns": [
            {"role": "customer", "text": "Hello, [NAME] here. Call me at [PHONE].", "action": None},
            {"role": "agent", "text": "Dear Ms [NAME], I look.", "action": "look_up"},
            {"role": "system", "text": "Mail sent to [EMAIL].", "action": None},
            {"role": "agent", "text": "", "action": "Call [PHONE] back"},
        ],
    }


def test_a_case_of_nobody_known_is_shown_too(client: TestClient, copilot: FakeCopilot) -> None:
    told(copilot, "a/b c", *TURNS[2:3], outcome=None)
    told(copilot, "unrecorded", *TURNS[2:3], customer_id="c-9")
    found = client.get("/v1/cases/a/b c").json()
    assert (found["interaction_id"], found["outcome"]) == ("a/b c", None)
    assert client.get("/v1/cases/unrecorded").status_code == 200


def test_what_is_no_case_is_a_404(client: TestClient, copilot: FakeCopilot, case: str) -> None:
    told(copilot, "quiet", *TURNS[:2], TURNS[3])
    for missing in ("quiet", "unheard-of", "i-7/", "%20"):
        answer = client.get(f"/v1/cases/{missing}")
        assert answer.status_code == 404, missing
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:copilot:problem:not-found"
    assert client.get("/v1/cases/%00").status_code == 422


def test_a_case_is_gone_with_its_customer(client: TestClient, case: str) -> None:
    assert client.get(case).status_code == 200
    assert client.delete("/v1/customers/c-7").status_code == 200
    assert client.get(case).status_code == 404


def test_whoever_may_assist_may_see_a_case(client: TestClient, key: Keys, case: str) -> None:
    key(Role.ADMIN)
    assert client.get(case).status_code == 401
    for role in Role:
        answer = client.get(case, headers=key(role))
        assert answer.status_code == (403 if role is Role.KNOWLEDGE else 200), role


def test_a_token_for_another_customers_screen_may_see_a_case_and_not_its_customer(
    client: TestClient, store: Store, key: Keys, case: str
) -> None:
    store.customers.put(Customer("c-8", "Somebody Else"))
    asked = client.post(
        "/v1/tokens", json={"agent": "ada", "customer_id": "c-8"}, headers=key(Role.AGENT)
    )
    page = {"Authorization": f"Bearer {asked.json()['token']}"}
    assert client.get("/v1/customers/c-7", headers=page).status_code == 404
    answer = client.get(case, headers=page)
    assert answer.status_code == 200
    assert "Quixote" not in answer.text
