"""Actions over HTTP: looked up, proposed, confirmed, declined, and who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_copilot import parts_of
from fastapi.testclient import TestClient
from outside import Outside, Reply

from copilot.actions.call import Wire
from copilot.actions.declare import read_actions
from copilot.actions.run import Runner
from copilot.store import Store
from copilot.types import Customer, Role, Scope

Keys = Callable[..., dict[str, str]]
GIVEN = {"order_id": "QW40231188", "amount": 15}


pytestmark = pytest.mark.usefixtures("acting")


def begun(client: TestClient, *said: str, customer_id: str | None = None, **headers: str) -> str:
    """A conversation with what a customer says in it."""
    answer = client.post("/v1/conversations", json={"customer_id": customer_id}, headers=headers)
    conversation_id: str = answer.json()["conversation_id"]
    for number, text in enumerate(said):
        turn = {"turn_id": f"t{number}", "role": "customer", "text": text}
        path = f"/v1/conversations/{conversation_id}/turns"
        assert client.post(path, json=turn, headers=headers).status_code == 202
    return conversation_id


def proposed(client: TestClient, body: dict[str, Any] | None = None, **headers: str) -> Any:
    answer = client.post("/v1/actions/Push Refund/cards", json=body or {}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def confirm(client: TestClient, card_id: str, headers: Any = None, **more: Any) -> Any:
    body = {"parameters": GIVEN, **more}
    return client.post(f"/v1/cards/{card_id}/confirmation", json=body, headers=headers)


def test_the_actions_that_a_caller_may_use_are_listed_without_their_addresses(
    client: TestClient, key: Keys
) -> None:
    listed = client.get("/v1/actions").json()["actions"]
    assert [one["name"] for one in listed] == ["offer_refund", "stock_store", "stock_web"]
    assert set(listed[0]) == {
        "name",
        "title",
        "description",
        "effect",
        "parameters",
        "named",
        "fact",
    }
    for role, seen in ((Role.AGENT, 3), (Role.STAFF, 2), (Role.ADMIN, 2)):
        assert len(client.get("/v1/actions", headers=key(role)).json()["actions"]) == seen


def test_a_card_comes_filled_each_value_with_its_source(
    client: TestClient, store: Store, behind: Outside
) -> None:
    store.customers.put(Customer("c-1", attributes={"note": "ring first"}))
    said = ("the order QW11111111", "no, QW40231188, with a refund of 15 euros")
    conversation_id = begun(client, *said, customer_id="c-1")
    card = proposed(client, {"conversation_id": conversation_id, "step_id": "s-1"})
    order, amount, note = card["parameters"]
    assert (order["value"], order["source"]["turn_id"]) == ("QW40231188", "t1")
    assert said[1][order["source"]["start"] : order["source"]["end"]] == "QW40231188"
    assert [one["value"] for one in order["alternatives"]] == ["QW11111111"]
    assert (amount["value"], amount["required"]) == (15, True)
    assert note["source"]["kind"] == "customer"
    assert (card["missing"], card["problems"], card["state"]) == ([], [], "proposed")
    assert (card["customer_id"], card["step_id"], card["effect"]) == ("c-1", "s-1", "change")
    assert client.get(f"/v1/cards/{card['card_id']}").json() == card
    assert behind.arrived == []


def test_what_is_missing_or_wrong_is_told_on_the_card(client: TestClient) -> None:
    card = proposed(client, {"parameters": {"order_id": "4711"}})
    assert card["missing"] == ["amount"]
    (problem,) = card["problems"]
    assert problem["place"] == "order_id"
    assert "4711" not in problem["reason"]
    assert card["parameters"][0]["source"] == {
        "kind": "person",
        **dict.fromkeys(("turn_id", "start", "end", "field", "action", "card_id")),
    }


def test_a_confirmation_is_answered_with_its_receipt_and_again_with_the_same(
    client: TestClient, behind: Outside
) -> None:
    behind.reply = Reply(201, b'{"refund_id": "RF-1"}')
    card = proposed(client, {"parameters": {"order_id": "QW11111111"}})
    answer = confirm(client, card["card_id"])
    assert answer.status_code == 200
    receipt = answer.json()
    assert (receipt["state"], receipt["status"], receipt["number"]) == ("done", 201, 1)
    assert receipt["result"] == {"refund_id": "RF-1"}
    assert (receipt["confirmed_by"], receipt["parameters"]) == ("local", GIVEN)
    assert confirm(client, card["card_id"]).json() == receipt
    stands = client.get(f"/v1/cards/{card['card_id']}").json()
    assert (stands["state"], stands["receipt"]) == ("done", receipt)
    assert [one["value"] for one in stands["parameters"]] == ["QW40231188", 15, None]
    assert [one["source"] and one["source"]["kind"] for one in stands["parameters"]] == [
        "person",
        "person",
        None,
    ]
    assert len(behind.arrived) == 1


def test_the_confirmation_names_the_key_or_the_person_of_a_token(
    client: TestClient, key: Keys, store: Store
) -> None:
    agent = key(Role.AGENT)
    card = proposed(client, **agent)
    (key_id,) = store.keys.all()
    assert confirm(client, card["card_id"], agent).json()["confirmed_by"] == key_id
    conversation_id = begun(client, **agent)
    body = {"agent": "ada", "conversation_id": conversation_id}
    token = client.post("/v1/tokens", json=body, headers=agent).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    card = proposed(client, **bearer)
    assert card["conversation_id"] == conversation_id
    assert confirm(client, card["card_id"], bearer).json()["confirmed_by"] == f"{key_id}:ada"


def test_a_declined_card_stays_declined(client: TestClient, behind: Outside) -> None:
    card = proposed(client)
    declined = client.post(f"/v1/cards/{card['card_id']}/decline").json()
    assert (declined["state"], declined["declined_by"]) == ("declined", "local")
    assert client.post(f"/v1/cards/{card['card_id']}/decline").json() == declined
    assert confirm(client, card["card_id"]).status_code == 409
    assert behind.arrived == []


def test_a_conversation_of_somebody_else_is_none(
    client: TestClient, key: Keys, store: Store
) -> None:
    store.customers.put(Customer("c-1"))
    agent = key(Role.AGENT)
    conversation_id = begun(client, customer_id="c-1", **agent)
    staff = key(Role.STAFF)
    elsewhere = key(Role.AGENT, Scope(stores=("9",)))
    for headers in (staff, elsewhere):
        for path in ("/v1/actions/stock_web/cards", "/v1/actions/stock_web/look-up"):
            body = {"conversation_id": conversation_id, "parameters": {"style": "882041"}}
            assert client.post(path, json=body, headers=headers).status_code == 404
    body = {"conversation_id": conversation_id, "customer_id": "c-2"}
    assert client.post("/v1/actions/refund/cards", json=body, headers=agent).status_code == 422
    body = {"customer_id": "c-1", "parameters": {"style": "882041"}}
    assert client.post("/v1/actions/stock_web/look-up", json=body, headers=staff).status_code == 403


def test_a_suggestion_that_a_card_is_for_must_be_visible(client: TestClient) -> None:
    body = {"suggestion_id": "s-unknown"}
    assert client.post("/v1/actions/refund/cards", json=body).status_code == 404


def test_live_facts_are_looked_up_with_parameters_or_from_a_conversation(
    client: TestClient, behind: Outside
) -> None:
    behind.replies = {
        "/stock/web/882041": Reply(body=b'{"available": 4}'),
        "/stock/store/882041": Reply(body=b'{"available": 0}'),
    }
    conversation_id = begun(client, "do you have style 882041?")
    for body in (
        {"parameters": {"style": "882041"}},
        {"conversation_id": conversation_id},
    ):
        answer = client.post("/v1/actions/stock_store/look-up", json=body)
        assert answer.status_code == 200, answer.text
        facts = answer.json()["facts"]
        assert [one["fields"]["available"] for one in facts] == [0, 4]
        assert [one["disagree"] for one in facts] == [True, True]
        assert all(one["as_of"] and one["took_ms"] > 0 for one in facts)
    answer = client.post("/v1/actions/stock_store/look-up", json={})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "parameters.style"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/actions/nothing/cards", "unknown-action"),
        ("/v1/actions/nothing/look-up", "unknown-action"),
        ("/v1/cards/nothing/decline", "unknown-card"),
        ("/v1/cards/nothing/confirmation", "unknown-card"),
    ],
)
def test_what_is_not_there_is_a_404(client: TestClient, path: str, kind: str) -> None:
    body = {"parameters": {}} if path.endswith("confirmation") else {}
    answer = client.post(path, json=body)
    assert answer.status_code == 404
    assert answer.json()["type"].endswith(kind)


def test_a_wrong_file_is_logged_at_the_start(
    client: TestClient, tmp_path: Path, store: Store, logged: list[Any]
) -> None:
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "a.yaml").write_text("name: [", encoding="utf-8")
    found = read_actions(tmp_path / "wrong", {})
    parts_of(client).take_runner(Runner(found, store, Wire(store.cards, store.now)))
    (entry,) = [one for one in logged if one["event"] == "an action cannot be used"]
    assert "a.yaml" in entry["reason"]
    assert entry["remedy"]
