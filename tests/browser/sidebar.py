"""A page with the sidebar on it, whose API plays a script."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

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


@dataclass
class Played:
    """The API of a page: events that are sent in portions, and what it was asked."""

    page: Page
    portions: list[list[tuple[str, dict[str, Any]]]] = field(default_factory=list)
    resumed_from: list[str] = field(default_factory=list)
    decisions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
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
