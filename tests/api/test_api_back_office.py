"""The demo's back office, and our own actions run against it through the app itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fake_copilot import parts_of
from fastapi.testclient import TestClient

from copilot.actions.call import Wire
from copilot.actions.declare import read_actions
from copilot.actions.run import Runner
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Customer, Role

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
BASE = "http://127.0.0.1"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, demo_knowledge=KNOWLEDGE)


@pytest.fixture
def demo(client: TestClient, store: Store) -> TestClient:
    """The client, whose app runs our own actions against itself."""
    found = read_actions(KNOWLEDGE / "actions", {}, BASE)
    lock = threading.Lock()

    def answered(request: httpx2.Request) -> httpx2.Response:
        with lock:  # the client takes one request after another
            path = request.url.raw_path.decode()
            answer = client.request(
                request.method, path, content=request.content, headers=request.headers
            )
        return httpx2.Response(answer.status_code, stream=httpx2.ByteStream(answer.content))

    wire = Wire(store.cards, store.now, BASE, transport=lambda: httpx2.MockTransport(answered))
    parts_of(client).take_runner(Runner(found, store, wire))
    return client


def looked_up(demo: TestClient, action: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = demo.post(f"/v1/actions/{action}/look-up", json={"parameters": parameters})
    assert answer.status_code == 200, answer.text
    facts: list[dict[str, Any]] = answer.json()["facts"]
    return facts


def done(demo: TestClient, action: str, **parameters: Any) -> dict[str, Any]:
    card = demo.post(f"/v1/actions/{action}/cards", json={}).json()
    path = f"/v1/cards/{card['card_id']}/confirmation"
    receipt: dict[str, Any] = demo.post(path, json={"parameters": parameters}).json()
    return receipt


def test_web_and_store_disagree_for_one_article_and_both_are_shown(demo: TestClient) -> None:
    store, web = looked_up(demo, "Where is it", store="003", style="882041")
    assert (store["fields"]["available"], web["fields"]["available"]) == (0, 4)
    assert store["disagree"]
    assert web["disagree"]
    for branch in ("003", "012", "027"):
        for style in ("771305", "660218"):
            facts = looked_up(demo, "stock_store", store=branch, style=style)
            assert [one["disagree"] for one in facts] == [False, False]


def test_an_order_is_looked_up_and_refunded_no_more_than_was_paid(demo: TestClient) -> None:
    (order,) = looked_up(demo, "Tracking", order_id="QW40231188")
    assert order["fields"]["state"] == "scanned as delivered"
    about = {"order_id": "QW40231188", "reason": "never arrived"}
    receipt = done(demo, "Offer Refund", amount_eur=50, **about)
    assert (receipt["state"], receipt["result"]["refund_id"]) == ("done", "RF-1001")
    receipt = done(demo, "Offer Refund", amount_eur=5, **about)
    assert (receipt["state"], receipt["status"]) == ("failed", 422)
    assert "4.90 euros" in receipt["result"]["detail"]


def test_an_appointment_is_booked_once(demo: TestClient, store: Store) -> None:
    (free,) = looked_up(demo, "Find slot", place="lakeside")
    slots = [one["slot"] for one in free["fields"]["slots"]]
    receipt = done(demo, "Book", slot=slots[0], customer_id="clinic-c01")
    assert receipt["result"]["at"] == free["fields"]["slots"][0]["at"]
    assert done(demo, "Book", slot=slots[0], customer_id="clinic-c02")["state"] == "failed"


def test_a_parcel_is_sent_again(demo: TestClient) -> None:
    receipt = done(demo, "Replacement", order_id="QW40231188", to="home delivery")
    assert receipt["state"] == "done"
    path = "/demo/back-office/orders/QW40231188"
    assert demo.get(path).json()["state"] == "sent again"


def test_the_same_key_changes_nothing_twice(demo: TestClient) -> None:
    path = "/demo/back-office/orders/QW40118273/refunds"
    body = {"amount_eur": 500, "reason": "damaged"}
    first = demo.post(path, json=body, headers={"Idempotency-Key": "k1"})
    assert first.status_code == 200
    assert demo.post(path, json=body, headers={"Idempotency-Key": "k1"}).json() == first.json()
    assert demo.post(path, json=body, headers={"Idempotency-Key": "k2"}).status_code == 422
    assert demo.post(path, json=body).status_code == 422


def test_what_it_does_not_know_is_a_404(demo: TestClient) -> None:
    for path in ("orders/QW00000000", "stock/web/1", "stock/stores/9/882041"):
        assert demo.get(f"/demo/back-office/{path}").status_code == 404
    assert demo.get("/demo/back-office/appointments?place=nowhere").json()["slots"] == []


def test_our_own_conversation_fills_a_card(demo: TestClient, store: Store) -> None:
    store.customers.put(Customer("shop-c06", attributes={"home_store": "027"}))
    conversation = demo.post("/v1/conversations", json={"customer_id": "shop-c06"}).json()
    said = [
        ("customer", "QW40231188, Jonas Aldermann"),
        ("agent", "I'm adding a goodwill credit of 15 euros to this order."),
    ]
    for number, (role, text) in enumerate(said):
        turn = {"turn_id": f"t{number}", "role": role, "text": text}
        demo.post(f"/v1/conversations/{conversation['conversation_id']}/turns", json=turn)
    body = {"conversation_id": conversation["conversation_id"]}
    card = demo.post("/v1/actions/Compensate/cards", json=body).json()
    assert [one["value"] for one in card["parameters"]] == ["QW40231188", 15, "goodwill"]
    assert [one["source"]["turn_id"] for one in card["parameters"]] == ["t0", "t1", "t1"]


def test_once_there_are_keys_there_is_no_back_office(
    demo: TestClient, key: Callable[..., dict[str, str]]
) -> None:
    headers = key(Role.ADMIN)
    path = "/demo/back-office/orders/QW40231188"
    assert demo.get(path, headers=headers).status_code == 404


def test_without_its_file_there_is_no_back_office(
    client: TestClient, settings: Settings, tmp_path: Path
) -> None:
    parts_of(client).settings = settings.model_copy(update={"demo_knowledge": tmp_path})
    assert client.get("/demo/back-office/orders/QW40231188").status_code == 404
