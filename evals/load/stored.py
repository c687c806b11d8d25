"""What stands in the database after a load, held against what the clients posted and heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copilot.compose import open_store
from copilot.settings import Settings
from evals.load.record import Record


@dataclass(slots=True)
class Stored:
    """`lost_turns` were acknowledged and do not stand; `doubled_turns` stand twice, or were never
    posted. `undelivered` events stand and were not heard, or not as they stand.
    """

    turns: int = 0
    events: int = 0
    lost_turns: int = 0
    doubled_turns: int = 0
    undelivered: int = 0


def compare(settings: Settings, records: Iterable[Record]) -> Stored:
    """Reads each conversation's rows; a server may be running meanwhile."""
    found = Stored()
    store = open_store(settings)
    try:
        for record in records:
            turns = [turn.turn_id for _, turn in store.conversations.turns(record.conversation_id)]
            events = [
                (event.event_id, event.kind)
                for event in store.conversations.events(record.conversation_id)
            ]
            acknowledged = {one.turn_id for one in record.said.values() if one.acknowledged}
            found.turns += len(turns)
            found.events += len(events)
            found.lost_turns += len(acknowledged - set(turns))
            found.doubled_turns += len(turns) - len(set(turns) & set(record.said))
            found.undelivered += len(set(events) ^ set(record.heard))
    finally:
        store.close()
    return found
