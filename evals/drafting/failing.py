"""Many requests beside a server that fails in one way: answers in time, extracted and marked, and
nothing left behind.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from copilot.answer.query import from_question
from copilot.assist import EXTRACTOR, Copilot, last
from copilot.types import Suggestion
from evals.question import Question
from evals.scripted_model.server import ScriptedModel

_AT_ONCE = 4
# An answer may take its draft's time, as long as the longest one without a model, and so much.
_MORE_S = 0.3
_SETTLES_S = 5.0


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of `count` requests; `allowed_s` is what each may take.

    `marked` are answers that say that a draft failed, and `failures` how; `left` counts threads
    and connections that were not there before.
    """

    behaviour: str
    count: int
    answered: int
    extracted: int
    marked: int
    in_time: int
    allowed_s: float
    p95_s: float
    worst_s: float
    left: int
    failures: dict[str, int] = field(default_factory=dict)

    @property
    def is_short(self) -> bool:
        """Whether any answer is missing, late, not extracted, not marked, or anything is left."""
        right = {self.answered, self.extracted, self.marked, self.in_time} == {self.count}
        return not right or self.left > 0


def tried(
    copilot: Copilot,
    model: ScriptedModel,
    questions: Sequence[Question],
    count: int,
    within_s: float,
) -> Tried:
    """Asks `count` questions that are answered, four at once."""
    answerable = [
        one for one in questions if one.answerable and not copilot_is_silent(copilot, one)
    ]
    drafter, copilot.drafter = copilot.drafter, None
    alone = _all(copilot, list(islice(cycle(answerable), count)))
    copilot.drafter = drafter
    _all(copilot, answerable[:_AT_ONCE])  # loads the client
    allowed = within_s + max(seconds for _, seconds in alone) + _MORE_S
    before = _open()
    found = _all(copilot, list(islice(cycle(answerable), count)))
    left = _left(before)
    made = [suggestion for suggestion, _ in found]
    took = np.array([seconds for _, seconds in found])
    failures = Counter(
        mark.removeprefix("draft: ")
        for one in made
        for mark in one.degraded
        if mark.startswith("draft: ")
    )
    return Tried(
        behaviour=model.behaviour.value,
        count=count,
        answered=sum(one.reply is not None for one in made),
        extracted=sum(one.drafter == EXTRACTOR for one in made),
        marked=sum(failures.values()),
        in_time=int((took <= allowed).sum()),
        allowed_s=allowed,
        p95_s=float(np.quantile(took, 0.95)),
        worst_s=float(took.max()),
        left=left,
        failures=dict(failures),
    )


def copilot_is_silent(copilot: Copilot, question: Question) -> bool:
    """Whether nothing is said to a question, so that no draft is asked for."""
    underway = copilot.begin(from_question(question.text), question.scope)
    return last(copilot.concluding(underway, draft=False)).reply is None


def _all(copilot: Copilot, questions: Sequence[Question]) -> list[tuple[Suggestion, float]]:
    """The answers and their seconds, four asked at once."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda one: _asked(copilot, one), questions))


def _asked(copilot: Copilot, question: Question) -> tuple[Suggestion, float]:
    began = time.perf_counter()
    suggestion = copilot.ask(question.text, scope=question.scope)
    return suggestion, time.perf_counter() - began


def _open() -> tuple[int, int]:
    """The threads and the sockets of this process."""
    sockets = 0
    for one in Path("/proc/self/fd").iterdir():
        try:
            sockets += str(one.readlink()).startswith("socket:")
        except OSError:
            continue
    return threading.active_count(), sockets


def _left(before: tuple[int, int]) -> int:
    """What is open that was not open before, once it had time to settle."""
    until = time.monotonic() + _SETTLES_S
    while True:
        more = sum(max(0, now - was) for now, was in zip(_open(), before, strict=True))
        if more == 0 or time.monotonic() > until:
            return more
        time.sleep(0.05)


def as_json(row: Tried) -> dict[str, Any]:
    """The row by name."""
    return asdict(row)


def table(rows: Sequence[Tried], within_s: float) -> str:
    """One line a behaviour."""
    lines = [
        f"drafts within {within_s} s; answers within that, the longest without a model, and "
        f"{_MORE_S} s",
        f"{'':20}{'asked':>7}{'answered':>9}{'extracted':>10}{'marked':>8}{'in time':>9}"
        f"{'allowed':>9}{'p95 s':>8}{'worst s':>9}{'left':>6}  failures",
    ]
    for row in rows:
        failures = ", ".join(f"{name} {number}" for name, number in row.failures.items())
        lines.append(
            f"{row.behaviour:<20}{row.count:>7}{row.answered:>9}{row.extracted:>10}{row.marked:>8}"
            f"{row.in_time:>9}{row.allowed_s:>9.2f}{row.p95_s:>8.2f}"
            f"{row.worst_s:>9.2f}{row.left:>6}  {failures}"
        )
    return "\n".join(lines)
