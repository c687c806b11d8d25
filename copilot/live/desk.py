"""Takes the turns of live conversations, and pushes evidence, steps and suggestions as they are
ready. The design: docs/decisions/0006-live.md.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from copilot.answer.need import open_question
from copilot.assist import Copilot
from copilot.control import steers
from copilot.errors import Ended, Overloaded
from copilot.live.evaluation import EVIDENCE_S, Evaluation, told
from copilot.live.journal import Journal, Publish, superseded
from copilot.live.line import Line, restored
from copilot.live.schedule import Schedule
from copilot.privacy.mask import mask
from copilot.types import Conversation, Scope, Turn

# Conversations that are kept in memory; the others are read again when somebody speaks.
_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a turn: `stored`, `partial` (it counts once it is final), `duplicate`."""

    turn_id: str
    state: Literal["stored", "partial", "duplicate"]


class Desk:
    """The live conversations of one process. Safe to call from several threads."""

    def __init__(self, copilot: Copilot, publish: Publish, threads: int = 6) -> None:
        self._store = copilot.store
        self._guide = copilot.guide
        self._lines: OrderedDict[str, Line] = OrderedDict()
        self._opening = threading.Lock()
        self._journal = Journal(self._store, publish, self._drop)
        self._schedule = Schedule(threads)
        self._evaluation = Evaluation(copilot, self._journal, self._schedule)

    def recover(self) -> int:
        """Goes on with what an earlier process left; returns with how many conversations."""
        pending = self._store.conversations.pending()
        for conversation_id in pending:
            line = self._line(conversation_id)
            with line.lock:
                line.waiting_since = time.monotonic()
                self._evaluation.ask_for(line)
        return len(pending)

    def close(self) -> None:
        """Ends what is under way; what was not answered is, by the next process."""
        self._schedule.stop()
        self._evaluation.stop()
        self._journal.close()

    def open(
        self,
        conversation_id: str | None = None,
        *,
        customer_id: str | None = None,
        channel: str | None = None,
        scope: Scope = Scope(),
        caller: str = "local",
    ) -> tuple[Conversation, bool]:
        """The conversation, and whether it is new; one that stands stays as it is.

        A customer whom nobody knows yet has no history; that stops no conversation.
        """
        if conversation_id is not None:
            standing = self._store.conversations.find(conversation_id)
            if standing is not None:
                return standing, False
        made = Conversation(
            conversation_id or f"v_{uuid.uuid4().hex}",
            self._store.now(),
            customer_id,
            channel,
            scope,
            caller,
        )

        def start(connection: Connection) -> bool:
            if self._store.conversations.find(made.conversation_id) is not None:
                return False
            self._store.conversations.start(connection, made)
            return True

        if self._journal.run(start):
            return made, True
        return self._store.conversations.conversation(made.conversation_id), False

    def take(
        self, conversation_id: str, spoken: Sequence[Turn], arrived: float | None = None
    ) -> list[Taken]:
        """Stores final turns, masked, and has them answered; returns what became of each.

        Their deadlines count from `arrived`, a moment of time.monotonic (None: now).
        Raises UnknownConversation, Ended, and Overloaded before anything is stored.
        """
        arrived = time.monotonic() if arrived is None else arrived
        try:
            return self._take(conversation_id, spoken, arrived)
        except IntegrityError:  # another process took one, or the conversation was erased
            return self._take(conversation_id, spoken, arrived)

    def _take(self, conversation_id: str, spoken: Sequence[Turn], arrived: float) -> list[Taken]:
        line = self._line(conversation_id)
        now = self._store.now()
        with line.lock:
            fresh: dict[str, tuple[datetime, Turn]] = {}
            taken: list[Taken] = []
            for turn in spoken:
                if line.knows(turn.turn_id) or turn.turn_id in fresh:
                    taken.append(Taken(turn.turn_id, "duplicate"))
                elif not turn.is_final:
                    taken.append(Taken(turn.turn_id, "partial"))
                else:
                    masked = replace(turn, text=mask(turn.text))
                    fresh[turn.turn_id] = (turn.at or now, masked)
                    taken.append(Taken(turn.turn_id, "stored"))
            if fresh:
                if line.conversation.ended_at is not None:
                    raise Ended("the conversation has ended")
                steered = [one for one in fresh.values() if steers(one[1])]
                said = [one for one in fresh.values() if not steers(one[1])]
                if said:
                    self._refuse_when_late(arrived)
                    self._hear(line, said, arrived)
                if steered:
                    self._steer(line, steered)
        return taken

    def end(self, conversation_id: str) -> None:
        """Takes no more turns; whoever watches is told that nothing more comes."""
        line = self._line(conversation_id)
        with line.lock:
            if line.conversation.ended_at is not None:
                return

            self._journal.write(
                line,
                [("ended", {})],
                lambda connection: self._store.conversations.end(connection, conversation_id),
            )
            line.conversation = replace(line.conversation, ended_at=self._store.now())

    def decided(self, conversation_id: str, suggestion_id: str, decision: str) -> None:
        """Tells whoever watches that a suggestion of this conversation was decided."""
        line = self._line(conversation_id)
        with line.lock:
            about = {"suggestion_id": suggestion_id, "decision": decision}
            self._journal.push(line, [("decided", about)])
            if line.shown is not None and line.shown.suggestion_id == suggestion_id:
                line.shown.decided = True

    def forget(self, customer_id: str) -> None:
        """Lets go of the conversations with a customer who was erased."""
        with self._opening:
            for conversation_id, line in list(self._lines.items()):
                if line.conversation.customer_id == customer_id:
                    del self._lines[conversation_id]

    # A line's turns

    def _line(self, conversation_id: str) -> Line:
        with self._opening:
            line = self._lines.get(conversation_id)
            if line is None:
                store = self._store.conversations
                line = restored(
                    store.conversation(conversation_id),
                    store.turns(conversation_id),
                    store.events(conversation_id),
                )
                self._lines[conversation_id] = line
                self._let_go()
            self._lines.move_to_end(conversation_id)
            return line

    def _let_go(self) -> None:
        """Forgets the conversation that has been quiet longest, if it owes nobody anything."""
        if len(self._lines) > _KEPT:
            oldest = next(iter(self._lines))
            if self._lines[oldest].waiting_since is None:
                del self._lines[oldest]

    def _drop(self, line: Line) -> None:
        """Forgets a line that is not as its rows are; it is read again when somebody speaks."""
        with self._opening:
            if self._lines.get(line.conversation.conversation_id) is line:
                del self._lines[line.conversation.conversation_id]

    def _refuse_when_late(self, arrived: float) -> None:
        """Counts what the turn has waited already, and what waits before it."""
        wait_s = time.monotonic() - arrived + self._schedule.wait_s()
        if wait_s > EVIDENCE_S:
            raise Overloaded("more is said than can be answered in time", 1 + round(wait_s))

    def _steer(self, line: Line, fresh: Sequence[tuple[datetime, Turn]]) -> None:
        """Stores what the person steered, and pushes the steps as they are then."""
        conversation = line.conversation
        steps = self._guide.steps(line.ordered_with(fresh), conversation.scope)

        def work(connection: Connection) -> None:
            spoken = [turn for _, turn in fresh]
            self._store.conversations.add_turns(
                connection, conversation.conversation_id, spoken, pending=False
            )

        turn_id = fresh[-1][1].turn_id
        self._journal.write(line, [("progress", {"turn_id": turn_id, **told(steps)})], work)
        line.hear(fresh, line.open)

    def _hear(self, line: Line, fresh: Sequence[tuple[datetime, Turn]], arrived: float) -> None:
        """Stores turns, supersedes what they make stale, and has them answered."""
        conversation_id = line.conversation.conversation_id
        wanted = open_question(line.ordered_with(fresh))
        stale = line.made_stale_by(wanted)

        def work(connection: Connection) -> None:
            spoken = [turn for _, turn in fresh]
            self._store.conversations.add_turns(connection, conversation_id, spoken)
            if stale is not None:
                self._store.suggestions.supersede(connection, stale.suggestion_id)

        by = fresh[-1][1].turn_id
        news = [] if stale is None else [superseded(stale.suggestion_id, by)]
        self._journal.write(line, news, work)
        before = line.open_ids
        line.hear(fresh, wanted)
        line.arrived = arrived
        if line.waiting_since is None or line.open_ids != before:
            line.waiting_since = line.arrived
        self._evaluation.ask_for(line)
