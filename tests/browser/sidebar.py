"""A page with the sidebar on it, whose API plays a script."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
CONVERSATION = "call-1"
WORDS = "A refund takes five days. It goes to the card."


def passage(number: int, text: str, **fields: Any) -> dict[str, Any]:
    return {
        "passage_id": f"c{number}",
        "document_id": f"shop/article-{number}",
        "version": 3,
        "title": f"Article {number}",
        "heading": "",
        "text": text,
        "start": 100,
        "end": 100 + len(text),
        "score": 1.0,
        "url": None,
        **fields,
    }


def suggestion(suggestion_id: str, text: str = WORDS, **fields: Any) -> dict[str, Any]:
    """A suggestion whose every sentence cites the first passage."""
    sentences, at = [], 0
    for words in text.split(". "):
        words = words if words.endswith(".") else f"{words}."
        start = text.index(words.rstrip("."), at)
        cited = {
            "document_id": "shop/article-1",
            "version": 3,
            "start": 100 + start,
            "end": 100 + start + len(words),
            "quote": words,
            "sha256": "0" * 64,
        }
        end = start + len(words)
        sentences.append({"text": words, "start": start, "end": end, "citations": [cited]})
        at = end
    return {
        "suggestion_id": suggestion_id,
        "status": "suggested",
        "reason": None,
        "confidence": 0.83,
        "reply": {"text": text, "sentences": sentences},
        "procedure": None,
        "procedures": [],
        "next_steps": [],
        "likely_actions": [],
        "passages": [passage(1, f"{text} Ask for the slip."), passage(2, "Something else.")],
        "degraded": [],
        **fields,
    }


def whole(suggestion_id: str, text: str = WORDS, **fields: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of one suggestion."""
    made = suggestion(suggestion_id, text, **fields)
    about = {"suggestion_id": suggestion_id}
    return [
        ("evidence", {**about, "passages": made["passages"]}),
        ("draft", {**about, "reply": made["reply"], "confidence": made["confidence"]}),
        ("suggestion", made),
    ]


def step(at: int, text: str, state: str = "open", /, **fields: Any) -> dict[str, Any]:
    """A step of the procedure that `steps` tells."""
    return {
        "step_id": f"shop/refunds@1#{at}",
        "document_id": "shop/refunds",
        "version": 1,
        "start": 10 * at,
        "end": 10 * at + len(text),
        "text": text,
        "owner": "agent",
        "action": None,
        "mandatory": True,
        "state": state,
        "number": str(at),
        "parent": None,
        "condition": None,
        "detail": None,
        **fields,
    }


def steps(*states: str, title: str = "Refunds", **fields: Any) -> dict[str, Any]:
    """What an event tells of a procedure whose steps are in these states."""
    told = [step(at, f"Do number {at}.", state) for at, state in enumerate(states, 1)]
    procedure = {"procedure_id": f"p-{title}", "title": title, "position": 1, "of": len(told)}
    return {"procedure": procedure, "procedures": [procedure], "next_steps": told, **fields}


def progress(turn_id: str, *states: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """The event that answers what a person steered."""
    return "progress", {"turn_id": turn_id, **steps(*states, **fields)}


def quiet(suggestion_id: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """The event that says that nothing is needed."""
    made = suggestion(suggestion_id, reply=None, reason="no_need", passages=[], **fields)
    return "no_suggestion", made


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds wrong with a page; skips where axe is not installed."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; `npm ci` installs it")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((found) => found.violations)")
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


@dataclass
class Played:
    """The API of a page: events that are sent in portions, and what it was asked.

    `answers` are what other calls get, by how their address ends; `asked` notes these calls.
    """

    page: Page
    portions: list[list[tuple[str, dict[str, Any]]]] = field(default_factory=list)
    resumed_from: list[str] = field(default_factory=list)
    decisions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    refuse: int = 0

    def __post_init__(self) -> None:
        self.page.route("**/v1/**", self._answer)

    @property
    def sidebar(self) -> Locator:
        return self.page.locator("agent-copilot")

    def open(self, origin: str, *portions: list[tuple[str, dict[str, Any]]]) -> Played:
        """The panel, beside a conversation whose stream breaks off after each portion."""
        self.portions = list(portions)
        self.page.goto(f"{origin}/widget/panel.html?origin={origin}")
        self.page.evaluate(
            """(id) => {
                window.inserted = [];
                const sidebar = document.querySelector("agent-copilot");
                sidebar.addEventListener("copilot:insert", (e) => inserted.push(e.detail));
                sidebar.setAttribute("conversation", id);
            }""",
            CONVERSATION,
        )
        return self

    def posted(self, count: int) -> list[dict[str, Any]]:
        """The turns that the sidebar has posted, once there are so many."""
        for _ in range(200):
            if len(self.turns) >= count:
                break
            self.page.wait_for_timeout(20)
        assert len(self.turns) == count
        return self.turns

    def _answer(self, route: Route) -> None:
        url, request = route.request.url, route.request
        if url.endswith("/events"):
            self._stream(route, int(request.headers["last-event-id"]))
        elif url.endswith("/decision"):
            self.decisions.append((url.split("/")[-2], json.loads(request.post_data or "")))
            if self.refuse:
                problem = {"title": "No", "detail": "The conversation has gone on."}
                route.fulfill(status=self.refuse, json=problem)
            else:
                route.fulfill(json={})
        elif url.endswith("/turns"):
            self.turns.append(json.loads(request.post_data or ""))
            problem = {"title": "No", "detail": "The conversation has ended."}
            route.fulfill(status=self.refuse or 202, json=problem if self.refuse else {"turns": []})
        elif url.endswith("/v1/actions"):
            route.fulfill(json={"actions": self.actions})
        elif (end := next(filter(url.endswith, self.answers), None)) is not None:
            self.asked.append((end, json.loads(request.post_data or "null")))
            route.fulfill(json=self.answers[end])
        elif url.endswith("/v1/ask"):
            route.fulfill(json=suggestion("s-asked", "Ask the duty manager."))
        elif "/timeline" in url:
            met = {"interaction_id": "i", "channel": "call", "started_at": "2026-03-01T09:00:00Z"}
            route.fulfill(json={"interactions": [{**met, "subject": "A lamp", "outcome": None}]})
        else:
            route.fulfill(json={"customer_id": "ada", "name": "Ada", "preferred_channel": None})

    def _stream(self, route: Route, after: int) -> None:
        self.resumed_from.append(str(after))
        sent = [": listening\n\n"]
        turn = min(len(self.resumed_from), len(self.portions))
        played = [one for portion in self.portions[:turn] for one in portion]
        for number, (kind, data) in enumerate(played, start=1):
            if number > after:
                sent.append(f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n")
        route.fulfill(content_type="text/event-stream", body="".join(sent))


class Held:
    """Calls of such an address, which wait to be answered."""

    def __init__(self, played: Played, pattern: str) -> None:
        self._page = played.page
        self._routes: list[Route] = []
        self._page.route(pattern, lambda route: self._routes.append(route))

    def next(self) -> Route:
        for _ in range(200):
            if self._routes:
                return self._routes.pop(0)
            self._page.wait_for_timeout(20)
        raise AssertionError("nothing was called")
