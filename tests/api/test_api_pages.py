"""The pages are complete, and written so that a strict content policy holds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import api

PAGES = Path(api.__file__).parent / "pages"
NODE = shutil.which("node")
ADDRESS = re.compile(r'(?:src|href|from)(?:=| )"(/pages/[^"]+)"')


@pytest.mark.parametrize("path", ["/", "/ask", "/documents/view"])
def test_a_page_names_only_files_that_are_served(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    waiting, seen = set(ADDRESS.findall(page.text)), set()
    assert waiting
    while waiting:
        address = waiting.pop()
        seen.add(address)
        file = client.get(address)
        assert file.status_code == 200, address
        waiting |= set(ADDRESS.findall(file.text)) - seen
    assert {"/pages/client.js", "/pages/mark.svg"} <= seen


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("ask.js", "text/javascript"), ("ask.css", "text/css"), ("mark.svg", "image/svg+xml")],
)
def test_a_file_has_the_type_that_a_browser_insists_on(
    client: TestClient, name: str, media_type: str
) -> None:
    answer = client.get(f"/pages/{name}")
    assert answer.headers["content-type"].split(";")[0] == media_type


@pytest.mark.parametrize(
    "path", ["/", "/ask", "/pages/ask.js", "/healthz", "/v1/documents", "/nope"]
)
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.name)
def test_a_page_has_no_script_or_style_of_its_own(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\bstyle=|\bon\w+=|javascript:", html)
    assert all(re.search(r"\bsrc=", tag) for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r"https?://", html)
    labelled = set(re.findall(r'<label for="(\w+)"', html))
    fields = re.findall(r'<(?:input|textarea)[^>]*? id="(\w+)"', html, re.DOTALL)
    assert fields
    assert set(fields) <= labelled


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.js")), ids=lambda path: path.name)
def test_a_script_writes_text_and_keeps_nothing(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", script)


def test_every_reason_for_silence_has_plain_words() -> None:
    from copilot.types import Reason

    script = (PAGES / "ask.js").read_text(encoding="utf-8")
    table = script[script.index("REASONS = {") : script.index("};")]
    assert set(re.findall(r"^  (\w+):", table, re.MULTILINE)) == {one.value for one in Reason}


@pytest.mark.skipif(NODE is None, reason="needs node to run the page's script")
@pytest.mark.parametrize(
    ("text", "spans", "offset", "pieces"),
    [
        ("abcdef", [(2, 4)], 0, ["ab", "[cd]", "ef"]),
        ("a😀ćd", [(1, 2)], 0, ["a", "[😀]", "ćd"]),
        ("abcdef", [(13, 15), (11, 12)], 10, ["a", "[b]", "c", "[de]", "f"]),
        ("abcdef", [(0, 4), (2, 9)], 0, ["[abcd]", "[ef]"]),
        ("abc", [], 0, ["abc"]),
        ("abc", [(0, 3)], 0, ["[abc]"]),
    ],
)
def test_spans_are_marked_by_code_points(
    text: str, spans: list[tuple[int, int]], offset: int, pieces: list[str]
) -> None:
    asked = [text, [{"start": start, "end": end} for start, end in spans], offset]
    script = (
        f"import {{ parts }} from {json.dumps((PAGES / 'client.js').as_uri())};"
        f"console.log(JSON.stringify(parts(...{json.dumps(asked)})));"
    )
    done = subprocess.run(
        [str(NODE), "--no-warnings", "--input-type=module", "-e", script],
        capture_output=True,
        check=True,
        text=True,
        timeout=30,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    assert [f"[{one['text']}]" if one["span"] else one["text"] for one in found] == pieces
