"""The pages on a narrow screen, by day and by night."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from asking import ANSWERABLE, LANTERN, LATE, UNANSWERABLE, ask
from serving import HOSTILE, Served
from watching import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# For every element with words of its own: its contrast with what lies behind it.
CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const [r, g, b] = [...rgba(color)].slice(0, 3).map((value) => value / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (rgba(color)[3] === 255) return color;
      if (rgba(color)[3] !== 0) throw new Error(`half transparent: ${one.className}`);
    }
    throw new Error("nothing is opaque");
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const found = {};
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((node) =>
      node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const styles = [];
    if (own && element.checkVisibility()) styles.push(getComputedStyle(element));
    if (element.placeholder && element.checkVisibility())
      styles.push(getComputedStyle(element, "::placeholder"));
    for (const { color } of styles) {
      const around = element.parentElement.className;
      const name = `${element.localName}.${element.className} in ${around}`;
      found[name] = contrast(color, behind(element));
    }
  }
  return found;
}
"""


def empty(page: Page, served: Served, watch: Watch) -> None:
    page.wait_for_selector(".example")


def answered(page: Page, served: Served, watch: Watch) -> None:
    ask(page, LATE)
    page.locator("summary").click()


def hostile(page: Page, served: Served, watch: Watch) -> None:
    ask(page, LANTERN)


def silent(page: Page, served: Served, watch: Watch) -> None:
    ask(page, UNANSWERABLE)
    page.locator("summary").click()


def failed(page: Page, served: Served, watch: Watch) -> None:
    watch.forgiven.append("401")
    problem = {"status": 401, "title": "No key", "detail": "Send one.", "errors": []}
    page.route("**/v1/ask", lambda route: route.fulfill(status=401, json=problem))
    ask(page, ANSWERABLE)
    page.wait_for_selector("#key:focus")


def viewed(page: Page, served: Served, watch: Watch) -> None:
    page.goto(f"{served.origin}/documents/view?id={HOSTILE.document_id}&start=20&end=60")
    page.wait_for_selector("mark")


STATES = [empty, answered, hostile, silent, failed, viewed]
State = Callable[["Page", Served, Watch], None]


@pytest.mark.parametrize("looks", [{"viewport": {"width": 320, "height": 640}}], ids=["320"])
@pytest.mark.parametrize("state", STATES)
def test_a_narrow_screen_is_never_scrolled_sideways(
    page: Page, served: Served, watch: Watch, state: State, looks: dict[str, Any]
) -> None:
    state(page, served, watch)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    outside = """() => [...document.body.querySelectorAll("button, a, textarea, input, summary")]
      .filter((one) => one.checkVisibility() && !one.closest(".context, .words, .whole"))
      .map((one) => one.getBoundingClientRect())
      .filter(({ left, right, width }) => width > 1 && (left < 0 || right > 320)).length"""
    assert page.evaluate(outside) == 0


@pytest.mark.parametrize("looks", [{"color_scheme": one} for one in ("light", "dark")], ids=str)
@pytest.mark.parametrize("state", STATES)
def test_words_stand_out_from_what_is_behind_them(
    page: Page, served: Served, watch: Watch, state: State, looks: dict[str, Any]
) -> None:
    state(page, served, watch)
    contrasts: dict[str, float] = page.evaluate(CONTRASTS)
    assert len(contrasts) > 5
    assert {name: round(one, 2) for name, one in contrasts.items() if one < 4.5} == {}


def test_day_and_night_differ(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    day = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != day


def test_what_has_the_focus_is_ringed(page: Page) -> None:
    ask(page, ANSWERABLE)
    for _ in range(8):
        ring = page.evaluate(
            """() => {
              const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
              return document.activeElement === document.body || outlineStyle === "solid"
                && parseFloat(outlineWidth) >= 2;
            }"""
        )
        assert ring, page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
