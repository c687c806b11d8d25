"""Writes what happens in live conversations, and publishes it once it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from copilot.live.line import Line
from copilot.store import Store
from copilot.store.recorder import Recorder
from copilot.types import Event

Publish = Callable[[str, Sequence[Event]], None]
# The kind of an event, and its data.
News = tuple[str, dict[str, Any]]


class Journal:
    """The one place where live conversations are written. Whoever writes holds the line's lock."""

    def __init__(self, store: Store, publish: Publish, broken: Callable[[Line], None]) -> None:
        self.store = store
        self._publish = publish
        self._broken = broken
        self._recorder = Recorder(store.engine)

    def close(self) -> None:
        """Writes what is waiting, and stops."""
        self._recorder.close()

    def run(self, work: Callable[[Connection], bool]) -> bool:
        """Does it in a transaction."""
        return self._recorder.submit(work).result()

    def push(self, line: Line, news: Sequence[News]) -> None:
        """Stores events and publishes them."""
        self.write(line, news, lambda connection: None)

    def write(self, line: Line, news: Sequence[News], work: Callable[[Connection], None]) -> None:
        """Does the work and stores the events in one transaction, and publishes them once they
        stand. When that fails, the line is no longer as its rows are, and is reported as broken.
        """
        conversation_id = line.conversation.conversation_id

        def together(connection: Connection) -> list[Event]:
            work(connection)
            if not news:
                return []
            return self.store.conversations.push(connection, conversation_id, news)

        def publish(pushed: list[Event]) -> None:
            if pushed:
                self._publish(conversation_id, pushed)

        try:
            self._recorder.submit(together, publish).result()
        except Exception:
            self._broken(line)
            raise


def stage(
    line: Line, suggestion_id: str, kind: str, deadline_s: float, data: dict[str, Any]
) -> News:
    """What a stage of a suggestion has brought, when, and until when it was wanted."""
    about = {
        "suggestion_id": suggestion_id,
        "turn_id": line.newest,
        "took_ms": waited_ms(line),
        "deadline_ms": deadline_s * 1000,
    }
    return kind, {**about, **data}


def superseded(suggestion_id: str, by_turn_id: str) -> News:
    """A suggestion can no longer be taken, because of a turn."""
    return "superseded", {"suggestion_id": suggestion_id, "by_turn_id": by_turn_id}


def waited_ms(line: Line) -> float:
    """Milliseconds since what is open was said."""
    return round((time.monotonic() - line.since) * 1000, 3)
