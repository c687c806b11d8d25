"""The sidebar's files, and who may frame the page of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_copilot import LOOPBACK, FakeCopilot, app_around
from fastapi.testclient import TestClient

from copilot.settings import Settings
from copilot.store import Store


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
