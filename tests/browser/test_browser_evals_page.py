"""The evaluators' report page as it is opened from a disk: on a phone, by day and by night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_browser_look import CONTRASTS
from watching import Watch

from evals.page import report

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

HOSTILE = f"<script>alert(1)</script><img src=http://x.example/y.png onerror=alert(2)> {'W' * 300}"
PHONE = [
    {"viewport": {"width": 360, "height": 720}, "color_scheme": one} for one in ("light", "dark")
]
OPEN = 'document.querySelectorAll("details").forEach((one) => { one.open = true; })'


def result(right: float) -> dict[str, Any]:
    """A result with every chart, and cases whose words are long and hostile."""
    figure = {"value": right, "low": right - 0.1, "high": right + 0.1, "n": 30, "unscored": {}}
    names = ("right outcomes", "sentences without citation", "false silences", "token recall")
    cases = {
        f"{HOSTILE} {at}": {
            "cluster": f"d{at}",
            "text": HOSTILE,
            "gold": {"answerable": True, "documents": [HOSTILE], "answer": HOSTILE},
            "took_ms": 20.0 + at,
            "measures": {
                "right": right,
                "false_silence": 1.0,
                "confidence": at / 30,
                "evidenced": float(at % 2),
            },
            "output": {
                "status": "suggested",
                "reason": None,
                "confidence": 0.5,
                "text": HOSTILE,
                "sentences": [
                    {
                        "text": HOSTILE,
                        "citations": [
                            {
                                "document_id": HOSTILE,
                                "version": 1,
                                "start": 0,
                                "end": 9,
                                "quote": HOSTILE,
                            }
                        ],
                    }
                ],
                "passages": [{"document_id": HOSTILE, "text": HOSTILE}],
            },
        }
        for at in range(30)
    }
    return {
        "kind": "suite",
        "made_at": "2026-11-22T09:00:00+00:00",
        "dataset": {"name": HOSTILE, "sha256": "abcdef0123456789"},
        "settings": {"k": 5, "model": "minilm", "llm_model": ""},
        "versions": {"python": "3.11"},
        "metrics": dict.fromkeys(names, figure),
        "outcomes": {"answerable": {"suggested": 20, "weak_evidence": 10}},
        "questions": cases,
    }


@pytest.fixture
def opened(context: BrowserContext, watch: Watch, tmp_path: Path) -> Page:
    """The page of two results, from a file."""
    for name, right in (("a", 0.8), ("b", 0.4)):
        (tmp_path / f"{name}.json").write_text(json.dumps(result(right)))
    report([tmp_path / "a.json", tmp_path / "b.json"], tmp_path / "page.html")
    watch.origin = "file://"
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    return page


@pytest.mark.parametrize("looks", PHONE, ids=["light", "dark"])
def test_on_a_phone_nothing_overflows_and_no_request_leaves(
    opened: Page, watch: Watch, looks: dict[str, Any]
) -> None:
    for open_first in (False, True):
        if open_first:
            opened.evaluate(OPEN)
        assert opened.evaluate("document.documentElement.scrollWidth") == 360
        outside = """() => [...document.body.querySelectorAll("*")]
          .filter((one) => one.checkVisibility() && !one.closest("table, svg, summary *"))
          .map((one) => one.getBoundingClientRect())
          .filter(({ left, right, width }) => width > 1 && (left < 0 || right > 360)).length"""
        assert opened.evaluate(outside) == 0
    assert opened.evaluate("document.querySelectorAll('figure svg').length") == 5
    assert watch.requests == [opened.url]


@pytest.mark.parametrize("looks", PHONE, ids=["light", "dark"])
def test_words_and_charts_stand_out_by_day_and_by_night(
    opened: Page, looks: dict[str, Any]
) -> None:
    opened.evaluate(OPEN)
    contrasts: dict[str, float] = opened.evaluate(CONTRASTS)
    assert len(contrasts) > 5
    assert {name: round(one, 2) for name, one in contrasts.items() if one < 4.5} == {}
    fills = opened.evaluate(
        """() => {
          const fill = (name) => getComputedStyle(document.querySelector(name)).fill;
          return [fill("svg .legend text"), fill("svg .axis text"), fill("svg rect.rect")];
        }"""
    )
    ink = opened.evaluate("getComputedStyle(document.body).color")
    assert fills[:2] == [ink, ink]
    assert fills[2] not in (ink, "none", "rgb(0, 0, 0)")


def test_the_policy_of_the_page_stops_what_escaping_would_miss(opened: Page, watch: Watch) -> None:
    watch.forgiven += ["Content Security Policy", "policy breach"]
    refused: list[tuple[str, str | None]] = []
    opened.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    opened.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'http://x.example/z.png'}))"
    )
    opened.wait_for_timeout(300)
    assert refused == [("http://x.example/z.png", "csp")]
    watch.requests.remove("http://x.example/z.png")


def test_a_table_is_scrolled_by_keyboard_and_a_case_opened(opened: Page) -> None:
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "scrolls"
    opened.locator("summary").first.focus()
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.querySelector('details').open") is True
