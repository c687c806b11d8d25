"""Documents in, out, listed and retired, over a real store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.types import Role, Scope

Keys = Callable[..., dict[str, str]]

RETURNS = "# Returns\r\n\r\nA café parcel 😀 can be returned within 30 days.\r\n"


def put(client: TestClient, document_id: str, **fields: Any) -> Any:
    answer = client.put(f"/v1/documents/{document_id}", json={"text": RETURNS, **fields})
    assert answer.status_code in (200, 201), answer.text
    return answer


def test_a_document_comes_back_as_it_was_put(client: TestClient) -> None:
    fields = {
        "title": "Returns",
        "language": "en",
        "owner": "Service desk",
        "url": "https://example.org/returns",
        "scope": {"roles": ["agent"], "stores": ["12"]},
        "effective_from": "2026-01-01T02:00:00+02:00",
        "effective_to": "2999-01-01",
        "supersedes": "shop/returns-2025",
        "metadata": {"tags": ["a", 1, None], "title": "not the title"},
    }
    answer = put(client, "shop/returns", **fields)
    assert answer.status_code == 201
    assert answer.json() == {
        "document_id": "shop/returns",
        "version": 1,
        "outcome": "added",
        "state": "live",
    }
    found = client.get("/v1/documents/shop/returns").json()
    assert found["text"] == RETURNS
    assert found["scope"]["stores"] == ["12"]
    assert found["scope"]["groups"] == []
    assert found["effective_from"] == "2026-01-01T00:00:00Z"
    assert found["effective_to"] == "2999-01-02T00:00:00Z"
    assert found["supersedes"] == ["shop/returns-2025"]
    for name in ("title", "language", "owner", "url", "metadata"):
        assert found[name] == fields[name]
    assert [one["version"] for one in found["versions"]] == [1]
    assert found["versions"][0]["sha256"] == found["sha256"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_character_of_a_text_is_lost_or_moved(client: TestClient, text: str) -> None:
    text = f"Words\n{text}"
    put(client, "json", text=text)
    headers = {"Content-Type": "text/plain"}
    client.put("/v1/documents/raw", content=text.encode(), headers=headers)
    assert client.get("/v1/documents/json").json()["text"] == text
    assert client.get("/v1/documents/raw").json()["text"] == text


def test_the_same_again_is_unchanged_and_other_words_are_a_new_version(client: TestClient) -> None:
    put(client, "a")
    again = put(client, "a")
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    changed = put(client, "a", text="# Returns\n\nNone.")
    assert (changed.status_code, changed.json()["outcome"]) == (200, "changed")
    assert client.get("/v1/documents/a").json()["text"] == "# Returns\n\nNone."
    old = client.get("/v1/documents/a", params={"version": 1}).json()
    assert (old["state"], old["text"]) == ("replaced", RETURNS)
    assert [(one["version"], one["state"]) for one in old["versions"]] == [
        (1, "replaced"),
        (2, "live"),
    ]


def test_front_matter_fills_what_the_fields_do_not_say_and_stays_in_the_text(
    client: TestClient,
) -> None:
    text = "---\nowner: Front\nlanguage: en\nroles: [staff]\nshelf: 7\n---\nWords.\n"
    put(client, "a", text=text, owner="Field", scope={"roles": ["agent"]}, metadata={"x": 1})
    found = client.get("/v1/documents/a").json()
    assert found["text"] == text
    assert (found["owner"], found["language"]) == ("Field", "en")
    assert found["scope"]["roles"] == ["agent"]
    assert found["metadata"] == {"shelf": 7, "x": 1}


def test_a_null_field_wins_over_front_matter(client: TestClient) -> None:
    put(client, "a", text="---\nowner: Front\n---\nWords.\n", owner=None)
    assert client.get("/v1/documents/a").json()["owner"] is None


def test_html_in_json_goes_through_the_reader_whatever_encoding_it_declares(
    client: TestClient,
) -> None:
    page = (
        "<html lang=en><head><meta charset=windows-1252><title>Café hours</title></head>"
        "<body><script>no()</script><h1>Café</h1><p>Open at 9 – daily.</p></body></html>"
    )
    put(client, "a", text=page, media_type="text/html", owner="Desk")
    found = client.get("/v1/documents/a").json()
    assert "Open at 9 – daily." in found["text"]
    assert "no()" not in found["text"]
    assert (found["title"], found["language"], found["owner"]) == ("Café hours", "en", "Desk")


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("text/markdown", b"# One\n\nTwo.\n", "# One\n\nTwo.\n"),
        ("text/plain; charset=UTF-8", "Zwölf Äpfel.\n".encode(), "Zwölf Äpfel.\n"),
        ("text/html", b"<p>Hello <b>there</b></p>", "Hello"),
        ("text/html; charset=utf-8", "<meta charset=latin1><p>Größe</p>".encode(), "Größe"),
    ],
)
def test_a_file_is_read_by_its_content_type(
    client: TestClient, content_type: str, body: bytes, words: str
) -> None:
    headers = {"Content-Type": content_type}
    answer = client.put("/v1/documents/a", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert words in client.get("/v1/documents/a").json()["text"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("image/png", b"x", 415),
        ("", b"x", 415),
        ("text/plain; charset=latin-1", b"x", 415),
        ("application/json", b"{", 400),
        ("application/json", b"\xff", 400),
        ("application/json", b"[" * 50_000, 400),
        ("application/json", b"[]", 422),
        ("text/markdown", b"\xff\xfe\xfa", 422),
        ("text/markdown", b"", 422),
        ("application/pdf", b"%PDF-nonsense", 422),
        ("text/markdown", b"---\nowner: [\n---\nWords\n", 422),
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing(
    client: TestClient, content_type: str, body: bytes, status: int
) -> None:
    put(client, "a")
    headers = {"Content-Type": content_type}
    answer = client.put("/v1/documents/a", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["remedy"]
    assert len(client.get("/v1/documents/a").json()["versions"]) == 1


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"effective_from": "2026-01-01T00:00:00"}, "effective_from"),
        ({"effective_to": "soon"}, "effective_to"),
        ({"effective_from": "2026-01-02", "effective_to": "2026-01-01"}, "effective_to"),
        ({"language": "??"}, "language"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"scope": {"role": ["agent"]}}, "scope.role"),
        ({"titel": "x"}, "titel"),
        ({"text": ""}, "text"),
        ({"text": "  \n"}, "text"),
        ({"media_type": "application/pdf"}, "media_type"),
        ({"metadata": {"a": [2**63]}}, "metadata.a.0"),
        ({"metadata": {"a": "\x00"}}, "metadata.a"),
        ({"title": "a\x00"}, "title"),
    ],
)
def test_a_wrong_field_is_named(client: TestClient, fields: dict[str, Any], place: str) -> None:
    answer = client.put("/v1/documents/a", json={"text": "Words.", **fields})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["place"] == place
    assert client.get("/v1/documents/a").status_code == 404


@pytest.mark.parametrize("value", [b"NaN", b"-Infinity", b"1e999", b'"\\ud800"', b'{"\\udfff":1}'])
def test_what_json_can_say_and_a_database_cannot_keep_is_refused(
    client: TestClient, value: bytes
) -> None:
    body = b'{"text": "Words.", "metadata": {"deep": [' + value + b"]}}"
    headers = {"Content-Type": "application/json"}
    answer = client.put("/v1/documents/a", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["place"] == "metadata.deep.0"


@pytest.mark.parametrize(
    "document_id",
    ["", "%2Fa", "a%2F", "a/", "%2E%2E/a", "a/%2E%2E", "a%00b", "a%0Ab", "a%FFb", "x" * 513],
)
def test_an_id_that_would_not_come_through_a_path_is_refused(
    client: TestClient, document_id: str
) -> None:
    answer = client.put(f"/v1/documents/{document_id}", json={"text": "Words."})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["place"] in ("document_id", "path")


@pytest.mark.parametrize(
    "document_id", ["a%2Fb", "https:%2F%2Fx.org%2F?q=1", "ß 😀", "a//b", "..a"]
)
def test_an_id_may_hold_slashes_and_what_is_percent_encoded(
    client: TestClient, document_id: str
) -> None:
    path = f"/v1/documents/{document_id.replace('?', '%3F')}"
    made = client.put(path, json={"text": "Words."})
    assert made.status_code == 201, made.text
    assert made.json()["document_id"] == document_id.replace("%2F", "/")
    assert client.get(path).json()["document_id"] == made.json()["document_id"]


def test_a_retired_document_is_gone_and_can_be_put_again(client: TestClient) -> None:
    put(client, "a")
    gone = client.delete("/v1/documents/a")
    assert (gone.status_code, gone.content) == (204, b"")
    for answer in (client.get("/v1/documents/a"), client.delete("/v1/documents/a")):
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:copilot:problem:unknown-document"
    assert client.post("/v1/search", json={"query": "parcel"}).json()["passages"] == []
    kept = client.get("/v1/documents/a", params={"version": 1}).json()
    assert (kept["state"], kept["text"]) == ("retired", RETURNS)
    again = put(client, "a")
    assert (again.status_code, again.json()["version"]) == (201, 2)


def test_a_version_that_is_gone_is_a_problem_of_its_own(client: TestClient) -> None:
    put(client, "a")
    answer = client.get("/v1/documents/a", params={"version": 2})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:copilot:problem:version-gone"
    assert client.get("/v1/documents/b?version=2").json()["type"].endswith("unknown-document")


def test_the_list_pages_through_every_document_once(client: TestClient) -> None:
    ids = [f"d/{number:02}" for number in range(7)]
    for document_id in ids:
        put(client, document_id)
    client.delete("/v1/documents/d/03")
    seen: list[str] = []
    after = ""
    while after is not None:
        page = client.get("/v1/documents", params={"limit": 2, "after": after}).json()
        seen += [one["document_id"] for one in page["documents"]]
        assert all("text" not in one for one in page["documents"])
        after = page["next"]
    assert seen == [one for one in ids if one != "d/03"]


def test_a_document_outside_the_callers_scope_is_as_if_it_never_was(
    client: TestClient, key: Keys
) -> None:
    put(client, "theirs", scope={"stores": ["7"]})
    put(client, "all")
    mine = key(Role.KNOWLEDGE, Scope(stores=("12",)))
    theirs = client.get("/v1/documents/theirs", headers=mine)
    never = client.get("/v1/documents/never", headers=mine)
    assert theirs.status_code == never.status_code == 404
    assert {**theirs.json(), "instance": ""} == {**never.json(), "instance": ""}
    assert (
        client.get("/v1/documents/theirs?version=9", headers=mine)
        .json()["type"]
        .endswith("unknown-document")
    )
    assert client.delete("/v1/documents/theirs", headers=mine).status_code == 404
    refused = client.put("/v1/documents/theirs", json={"text": "Mine."}, headers=mine)
    assert refused.status_code == 403
    listed = client.get("/v1/documents", headers=mine).json()["documents"]
    assert [one["document_id"] for one in listed] == ["all"]


def test_a_version_for_others_is_left_out_of_a_documents_history(
    client: TestClient, key: Keys
) -> None:
    put(client, "a", scope={"roles": ["supervisor"]})
    put(client, "a", text="# Returns\n\nFor all.")
    agent = key(Role.AGENT)
    found = client.get("/v1/documents/a", headers=agent).json()
    assert [one["version"] for one in found["versions"]] == [2]
    assert client.get("/v1/documents/a?version=1", headers=agent).status_code == 404


def test_who_only_reads_does_not_see_what_was_retired(client: TestClient, key: Keys) -> None:
    put(client, "a")
    client.delete("/v1/documents/a")
    path = "/v1/documents/a?version=1"
    assert client.get(path, headers=key(Role.STAFF)).status_code == 404
    assert client.get(path, headers=key(Role.EVALUATOR)).json()["state"] == "retired"
