"""Makes the pictures of the demo desk in `docs/screenshots`: `make screenshots`.

A new server with our knowledge plays a call up to the customer's question; the sidebar has answered
it when the picture is taken.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playing import playing
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
CONVERSATION, TURNS = "shop-v05", 12
MOST_BYTES = 300_000
# How the screen is: its size, and how much of a longer page is shown.
SCREENS = {"wide": (1280, 800, 800), "narrow": (320, 700, 2400)}


def main() -> int:
    """Writes a picture a screen and colour scheme; 1 where one is too large for the README."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        playing(Path(folder)) as origin,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox"]
        )
        for screen in SCREENS:
            for scheme in ("light", "dark"):
                written.append(_picture(browser, origin, screen, scheme))
        browser.close()
    for path in written:
        print(f"docs/screenshots/{path.name} {path.stat().st_size // 1000} kB")
    return int(any(path.stat().st_size > MOST_BYTES for path in written))


def _picture(browser: Browser, origin: str, screen: str, scheme: str) -> Path:
    width, height, shown = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{origin}/#{CONVERSATION}")
    _play(page)
    path = FOLDER / f"desk-{screen}-{scheme}.png"
    total = page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(shown, total)}
    page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
    context.close()
    return path


def _play(page: Page) -> None:
    """Steps to the customer's question, and waits for the sidebar's reply to it.

    Where the sidebar has a scroll of its own, it shows the end of the reply and the steps.
    """
    page.locator("#answer").click()
    page.wait_for_selector("agent-copilot")
    for _ in range(TURNS):
        page.locator("#step").click()
    page.get_by_role("button", name="Take").first.wait_for()
    page.locator("agent-copilot li.next").wait_for()
    page.wait_for_timeout(500)
    page.locator("#sidebar").evaluate(
        """(one) => {
          const steps = document.querySelector("agent-copilot").shadowRoot.querySelector(".steps");
          one.scrollTop = steps.getBoundingClientRect().top - one.clientHeight / 2;
        }"""
    )


if __name__ == "__main__":
    sys.exit(main())
