"""What the demo desk plays: our own written conversations, as scripts of turns with a pace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from copilot.errors import InvalidInput
from copilot.types import ActionDone
from ingest.conversations import FILE, Written, read


@dataclass(frozen=True, slots=True)
class Cue:
    """A turn of a script, and the seconds that pass before it; an action may have no words."""

    role: str
    text: str
    seconds: float
    action: ActionDone | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation to be played; `place` names whose desk it comes to."""

    conversation_id: str
    title: str
    place: str
    channel: str
    turns: tuple[Cue, ...]
    customer_id: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def opening(self) -> str:
        """The customer's first words."""
        return next((cue.text for cue in self.turns if cue.role == "customer"), "")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The scripts that could be read, and what is wrong with the files that could not."""

    scripts: tuple[Script, ...]
    problems: tuple[str, ...]


def written(knowledge: Path | None) -> Shelf:
    """The scripts below a folder; a broken file is a problem, and the others are still played."""
    if knowledge is None:
        return Shelf((), ("no folder of conversations is set",))
    try:
        found = [(path, path.stat().st_mtime_ns) for path in sorted(knowledge.glob(f"*/{FILE}"))]
    except OSError as error:
        return Shelf((), (f"{knowledge}: {error.strerror}",))
    if not found:
        return Shelf((), (f"no {FILE} stands below {knowledge}",))
    return _joined(_shelf(path, changed) for path, changed in found)


@lru_cache(maxsize=32)
def _shelf(path: Path, _changed: int) -> Shelf:
    try:
        return Shelf(tuple(_script(one) for one in read(path)), ())
    except (InvalidInput, OSError) as error:
        return Shelf((), (str(error),))


def _joined(shelves: Iterable[Shelf]) -> Shelf:
    standing = list(shelves)
    return Shelf(
        tuple(script for shelf in standing for script in shelf.scripts),
        tuple(problem for shelf in standing for problem in shelf.problems),
    )


def _script(one: Written) -> Script:
    cues = (
        Cue(spoken.turn.role, spoken.turn.text, spoken.seconds, spoken.turn.action)
        for spoken in one.turns
    )
    return Script(
        conversation_id=one.conversation_id,
        title=one.title,
        place=one.place,
        channel=one.channel,
        turns=tuple(cues),
        customer_id=one.customer_id,
        groups=one.groups,
    )
