"""Every error, over every route, has the one shape."""

from __future__ import annotations

import pytest
from fake_copilot import LOOPBACK, FakeCopilot, app_around
from fastapi.testclient import TestClient

from api.app import create_app
from api.problems import ProblemResponse
from copilot.errors import ConfigurationError
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Role

OPERATIONS = [
    (method.upper(), path)
    for path, methods in create_app(Settings()).openapi()["paths"].items()
    for method in methods
]
OPEN = {"/healthz", "/readyz"}


class Broken:
    """Everything that is asked of it fails."""

    @property
    def store(self) -> Broken:
        return self

    @property
    def keys(self) -> Broken:
        return self

    def all(self) -> object:
        raise OSError("disk gone at /secret/path")

    readiness = all


def filled(path: str) -> str:
    ids = "document_id customer_id interaction_id suggestion_id conversation_id card_id name"
    for name in ids.split():
        path = path.replace(f"{{{name}}}", "ünknown/id" if name == "document_id" else "unknown")
    return path.replace("{feed}", "webhook")


def check(answer: object, status: int, instance: str) -> ProblemResponse:
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    assert answer.headers["x-content-type-options"] == "nosniff"  # type: ignore[attr-defined]
    found = ProblemResponse.model_validate(answer.json(), extra="forbid")  # type: ignore[attr-defined]
    assert (found.status, found.instance) == (status, instance)
    assert found.type.startswith("urn:copilot:problem:")
    assert found.title
    assert found.detail
    return found


def escaped(path: str) -> str:
    return path.replace("ü", "%C3%BC")


def test_the_routes_are_those_of_the_contract() -> None:
    assert {path for _, path in OPERATIONS} == {
        "/v1/documents",
        "/v1/documents/{document_id}",
        "/v1/search",
        "/v1/ask",
        "/v1/assist",
        "/v1/suggestions/{suggestion_id}",
        "/v1/suggestions/{suggestion_id}/decision",
        "/v1/cases/{interaction_id}",
        "/v1/disagreements",
        "/v1/conversations",
        "/v1/conversations/{conversation_id}",
        "/v1/conversations/{conversation_id}/turns",
        "/v1/conversations/{conversation_id}/end",
        "/v1/conversations/{conversation_id}/events",
        "/v1/conversations/{conversation_id}/handover",
        "/v1/feeds/{feed}",
        "/v1/tokens",
        "/v1/actions",
        "/v1/actions/{name}/look-up",
        "/v1/actions/{name}/cards",
        "/v1/cards/{card_id}",
        "/v1/cards/{card_id}/confirmation",
        "/v1/cards/{card_id}/decline",
        "/v1/customers/{customer_id}",
        "/v1/customers/{customer_id}/timeline",
        "/healthz",
        "/readyz",
        "/metrics",
    }


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_without_a_key_every_closed_route_answers_401(
    client: TestClient, store: Store, method: str, path: str
) -> None:
    store.keys.add("somebody", Role.AGENT)
    body = {"query": "a", "question": "a", "conversation": []} if method == "POST" else None
    answer = client.request(method, filled(path), json=body)
    if path in OPEN:
        assert answer.status_code == 200
    else:
        check(answer, 401, escaped(filled(path)))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_failure_nobody_foresaw_is_a_500_on_every_route(
    settings: Settings, method: str, path: str
) -> None:
    app = app_around(settings, Broken())
    client = TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK)
    answer = client.request(method, filled(path))
    if path == "/healthz":
        assert answer.status_code == 200
    else:
        check(answer, 500, escaped(filled(path)))
        assert "secret" not in answer.text


@pytest.mark.parametrize("path", sorted({path for _, path in OPERATIONS} | {"/", "/pages/x.js"}))
def test_a_method_that_a_path_does_not_have_is_a_405_that_names_those_it_has(
    client: TestClient, path: str
) -> None:
    answer = client.patch(filled(path))
    check(answer, 405, escaped(filled(path)))
    has = {method for method, mine in OPERATIONS if mine == path} or {"GET"}
    assert set(answer.headers["allow"].split(", ")) == has


@pytest.mark.parametrize("path", ["/nope", "/v1", "/v1/", "/v1/conversation", "/docs", "/pages/.."])
def test_a_path_that_is_not_there_is_a_404(client: TestClient, path: str) -> None:
    answer = client.get(path.replace("..", "%2E%2E%2Fapp.py"))
    check(answer, 404, answer.json()["instance"])


def test_a_fault_of_the_settings_is_not_told_to_callers(
    client: TestClient, copilot: FakeCopilot
) -> None:
    copilot.fails_with = ConfigurationError("postgresql://me:hunter2@db cannot be reached")
    answer = client.post("/v1/search", json={"query": "a"})
    check(answer, 500, "/v1/search")
    assert "hunter2" not in answer.text


def test_many_wrong_fields_make_a_short_answer(client: TestClient) -> None:
    turns = [{"role": "nobody", "text": 1}] * 2000
    answer = client.post("/v1/search", json={"query": "a", "conversation": turns})
    found = check(answer, 422, "/v1/search")
    assert len(found.errors) == 20
    assert len(answer.content) < 10_000


def test_what_was_sent_is_not_sent_back(client: TestClient) -> None:
    secret = "cpk_verysecret"
    body = {"query": "a", "k": secret, "scope": {"as_of": secret}, "customer_id": f"{secret}\n"}
    answer = client.post(f"/v1/search?token={secret}", json=body)
    found = check(answer, 422, "/v1/search")
    assert {one.place for one in found.errors} == {"k", "scope.as_of", "customer_id"}
    assert all(one.reason and one.remedy for one in found.errors)
