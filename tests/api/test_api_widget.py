"""The sidebar's files, and who may frame the page of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_copilot import LOOPBACK, FakeCopilot, app_around
from fastapi.testclient import TestClient

from copilot.settings import Settings
from copilot.store import Store

WIDGET = Path(__file__).parents[2] / "api" / "widget"
SCRIPTS = sorted(path.relative_to(WIDGET).as_posix() for path in WIDGET.rglob("*.js"))
# Whole lines and ends of lines, as our sources have them.
COMMENT = re.compile(r"^\s*//[^\n]*|(?<=[;,{]) // [^\n]*|/\*\*.*?\*/", re.M | re.S)
LITERAL = re.compile(r"`[^`]*`|\"[^\"\n]*\"|/\[[^]\n]*\]/")


@pytest.fixture
def framed(settings: Settings, store: Store) -> Iterator[TestClient]:
    """A server whose operator named two desks."""
    named = settings.model_copy(
        update={"widget_hosts": "https://desk.example, https://*.front.com"}
    )
    app = app_around(named, FakeCopilot(store))
    with TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK) as client:
        yield client


def test_only_the_desks_that_were_named_may_frame_the_panel(framed: TestClient) -> None:
    headers = framed.get("/widget/panel.html").headers
    policy = headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://desk.example https://*.front.com")
    assert "'unsafe-inline'" not in policy
    assert "x-frame-options" not in headers
    assert headers["x-content-type-options"] == "nosniff"


def test_without_a_name_nobody_else_frames_it_and_nothing_frames_the_other_pages(
    client: TestClient,
) -> None:
    policy = client.get("/widget/panel.html").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self'")
    for path in ("/", "/documents/view", "/widget/agent-copilot.js"):
        headers = client.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_its_files_are_served_and_nothing_beside_them(client: TestClient) -> None:
    script = client.get("/widget/agent-copilot.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert client.get("/widget/hosts/zendesk.js").status_code == 200
    for path in ("types.d.ts", "none.js", "../app.py", "%2e%2e/app.py", "hosts/", ""):
        assert client.get(f"/widget/{path}").status_code == 404, path


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_but_comments_and_white_space_is_left_out_of_a_script(
    client: TestClient, name: str
) -> None:
    written = COMMENT.sub("", (WIDGET / name).read_text(encoding="utf-8"))
    sent = client.get(f"/widget/{name}").text
    assert "".join(sent.split()) == "".join(written.split())
    assert LITERAL.findall(sent) == LITERAL.findall(written)


def test_a_script_is_sent_again_only_where_it_has_changed(client: TestClient) -> None:
    first = client.get("/widget/view.js")
    tag = first.headers["etag"]
    again = client.get("/widget/view.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    other = client.get("/widget/view.js", headers={"If-None-Match": '"another"'})
    assert other.content == first.content
