"""What one conversation's client posted and heard, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from evals.load.wire import Event

CLOSING = frozenset({"suggestion", "no_suggestion"})
# A suggestion has each of these once.
_ONCE = CLOSING | {"evidence", "steps", "draft", "superseded"}
_ACKNOWLEDGED = frozenset({"stored", "duplicate"})


@dataclass(slots=True)
class Said:
    """A turn and what came of it; moments are of time.perf_counter.

    `state` is what the server said became of it, `refused` for 503, `failed` for anything else,
    and empty as long as nobody knows.
    """

    turn_id: str
    role: str
    posted_at: float
    state: str = ""
    evidence_at: float | None = None
    outcome_at: float | None = None
    reason: str | None = None

    @property
    def acknowledged(self) -> bool:
        return self.state in _ACKNOWLEDGED

    @property
    def waits(self) -> bool:
        """Whether it was taken, and nothing came of it yet."""
        return self.acknowledged and self.outcome_at is None

    @property
    def owed(self) -> bool:
        """Whether it waits, and is a customer's."""
        return self.role == "customer" and self.waits


@dataclass(slots=True)
class Record:
    """One conversation. `doubled` counts events that came again, by their id or by what they say of
    a suggestion; `disordered` those whose id is not the next one.
    """

    conversation_id: str
    said: dict[str, Said] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    doubled: int = 0
    disordered: int = 0
    reconnections: int = 0
    finished: bool = False
    ended: bool = False
    _told: set[tuple[str, str]] = field(default_factory=set)
    _open: list[Said] = field(default_factory=list)

    @property
    def last_event(self) -> int:
        return self.heard[-1][0] if self.heard else 0

    @property
    def owed(self) -> int:
        """How many customer turns nothing came of yet."""
        return sum(one.owed for one in self._open)

    @property
    def settled(self) -> bool:
        """Whether nothing more is to come."""
        return self.ended if self.finished else not any(one.waits for one in self._open)

    def post(self, turn_id: str, role: str, at: float) -> Said:
        """Notes a turn that is about to be posted."""
        said = Said(turn_id, role, at)
        self.said[turn_id] = said
        self._open.append(said)
        return said

    def hear(self, event: Event, at: float) -> None:
        """Notes an event that came."""
        if event.event_id <= self.last_event:
            self.doubled += 1
            return
        self.disordered += event.event_id != self.last_event + 1
        self.heard.append((event.event_id, event.kind))
        if event.kind in _ONCE:
            told = (event.kind, str(event.data["suggestion_id"]))
            self.doubled += told in self._told
            self._told.add(told)
        if event.kind == "evidence":
            for turn_id in event.data["turn_ids"]:
                said = self.said[turn_id]
                said.evidence_at = said.evidence_at or at
        elif event.kind in CLOSING:
            self._close(str(event.data["turn_id"]), event.data.get("reason"), at)
        self.ended = self.ended or event.kind == "ended"

    def _close(self, turn_id: str, reason: str | None, at: float) -> None:
        """What was said up to this turn has had its outcome."""
        places = [place for place, one in enumerate(self._open) if one.turn_id == turn_id]
        through = places[0] + 1 if places else 0
        for said in self._open[:through]:
            said.outcome_at, said.reason = at, reason
        del self._open[:through]


def turns_of(records: Iterable[Record]) -> list[Said]:
    """Every turn of these conversations."""
    return [said for record in records for said in record.said.values()]
