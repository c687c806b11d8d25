"""From a model's first token to the first sentence that was checked, beside its own time to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from typing import Any

import numpy as np
from tqdm import tqdm

from copilot.assist import Copilot
from evals.bootstrap import bootstrap_interval
from evals.drafting.failing import copilot_is_silent
from evals.question import Question
from evals.timing import BAR_AFTER_S


@dataclass(frozen=True, slots=True)
class Time:
    """Milliseconds from the first token: the sentence whole, and the first one that holds shown."""

    written_ms: float
    checked_ms: float

    @property
    def ratio(self) -> float:
        """What checking makes of the model's own time."""
        return self.checked_ms / self.written_ms


def timed(copilot: Copilot, questions: Sequence[Question], count: int) -> list[Time]:
    """The times of `count` drafts whose first sentence holds."""
    answered = [one for one in questions if one.answerable and not copilot_is_silent(copilot, one)]
    times = []
    asked = islice(cycle(answered), count)
    for question in tqdm(asked, total=count, desc="drafts", delay=BAR_AFTER_S):
        took = copilot.ask(question.text, scope=question.scope).took_ms
        if "draft_checked" in took:
            token = took["draft_token"]
            times.append(Time(took["draft_sentence"] - token, took["draft_checked"] - token))
    return times


def as_json(times: Sequence[Time]) -> list[dict[str, Any]]:
    """Each by name."""
    return [asdict(one) for one in times]


def table(times: Sequence[Time]) -> str:
    """The ratio over all drafts and by draft, with n."""
    if not times:
        return "no draft held"
    ratios = np.array([one.ratio for one in times])
    whole = sum(one.checked_ms for one in times) / sum(one.written_ms for one in times)
    median = bootstrap_interval(ratios, lambda rows: float(np.median(rows)))
    return (
        f"first checked sentence against the model's own time to it, n {len(times)}\n"
        f"all together {whole:.3f} ×; p50 {np.median(ratios):.3f} × "
        f"({median.low:.3f} to {median.high:.3f}), p95 {np.quantile(ratios, 0.95):.3f} ×"
    )
