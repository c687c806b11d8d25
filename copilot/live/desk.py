"""Takes the turns of live conversations, and pushes evidence, steps and suggestions as they are
ready. The design: docs/decisions/0006-live.md.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import structlog
from pydantic_core import to_jsonable_python
from sqlalchemy import Connection

from copilot.answer.need import Open, open_question
from copilot.assist import Copilot, Underway
from copilot.errors import Ended, Overloaded, UnknownConversation, UnknownCustomer
from copilot.live.line import Line, Shown, restored
from copilot.live.schedule import Schedule
from copilot.privacy.mask import mask
from copilot.store.recorder import Recorder
from copilot.types import Conversation, Event, Reason, Scope, Suggestion, Turn

# So long nobody may have said anything before a reply is made: a burst gives one. Who does not
# pause at all gets it after this long.
SETTLE_S = 0.2
_SETTLED_S = 1.0
# From the turn's arrival to the beginning of the search, and of the reply.
EVIDENCE_S = 1.0
REPLY_S = 3.0
# Conversations that are kept in memory; the others are read again when somebody speaks.
_KEPT = 5_000

_log = structlog.get_logger("copilot.live")

Publish = Callable[[str, Sequence[Event]], None]
News = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a turn: `stored`, `partial` (it counts once it is final), `duplicate`."""

    turn_id: str
    state: Literal["stored", "partial", "duplicate"]


