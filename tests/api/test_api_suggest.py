"""Suggestions over HTTP, plain and as a stream, and who may read what was offered."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from fake_copilot import FakeCopilot
from fastapi.testclient import TestClient

from copilot.types import Role, Scope

Keys = Callable[..., dict[str, str]]
QUESTION = {"question": "Can a parcel come back?"}


@pytest.fixture
def shop(client: TestClient) -> TestClient:
    body = {"text": "# Returns\n\nA parcel can come back.\n", "scope": {"stores": ["12"]}}
    assert client.put("/v1/documents/returns", json=body).status_code == 201
    return client


def events(stream: str) -> list[tuple[str, dict[str, object]]]:
    found = []
    for block in stream.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_a_suggestion_has_every_field_of_the_contract(shop: TestClient) -> None:
    suggestion = shop.post("/v1/ask", json=QUESTION).json()
    assert {
        "suggestion_id",
        "status",
        "reason",
        "confidence",
        "reply",
        "procedure",
        "next_steps",
        "likely_actions",
        "passages",
        "drafter",
        "prompt_sha256",
        "took_ms",
    } <= set(suggestion)
    text = shop.get("/v1/documents/returns").json()["text"]
    (sentence,) = suggestion["reply"]["sentences"]
    (citation,) = sentence["citations"]
    assert text[citation["start"] : citation["end"]] == citation["quote"] == sentence["text"]


def test_a_stream_brings_the_evidence_and_then_the_suggestion(shop: TestClient) -> None:
    answer = shop.post("/v1/ask", json={**QUESTION, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    (first, evidence), (second, suggestion) = events(answer.text)
    assert (first, second) == ("evidence", "suggestion")
    assert evidence["passages"] == suggestion["passages"]
    assert evidence["suggestion_id"] == suggestion["suggestion_id"]
    offered = shop.get(f"/v1/suggestions/{suggestion['suggestion_id']}").json()
    assert {name: offered[name] for name in suggestion} == suggestion


def test_silence_streams_as_no_suggestion_with_its_reason(shop: TestClient) -> None:
    answer = shop.post("/v1/ask", json={"question": "Nuclear?", "stream": True})
    name, suggestion = events(answer.text)[-1]
    assert name == "no_suggestion"
    assert (suggestion["reply"], suggestion["reason"]) == (None, "no_evidence")


def test_a_wrong_question_is_a_problem_document_even_when_a_stream_is_asked_for(
    shop: TestClient,
) -> None:
    answer = shop.post("/v1/ask", json={"question": " ", "stream": True})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_asking_knows_no_customer(shop: TestClient) -> None:
    answer = shop.post("/v1/ask", json={**QUESTION, "customer_id": "c-1"})
    assert answer.json()["errors"][0]["place"] == "customer_id"


def test_assist_answers_the_last_final_turn(shop: TestClient, copilot: FakeCopilot) -> None:
    turns = [
        {"role": "customer", "text": "My parcel?"},
        {"role": "customer", "text": "x", "is_final": False},
    ]
    answer = shop.post("/v1/assist", json={"conversation": turns})
    assert answer.json()["status"] == "suggested"
    assert copilot.asked[-1]["question"] == "My parcel?"


@pytest.mark.parametrize(
    "conversation", [[], [{"role": "customer", "text": "x", "is_final": False}]]
)
def test_a_conversation_without_a_final_turn_is_refused(
    shop: TestClient, conversation: list[dict[str, object]]
) -> None:
    answer = shop.post("/v1/assist", json={"conversation": conversation})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "conversation"


def test_assisting_with_a_customer_needs_the_right_to_read_customers(
    shop: TestClient, key: Keys, ada: str
) -> None:
    body = {"conversation": [{"role": "customer", "text": "Parcel?"}], "customer_id": ada}
    assert shop.post("/v1/assist", json=body, headers=key(Role.AGENT)).status_code == 200
    assert shop.post("/v1/assist", json=body, headers=key(Role.EVALUATOR)).status_code == 403
    unknown = {**body, "customer_id": "nobody"}
    assert shop.post("/v1/assist", json=unknown, headers=key(Role.AGENT)).status_code == 404


def test_an_agent_reads_their_own_suggestions_and_no_others(shop: TestClient, key: Keys) -> None:
    mine, others = key(Role.AGENT), key(Role.AGENT)
    made = shop.post("/v1/ask", json=QUESTION, headers=mine).json()
    path = f"/v1/suggestions/{made['suggestion_id']}"
    found = shop.get(path, headers=mine)
    assert found.status_code == 200
    assert found.json()["request"] == QUESTION
    refused, unknown = shop.get(path, headers=others), shop.get("/v1/suggestions/s", headers=others)
    assert refused.status_code == unknown.status_code == 404
    assert refused.json()["detail"] == unknown.json()["detail"]


def test_who_reads_all_suggestions_still_reads_only_within_scope(
    shop: TestClient, key: Keys
) -> None:
    mine = key(Role.STAFF, Scope(stores=("12",)))
    made = shop.post("/v1/ask", json=QUESTION, headers=mine).json()
    path = f"/v1/suggestions/{made['suggestion_id']}"
    assert shop.get(path, headers=key(Role.EVALUATOR)).status_code == 200
    assert shop.get(path, headers=key(Role.SUPERVISOR, Scope(stores=("12",)))).status_code == 200
    assert shop.get(path, headers=key(Role.SUPERVISOR, Scope(stores=("7",)))).status_code == 404
    assert shop.get(path, headers=key(Role.KNOWLEDGE)).status_code == 403


def test_a_suggestion_for_a_customer_is_kept_from_who_may_not_read_customers(
    shop: TestClient, key: Keys, ada: str
) -> None:
    body = {"conversation": [{"role": "customer", "text": "Parcel?"}], "customer_id": ada}
    made = shop.post("/v1/assist", json=body, headers=key(Role.AGENT)).json()
    path = f"/v1/suggestions/{made['suggestion_id']}"
    assert shop.get(path, headers=key(Role.SUPERVISOR)).json()["customer_id"] == ada
    assert shop.get(path, headers=key(Role.EVALUATOR)).status_code == 404
