"""A real server and a real Chromium, and a watch over everything that a page does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from serving import Served, serving
from sidebar import Played
from watching import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium with a new profile, which goes when it is closed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that lets everyone on this machine in."""
    with serving(tmp_path_factory.mktemp("open")) as served:
        yield served


@pytest.fixture(scope="session")
def locked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a key in its store."""
    with serving(tmp_path_factory.mktemp("locked"), locked=True) as served:
        yield served


@pytest.fixture
def looks() -> dict[str, Any]:
    """How the browser is set up; tests parametrize it."""
    return {}


@pytest.fixture
def context(browser: Browser, looks: dict[str, Any]) -> Iterator[BrowserContext]:
    context = browser.new_context(reduced_motion="reduce", **looks)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    """What the pages of this test do that they should not; checked after each test."""
    watch = Watch(context)
    yield watch
    watch.check()


@pytest.fixture
def page(context: BrowserContext, watch: Watch, served: Served) -> Page:
    """The page at which one asks, opened."""
    watch.origin = served.origin
    page = context.new_page()
    page.goto(f"{served.origin}/ask")
    return page


@pytest.fixture
def open_sidebar(context: BrowserContext, watch: Watch, served: Served) -> Callable[..., Played]:
    """Opens the panel with an API that plays these portions of events."""
    watch.origin = served.origin

    def open_(*portions: list[Any]) -> Played:
        return Played(context.new_page()).open(served.origin, *portions)

    return open_
