"""Notes what pages do: requests, messages of the console, dialogs, breaches of the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page

_NOTE_BREACHES = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy breach: ${event.violatedDirective} ${event.blockedURI}`));
"""
_NOTE_ANNOUNCEMENTS = """
() => {
  window.announced = [];
  const note = ({ addedNodes }) => addedNodes.forEach((node) =>
    window.announced.push(node.textContent));
  new MutationObserver((records) => records.forEach(note))
    .observe(document.querySelector("[aria-live=polite]"), { childList: true, subtree: true });
}
"""


@dataclass
class Watch:
    """`forgiven` are parts of console messages that a test brings about on purpose."""

    context: BrowserContext
    origin: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(_NOTE_BREACHES)
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("dialog", self._dialog)

    def check(self) -> None:
        """Fails where a page did what it should not."""
        unforgiven = [
            one for one in self.complaints if not any(part in one for part in self.forgiven)
        ]
        assert not unforgiven
        assert not self.dialogs
        assert self.requests
        assert [url for url in self.requests if not url.startswith(f"{self.origin}/")] == []

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def note_announcements(page: Page) -> None:
    """From now on, what the page announces is noted in it."""
    page.evaluate(_NOTE_ANNOUNCEMENTS)


def announced(page: Page) -> list[str]:
    """What the page has announced since the last look."""
    words: list[str] = page.evaluate("window.announced.splice(0)")
    return words
