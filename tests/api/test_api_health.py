"""Up, able to answer, and what is counted."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from fake_copilot import LOOPBACK, FakeCopilot, Readiness, app_around
from fastapi.testclient import TestClient

from api.app import create_app
from copilot.settings import Settings
from copilot.store.spend import Limits
from copilot.types import Usage


def value(client: TestClient, sample: str) -> float | None:
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(f"{sample} "):
            return float(line.split()[-1])
    return None


def test_ready_says_so_with_every_check(client: TestClient, copilot: FakeCopilot) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"store": "ok", "index": "ok"},
        "degraded": [],
    }


def test_not_ready_is_a_problem_that_says_how_each_check_went(
    client: TestClient, copilot: FakeCopilot
) -> None:
    copilot.stands = Readiness(False, {"store": "ok", "index": "being rebuilt"}, ("vectors",))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    found = {error["place"]: error["reason"] for error in answer.json()["errors"]}
    assert found == {"store": "ok", "index": "being rebuilt"}
    assert client.get("/healthz").status_code == 200
    assert value(client, "copilot_ready") == 0
    assert value(client, 'copilot_degraded{part="vectors"}') == 1


def test_before_the_copilot_stands_only_health_and_the_pages_answer(settings: Settings) -> None:
    # Without entering the client, the lifespan does not run and nothing is opened.
    client = TestClient(create_app(settings), base_url="http://127.0.0.1", client=LOOPBACK)
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 200
    for path in ("/readyz", "/metrics", "/v1/documents"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:copilot:problem:not-ready"


def test_requests_are_counted_by_template_and_never_by_id(client: TestClient) -> None:
    for document_id in ("one", "two/three"):
        client.get(f"/v1/documents/{document_id}")
    client.get("/no/such/page")
    client.request("BREW", "/healthz")
    exposition = client.get("/metrics").text
    labels = 'method="GET",route="/v1/documents/{document_id}",status="404"'
    assert f"copilot_request_seconds_count{{{labels}}} 2.0" in exposition
    assert 'method="GET",route="unmatched",status="404"' in exposition
    assert 'method="other",route="/healthz",status="405"' in exposition
    assert "three" not in exposition
    assert "BREW" not in exposition


def test_suggestions_stages_and_documents_are_counted(client: TestClient) -> None:
    client.put("/v1/documents/a", json={"text": "Words."})
    client.post("/v1/ask", json={"question": "words"})
    client.post("/v1/ask", json={"question": "nuclear"})
    client.post("/v1/search", json={"query": "words"})
    assert value(client, "copilot_documents") == 1
    assert value(client, 'copilot_suggestions_total{reason="",status="suggested"}') == 1
    silent = 'copilot_suggestions_total{reason="no_evidence",status="no_suggestion"}'
    assert value(client, silent) == 1
    assert value(client, 'copilot_stage_seconds_count{stage="search"}') == 3
    assert value(client, 'copilot_stage_seconds_sum{stage="ground"}') == 0.0005


def test_calls_of_models_are_counted_by_model_and_outcome(
    client: TestClient, copilot: FakeCopilot
) -> None:
    spend = copilot.store.spend
    assert "copilot_model_calls_total{" not in client.get("/metrics").text
    for outcome, usage in (("ok", Usage("m", 70, 30, 0.25, "reported")), ("refused", None)):
        call = spend.reserve("ada", None, "reply", "m", 100, 0.5, Limits())
        spend.settle(call, usage, outcome, 5)
    assert value(client, 'copilot_model_calls_total{model="m",outcome="ok"}') == 1
    assert value(client, 'copilot_model_calls_total{model="m",outcome="refused"}') == 1
    labels = 'direction="in",model="m",outcome="ok"'
    assert value(client, f"copilot_model_tokens_total{{{labels}}}") == 70
    assert value(client, 'copilot_model_cost_total{model="m",outcome="ok"}') == 0.25
    assert "ada" not in client.get("/metrics").text


def test_two_apps_count_apart(settings: Settings, copilot: FakeCopilot) -> None:
    one, other = (
        TestClient(app_around(settings, copilot), base_url="http://127.0.0.1", client=LOOPBACK)
        for _ in range(2)
    )
    one.get("/healthz")
    sample = 'copilot_request_seconds_count{method="GET",route="/healthz",status="200"}'
    assert value(one, sample) == 1
    assert value(other, sample) is None


def test_the_log_has_the_request_and_no_id_of_a_person(
    client: TestClient, logged: list[MutableMapping[str, Any]], ada: str
) -> None:
    answer = client.get("/v1/customers/ada-lovelace?before=secret")
    (entry,) = [one for one in logged if one["event"] == "request"]
    assert entry["route"] == "/v1/customers/{customer_id}"
    assert entry["status"] == answer.status_code
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert not re.search("lovelace|secret", repr(logged))


def test_a_failure_is_logged_with_its_traceback(
    client: TestClient, copilot: FakeCopilot, logged: list[MutableMapping[str, Any]]
) -> None:
    copilot.fails_with = ZeroDivisionError("x")
    client.post("/v1/search", json={"query": "a"})
    (failure,) = [one for one in logged if one["event"] == "request failed"]
    assert (failure["error"], failure["exc_info"]) == ("ZeroDivisionError", True)
