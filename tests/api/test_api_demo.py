"""The conversations that the demo desk plays: listed, given, and for a local developer only."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_copilot import LOOPBACK, FakeCopilot, app_around
from fastapi.testclient import TestClient

from copilot.settings import Settings
from copilot.types import Role

TURNS = """
  turns:
    - {role: agent, seconds: 1, text: "Quillmere, good morning."}
    - {role: customer, seconds: 4, needs_help: true, text: "Where is my parcel?"}
"""
PARCEL = f"""
- conversation_id: shop-v01
  title: Where is it?
  channel: chat
  customer_id: c-1
  groups: [shop]
  documents: [shop/parcels]
{TURNS}"""
STRANGER = PARCEL.replace("shop-v01", "shop-v02").replace("c-1", "c-2")


def _event(agent: str, action: str, text: str, at: int, **fields: Any) -> dict[str, Any]:
    return {"Agent": agent, "Action": action, "Text": text, "UnixTime": at, **fields}


def _dialogue(number: int, task: str, wish: str) -> str:
    events = [
        _event("User", "utter", "Hello!", 100),
        _event("Wizard", "request_suggestions", "hi", 101),
        _event("Wizard", "pick_suggestion", "Your name, please?", 102, ActionLabel="ask_name"),
        _event("User", "utter", "Ada", 105),
        _event("Wizard", "query", "", 106, Constraints=[{"Name": "Ada"}]),
        {"Agent": "KnowledgeBase", "Action": "return_item", "Item": {"Balance": 7}},
        _event("Wizard", "utter", "One moment, Ada.", 300),
        {"Agent": "User", "Action": "complete", "UnixTime": 301},
    ]
    scenario = {"UserTask": wish, "WizardCapabilities": [{"Task": task}]}
    whole = {"DialogueID": number, "CompletionLevel": "Complete"}
    return json.dumps({**whole, "Events": events, "Scenario": scenario}) + "\n"


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A folder with one readable file of conversations."""
    folder = tmp_path / "knowledge"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "conversations.yaml").write_text(PARCEL + STRANGER, encoding="utf-8")
    return folder


@pytest.fixture
def star(tmp_path: Path) -> Path:
    """Twenty-two dialogues, and a line that is none."""
    path = tmp_path / "dialogues.jsonl"
    lines = [_dialogue(one, "bank_balance", f"You want € {one}.") for one in range(21)]
    path.write_text("".join([*lines, "{broken\n", _dialogue(77, "weather", "Rain in Łódź?")]))
    return path


@pytest.fixture
def settings(tmp_path: Path, knowledge: Path, star: Path) -> Settings:
    return Settings(data_dir=tmp_path, demo_knowledge=knowledge, demo_star=star)


def _client(settings: Settings, copilot: FakeCopilot) -> TestClient:
    app = app_around(settings, copilot)
    return TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK)


def test_conversations_are_listed_with_the_names_that_the_store_knows(
    client: TestClient, ada: str
) -> None:
    answer = client.get("/demo/conversations").json()
    assert [
        (one["conversation_id"], one["place"], one["channel"], one["customer_name"], one["turns"])
        for one in answer["conversations"]
    ] == [("shop-v01", "shop", "chat", "Ada Example", 2), ("shop-v02", "shop", "chat", None, 2)]
    assert answer["conversations"][0]["opening"] == "Where is my parcel?"
    assert answer["problems"] == []


def test_a_script_has_its_turns_with_their_pace(client: TestClient) -> None:
    script = client.get("/demo/conversations/shop-v01").json()
    assert script["groups"] == ["shop"]
    assert script["cues"] == [
        {"role": "agent", "text": "Quillmere, good morning.", "seconds": 1.0, "action": None},
        {"role": "customer", "text": "Where is my parcel?", "seconds": 4.0, "action": None},
    ]


@pytest.mark.parametrize("name", ["shop-v99", "star-500", "star-", "nothing"])
def test_what_cannot_be_played_is_a_problem_document(client: TestClient, name: str) -> None:
    answer = client.get(f"/demo/conversations/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "broken",
    [
        "[unclosed",
        "conversations: none",
        "- {title: of nobody}",
        PARCEL.replace("seconds: 4", "seconds: soon"),
        PARCEL.replace("role: agent", "role: ghost"),
        "null",
        "\x00",
    ],
)
def test_a_broken_file_is_told_and_the_others_are_played(
    client: TestClient, knowledge: Path, broken: str
) -> None:
    (knowledge / "city").mkdir()
    (knowledge / "city" / "conversations.yaml").write_text(broken, encoding="utf-8")
    answer = client.get("/demo/conversations").json()
    assert len(answer["conversations"]) == 2
    assert len(answer["problems"]) == 1
    assert "city/conversations.yaml" in answer["problems"][0]
    assert client.get("/demo/conversations/shop-v01").status_code == 200


