"""Customers over HTTP: who, what happened, and erasure."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from copilot.types import Role

Keys = Callable[..., dict[str, str]]


def test_a_customer_is_shown_with_every_field_of_their_record(client: TestClient, ada: str) -> None:
    assert client.get(f"/v1/customers/{ada}").json() == {
        "customer_id": "c-1",
        "name": "Ada Example",
        "preferred_channel": "chat",
        "language": "en",
        "attributes": {"tier": "gold"},
    }


def test_the_timeline_is_newest_first_with_times_in_utc(client: TestClient, ada: str) -> None:
    found = client.get(f"/v1/customers/{ada}/timeline").json()
    assert [one["interaction_id"] for one in found["interactions"]] == ["i-2", "i-3", "i-1"]
    assert found["interactions"][0]["started_at"] == "2026-03-01T11:00:00Z"
    assert found["interactions"][0]["turns"][0]["text"] == "Where is my parcel?"
    assert found["next"] is None


def test_no_interaction_is_lost_between_pages_when_two_began_together(
    client: TestClient, ada: str
) -> None:
    path = f"/v1/customers/{ada}/timeline"
    seen: list[str] = []
    query: dict[str, str] = {"limit": "1"}
    while True:
        page = client.get(path, params=query).json()
        seen += [one["interaction_id"] for one in page["interactions"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert seen == ["i-2", "i-3", "i-1"]


def test_an_unknown_customer_is_a_problem(client: TestClient, ada: str) -> None:
    for answer in (
        client.get("/v1/customers/nobody"),
        client.get("/v1/customers/nobody/timeline"),
        client.delete("/v1/customers/nobody"),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:copilot:problem:unknown-customer"
    assert client.get(f"/v1/customers/{ada}/timeline?before=2026-01-01").status_code == 422


def test_erasing_gives_a_receipt_and_leaves_nothing(client: TestClient, ada: str) -> None:
    body = {"conversation": [{"role": "customer", "text": "Parcel?"}], "customer_id": ada}
    made = client.post("/v1/assist", json=body).json()
    receipt = client.delete(f"/v1/customers/{ada}")
    assert receipt.status_code == 200
    assert {**receipt.json(), "erased_at": ""} == {
        "customer_id": "c-1",
        "erased_at": "",
        "interactions": 3,
        "suggestions": 1,
    }
    assert receipt.json()["erased_at"].endswith("Z")
    assert client.get(f"/v1/customers/{ada}").status_code == 404
    assert client.get(f"/v1/suggestions/{made['suggestion_id']}").status_code == 404


def test_only_an_admin_erases(client: TestClient, key: Keys, ada: str) -> None:
    for role in Role:
        if role is not Role.ADMIN:
            answer = client.delete(f"/v1/customers/{ada}", headers=key(role))
            assert answer.status_code == 403, role
    assert client.get(f"/v1/customers/{ada}", headers=key(Role.AGENT)).status_code == 200
    assert client.delete(f"/v1/customers/{ada}", headers=key(Role.ADMIN)).status_code == 200
