"""Search over HTTP: what reaches the copilot, and what is refused before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fake_copilot import FakeCopilot
from fastapi.testclient import TestClient

from copilot.errors import EmbedderError, NotReady
from copilot.types import ActionDone, Role, Scope, Turn

Keys = Callable[..., dict[str, str]]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    for document_id, scope in (("open", {}), ("twelve", {"stores": ["12"]})):
        body = {"text": "A parcel can come back.", "scope": scope}
        assert client.put(f"/v1/documents/{document_id}", json=body).status_code == 201
    return client


def test_passages_come_back_as_the_contract_has_them(shop: TestClient) -> None:
    found = shop.post("/v1/search", json={"query": "parcel", "k": 1}).json()
    assert set(found) == {"passages", "took_ms", "degraded"}
    assert found["passages"] == [
        {
            "passage_id": "open@1",
            "document_id": "open",
            "version": 1,
            "title": "A parcel can come back.",
            "heading": "",
            "text": "A parcel can come back.",
            "start": 0,
            "end": 23,
            "score": 1.0,
            "url": None,
        }
    ]


def test_only_final_turns_reach_the_search_and_unnamed_ones_are_numbered(
    shop: TestClient, copilot: FakeCopilot
) -> None:
    turns = [
        {"role": "customer", "text": "Wher", "is_final": False, "vendor_field": {"x": [1]}},
        {
            "role": "customer",
            "text": "Where?",
            "at": "2026-03-01T10:00:00+01:00",
            "channel": "chat",
        },
        {"turn_id": "z", "role": "agent", "action": {"name": "open", "parameters": {"id": 1}}},
    ]
    asked = {"query": "  parcel ", "conversation": turns}
    assert shop.post("/v1/search", json=asked).status_code == 200
    call = copilot.asked[-1]
    assert call["query"] == "parcel"
    assert call["conversation"] == [
        Turn("t2", "customer", "Where?", datetime(2026, 3, 1, 9, tzinfo=UTC), channel="chat"),
        Turn("z", "agent", "", action=ActionDone("open", {"id": 1})),
    ]


def test_a_request_narrows_its_keys_scope(
    shop: TestClient, copilot: FakeCopilot, key: Keys
) -> None:
    scope = {"stores": ["12"], "language": "en", "as_of": "2026-01-01T00:00:00Z"}
    body = {"query": "parcel", "scope": scope}
    staff = key(Role.STAFF, Scope(stores=("12", "13")))
    assert shop.post("/v1/search", json=body, headers=staff).status_code == 200
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    wanted = Scope(roles=("staff",), stores=("12",), language="en", as_of=moment)
    assert copilot.asked[-1]["scope"] == wanted


def test_a_request_never_widens_its_keys_scope(
    shop: TestClient, copilot: FakeCopilot, key: Keys
) -> None:
    staff = key(Role.STAFF, Scope(stores=("13",)))
    for scope in ({"stores": ["12", "13"]}, {"roles": ["supervisor"]}):
        answer = shop.post("/v1/search", json={"query": "parcel", "scope": scope}, headers=staff)
        assert answer.status_code == 403
        assert answer.json()["type"] == "urn:copilot:problem:scope-too-wide"
    assert copilot.asked == []
    found = shop.post("/v1/search", json={"query": "parcel"}, headers=staff).json()
    assert [one["document_id"] for one in found["passages"]] == ["open"]


def test_a_customers_history_is_searched_only_by_who_may_read_customers(
    shop: TestClient, key: Keys, ada: str
) -> None:
    body = {"query": "parcel", "customer_id": ada}
    assert shop.post("/v1/search", json=body, headers=key(Role.AGENT)).status_code == 200
    assert shop.post("/v1/search", json=body, headers=key(Role.STAFF)).status_code == 403
    unknown = shop.post("/v1/search", json={**body, "customer_id": "c-9"}, headers=key(Role.AGENT))
    assert unknown.json()["type"] == "urn:copilot:problem:unknown-customer"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"query": ""}, "query"),
        ({"query": " \n\t"}, "query"),
        ({"query": "a" * 20_001}, "query"),
        ({"query": "a\x00"}, "query"),
        ({"query": 7}, "query"),
        ({}, "query"),
        ({"query": "a", "k": 0}, "k"),
        ({"query": "a", "k": 101}, "k"),
        ({"query": "a", "k": "5"}, "k"),
        ({"query": "a", "k": True}, "k"),
        ({"query": "a", "limit": 5}, "limit"),
        ({"query": "a", "scope": {"shops": []}}, "scope.shops"),
        ({"query": "a", "scope": {"as_of": "2026-01-01T00:00:00"}}, "scope.as_of"),
        ({"query": "a", "scope": {"as_of": 0}}, "scope.as_of"),
        ({"query": "a", "scope": {"as_of": "0001-01-01T00:00:00+14:00"}}, "scope.as_of"),
        ({"query": "a", "scope": {"stores": "12"}}, "scope.stores"),
        ({"query": "a", "customer_id": "a\nb"}, "customer_id"),
        ({"query": "a", "conversation": [{"role": "bot"}]}, "conversation.0.role"),
        (
            {"query": "a", "conversation": [{"role": "agent", "text": "\x00"}]},
            "conversation.0.text",
        ),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_searched(
    client: TestClient, copilot: FakeCopilot, body: dict[str, Any], place: str
) -> None:
    answer = client.post("/v1/search", json=body)
    assert answer.status_code == 422, answer.text
    assert place in [one["place"] for one in answer.json()["errors"]]
    assert copilot.asked == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (rb'{"query": "a\ud800"}', 422),
        (rb'{"query": "a", "\udfff": 1}', 422),
        (rb'{"query": "a", "scope": {"stores": ["\ud800"]}}', 422),
        (b'{"query": "a", "k": NaN}', 422),
        (b'{"query": "a", "k": Infinity}', 422),
        (b'{"query": "a", "k": ' + b"9" * 400 + b"}", 422),
        (b'{"query": "a", "k": ' + b"9" * 9000 + b"}", 400),
        (b"[" * 100_000, 400),
        (b'{"query": ' + b"[" * 900 + b"]" * 900 + b"}", 422),
        (b'{"query": "a"', 400),
        (b"\xff\xfe", 400),
        (b"", 422),
    ],
)
def test_hostile_json_is_a_problem_document_and_never_a_failure(
    client: TestClient, body: bytes, status: int
) -> None:
    answer = client.post("/v1/search", content=body, headers=JSON)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_deep_results_of_an_action_are_refused_and_deep_unknown_fields_left_aside(
    client: TestClient,
) -> None:
    deep = "[" * 500 + "]" * 500
    for turn, status in (
        (f'"x": {deep}', 200),
        (f'"action": {{"name": "a", "result": {deep}}}', 422),
    ):
        body = f'{{"query": "a", "conversation": [{{"role": "agent", {turn}}}]}}'
        assert client.post("/v1/search", content=body, headers=JSON).status_code == status


def test_a_body_of_another_media_type_is_not_read(client: TestClient) -> None:
    for headers in ({}, {"Content-Type": "text/plain"}):
        answer = client.post("/v1/search", content=b'{"query": "a"}', headers=headers)
        assert answer.status_code == 415
        assert answer.json()["errors"][0]["place"] == "Content-Type"


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (NotReady("the index is being rebuilt"), "not-ready"),
        (EmbedderError("http://10.0.0.1 refused sk-secret"), "embedder-failed"),
    ],
)
def test_what_may_pass_is_a_503_that_says_when_to_come_back(
    client: TestClient, copilot: FakeCopilot, error: Exception, name: str
) -> None:
    copilot.fails_with = error
    answer = client.post("/v1/search", json={"query": "a"})
    assert answer.status_code == 503
    assert answer.json()["type"] == f"urn:copilot:problem:{name}"
    assert int(answer.headers["retry-after"]) > 0
    assert "sk-secret" not in answer.text


def test_an_unexpected_failure_is_a_500_that_keeps_its_words_to_itself(
    client: TestClient, copilot: FakeCopilot
) -> None:
    copilot.fails_with = RuntimeError("password=hunter2")
    answer = client.post("/v1/search", json={"query": "a"})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:copilot:problem:unexpected"
    assert "hunter2" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/healthz").status_code == 200
