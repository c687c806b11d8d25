"""Desks that play their vendors, at the vendors' own origins, without a network.

Every request of a page is answered here: the panel's and the desks' files from `hosts/`, the
widget's from `api/widget/`, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page, Route

WIDGET = Path(__file__).parents[2] / "api/widget"
PANEL = "https://copilot.example"
THIRD = "https://stranger.example"
BEGUN = "Dear Ada,\n"
WORDS = 'The fee is < 5 € & <b>"refundable"</b> <img src=x onerror=alert(1)>.\nKind regards 🏮'
_PAGES = Path(__file__).parent / "hosts"
_SPOOF = "(messages) => messages.forEach((one) => window.parent.frames[0].postMessage(one, '*'))"


@dataclass(frozen=True, slots=True)
class Desk:
    """One vendor's desk: where it stands, what it shows, and how a stranger would imitate it."""

    name: str
    origin: str
    lookalike: str
    shown: tuple[str, str | None]
    moved: tuple[str, str | None] | None
    lang: str
    spoofs: tuple[Any, ...]
    prepare: str = "null"  # what brings the desk into a state where a spoof would tell

    def __str__(self) -> str:
        return self.name


_CONTEXT = {"type": "copilot:context", "conversation_id": "stolen", "customer_id": "stolen"}
_ZENDESK = {"ticket.id": 666, "ticket.requester.id": 666}
_REGISTERED = json.dumps({"key": "zaf.app.registered", "message": {}})
_CHATWOOT = {"conversation": {"id": 666}, "contact": {"id": 666}}
_LIGHTNING = {
    "type": "copilot:lightning",
    "channel": "lightning__conversationEnded",
    "message": {"recordId": "0Mw5e000000TsTWCA0"},
}
DESKS = (
    Desk(
        "zendesk", "https://acme.zendesk.com", "https://evilzendesk.com",
        ("4711", "901"), ("4712", "902"), "en-GB",
        (_REGISTERED, *(json.dumps({"id": one, "result": _ZENDESK}) for one in range(1, 30))),
        prepare="window.ask()",
    ),
    Desk(
        "chatwoot", "https://app.chatwoot.com", "https://app.chatwoot.com.stranger.example",
        ("33081", "12"), ("33082", "13"), "",
        (json.dumps({"event": "appContext", "data": _CHATWOOT}),),
    ),
    Desk(
        "genesys", "https://apps.mypurecloud.com", "https://appsmypurecloud.com",
        ("af2ef59d-9bc5-4436-8738-97c04869c81c", "ada-12"), None, "en-us",
        (_CONTEXT,),
    ),
    Desk(
        "salesforce", "https://acme.lightning.force.com", "https://acme-lightning.force.com",
        ("0Mw5e000000TsTWCA0", "0035e00000AdaAAB"), ("0Mw5e000000TsTXCA0", "0035e00000BobAAB"),
        "en-US", (_CONTEXT, _LIGHTNING),
    ),
    Desk(
        "front", "https://plugin.acme.example", "https://evilplugin.acme.example",
        ("cnv_55", "crd_9"), ("cnv_56", "crd_10"), "en-AU", (_CONTEXT,),
    ),
    Desk(
        "freshdesk", "https://app.acme.example", "https://evilapp.acme.example",
        ("9001", "31"), ("9002", "32"), "en", (_CONTEXT,),
    ),
    Desk(
        "generic", "https://desk.acme.example", "https://desk.acme.example.stranger.example",
        ("call-1", "c-1"), ("call-2", "c-2"), "de", (_CONTEXT,),
    ),
)  # fmt: skip


BY_NAME = {desk.name: desk for desk in DESKS}


@contextmanager
def sealed(context: BrowserContext) -> Iterator[None]:
    """Pages that reach nothing but the files of these tests, and whose errors fail the test."""
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("dialog", lambda dialog: errors.append(dialog.message))
    context.route("**/*", _answer)
    yield
    assert not errors


def _answer(route: Route) -> None:
    """The file that an address names, at every origin; 404 for what there is none of."""
    path = urlsplit(route.request.url).path.removeprefix("/")
    widget = path.removeprefix("widget/")
    file = _PAGES / path if widget == path else WIDGET / widget
    if file.is_file():
        route.fulfill(path=file)
    else:
        route.fulfill(status=404)


class Stand:
    """A desk with the panel in it, as a person sits before it."""

    def __init__(self, context: BrowserContext, desk: Desk, query: str = "") -> None:
        self.desk = desk
        self.page: Page = context.new_page()
        self.page.goto(f"{desk.origin}/{desk.name}.html{query}")
        self.page.wait_for_selector("iframe")
        self.panel: Frame = self.page.frames[1]
        self.panel.wait_for_selector(
            "[data-connected] agent-copilot[conversation]", state="attached"
        )

    @property
    def shown(self) -> tuple[str | None, str | None]:
        """The conversation and the customer that the panel is told."""
        element = self.panel.locator("agent-copilot")
        return element.get_attribute("conversation"), element.get_attribute("customer")

    @property
    def composed(self) -> str:
        """What the composer holds, as a person reads it."""
        return self.page.locator("#composer").inner_text().rstrip("\n")

    @property
    def sent(self) -> int:
        return self.page.locator("#sent li").count()

    def wait_for(self, conversation: str | None) -> None:
        empty = conversation is None
        state = ":not([conversation])" if empty else f"[conversation='{conversation}']"
        self.panel.wait_for_selector(f"agent-copilot{state}", state="attached")

    def take(self, words: str = WORDS) -> None:
        """A person takes the reply in the panel."""
        self.panel.evaluate("(words) => (window.words = words)", words)
        self.panel.locator("#take").click()

    def token(self) -> str:
        """What the panel has for a token once it has asked for one."""
        self.panel.evaluate(
            "document.querySelector('agent-copilot')"
            ".dispatchEvent(new CustomEvent('copilot:token-needed'))"
        )
        given = self.panel.wait_for_function("document.querySelector('agent-copilot').token")
        return str(given.json_value())

    def intrude(self, origin: str) -> Frame:
        """One more frame in the desk's page, beside the panel."""
        with self.page.expect_event("frameattached") as attached:
            self.page.evaluate(
                """(src) => new Promise((resolve) => {
                    const frame = Object.assign(document.createElement("iframe"), { src });
                    frame.onload = resolve;
                    document.body.append(frame);
                })""",
                f"{origin}/blank.html",
            )
        return attached.value

    def spoof(self, origin: str) -> None:
        """A frame of `origin` says to the panel what only the desk may say."""
        self.intrude(origin).evaluate(_SPOOF, list(self.desk.spoofs))
        self.settle()

    def settle(self) -> None:
        """Lets every message that is on its way arrive."""
        self.page.wait_for_timeout(150)
