"""Draws the charts of the report page as SVG, by pygal, and imports it alone.

They take their colours from the page, so that they follow day and night, and hold no script, no
date and no address. A series is a name with its values.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from evals.words import plain

if TYPE_CHECKING:
    from pygal.graph.graph import Graph

Point = tuple[float, float]
# As wide as a phone shows it, so that words keep their size there.
_WIDTH = 400
_HEIGHT = 320
_TICKS = (0, 0.2, 0.4, 0.6, 0.8, 1)
_MOST_TICKS = 6
_COLORS = tuple(f"var(--series-{number})" for number in range(1, 9))


def _pygal() -> Any:
    """The library, without the hook that it puts into every later import, which warns."""
    import pygal

    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != "PluginImportFixer"]
    return pygal


def bars(
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[tuple[float, float, float] | None]],
) -> Markup:
    """Shares from 0 to 1, each with the (value, low, high) of its interval, None for none."""
    pygal = _pygal()
    chart = pygal.HorizontalBar(
        **_look(len(series), 70 + len(labels) * (14 + 10 * len(series))),
        range=(0, 1),
        x_labels=[plain(label) for label in reversed(labels)],
        y_labels=_TICKS,
        spacing=6,
    )
    for name, values in series.items():
        cells = [one and {"value": one[0], "ci": {"low": one[1], "high": one[2]}} for one in values]
        chart.add(plain(name), list(reversed(cells)))
    return _drawn(chart, title)


def stacked(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Markup:
    """Counts that add up in each label's row."""
    pygal = _pygal()
    longest = max(map(sum, zip(*series.values(), strict=True)))
    step = -(-longest // _MOST_TICKS)
    chart = pygal.HorizontalStackedBar(
        **_look(len(series), 70 + 34 * len(labels) + 10 * len(series)),
        x_labels=[plain(label) for label in reversed(labels)],
        y_labels=list(range(0, longest + 1, step or 1)),
    )
    for name, values in series.items():
        chart.add(plain(name), list(reversed(values)))
    return _drawn(chart, title)


def lines(
    title: str,
    series: Mapping[str, Sequence[Point]],
    *,
    x: str,
    y: str,
    x_range: Point | None = (0, 1),
    diagonal: bool = False,
    dots: bool = False,
) -> Markup:
    """Curves of points (x, y), y from 0 to 1; `diagonal` draws the line x = y too."""
    pygal = _pygal()
    chart = pygal.XY(
        **_look(len(series), _HEIGHT),
        margin_bottom=24,
        x_title=x,
        y_title=y,
        range=(0, 1),
        xrange=x_range,
        y_labels=_TICKS,
        show_dots=dots,
        dots_size=3,
    )
    if x_range:
        chart.x_labels = _TICKS
    for name, points in series.items():
        chart.add(plain(name), list(points))
    if diagonal:
        chart.add(None, [(0, 0), (1, 1)], stroke_style={"dasharray": "4, 4"}, show_dots=False)
    return _drawn(chart, title)


def _look(count: int, height: int) -> dict[str, Any]:
    from pygal.style import Style

    style = Style(
        background="transparent",
        plot_background="transparent",
        foreground="var(--ink)",
        foreground_strong="var(--ink)",
        foreground_subtle="var(--line)",
        guide_stroke_color="var(--line)",
        major_guide_stroke_color="var(--line)",
        font_family="inherit",
        colors=_COLORS,
        value_colors=("var(--ink)",) * len(_COLORS),
        ci_colors=("var(--ink)",) * len(_COLORS),
        label_font_size=12,
        major_label_font_size=12,
        title_font_size=12,
        legend_font_size=12,
        opacity=".85",
        stroke_width="2",
        transition="0s",
    )
    return {
        "style": style,
        "js": (),
        "width": _WIDTH,
        "height": height,
        "margin": 6,
        "show_legend": count > 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 2,
        "truncate_legend": -1,
        "truncate_label": -1,
    }


def _drawn(chart: Graph, title: str) -> Markup:
    """The SVG element. It is pygal's own escaping that makes its text safe."""
    chart.uuid = "".join(one if one.isalnum() else "-" for one in title.lower())
    chart.disable_xml_declaration = True

    def cleaned(root: Any) -> Any:
        for parent in list(root.iter()):
            for child in list(parent):
                if not isinstance(child.tag, str) or child.tag.endswith(("script", "desc")):
                    parent.remove(child)
        root.set("role", "img")
        next(one for one in root.iter() if str(one.tag).endswith("title")).text = title
        return root

    chart.add_xml_filter(cleaned)
    return Markup(chart.render(is_unicode=True))  # noqa: S704 - made of elements, not of text
