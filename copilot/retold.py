"""A replay as a table to read, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic_core import to_jsonable_python

from copilot.aspects import ASPECTS, is_same
from copilot.columns import columns, equal_widths
from copilot.replay import HELD, Replay, masked

_LABEL = 11
# Steps are many, and told by the one that is next.
_SHOWN = tuple(name for name in HELD if name != "steps")


def as_told(replay: Replay) -> dict[str, Any]:
    """Everything of a replay that JSON can hold."""
    return {
        "suggestion_id": replay.offered.suggestion_id,
        "as_of": replay.as_of.isoformat(),
        "same": replay.same,
        "differs": list(replay.differs),
        "causes": list(replay.causes),
        "masked": list(masked(replay.offered, replay.asked)),
        "evidence": [asdict(one) for one in replay.evidence],
        "request": to_jsonable_python(replay.offered.request),
        "stored": replay.stored,
        "then": replay.then,
        "today": replay.today,
    }


def table(replay: Replay, width: int) -> str:
    """What was stored, what its day gives now and what today gives, in `width` characters."""
    widths = equal_widths(_LABEL, 3, width)
    day = f"{replay.as_of:%Y-%m-%d %H:%M} UTC"
    lines = [*_asked(replay, width), ""]
    lines.append(columns(("", "stored", f"again, as of {day}", "again, as of today"), widths))
    for name in _SHOWN:
        cells = [_cell(name, one, replay.stored) for one in (replay.then, replay.today)]
        lines.append(columns((name, _text(name, replay.stored), *cells), widths))
    return "\n".join([*lines, "", *_evidence(replay), *_verdict(replay)])


def _asked(replay: Replay, width: int) -> list[str]:
    offered, question = replay.offered, replay.asked.question
    lines = [
        columns((name, text), [_LABEL, width - _LABEL - 2])
        for name, text in (
            ("suggestion", f"{offered.suggestion_id}, for {offered.caller}"),
            ("question", "nothing was asked" if question is None else question.text),
            ("before", "" if question is None else question.before),
        )
        if text
    ]
    hidden = masked(offered, replay.asked)
    if hidden:
        told = f"{', '.join(hidden)}: kept masked, so that it is asked now without what stood there"
        lines.append(columns(("masked", told), [_LABEL, width - _LABEL - 2]))
    return lines


def _text(name: str, suggestion: Mapping[str, Any]) -> str:
    value = ASPECTS[name](suggestion)
    return (value if isinstance(value, str) else "\n".join(value)) or "–"


def _cell(name: str, suggestion: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    if is_same(name, stored, suggestion):
        return "the same"
    return _text(name, suggestion)


def _evidence(replay: Replay) -> list[str]:
    exact = sum(not one.trouble for one in replay.evidence)
    lines = [f"evidence: {exact} of {len(replay.evidence)} places read as they did, to the letter"]
    lines += [
        f"  {one.document_id} v{one.version} [{one.start}:{one.end}]: "
        + "; ".join(part for part in (one.trouble, one.since) if part)
        for one in replay.evidence
        if one.trouble or one.since
    ]
    return lines


def _verdict(replay: Replay) -> list[str]:
    causes = [f"  {one}" for one in replay.causes]
    if not replay.differs:
        return ["the replay of its day is what was stored", *causes]
    return [f"the replay of its day is not what was stored: {', '.join(replay.differs)}", *causes]
