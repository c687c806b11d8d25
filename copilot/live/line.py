"""One live conversation in memory: its final turns in order, what is open, and what was shown."""

from __future__ import annotations

import bisect
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from copilot.answer.need import Open, open_question
from copilot.types import Conversation, Event, Turn

# Events that end what is shown of a suggestion's making.
CLOSING = frozenset({"suggestion", "no_suggestion"})


@dataclass(slots=True)
class Shown:
    """A suggestion of which something was pushed, and the turns that it is for."""

    suggestion_id: str
    turn_ids: tuple[str, ...]
    complete: bool = False
    decided: bool = False


@dataclass(slots=True)
class Line:
    """Whoever reads or changes it holds `lock`, also while the change is written."""

    conversation: Conversation
    lock: threading.RLock = field(default_factory=threading.RLock)
    open: Open | None = None
    shown: Shown | None = None
    # The turns that an evaluation under way is for.
    working_on: tuple[str, ...] | None = None
    newest: str = ""
    # Moments of time.monotonic: of the newest turn, and of the first not taken into account yet.
    arrived: float = 0.0
    waiting_since: float | None = None
    queued: bool = False
    _spoken: list[tuple[datetime, int, Turn]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    @property
    def since(self) -> float:
        """The moment from which on an answer is waited for."""
        return self.arrived if self.waiting_since is None else self.waiting_since

    def is_answered(self, wanted: Open) -> bool:
        """Whether a whole suggestion is shown for it."""
        shown = self.shown
        return shown is not None and shown.complete and shown.turn_ids == wanted.turn_ids

    def still_wants(self, wanted: Open) -> bool:
        """Whether what an evaluation is for is what is open now; if not, it has ended."""
        if self.open_ids == wanted.turn_ids and self.conversation.ended_at is None:
            return True
        if self.working_on == wanted.turn_ids:
            self.working_on = None
        return False

    def made_stale_by(self, wanted: Open | None) -> Shown | None:
        """What is shown and is no answer to what would be open: it can no longer be taken.

        Where nothing is open any more, a finished suggestion stays; nobody waits for another.
        """
        if self.shown is None or self.shown.decided:
            return None
        if wanted is None:
            return None if self.shown.complete else self.shown
        return None if self.shown.turn_ids == wanted.turn_ids else self.shown

    def concluded(self, suggestion_id: str) -> None:
        """Every turn so far has been answered, with this suggestion or with silence."""
        if self.shown is not None and self.shown.suggestion_id == suggestion_id:
            self.shown.complete = True
        self.waiting_since = None
        self.working_on = None

    def last_said(self) -> str:
        """The newest turn's words, where they are the customer's."""
        turn = self._spoken[-1][2] if self._spoken else None
        return turn.text if turn is not None and turn.role == "customer" else ""

    def knows(self, turn_id: str) -> bool:
        """Whether a final turn of this id stands."""
        return turn_id in self._known

    def turns(self) -> list[Turn]:
        """The final turns in order."""
        return [turn for _, _, turn in self._spoken]

    def ordered_with(self, fresh: Sequence[tuple[datetime, Turn]]) -> list[Turn]:
        """The turns in order as they would be with these."""
        return [turn for _, _, turn in self._merged(fresh)]

    def hear(self, fresh: Sequence[tuple[datetime, Turn]], wanted: Open | None) -> None:
        """Takes final turns in; `wanted` is what is open with them."""
        if self.made_stale_by(wanted) is not None:
            self.shown = None
        self._spoken = self._merged(fresh)
        self._known.update(turn.turn_id for _, turn in fresh)
        self.newest = self._spoken[-1][2].turn_id if self._spoken else ""
        self.open = wanted

    @property
    def open_ids(self) -> tuple[str, ...] | None:
        """The turns that ask what is open."""
        return None if self.open is None else self.open.turn_ids

    def _merged(self, fresh: Sequence[tuple[datetime, Turn]]) -> list[tuple[datetime, int, Turn]]:
        """Ordered by moment, then by arrival; the second of two with one id is left out."""
        merged = list(self._spoken)
        seen = set(self._known)
        for moment, turn in fresh:
            if turn.turn_id not in seen:
                seen.add(turn.turn_id)
                entry = (moment, len(merged), turn)
                merged.insert(bisect.bisect(merged, entry[:2], key=lambda one: one[:2]), entry)
        return merged


def restored(
    conversation: Conversation, spoken: Sequence[tuple[datetime, Turn]], events: Iterable[Event]
) -> Line:
    """The line of a conversation as its rows tell it."""
    line = Line(conversation)
    line.hear(spoken, open_question(line.ordered_with(spoken)))
    for event in events:
        line.shown = _after(line.shown, event)
    return line


def _after(shown: Shown | None, event: Event) -> Shown | None:
    """What is shown after one more event."""
    suggestion_id = str(event.data["suggestion_id"]) if "suggestion_id" in event.data else ""
    if event.kind == "evidence":
        return Shown(suggestion_id, tuple(event.data["turn_ids"]))
    if shown is None or shown.suggestion_id != suggestion_id:
        return shown
    if event.kind == "superseded":
        return None
    shown.complete = shown.complete or event.kind in CLOSING
    shown.decided = shown.decided or event.kind == "decided"
    return shown
