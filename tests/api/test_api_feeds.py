"""The route that transcripts come in by: who may send, what is taken, and where it goes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fake_copilot import LOOPBACK, FakeCopilot
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.feeds.signatures import sign
from api.parts import Parts
from api.problems import install
from api.routes import feeds
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Conversation, Role, Scope, Turn

Keys = Callable[..., dict[str, str]]
SECRET, TOKEN = "a webhook's secret", "a Twilio token"
PUBLIC = "https://assist.example.org"
TURN = {"turn_id": "1", "role": "customer", "text": "Is the shop open on Sunday?"}
SPOKEN = {"conversation_id": "web-17", "channel": "chat", "turns": [TURN]}
CALLBACK = {
    "CallSid": "CA42",
    "TranscriptionSid": "GT7",
    "TranscriptionEvent": "transcription-content",
    "SequenceId": "3",
    "Track": "inbound_track",
    "Final": "true",
    "TranscriptionData": '{"transcript": "Where is my parcel?"}',
}


@dataclass
class FakeDesk:
    """Keeps conversations in the store, as the routes ask it for them, and notes all calls."""

    store: Store
    taken: dict[str, list[Turn]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    def open(
        self,
        conversation_id: str,
        *,
        customer_id: str | None,
        channel: str | None,
        scope: Scope,
        caller: str,
    ) -> tuple[Conversation, bool]:
        standing = self.store.conversations.find(conversation_id)
        if standing is not None:
            return standing, False
        now = self.store.now()
        made = Conversation(conversation_id, now, customer_id, channel, scope, caller)
        with self.store.engine.begin() as connection:
            self.store.conversations.start(connection, made)
        return made, True

    def take(self, conversation_id: str, turns: Sequence[Turn]) -> None:
        self.taken.setdefault(conversation_id, []).extend(turns)

    def end(self, conversation_id: str) -> None:
        self.ended.append(conversation_id)


@pytest.fixture
def desk(store: Store, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    desk = FakeDesk(store)
    monkeypatch.setattr(Parts, "desk", property(lambda _: desk))
    return desk


@pytest.fixture
def client(tmp_path: Path, copilot: FakeCopilot, desk: FakeDesk) -> Iterator[TestClient]:
    """A developer on this machine, as long as no key was made."""
    app: Any = FastAPI()
    app.state.parts = Parts(
        Settings(
            data_dir=tmp_path,
            webhook_secret=SECRET,
            twilio_auth_token=TOKEN,
            public_url=f"{PUBLIC}/",
        )
    )
    app.state.parts.take(copilot)
    install(app)
    app.include_router(feeds.router)
    with TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK) as client:
        yield client


def signed(body: bytes, secret: str = SECRET, age_s: int = 0) -> dict[str, str]:
    at = int(time.time()) - age_s
    return {
        "Content-Type": "application/json",
        "X-Copilot-Signature": f"t={at},v1={sign(body, secret, at)}",
    }


def twilios(path: str, fields: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    said = PUBLIC + path + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
    }


def kind(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_turns_go_to_the_conversation_that_the_message_names(
    client: TestClient, desk: FakeDesk
) -> None:
    answer = client.post("/v1/feeds/webhook", json={**SPOKEN, "ended": True})
    assert (answer.status_code, answer.json()) == (202, {"turns": 1})
    assert [turn.text for turn in desk.taken["web-17"]] == [TURN["text"]]
    assert desk.ended == ["web-17"]


def test_a_conversation_that_is_new_has_the_key_s_scope_and_the_feed_s_channel(
    client: TestClient, store: Store, key: Keys
) -> None:
    headers = key(Role.AGENT, Scope(stores=("12",)))
    assert client.post("/v1/feeds/webhook", json=SPOKEN, headers=headers).status_code == 202
    made = store.conversations.conversation("web-17")
    assert made.scope == Scope(roles=("agent",), stores=("12",))
    assert made.channel == "chat"


@pytest.mark.parametrize("role", [Role.STAFF, Role.KNOWLEDGE, Role.EVALUATOR, Role.SUPERVISOR])
def test_a_key_whose_role_feeds_nothing_is_refused(
    client: TestClient, desk: FakeDesk, key: Keys, role: Role
) -> None:
    assert kind(client.post("/v1/feeds/webhook", json=SPOKEN, headers=key(role)))[0] == 403
    assert desk.taken == {}


def test_without_key_or_signature_nothing_is_taken(
    client: TestClient, desk: FakeDesk, key: Keys
) -> None:
    key(Role.AGENT)
    assert kind(client.post("/v1/feeds/webhook", json=SPOKEN)) == (401, "unauthenticated")
    assert desk.taken == {}


def test_a_signed_message_needs_no_key_and_begins_an_agent_s_conversation(
    client: TestClient, desk: FakeDesk, store: Store, key: Keys
) -> None:
    key(Role.AGENT)
    body = json.dumps(SPOKEN).encode()
    answer = client.post("/v1/feeds/webhook", content=body, headers=signed(body))
    assert answer.status_code == 202
    assert len(desk.taken["web-17"]) == 1
    assert store.conversations.conversation("web-17").scope == Scope(roles=("agent",))


def test_a_signed_message_feeds_a_conversation_that_somebody_else_began(
    client: TestClient, desk: FakeDesk, key: Keys
) -> None:
    wide = {"customer_id": None, "channel": None, "scope": Scope(), "caller": "k-1"}
    desk.open("web-17", **wide)
    body = json.dumps(SPOKEN).encode()
    answer = client.post("/v1/feeds/webhook", content=body, headers=signed(body))
    assert answer.status_code == 202


@pytest.mark.parametrize(("secret", "age_s"), [("another secret", 0), (SECRET, 301)])
def test_a_wrong_or_old_signature_is_refused_even_at_this_machine(
    client: TestClient, desk: FakeDesk, secret: str, age_s: int
) -> None:
    body = json.dumps(SPOKEN).encode()
    answer = client.post("/v1/feeds/webhook", content=body, headers=signed(body, secret, age_s))
    assert kind(answer) == (401, "bad-signature")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["errors"][0]["place"] == "X-Copilot-Signature"
    assert desk.taken == {}


def test_twilio_is_known_by_its_own_signature_of_the_public_address(
    client: TestClient, desk: FakeDesk, key: Keys
) -> None:
    key(Role.AGENT)
    path = "/v1/feeds/twilio?inbound=agent"
    body = urlencode(CALLBACK)
    answer = client.post(path, content=body, headers=twilios(path, CALLBACK))
    assert (answer.status_code, answer.json()) == (202, {"turns": 1})
    assert desk.taken["CA42"][0].role == "agent"
    elsewhere = twilios("/v1/feeds/twilio", CALLBACK)
    assert kind(client.post(path, content=body, headers=elsewhere)) == (401, "bad-signature")


def test_twilio_s_signature_opens_no_other_feed(
    client: TestClient, desk: FakeDesk, key: Keys
) -> None:
    key(Role.AGENT)
    headers = {**twilios("/v1/feeds/webhook", {}), "Content-Type": "application/json"}
    answer = client.post("/v1/feeds/webhook", json=SPOKEN, headers=headers)
    assert kind(answer) == (401, "unauthenticated")
    assert desk.taken == {}


def test_a_file_goes_where_the_address_says(client: TestClient, desk: FakeDesk) -> None:
    file = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Tom>Good morning.\n"
    answer = client.post(
        "/v1/feeds/webvtt?conversation_id=call-1&agent=Tom&started_at=2026-03-02T10:15:00Z",
        content=file,
        headers={"Content-Type": "text/vtt; charset=utf-8"},
    )
    assert answer.status_code == 202
    (turn,) = desk.taken["call-1"]
    assert (turn.role, str(turn.at)) == ("agent", "2026-03-02 10:15:01+00:00")


def test_a_feed_that_is_not_known_is_not_found(client: TestClient) -> None:
    assert kind(client.post("/v1/feeds/morse", json=SPOKEN)) == (404, "unknown-feed")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_message_of_another_media_type_is_not_taken(
    client: TestClient, desk: FakeDesk, content_type: str
) -> None:
    headers = {"Content-Type": content_type}
    answer = client.post("/v1/feeds/webhook", content=json.dumps(SPOKEN), headers=headers)
    assert kind(answer) == (415, "unsupported-media-type")
    assert desk.taken == {}


def test_what_cannot_be_read_is_named_with_its_place(client: TestClient, desk: FakeDesk) -> None:
    answer = client.post("/v1/feeds/webhook", json={**SPOKEN, "turns": [{**TURN, "role": "cat"}]})
    assert kind(answer) == (422, "invalid-input")
    assert answer.json()["errors"][0]["place"] == "turns.0.role"
    assert desk.taken == {}


@pytest.mark.parametrize("query", ["inbound=nobody", "customer_id=c-1", "started_at=noon"])
def test_an_address_says_only_what_it_may(client: TestClient, query: str) -> None:
    assert client.post(f"/v1/feeds/webhook?{query}", json=SPOKEN).status_code == 422


def test_a_kind_of_event_that_is_left_aside_is_taken_without_a_word(
    client: TestClient, desk: FakeDesk, store: Store
) -> None:
    answer = client.post("/v1/feeds/genesys", json={"topicName": "channel.metadata"})
    assert (answer.status_code, answer.json()) == (202, {"turns": 0})
    assert desk.taken == {}


def test_a_conversation_of_a_wider_scope_takes_nothing_from_a_key(
    client: TestClient, desk: FakeDesk, key: Keys
) -> None:
    of_another = {"customer_id": None, "channel": None, "caller": "k-1"}
    desk.open("web-17", scope=Scope(roles=("supervisor",)), **of_another)
    answer = client.post("/v1/feeds/webhook", json=SPOKEN, headers=key(Role.AGENT))
    assert kind(answer) == (404, "unknown-conversation")
    assert desk.taken == {}
