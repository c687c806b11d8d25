"""`copilot-evals counterfactual`: what other settings would have said at past points of real work.

Each stored suggestion is asked for again, of the same database, which refuses every write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from copilot.assist import Copilot
    from copilot.store.suggestions import Offered

# What is held against what was offered then; see copilot/aspects.py.
COMPARED = ("outcome", "reply", "first document", "procedure", "next step")
_TAKEN = frozenset({"taken", "edited"})


class AsOf(StrEnum):
    THEN = "then"
    NOW = "now"


class Turned(StrEnum):
    """What became of a point, the ones to look at first first."""

    SILENCED = "taken then, silent now"
    REPLACED = "taken then, another reply now"
    REPEATED = "rejected then, the same reply now"
    UNDONE = "rejected then, silent or another reply now"
    CHANGED = "undecided then, something else now"
    SAME = "the same"
    UNASKED = "could not be asked"


@dataclass(frozen=True, slots=True)
class Point:
    """A point at which something was offered, and what is said to it otherwise; both masked.

    `changed` are those of COMPARED that differ. `now` is None where it could not be asked: `why`.
    `masked` is what stands masked in what was asked, which alone may make it differ.
    """

    suggestion_id: str
    conversation_id: str | None
    question: str
    decision: str | None
    reason: str | None
    then: Mapping[str, str]
    now: Mapping[str, str] | None
    changed: tuple[str, ...]
    turned: Turned
    masked: tuple[str, ...]
    why: str = ""


def command(
    since: Annotated[datetime | None, typer.Option(help="Only suggestions from then on.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 500,
    given: Annotated[
        list[str] | None, typer.Option("--set", help="A setting to change: name=value.")
    ] = None,
    as_of: Annotated[
        AsOf, typer.Option(help="With the documents of each point's day, or of today.")
    ] = AsOf.THEN,
    show: Annotated[int, typer.Option(min=0, help="Points to print side by side.")] = 10,
    out: Annotated[Path | None, typer.Option(help="A folder for every point, as JSON.")] = None,
) -> None:
    """Ask for past suggestions again with other settings, and say what would have been otherwise.

    Nothing is stored in the database and nothing is pushed to anybody.
    """
    from shutil import get_terminal_size

    from copilot.compose import open_still
    from copilot.settings import Settings
    from evals.overrides import assignments, described, overridden
    from evals.report import versions, write_json, write_lines

    changed = assignments(given or ())
    settings = overridden(Settings(), changed)
    copilot = open_still(settings)
    try:
        found = points(copilot, copilot.store.suggestions.newest(limit, _aware(since)), as_of)
    finally:
        copilot.close()
    typer.echo(table(found))
    width = get_terminal_size((100, 24)).columns
    for one in worth_a_look(found)[:show]:
        typer.echo(f"\n{side_by_side(one, width)}")
    if out is not None:
        told = {"settings": described(settings), "set": changed, "as_of": as_of.value}
        write_json({**told, "versions": versions(), **counted(found)}, out / "result.json")
        write_lines(map(as_row, worth_a_look(found, every=True)), out / "points.jsonl")


def points(copilot: Copilot, offers: Sequence[Offered], as_of: AsOf) -> list[Point]:
    """What this copilot says at each point, with a progress bar.

    Points that had run out of time are left out: nothing was decided on what was found then.
    """
    from tqdm import tqdm

    from copilot.types import Reason

    kept = [one for one in offers if one.suggestion["reason"] != Reason.DEADLINE]
    return [
        _point(copilot, one, as_of)
        for one in tqdm(kept, desc="asking again", unit="point", delay=2)
    ]


def _point(copilot: Copilot, offered: Offered, as_of: AsOf) -> Point:
    from copilot.aspects import outcome
    from copilot.errors import CopilotError
    from copilot.replay import again, masked
    from copilot.request import read

    decided = copilot.store.decisions.decision(offered.suggestion_id)
    decision, reason = (None, None) if decided is None else (decided.decision, decided.reason)
    asked = read(offered.request)
    moment = asked.scope.as_of or offered.created_at
    then, now, why = _told(offered.suggestion), None, ""
    turned = Turned.UNASKED
    changed: tuple[str, ...] = ()
    try:
        made = again(copilot, offered, moment if as_of is AsOf.THEN else None)
    except CopilotError as error:
        why = str(error)
    else:
        now = _told(made)
        changed = _changed(offered.suggestion, made)
        turned = _turned(decision, outcome(made) != "suggested", changed)
    question = "" if asked.question is None else asked.question.text
    return Point(
        offered.suggestion_id,
        offered.conversation_id,
        question,
        decision,
        reason,
        then,
        now,
        changed,
        turned,
        masked(offered, asked),
        why,
    )


def _changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    from copilot.aspects import is_same

    return tuple(one for one in COMPARED if not is_same(one, then, now))


def _turned(decision: str | None, silent: bool, changed: Sequence[str]) -> Turned:
    if decision in _TAKEN and "outcome" in changed and silent:
        return Turned.SILENCED
    if decision in _TAKEN and "reply" in changed:
        return Turned.REPLACED
    if decision == "rejected":
        return Turned.UNDONE if "reply" in changed else Turned.REPEATED
    return Turned.CHANGED if changed else Turned.SAME


def _told(suggestion: Mapping[str, Any]) -> dict[str, str]:
    """What is compared, in words, masked."""
    from copilot.aspects import ASPECTS
    from copilot.privacy.mask import mask

    return {one: mask(str(ASPECTS[one](suggestion))) for one in COMPARED}


# Telling it


def counted(found: Sequence[Point]) -> dict[str, Any]:
    """How many points there are, and how many changed in what; shares with 95% intervals.

    Points of one conversation are resampled together.
    """
    asked = [one for one in found if one.now is not None]
    clusters = [one.conversation_id or one.suggestion_id for one in asked]
    return {
        "points": len(found),
        "asked": len(asked),
        "masked": sum(bool(one.masked) for one in asked),
        "turned": {one.value: sum(each.turned is one for each in found) for one in Turned},
        "changed": {
            name: _share([name in one.changed for one in asked], clusters) for name in COMPARED
        },
    }


def _share(changed: Sequence[bool], clusters: Sequence[str]) -> dict[str, float | int | None]:
    from evals.bootstrap import bootstrap_interval

    if not changed:
        return {"count": 0, "share": None, "low": None, "high": None}
    interval = bootstrap_interval(list(map(float, changed)), clusters=clusters)
    count = sum(changed)
    return {
        "count": count,
        "share": round(count / len(changed), 4),
        "low": round(interval.low, 4),
        "high": round(interval.high, 4),
    }


def table(found: Sequence[Point]) -> str:
    """What changed, one aspect a line, then what became of what was decided."""
    told = counted(found)
    lines = [f"{told['points']} points, {told['asked']} asked again"]
    if told["masked"]:
        lines.append(f"{told['masked']} asked without what is kept masked, and may differ for that")
    lines.append("changed")
    for name, one in told["changed"].items():
        if one["share"] is not None:
            interval = f"{one['low']:.3f} to {one['high']:.3f}"
            lines.append(f"  {name:<18}{one['count']:>6}{one['share']:>8.3f}  {interval}")
    lines.append("by what was decided")
    lines += [f"  {name:<44}{count:>6}" for name, count in told["turned"].items() if count]
    return "\n".join(lines)


def worth_a_look(found: Iterable[Point], *, every: bool = False) -> list[Point]:
    """The points that changed, those first that were taken and would be silent; or all."""
    order = list(Turned)
    kept = (one for one in found if every or one.turned not in (Turned.SAME, Turned.REPEATED))
    return sorted(kept, key=lambda one: (order.index(one.turned), one.suggestion_id))


def side_by_side(one: Point, width: int) -> str:
    """A point with what was offered and what would be, in `width` characters."""
    from copilot.columns import columns, equal_widths

    label = 16
    decided = " ".join(part for part in (one.decision, one.reason) if part) or "not decided"
    lines = [
        f"{one.suggestion_id}: {one.turned} ({decided}{'; ' if one.why else ''}{one.why})",
        columns(("question", one.question or "–"), [label, width - label - 2]),
    ]
    if one.now is not None:
        widths = equal_widths(label, 2, width)
        lines.append(columns(("", "offered then", "with these settings"), widths))
        for name in COMPARED:
            new = one.now[name] or "–" if name in one.changed else "the same"
            lines.append(columns((name, one.then[name] or "–", new), widths))
    return "\n".join(lines)


def as_row(one: Point) -> dict[str, Any]:
    """A point as JSON has it."""
    from dataclasses import asdict

    return {**asdict(one), "turned": one.turned.value}


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a time zone is local time."""
    return None if moment is None else moment.astimezone()
