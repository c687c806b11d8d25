"""Answers what is open in a live conversation, stage by stage, for as long as it is open."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import structlog
from pydantic_core import to_jsonable_python
from sqlalchemy import Connection

from copilot.answer.need import Open
from copilot.answer.utterance import is_courtesy
from copilot.assist import Copilot, Underway, last
from copilot.errors import UnknownCustomer
from copilot.live.aside import Aside
from copilot.live.journal import Journal, News, stage, superseded, waited_ms
from copilot.live.line import Line, Shown
from copilot.live.schedule import Schedule
from copilot.procedures.guide import Steps
from copilot.types import Reason, Reply, Suggestion

# So long nobody may have said anything before a reply is made: a burst gives one. Who does not
# pause at all gets it after `_SETTLED_S`.
SETTLE_S = 0.2
_SETTLED_S = 1.0
# From the turn's arrival to the beginning of the search, and of the reply.
EVIDENCE_S = 1.0
REPLY_S = 3.0

_log = structlog.get_logger("copilot.live")


class Evaluation:
    """One at a time for each line; what is no longer open ends at its next stage."""

    def __init__(self, copilot: Copilot, journal: Journal, schedule: Schedule) -> None:
        self._copilot = copilot
        self._journal = journal
        self._schedule = schedule
        at_once = copilot.drafter.at_once if copilot.drafter is not None else 0
        self._drafts = Aside(at_once) if at_once else None

    def stop(self) -> None:
        """Cancels what is being drafted, and waits for it to end."""
        if self._drafts is not None and self._copilot.drafter is not None:
            self._copilot.drafter.asking.close()
            self._drafts.stop()

    def ask_for(self, line: Line) -> None:
        """Has the line evaluated; the caller holds its lock."""
        if not line.queued:
            line.queued = True
            self._schedule.do(lambda: self._evaluate(line))

    def _evaluate(self, line: Line) -> None:
        """Begins what the line's turns ask for, or says that nothing is needed."""
        with line.lock:
            line.queued = False
            wanted, since = line.open, line.waiting_since
            if since is None or line.conversation.ended_at is not None:
                return
            if wanted is not None and line.working_on == wanted.turn_ids:
                return
            if wanted is None or line.is_answered(wanted):
                self._close(line, self._quiet(line, since), Reason.NO_NEED)
                self._remember(line.last_said())
                return
            if time.monotonic() - since > EVIDENCE_S:
                self._close(line, self._bare(line), Reason.DEADLINE)
                return
            line.working_on = wanted.turn_ids
        try:
            underway = self._begun(line, wanted)
        except Exception:
            self._failed(line, wanted, self._bare(line))
            return
        try:
            if self._show_evidence(line, wanted, underway):
                self._show_steps(line, wanted, underway)
                self._reply_later(line, wanted, underway)
        except Exception:
            self._failed(line, wanted, underway)

    def _remember(self, said: str) -> None:
        """Embeds, once nothing is waited for, what the next question will be asked after."""
        if said and not is_courtesy(said):
            self._schedule.do(
                lambda: self._copilot.searcher.remember(said), time.monotonic() + SETTLE_S
            )

    def _begun(self, line: Line, wanted: Open) -> Underway:
        of = line.conversation
        try:
            return self._copilot.begin(wanted.question, of.scope, of.customer_id, of.caller)
        except UnknownCustomer:  # not known yet, or erased meanwhile
            return self._copilot.begin(wanted.question, of.scope, None, of.caller)

    def _show_evidence(self, line: Line, wanted: Open, underway: Underway) -> bool:
        """Whether it was still wanted."""
        evidence = {
            "turn_ids": list(wanted.turn_ids),
            "passages": to_jsonable_python(underway.passages),
        }
        with line.lock:
            if not line.still_wants(wanted):
                return False
            news = [stage(line, underway.suggestion_id, "evidence", EVIDENCE_S, evidence)]
            if line.shown is not None and not line.shown.complete:  # an earlier process left it
                news.insert(0, superseded(line.shown.suggestion_id, line.newest))
            self._journal.push(line, news)
            line.shown = Shown(underway.suggestion_id, wanted.turn_ids)
            return True

    def _show_steps(self, line: Line, wanted: Open, underway: Underway) -> None:
        self._find_steps(line, underway)
        with line.lock:
            if not line.still_wants(wanted):
                return
            self._catch_up(line, underway)
            if not underway.steps.next_steps and not underway.likely_actions:
                return
            shown = {
                **told(underway.steps),
                "likely_actions": to_jsonable_python(underway.likely_actions),
            }
            news = stage(line, underway.suggestion_id, "steps", REPLY_S, shown)
            self._journal.push(line, [news])

    def _find_steps(self, line: Line, underway: Underway) -> None:
        """Adds the steps, and what is likely next, after all that was said and done."""
        with line.lock:
            turns = line.turns()
        self._copilot.find_steps(underway, turns)
        self._copilot.find_likely(underway, turns)

    def _catch_up(self, line: Line, underway: Underway) -> None:
        """Finds the steps again where a person has steered since; the caller holds the lock."""
        turns = line.turns()
        if underway.follows and underway.conversation != tuple(turns):
            self._copilot.find_steps(underway, turns)

    def _reply_later(self, line: Line, wanted: Open, underway: Underway) -> None:
        """Has the reply made once the customer has paused."""
        self._schedule.do(lambda: self._reply(line, wanted, underway), _settled(line))

    def _reply(self, line: Line, wanted: Open, underway: Underway) -> None:
        with line.lock:
            if not line.still_wants(wanted):
                return
            now = time.monotonic()
            if now < _settled(line):
                self._reply_later(line, wanted, underway)
                return
            late = now - line.since > REPLY_S
        if late:
            self._concluded(line, wanted, underway, late=True)
        elif not self._drafts or not self._drafts.take(
            lambda: self._drafted(line, wanted, underway)
        ):
            self._concluded(line, wanted, underway)

    def _concluded(
        self, line: Line, wanted: Open, underway: Underway, *, late: bool = False
    ) -> None:
        """The reply in extracted words, or silence where there was no time for one."""
        try:
            if late:
                suggestion = self._copilot.silence(underway, Reason.DEADLINE)
            else:
                suggestion = last(self._copilot.concluding(underway, draft=False))
            with line.lock:
                if line.still_wants(wanted):
                    self._conclude_steered(line, underway, suggestion)
        except Exception:
            self._failed(line, wanted, underway)

    def _drafted(self, line: Line, wanted: Open, underway: Underway) -> None:
        """The reply in a model's words, shown as far as they hold, for as long as it is wanted."""
        concluding = self._copilot.concluding(underway)
        try:
            while True:
                reply = next(concluding)
                with line.lock:
                    if not line.still_wants(wanted):
                        concluding.close()
                        return
                    self._journal.push(line, [_so_far(line, underway, reply)])
        except StopIteration as end:
            with line.lock:
                if line.still_wants(wanted):
                    self._conclude_steered(line, underway, end.value)
        except Exception:
            self._failed(line, wanted, underway)

    def _failed(self, line: Line, wanted: Open, underway: Underway) -> None:
        """Ends in silence what went wrong; whatever it was is in the log."""
        _log.exception("a suggestion failed", conversation=line.conversation.conversation_id)
        underway.steps = Steps()  # they may be of before what a person has steered since
        with line.lock:
            if line.still_wants(wanted):
                self._close(line, underway, Reason.DEADLINE)

    def _bare(self, line: Line) -> Underway:
        """A suggestion that nothing is searched for."""
        return self._copilot.begin(None, line.conversation.scope, None, line.conversation.caller)

    def _quiet(self, line: Line, since: float) -> Underway:
        """Nothing is searched for; but the steps go on with what was said and done."""
        underway = self._bare(line)
        if time.monotonic() - since <= EVIDENCE_S:
            try:
                self._find_steps(line, underway)
            except Exception:
                _log.exception("steps failed", conversation=line.conversation.conversation_id)
        return underway

    def _close(self, line: Line, underway: Underway, reason: Reason) -> None:
        self._conclude(line, underway, self._copilot.silence(underway, reason))

    def _conclude_steered(self, line: Line, underway: Underway, suggestion: Suggestion) -> None:
        """Concludes with the steps as they are after all that was steered meanwhile."""
        self._catch_up(line, underway)
        steps = underway.steps
        suggestion = replace(
            suggestion,
            procedure=steps.procedure,
            procedures=steps.procedures,
            next_steps=steps.next_steps,
        )
        self._conclude(line, underway, suggestion)

    def _conclude(self, line: Line, underway: Underway, suggestion: Suggestion) -> None:
        """Stores and pushes what it came to: every turn so far is taken into account."""
        conversation_id = line.conversation.conversation_id

        def work(connection: Connection) -> None:
            self._copilot.keep(
                underway, suggestion, conversation_id=conversation_id, connection=connection
            )
            self._journal.store.conversations.evaluated(connection, conversation_id)

        self._journal.write(line, _whole(line, suggestion), work)
        line.concluded(suggestion.suggestion_id)


