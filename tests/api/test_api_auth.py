"""Keys, roles, and who counts as a developer at this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_copilot import LOOPBACK, FakeCopilot, app_around
from fastapi.testclient import TestClient

from api.auth import EVERYTHING, PERMISSIONS, allowed
from api.keyring import REMEMBERED_S, Keyring
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Role

Keys = Callable[..., dict[str, str]]

# One call for each permission; what is asked for need not exist.
CALLS: dict[str, tuple[str, str, Any]] = {
    "documents:read": ("GET", "/v1/documents/a", None),
    "documents:list": ("GET", "/v1/documents", None),
    "documents:write": ("PUT", "/v1/documents/b", {"text": "Words."}),
    "search": ("POST", "/v1/search", {"query": "a"}),
    "ask": ("POST", "/v1/ask", {"question": "a"}),
    "assist": ("POST", "/v1/assist", {"conversation": [{"role": "customer", "text": "a"}]}),
    "suggestions:own": ("GET", "/v1/suggestions/s", None),
    "conversations": ("GET", "/v1/conversations/c", None),
    "conversations:feed": ("POST", "/v1/feeds/webhook", {"conversation_id": "c"}),
    "tokens:issue": ("POST", "/v1/tokens", {"agent": "a"}),
    "customers:read": ("GET", "/v1/customers/c", None),
    "customers:erase": ("DELETE", "/v1/customers/c", None),
    "actions": ("GET", "/v1/actions", None),
    "actions:confirm": ("POST", "/v1/cards/c/confirmation", {"parameters": {}}),
    "disagreements": ("GET", "/v1/disagreements", None),
    "metrics": ("GET", "/metrics", None),
}
SHOWN = {"search", "ask", "assist", "documents:read", "suggestions:own", "conversations"}
ACTING = {"actions", "actions:confirm"}
AGENT = SHOWN | ACTING | {"customers:read", "tokens:issue", "conversations:feed"}
MAY = {
    Role.AGENT: AGENT,
    Role.STAFF: SHOWN | ACTING | {"tokens:issue"},
    Role.KNOWLEDGE: {"search", "ask", "documents:read", "documents:list", "documents:write"}
    | {"disagreements"},
    Role.EVALUATOR: SHOWN,
    Role.SUPERVISOR: SHOWN | {"customers:read", "documents:list", "actions", "disagreements"},
    Role.ADMIN: AGENT | {"documents:list", "documents:write", "customers:erase", "disagreements"},
}


def status(client: TestClient, action: str, **headers: str) -> int:
    method, path, body = CALLS[action]
    return client.request(method, path, json=body, headers=headers).status_code


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_its_table_says_and_nothing_else(
    client: TestClient, key: Keys, role: Role
) -> None:
    headers = key(role)
    may = {action for action in CALLS if status(client, action, **headers) != 403}
    assert may == MAY[role] | {"metrics"}


def test_the_table_names_every_role_and_no_permission_that_nobody_asks_for() -> None:
    assert set(PERMISSIONS) == set(Role)
    beside = {"documents:retired", "suggestions:all"}
    assert set(CALLS) | beside == EVERYTHING
    with pytest.raises(ValueError, match="no role"):
        allowed("documents:wirte")


@pytest.mark.parametrize("action", CALLS)
def test_once_a_key_was_made_every_call_needs_one(
    client: TestClient, key: Keys, action: str
) -> None:
    assert status(client, action) != 401
    key(Role.AGENT)
    method, path, body = CALLS[action]
    answer = client.request(method, path, json=body)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_pages_and_health_stay_open_when_there_are_keys(client: TestClient, key: Keys) -> None:
    key(Role.AGENT)
    for path in ("/", "/documents/view", "/pages/ask.js", "/healthz", "/readyz", "/openapi.json"):
        assert client.get(path).status_code == 200, path


def test_a_key_is_taken_from_either_header_and_no_wrong_one_is_echoed(
    client: TestClient, key: Keys
) -> None:
    secret = key(Role.AGENT)["Authorization"].removeprefix("Bearer ")
    assert status(client, "search", **{"X-API-Key": secret}) == 200
    assert status(client, "search", Authorization=f"bearer {secret}") == 200
    for headers in (
        {"Authorization": f"Bearer {secret}x"},
        {"Authorization": f"Basic {secret}"},
        {"X-API-Key": secret[:-1]},
        {"X-API-Key": ""},
    ):
        answer = client.post("/v1/search", json={"query": "a"}, headers=headers)
        assert answer.status_code == 401
        assert secret[:-1] not in answer.text


def test_a_revoked_key_is_refused_within_seconds(store: Store) -> None:
    clock = [0.0]
    keyring = Keyring(store.keys, lambda: clock[0])
    secret, made = store.keys.add("Ada", Role.AGENT)
    assert keyring.find(secret) == made
    store.keys.revoke(made.key_id)
    clock[0] = REMEMBERED_S
    assert REMEMBERED_S <= 5
    assert keyring.find(secret) is None


def test_revoking_the_last_key_does_not_open_the_server(client: TestClient, store: Store) -> None:
    _, made = store.keys.add("Ada", Role.AGENT)
    store.keys.revoke(made.key_id)
    assert status(client, "search") == 401


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:1", 200),
        ("[::1]:8000", 200),
        ("LOCALHOST", 200),
        ("attacker.example", 403),
        ("127.0.0.1.attacker.example", 403),
        ("localhost.", 403),
        ("[", 403),
        ("", 403),
    ],
)
def test_without_keys_only_the_names_of_this_machine_are_answered(
    client: TestClient, host: str, answered: int
) -> None:
    assert status(client, "search", Host=host) == answered


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"Origin": "http://127.0.0.1"}, 200),
        ({"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_without_keys_no_page_of_another_site_is_answered(
    client: TestClient, headers: dict[str, str], answered: int
) -> None:
    assert status(client, "search", **headers) == answered


def test_with_a_key_another_sites_page_is_answered(client: TestClient, key: Keys) -> None:
    headers = {**key(Role.AGENT), "Origin": "https://desk.example", "Host": "copilot.example"}
    assert status(client, "search", **headers) == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_without_keys_nobody_behind_a_proxy_is_local(client: TestClient, header: str) -> None:
    assert status(client, "search", **{header: "127.0.0.1"}) == 401


@pytest.mark.parametrize(
    ("listens", "calls", "answered"),
    [
        ("127.0.0.1", LOOPBACK, 200),
        ("::1", ("::1", 50000), 200),
        ("127.0.0.1", ("10.0.0.9", 50000), 401),
        ("127.0.0.1", ("testclient", 50000), 401),
        ("10.0.0.1", LOOPBACK, 401),
    ],
)
def test_without_keys_both_ends_must_be_on_the_loopback(
    settings: Settings,
    copilot: FakeCopilot,
    listens: str,
    calls: tuple[str, int],
    answered: int,
) -> None:
    app = app_around(settings.model_copy(update={"host": listens}), copilot)
    with TestClient(app, base_url="http://127.0.0.1", client=calls) as client:
        assert status(client, "search") == answered