class Desk:
    """The live conversations of one process. Safe to call from several threads."""

    def __init__(self, copilot: Copilot, publish: Publish, threads: int = 3) -> None:
        self._copilot = copilot
        self._store = copilot.store
        self._publish = publish
        self._recorder = Recorder(self._store.engine)
        self._schedule = Schedule(threads)
        self._lines: OrderedDict[str, Line] = OrderedDict()
        self._opening = threading.Lock()

    def recover(self) -> int:
        """Goes on with what an earlier process left; returns with how many conversations."""
        pending = self._store.conversations.pending()
        for conversation_id in pending:
            line = self._line(conversation_id)
            with line.lock:
                line.waiting_since = time.monotonic()
                self._queue(line)
        return len(pending)

    def close(self) -> None:
        """Ends what is under way; what was not answered is, by the next process."""
        self._schedule.stop()
        self._recorder.close()

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

        Raises UnknownCustomer.
        """
        if conversation_id is not None:
            standing = self._store.conversations.find(conversation_id)
            if standing is not None:
                return standing, False
        if customer_id is not None:
            self._store.customers.customer(customer_id)
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

        if self._recorder.submit(start).result():
            return made, True
        return self._store.conversations.conversation(made.conversation_id), False

    def take(self, conversation_id: str, spoken: Sequence[Turn]) -> list[Taken]:
        """Stores final turns, masked, and has them answered; returns what became of each.

        Raises UnknownConversation, Ended, and Overloaded before anything is stored.
        """
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
                self._refuse_when_late()
                self._hear(line, list(fresh.values()))
        return taken

    def end(self, conversation_id: str) -> None:
        """Takes no more turns; whoever watches is told that nothing more comes."""
        line = self._line(conversation_id)
        with line.lock:
            if line.conversation.ended_at is not None:
                return

            def work(connection: Connection) -> list[Event]:
                self._store.conversations.end(connection, conversation_id)
                return self._store.conversations.push(connection, conversation_id, [("ended", {})])

            self._write(line, work)
            line.conversation = replace(line.conversation, ended_at=self._store.now())

    def decided(self, conversation_id: str, suggestion_id: str, decision: str) -> None:
        """Tells whoever watches that a suggestion of this conversation was decided."""
        line = self._line(conversation_id)
        with line.lock:
            news: News = ("decided", {"suggestion_id": suggestion_id, "decision": decision})
            self._push(line, [news])
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

    def _refuse_when_late(self) -> None:
        wait_s = self._schedule.wait_s()
        if wait_s > EVIDENCE_S:
            raise Overloaded("more is said than can be answered in time", 1 + round(wait_s))

    def _hear(self, line: Line, fresh: Sequence[tuple[datetime, Turn]]) -> None:
        """Stores turns, supersedes what they make stale, and asks for an evaluation."""
        conversation_id = line.conversation.conversation_id
        wanted = open_question(line.ordered_with(fresh))
        stale = _made_stale(line.shown, wanted)
        news: list[News] = []
        if stale is not None:
            by = fresh[-1][1].turn_id
            news = [("superseded", {"suggestion_id": stale.suggestion_id, "by_turn_id": by})]

        def work(connection: Connection) -> list[Event]:
            store = self._store
            store.conversations.add_turns(connection, conversation_id, [one for _, one in fresh])
            if stale is None:
                return []
            store.suggestions.supersede(connection, stale.suggestion_id)
            return store.conversations.push(connection, conversation_id, news)

        before = line.open_ids
        self._write(line, work)
        line.hear(fresh, wanted)
        if stale is not None:
            line.shown = None
        line.arrived = time.monotonic()
        if line.waiting_since is None or line.open_ids != before:
            line.waiting_since = line.arrived
        self._queue(line)

    # Evaluation

    def _queue(self, line: Line) -> None:
        if not line.queued:
            line.queued = True
            self._schedule.do(lambda: self._evaluate(line))

    def _evaluate(self, line: Line) -> None:
        """Begins what the line's turns ask for, or says that nothing is needed."""
        with line.lock:
            line.queued = False
            wanted, since = line.open, line.waiting_since
            if since is None or (wanted is not None and line.working_on == wanted.turn_ids):
                return
            done = line.shown is not None and line.shown.complete
            if wanted is None or (done and line.shown.turn_ids == wanted.turn_ids):  # type: ignore[union-attr]
                self._close(line, self._bare(line), Reason.NO_NEED)
                return
            if time.monotonic() - since > EVIDENCE_S:
                self._close(line, self._bare(line), Reason.DEADLINE)
                return
            line.working_on = wanted.turn_ids
        try:
            self._work(line, wanted)
        except Exception:
            _log.exception("a suggestion failed", conversation=line.conversation.conversation_id)
            self._give_up(line, wanted)

    def _work(self, line: Line, wanted: Open) -> None:
        underway = self._begun(line, wanted)
        evidence = {
            "turn_ids": list(wanted.turn_ids),
            "passages": to_jsonable_python(underway.passages),
        }
        with line.lock:
            if not _still(line, wanted):
                return
            leftover = line.shown
            news = [self._news(line, underway, "evidence", evidence, EVIDENCE_S)]
            if leftover is not None and not leftover.complete:
                gone = {"suggestion_id": leftover.suggestion_id, "by_turn_id": line.newest}
                news.insert(0, ("superseded", gone))
            self._push(line, news)
            line.shown = Shown(underway.suggestion_id, wanted.turn_ids)
        self._copilot.find_steps(underway)
        with line.lock:
            if underway.next_steps and _still(line, wanted):
                steps = {
                    "procedure": to_jsonable_python(underway.procedure),
                    "next_steps": to_jsonable_python(underway.next_steps),
                    "likely_actions": [],
                }
                self._push(line, [self._news(line, underway, "steps", steps, REPLY_S)])
        self._later(line, wanted, underway)

    def _begun(self, line: Line, wanted: Open) -> Underway:
        of = line.conversation
        try:
            return self._copilot.begin(wanted.question, of.scope, of.customer_id, of.caller)
        except UnknownCustomer:  # erased meanwhile
            return self._copilot.begin(wanted.question, of.scope, None, of.caller)

    def _later(self, line: Line, wanted: Open, underway: Underway) -> None:
        """Has the reply made once the customer has paused."""
        since = line.waiting_since or line.arrived
        due = min(line.arrived + SETTLE_S, since + _SETTLED_S)
        self._schedule.do(lambda: self._reply(line, wanted, underway), due)

    def _reply(self, line: Line, wanted: Open, underway: Underway) -> None:
        with line.lock:
            if not _still(line, wanted):
                return
            since = line.waiting_since or line.arrived
            late = time.monotonic() - since > REPLY_S
            if time.monotonic() < min(line.arrived + SETTLE_S, since + _SETTLED_S):
                self._later(line, wanted, underway)
                return
        try:
            if late:
                suggestion = self._copilot.silence(underway, Reason.DEADLINE)
            else:
                suggestion = self._copilot.conclude(underway)
            with line.lock:
                if _still(line, wanted):
                    self._conclude(line, underway, suggestion)
        except Exception:
            _log.exception("a reply failed", conversation=line.conversation.conversation_id)
            self._give_up(line, wanted)

    def _give_up(self, line: Line, wanted: Open) -> None:
        with line.lock:
            if _still(line, wanted):
                self._close(line, self._bare(line), Reason.DEADLINE)

    def _bare(self, line: Line) -> Underway:
        """A suggestion that nothing is searched for."""
        return self._copilot.begin(None, line.conversation.scope, None, line.conversation.caller)

    def _close(self, line: Line, underway: Underway, reason: Reason) -> None:
        self._conclude(line, underway, self._copilot.silence(underway, reason))

    def _conclude(self, line: Line, underway: Underway, suggestion: Suggestion) -> None:
        """Stores and pushes what the evaluation came to: every turn so far is accounted for."""
        conversation_id = line.conversation.conversation_id
        news: list[News] = []
        if suggestion.reply is not None:
            draft = {
                "reply": to_jsonable_python(suggestion.reply),
                "confidence": suggestion.confidence,
                "drafter": suggestion.drafter,
            }
            news.append(self._news(line, underway, "draft", draft, REPLY_S))
        kind = "suggestion" if suggestion.reply is not None else "no_suggestion"
        whole = to_jsonable_python(suggestion)
        news.append((kind, {**whole, "turn_id": line.newest, "waited_ms": self._waited(line)}))

        def work(connection: Connection) -> list[Event]:
            self._copilot.keep(
                underway, suggestion, conversation_id=conversation_id, connection=connection
            )
            self._store.conversations.evaluated(connection, conversation_id)
            return self._store.conversations.push(connection, conversation_id, news)

        self._write(line, work)
        if line.shown is not None and line.shown.suggestion_id == suggestion.suggestion_id:
            line.shown.complete = True
        line.waiting_since = None
        line.working_on = None

    # Events

    def _news(
        self, line: Line, underway: Underway, kind: str, data: dict[str, Any], deadline_s: float
    ) -> News:
        about = {
            "suggestion_id": underway.suggestion_id,
            "turn_id": line.newest,
            "took_ms": self._waited(line),
            "deadline_ms": deadline_s * 1000,
        }
        return kind, {**about, **data}

    def _waited(self, line: Line) -> float:
        """Milliseconds since what is open was said."""
        since = line.waiting_since or line.arrived
        return round((time.monotonic() - since) * 1000, 3)

    def _push(self, line: Line, news: Sequence[News]) -> None:
        conversation_id = line.conversation.conversation_id
        self._write(
            line,
            lambda connection: self._store.conversations.push(connection, conversation_id, news),
        )

    def _write(self, line: Line, work: Callable[[Connection], list[Event]]) -> None:
        """Does it in a transaction, and publishes its events once they stand.

        A write that fails leaves the line as its rows are: it is read again.
        """
        conversation_id = line.conversation.conversation_id

        def publish(pushed: list[Event]) -> None:
            if pushed:
                self._publish(conversation_id, pushed)

        try:
            self._recorder.submit(work, publish).result()
        except Exception as error:
            with self._opening:
                self._lines.pop(conversation_id, None)
            if self._store.conversations.find(conversation_id) is None:
                raise UnknownConversation("no such conversation") from error
            raise


def _still(line: Line, wanted: Open) -> bool:
    """Whether what an evaluation is for is what is open now."""
    if line.open_ids == wanted.turn_ids:
        return True
    if line.working_on == wanted.turn_ids:
        line.working_on = None
    return False


def _made_stale(shown: Shown | None, wanted: Open | None) -> Shown | None:
    """What is shown and is no answer to what is open: it can no longer be taken.

    Where nothing is open any more, a finished suggestion stays; nobody waits for another.
    """
    if shown is None or shown.decided:
        return None
    if wanted is None:
        return None if shown.complete else shown
    return None if shown.turn_ids == wanted.turn_ids else shown
