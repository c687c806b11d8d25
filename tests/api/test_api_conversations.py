"""Live conversations over HTTP: begun, fed, watched, decided, and by whom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from live_app import Sent, live_client, read
from rig import Rig

from copilot.settings import Settings
from copilot.types import Customer, Role, Scope

QUESTION = "How long does a refund to a card take?"
CLOSING = {"suggestion", "no_suggestion"}


@pytest.fixture
def shop(rig: Rig) -> Rig:
    rig.put("refunds", "A refund to a bank card takes five working days.", title="Refunds")
    rig.put("dogs", "Guide dogs are welcome everywhere.", title="Guide dogs")
    rig.store.customers.put(Customer("ada", "Ada"))
    rig.store.customers.put(Customer("ben", "Ben"))
    return rig


@pytest.fixture
def live(shop: Rig, tmp_path: Path) -> Iterator[TestClient]:
    with live_client(shop, Settings(data_dir=tmp_path)) as client:
        yield client


@pytest.fixture
def keyed(shop: Rig) -> Callable[..., dict[str, str]]:
    def make(role: Role = Role.AGENT, scope: Scope = Scope()) -> dict[str, str]:
        secret, _ = shop.store.keys.add("a test", role, scope)
        return {"Authorization": f"Bearer {secret}"}

    return make


def begin(client: TestClient, conversation_id: str = "call-1", **fields: Any) -> str:
    headers = fields.pop("headers", None)
    body = {"conversation_id": conversation_id, **fields}
    answer = client.post("/v1/conversations", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return conversation_id


def say(client: TestClient, turn_id: str, text: str, **fields: Any) -> Any:
    headers = fields.pop("headers", None)
    body = {"turn_id": turn_id, "role": "customer", "text": text, **fields}
    return client.post("/v1/conversations/call-1/turns", json=body, headers=headers)


def heard(client: TestClient, until: int, after: int = 0, **headers: str) -> list[Sent]:
    """The events after one, until so many turns were answered; the conversation is then ended.

    The test client hands a stream on only when it is whole.
    """
    deadline = time.monotonic() + 10
    store = client.app.state.parts.store.conversations  # type: ignore[attr-defined]
    while sum(one.kind in CLOSING for one in store.events("call-1")) < until:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    client.post("/v1/conversations/call-1/end", headers=headers)
    query = {"after": after} if after else None
    answer = client.get("/v1/conversations/call-1/events", params=query, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    return list(read(iter(answer.text.splitlines())))


def test_a_turn_is_answered_by_events_that_are_numbered_from_one(live: TestClient) -> None:
    begin(live)
    answer = say(live, "t1", QUESTION)
    assert (answer.status_code, answer.json()) == (
        202,
        {"turns": [{"turn_id": "t1", "state": "stored"}]},
    )
    events = heard(live, 1)
    assert [one.kind for one in events] == ["evidence", "draft", "suggestion", "ended"]
    assert [one.event_id for one in events] == [1, 2, 3, 4]
    suggestion = events[2].data
    assert suggestion["reply"]["sentences"][0]["citations"][0]["document_id"] == "refunds"
    offered = live.get(f"/v1/suggestions/{suggestion['suggestion_id']}").json()
    assert offered["reply"] == suggestion["reply"]


def test_who_comes_back_gets_what_was_missed_and_nothing_twice(live: TestClient) -> None:
    begin(live)
    say(live, "t1", QUESTION)
    whole = heard(live, 1)
    for seen in range(len(whole)):
        headers = {"Last-Event-ID": str(seen)}
        answer = live.get("/v1/conversations/call-1/events", headers=headers)
        assert list(read(iter(answer.text.splitlines()))) == whole[seen:]


def test_several_turns_come_together_and_partial_ones_do_not_count(live: TestClient) -> None:
    begin(live)
    turns = [
        {"turn_id": "t1", "role": "customer", "text": "Hello!"},
        {"turn_id": "t2", "role": "agent", "text": "How can I help?", "channel": "call"},
        {"turn_id": "t3", "role": "customer", "text": "How lo", "is_final": False},
        {"turn_id": "t3", "role": "customer", "text": QUESTION, "at": "2026-11-21T12:00:09Z"},
        {"turn_id": "t1", "role": "customer", "text": "Hello again!"},
    ]
    answer = live.post("/v1/conversations/call-1/turns", json={"turns": turns})
    states = [one["state"] for one in answer.json()["turns"]]
    assert states == ["stored", "stored", "partial", "stored", "duplicate"]
    assert [one.kind for one in heard(live, 1)] == ["evidence", "draft", "suggestion", "ended"]


def test_beginning_again_is_the_same_conversation(live: TestClient) -> None:
    begin(live, customer_id="ada")
    again = live.post("/v1/conversations", json={"conversation_id": "call-1", "channel": "chat"})
    assert (again.status_code, again.json()["customer_id"]) == (200, "ada")
    assert again.json() == live.get("/v1/conversations/call-1").json()
    unnamed = live.post("/v1/conversations", json={}).json()
    assert unnamed["conversation_id"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"role": "customer", "text": "a"}, "turn_id"),
        ({"turn_id": "t", "role": "bot", "text": "a"}, "role"),
        ({"turn_id": "t", "role": "customer", "text": "a\x00"}, "text"),
        ({"turn_id": "t", "role": "customer", "text": "a" * 20_001}, "text"),
        ({"turns": []}, "turns"),
        ({"turns": [{"role": "customer", "text": "a"}]}, "turns.0.turn_id"),
    ],
)
def test_a_turn_that_cannot_be_taken_names_the_place(
    live: TestClient, body: dict[str, Any], place: str
) -> None:
    begin(live)
    answer = live.post("/v1/conversations/call-1/turns", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"].endswith(place)


def test_what_is_not_there_and_what_has_ended_are_told_apart(live: TestClient) -> None:
    assert say(live, "t1", QUESTION).status_code == 404
    begin(live)
    assert live.post("/v1/conversations/call-1/end").status_code == 204
    assert say(live, "t1", QUESTION).status_code == 409
    assert live.get("/v1/conversations/call-1").json()["ended_at"] is not None


# Decisions


@pytest.fixture
def offered(live: TestClient) -> str:
    """A suggestion of a live conversation that has ended."""
    begin(live)
    say(live, "t1", QUESTION)
    return str(heard(live, 1)[2].data["suggestion_id"])


def decide(client: TestClient, suggestion_id: str, decision: str, **fields: Any) -> Any:
    body = {"decision": decision, **fields}
    return client.post(f"/v1/suggestions/{suggestion_id}/decision", json=body)


def test_taking_is_kept_with_the_words_and_told_to_who_watches(
    live: TestClient, offered: str
) -> None:
    answer = decide(live, offered, "taken", took_ms=1200, opened=["c1"])
    assert answer.status_code == 200
    kept = answer.json()
    assert kept["final_text"] == "A refund to a bank card takes five working days."
    assert (kept["difference"], kept["decided_by"], kept["took_ms"]) == ([], "local", 1200)
    assert decide(live, offered, "taken").json() == kept
    assert decide(live, offered, "rejected", reason="wrong").status_code == 409
    told = live.get("/v1/conversations/call-1/events", params={"after": 4})
    events = list(read(iter(told.text.splitlines())))
    assert [(one.kind, one.data["decision"]) for one in events] == [("decided", "taken")]


def test_editing_keeps_what_was_changed(live: TestClient, offered: str) -> None:
    words = "A refund to your bank card takes five working days. Call me on 212 555 0123."
    kept = decide(live, offered, "edited", final_text=words).json()
    assert kept["difference"][0] == ["replace", "a", "your"]
    assert "[PHONE]" in kept["final_text"]


@pytest.mark.parametrize(
    ("decision", "fields", "place"),
    [
        ("rejected", {}, "reason"),
        ("taken", {"reason": "wrong"}, "reason"),
        ("edited", {}, "final_text"),
        ("taken", {"final_text": "Other words."}, "final_text"),
        ("rejected", {"reason": "ugly"}, "reason"),
        ("kept", {}, "decision"),
    ],
)
def test_a_decision_that_says_too_little_or_too_much_is_refused(
    live: TestClient, offered: str, decision: str, fields: dict[str, Any], place: str
) -> None:
    answer = decide(live, offered, decision, **fields)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == place
    assert decide(live, offered, "ignored").status_code == 200


def test_silence_cannot_be_taken_but_rejected(live: TestClient) -> None:
    silent = live.post("/v1/ask", json={"question": "Nuclear fusion?"}).json()["suggestion_id"]
    assert decide(live, silent, "taken").status_code == 422
    assert decide(live, silent, "rejected", reason="incomplete").status_code == 200


def test_a_superseded_suggestion_can_no_longer_be_taken(live: TestClient) -> None:
    begin(live)
    say(live, "t1", QUESTION)
    store = live.app.state.parts.store.conversations  # type: ignore[attr-defined]
    while "suggestion" not in [one.kind for one in store.events("call-1")]:
        time.sleep(0.01)
    say(live, "t2", "Are guide dogs welcome?")
    events = heard(live, 2)
    first = next(one.data["suggestion_id"] for one in events if one.kind == "suggestion")
    assert decide(live, first, "taken").status_code == 409
    assert decide(live, first, "ignored").status_code == 200


# Tokens


def token(client: TestClient, headers: dict[str, str], **fields: Any) -> dict[str, str]:
    answer = client.post("/v1/tokens", json={"agent": "ada.agent", **fields}, headers=headers)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def test_a_token_is_held_to_its_conversation_and_customer(
    live: TestClient, keyed: Callable[..., dict[str, str]]
) -> None:
    key = keyed()
    begin(live, customer_id="ada", headers=key)
    begin(live, "call-2", customer_id="ben", headers=key)
    page = token(live, key, conversation_id="call-1")
    assert say(live, "t1", QUESTION, headers=page).status_code == 202
    assert live.get("/v1/customers/ada", headers=page).status_code == 200
    assert live.get("/v1/customers/ben", headers=page).status_code == 404
    assert live.get("/v1/customers/ben/timeline", headers=page).status_code == 404
    assert live.get("/v1/conversations/call-2", headers=page).status_code == 404
    assert live.get("/v1/conversations/call-2/events", headers=page).status_code == 404
    assert live.post("/v1/tokens", json={"agent": "x"}, headers=page).status_code == 403
    assert live.get("/metrics", headers=page).status_code == 403
    foreign = live.post(
        "/v1/conversations", json={"conversation_id": "c3", "customer_id": "ben"}, headers=page
    )
    assert foreign.status_code == 404
    assert live.post("/v1/ask", json={"question": QUESTION}, headers=page).status_code == 200


def test_who_decided_is_the_person_of_the_token(
    live: TestClient, keyed: Callable[..., dict[str, str]]
) -> None:
    key = keyed()
    page = token(live, key)
    offered = live.post("/v1/ask", json={"question": QUESTION}, headers=page).json()
    path = f"/v1/suggestions/{offered['suggestion_id']}/decision"
    kept = live.post(path, json={"decision": "taken"}, headers=page).json()
    assert kept["decided_by"].endswith(":ada.agent")


def test_a_token_narrows_its_key_and_never_widens_it(
    live: TestClient, shop: Rig, keyed: Callable[..., dict[str, str]]
) -> None:
    key = keyed(scope=Scope(stores=("1", "2")))
    wide = live.post("/v1/tokens", json={"agent": "a", "stores": ["3"]}, headers=key)
    assert wide.status_code == 403
    page = token(live, key, stores=["1"])
    body = {"query": "refund", "scope": {"stores": ["2"]}}
    assert live.post("/v1/search", json=body, headers=page).status_code == 403
    body["scope"] = {"stores": ["1"]}
    assert live.post("/v1/search", json=body, headers=page).status_code == 200


def test_a_token_ends_with_its_time_its_key_and_any_change(
    live: TestClient, shop: Rig, keyed: Callable[..., dict[str, str]]
) -> None:
    key = keyed()
    page = token(live, key)
    secret = page["Authorization"].removeprefix("Bearer ")
    head, body, signature = secret.split(".")
    changed = [f"{head}.{body}.{signature[::-1]}", f"{head}.{body}x.{signature}", f"{head}.{body}."]
    for wrong in changed:
        headers = {"Authorization": f"Bearer {wrong}"}
        answer = live.post("/v1/search", json={"query": "a"}, headers=headers)
        assert answer.status_code == 401
    short = live.post("/v1/tokens", json={"agent": "a", "ttl_s": 29}, headers=key)
    assert short.status_code == 422
    shop.store.keys.revoke(next(iter(shop.store.keys.all())))
    keyring = live.app.state.parts.keyring  # type: ignore[attr-defined]
    keyring._found.clear()
    assert live.post("/v1/search", json={"query": "a"}, headers=page).status_code == 401


def test_a_key_of_a_narrower_scope_does_not_see_a_wider_conversation(
    live: TestClient, keyed: Callable[..., dict[str, str]]
) -> None:
    wide, narrow = keyed(scope=Scope(stores=("1", "2"))), keyed(scope=Scope(stores=("1",)))
    begin(live, headers=wide)
    begin(live, "call-2", headers=wide, scope={"stores": ["1"]})
    assert live.get("/v1/conversations/call-1", headers=narrow).status_code == 404
    assert live.get("/v1/conversations/call-2", headers=narrow).status_code == 200


def test_a_conversation_with_a_customer_is_not_for_who_may_not_read_customers(
    live: TestClient, keyed: Callable[..., dict[str, str]]
) -> None:
    agent, staff = keyed(), keyed(Role.STAFF, Scope(roles=("agent",)))
    begin(live, customer_id="ada", headers=agent)
    assert live.get("/v1/conversations/call-1", headers=staff).status_code == 404
    with_customer = {"customer_id": "ada"}
    assert live.post("/v1/conversations", json=with_customer, headers=staff).status_code == 403


def test_erasing_a_customer_ends_their_live_conversation(live: TestClient) -> None:
    begin(live, customer_id="ada")
    say(live, "t1", QUESTION)
    assert live.delete("/v1/customers/ada").status_code == 200
    assert live.get("/v1/conversations/call-1").status_code == 404
    assert say(live, "t2", QUESTION).status_code == 404
