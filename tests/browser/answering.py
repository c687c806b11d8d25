"""What tests do at the desk: choose a conversation, answer it, have it go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

_FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.getAttribute("aria-label") ?? one?.textContent ?? "";
}"""
# More than there can be between two places of the page.
_MOST_TABS = 120
# Each 50 ms: the page sends a turn again after 1.5 s.
_MOST_LOOKS = 200


class Posted:
    """The final turns that a page has sent, in order."""

    def __init__(self, page: Page) -> None:
        self.turns: list[dict[str, Any]] = []
        self.partial = 0
        self._page = page
        page.on("request", self._note)

    def wait_for(self, count: int) -> None:
        """Until so many turns are out."""
        self._until(lambda: len(self.turns) >= count)

    def wait_for_last(self, turn_id: str) -> None:
        """Until the turn of this id is out, as the last."""
        self._until(lambda: bool(self.turns) and self.turns[-1]["turn_id"] == turn_id)

    def _until(self, done: Callable[[], bool]) -> None:
        for _ in range(_MOST_LOOKS):
            if done():
                return
            self._page.wait_for_timeout(50)
        raise AssertionError(f"only {len(self.turns)} turns were sent")

    def _note(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/turns"):
            turn = json.loads(request.post_data or "")
            if turn.get("is_final", True):
                self.turns.append(turn)
            else:
                self.partial += 1


def choose(page: Page, conversation_id: str) -> dict[str, Any]:
    """Opens the desk at a conversation; gives its script."""
    page.goto(f"{page.url.split('#')[0]}#{conversation_id}")
    page.reload()
    page.wait_for_selector("#answer")
    script: dict[str, Any] = page.evaluate(
        "async (id) => (await fetch(`/demo/conversations/${id}`)).json()", conversation_id
    )
    return script


def answer(page: Page) -> None:
    page.locator("#answer").press("Enter")
    page.wait_for_selector("agent-copilot")


def said(page: Page) -> list[str]:
    """What stands in the transcript as said."""
    return page.locator(".turn:not(.open) .words").all_text_contents()


def step_to(page: Page, turns: int) -> None:
    """Has the script go on, turn by turn, until so many are over."""
    while int(page.locator("#turns").inner_text().split()[0]) < turns:
        page.locator("#step").press("Enter")


def tab_to(page: Page, name: str) -> None:
    """Moves the focus to the button whose name begins so, by the keyboard alone."""
    for _ in range(_MOST_TABS):
        if page.evaluate(_FOCUSED).strip().startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no button {name!r} can be reached")