def told(steps: Steps) -> dict[str, Any]:
    """Steps as an event tells them."""
    return {
        "procedure": to_jsonable_python(steps.procedure),
        "procedures": to_jsonable_python(steps.procedures),
        "next_steps": to_jsonable_python(steps.next_steps),
    }


def _so_far(line: Line, underway: Underway, reply: Reply) -> News:
    """What a draft has become; more of it may follow."""
    draft = {
        "reply": to_jsonable_python(reply),
        "confidence": underway.confidence,
        "drafter": None,  # it is known once the draft is whole
    }
    return stage(line, underway.suggestion_id, "draft", REPLY_S, draft)


def _whole(line: Line, suggestion: Suggestion) -> list[News]:
    """The draft, if there is one, and the suggestion."""
    whole: dict[str, Any] = to_jsonable_python(suggestion)
    news: list[News] = []
    if suggestion.reply is not None:
        draft = {name: whole[name] for name in ("reply", "confidence", "drafter")}
        news.append(stage(line, suggestion.suggestion_id, "draft", REPLY_S, draft))
    kind = "suggestion" if suggestion.reply is not None else "no_suggestion"
    news.append((kind, {**whole, "turn_id": line.newest, "waited_ms": waited_ms(line)}))
    return news


def _settled(line: Line) -> float:
    """The moment from which on the reply is made."""
    return min(line.arrived + SETTLE_S, line.since + _SETTLED_S)