def test_a_file_that_changed_is_read_again(client: TestClient, knowledge: Path) -> None:
    path = knowledge / "shop" / "conversations.yaml"
    assert len(client.get("/demo/conversations").json()["conversations"]) == 2
    path.write_text(PARCEL, encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert len(client.get("/demo/conversations").json()["conversations"]) == 1


@pytest.mark.parametrize("folder", [None, Path("/nowhere/at/all")])
def test_without_conversations_it_says_why(
    settings: Settings, copilot: FakeCopilot, folder: Path | None
) -> None:
    bare = settings.model_copy(update={"demo_knowledge": folder, "demo_star": None})
    with _client(bare, copilot) as client:
        answer = client.get("/demo/conversations")
    assert answer.status_code == 200
    assert answer.json()["conversations"] == []
    assert answer.json()["star"] == 0
    assert len(answer.json()["problems"]) == 1


def test_star_dialogues_are_found_by_the_words_of_their_task(client: TestClient) -> None:
    assert client.get("/demo/conversations").json()["star"] == 22
    found = client.get("/demo/conversations", params={"star": "łódź RAIN"}).json()
    assert [one["conversation_id"] for one in found["conversations"]] == ["star-77"]
    assert found["conversations"][0]["title"] == "Weather"
    assert found["conversations"][0]["customer_id"] is None


def test_star_dialogues_come_in_pages_and_none_is_lost(client: TestClient) -> None:
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = client.get("/demo/conversations", params={"star": "", "after": after}).json()
        assert page["star"] == 22
        seen += [one["conversation_id"] for one in page["conversations"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 22


def test_a_star_dialogue_keeps_what_was_said_and_shortens_its_pauses(client: TestClient) -> None:
    script = client.get("/demo/conversations/star-77").json()
    assert [(one["role"], one["text"], one["seconds"]) for one in script["cues"]] == [
        ("customer", "Hello!", 1.0),
        ("agent", "Your name, please?", 2.0),
        ("customer", "Ada", 3.0),
        ("agent", "", 1.0),
        ("agent", "One moment, Ada.", 8.0),
    ]
    assert [one["action"] for one in script["cues"]] == [
        None,
        {"name": "ask_name", "parameters": {}, "result": None},
        None,
        {"name": "query", "parameters": {"Name": "Ada"}, "result": {"Balance": 7, "total": None}},
        None,
    ]
    assert (script["channel"], script["groups"]) == ("chat", [])


def test_a_folder_of_star_is_taken_too(
    settings: Settings, copilot: FakeCopilot, star: Path
) -> None:
    with _client(settings.model_copy(update={"demo_star": star.parent}), copilot) as client:
        assert client.get("/demo/conversations").json()["star"] == 22


@pytest.fixture
def paths() -> list[str]:
    return ["/demo/conversations", "/demo/conversations?star=", "/demo/conversations/shop-v01"]


def test_there_is_no_demo_once_there_is_a_key(
    client: TestClient, key: Callable[..., dict[str, str]], paths: list[str]
) -> None:
    headers = key(Role.ADMIN)
    for path in paths:
        assert client.get(path).status_code == 404
        assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_there_is_no_demo_for_who_comes_through_a_proxy(
    client: TestClient, paths: list[str], header: str
) -> None:
    for path in paths:
        assert client.get(path, headers={header: "203.0.113.9"}).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}],
    ids=["rebound", "foreign"],
)
def test_pages_of_other_sites_get_no_conversation(
    client: TestClient, paths: list[str], headers: dict[str, str]
) -> None:
    for path in paths:
        assert client.get(path, headers=headers).status_code == 403


def test_the_demo_is_no_part_of_the_contract(client: TestClient) -> None:
    assert not [path for path in client.get("/openapi.json").json()["paths"] if "demo" in path]


def test_our_own_conversations_can_all_be_played() -> None:
    from api.demo import written

    shelf = written(Path(__file__).parents[2] / "knowledge")
    assert shelf.problems == ()
    assert {script.place for script in shelf.scripts} == {"shop", "clinic", "city"}
    assert {script.channel for script in shelf.scripts} == {"call", "chat"}
    assert all(script.opening and script.groups for script in shelf.scripts)
