"""Which step of a procedure comes next, from the procedure's own order, branches and words and from
what was said and done: nothing is learnt of the procedure itself.

Each step gets features; the weights are those of a conditional logit over the steps, fitted on
STAR's flow charts by `python -m evals.next_action zero-shot … --save`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from copilot.procedures.step import Branch, Procedure, Step

_YES = re.compile(
    r"\b(?:yes|yeah|yep|yup|sure|ok(?:ay)?|please do|go ahead|great|perfect|sounds good|correct|"
    r"right|of course|exactly|fine|works)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|nope|not|never|don['’]?t|cannot|can['’]?t|won['’]?t|isn['’]?t|different|another|else|"
    r"instead|rather)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(?:thanks?|thank you|bye|goodbye|that['’]?s all|that is all|nothing else|"
    r"have a (?:nice|good|great))\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:fail\w*|unavailable|not?|none|denied|declin\w*|reject\w*|invalid|unsuccess\w*|unable|"
    r"missing|incorrect|wrong|error|false)\b|-1",
    re.IGNORECASE,
)
_GOOD = re.compile(
    r"\b(?:success\w*|succeed\w*|available|confirm\w*|approv\w*|granted|valid|found|correct|right|"
    r"complete\w*|done|true|yes)\b",
    re.IGNORECASE,
)
_KINDS = (
    ("fallback", re.compile(r"don['’]?t (?:quite )?understand|only able to", re.IGNORECASE)),
    ("close", re.compile(r"\b(?:good ?bye|bye|have a (?:nice|good|great))\b", re.IGNORECASE)),
    ("more", re.compile(r"\b(?:anything|something) else\b|further (?:help|assistance)", re.I)),
    ("greet", re.compile(r"^\W*(?:hello|hi|welcome|good (?:morning|day))\b", re.IGNORECASE)),
    ("sorry", re.compile(r"\b(?:sorry|unfortunately|apolog\w+|cannot|unable)\b", re.IGNORECASE)),
)
_ASK = re.compile(
    r"\?|^\W*(?:ask|get|gather|request|obtain|find out|please (?:provide|specify|enter|tell))\b|"
    r"\b(?:ask (?:for|the|if|them)|please (?:provide|specify|enter|tell))\b",
    re.IGNORECASE,
)
_LOOK_UP = re.compile(
    r"\b(?:look\w* (?:it |them )?up|search\w*|query|check\w*|verify|validate)\b|"
    r"\bpull up\b",
    re.IGNORECASE,
)
_FAR = 4
_FILE = "successor.json"


@dataclass(slots=True)
class Now:
    """Where a conversation stands in a procedure.

    `done` are ordinals in the order in which they were done, again where they were done again.
    `recent` is what the customer said since the agent's last move, `result` what that move brought
    (None: nothing). `near` is (steps,), the cosine of `recent` and each step; zeros without words.
    """

    done: Sequence[int] = ()
    recent: str = ""
    result: str | None = None
    near: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    acted: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the last that happened was, and what it says."""

    event: str
    yes: bool
    no: bool
    thanks: bool
    asks: bool
    good: bool
    bad: bool


def scores(procedure: Procedure, now: Now, weights: Mapping[str, float]) -> list[float]:
    """One for each step, higher is likelier; their softmax is the probability."""
    return [
        sum(weights.get(name, 0.0) * value for name, value in one.items())
        for one in features(procedure, now)
    ]


@lru_cache(maxsize=1)
def load_weights() -> dict[str, float]:
    """The fitted weights, by feature."""
    text = resources.files("copilot.procedures").joinpath(_FILE).read_text("utf-8")
    weights: dict[str, float] = json.loads(text)
    return weights


def successors(step: Step, procedure: Procedure) -> list[int]:
    """The ordinals that may follow a step: where its branches lead, or the one after it."""
    leads = [one.target for one in step.branches if one.target is not None]
    always = any(not _conditional(one) for one in step.branches if one.target is not None)
    after = [] if always or step.ordinal >= len(procedure.steps) else [step.ordinal + 1]
    return list(dict.fromkeys([*leads, *after]))


def agrees(branch: Branch, now: Now) -> bool | None:
    """Whether what was heard speaks for a conditional branch; None where it says nothing of it,
    and always True of a branch without a condition.
    """
    if not _conditional(branch):
        return True
    heard, sense = _heard(now), _sense(branch)
    bad = heard.bad if heard.event == "result" else heard.no
    # "not found" is no good news, though it has the word.
    good = heard.good and not bad if heard.event == "result" else heard.yes
    if sense == "?" or good == bad:
        return None
    return good == (sense == "+")


def features(procedure: Procedure, now: Now) -> list[dict[str, float]]:
    """The features of each step, by name."""
    return _Featuring(procedure, now).all()


class _Featuring:
    """Holds what the features of all steps of one moment share."""

    def __init__(self, procedure: Procedure, now: Now) -> None:
        self._steps = procedure.steps
        self._now = now
        self._count = Counter(now.done)
        self._last = self._steps[now.done[-1] - 1] if now.done else None
        self._kinds = [kind(step) for step in self._steps]
        self._last_kind = "none" if self._last is None else self._kinds[self._last.ordinal - 1]
        self._follow = [] if self._last is None else successors(self._last, procedure)
        self._heard = _heard(now)
        self._furthest = max(now.done, default=0)
        self._open = [one for one in self._steps if not self._count[one.ordinal]]
        self._leads = _leads(self._steps)

    def all(self) -> list[dict[str, float]]:
        ranks = _ranks(self._now.near)
        return [self._of(step, ranks) for step in self._steps]

    def _of(self, step: Step, ranks: Sequence[float]) -> dict[str, float]:
        at, heard = step.ordinal - 1, self._heard
        what, event = self._kinds[at], heard.event
        found = {f"kind {what} | {event} | {self._last_kind}": 1.0, "bias": 1.0}
        found |= self._order(step, what, event)
        found[f"thanks {heard.thanks} | {what} | {event}"] = 1.0
        found[f"asks {heard.asks} | {what}"] = 1.0
        found[f"no {heard.no} yes {heard.yes} | {what} | {self._last_kind}"] = 1.0
        if event == "result":
            found[f"good {heard.good} bad {heard.bad} | {what}"] = 1.0
        if self._now.recent and len(self._now.near):
            found[f"near | {what}"] = 3 * float(self._now.near[at])
            found["near rank"] = ranks[at]
        if what == "look up":
            asks = [one for one in self._open if self._kinds[one.ordinal - 1] == "ask"]
            found[f"asks open {min(_FAR, len(asks))} | {event}"] = 1.0
        for branch in self._leads.get(step.ordinal, ()):
            found[f"branch {_sense(branch)} | {event} | {_told(heard)}"] = 1.0
        return found

    def _order(self, step: Step, what: str, event: str) -> dict[str, float]:
        """The features that are about the order of the steps."""
        last = 0 if self._last is None else self._last.ordinal
        ahead = [one.ordinal for one in self._open if one.mandatory and one.ordinal > last]
        asks = [one.ordinal for one in self._open if self._kinds[one.ordinal - 1] == "ask"]
        distance = _clipped(step.ordinal - last)
        return {
            f"follows | {event}": float(step.ordinal in self._follow),
            f"first follows | {event}": float(self._follow[:1] == [step.ordinal]),
            f"first open ahead | {event}": float(ahead[:1] == [step.ordinal]),
            f"first open ask | {event}": float(asks[:1] == [step.ordinal]),
            f"done | {what} | {event}": float(min(2, self._count[step.ordinal])),
            f"again | {what} | {event}": float(step.ordinal == last),
            f"distance {distance}": 1.0,
            f"distance {distance} | {event}": 1.0,
            f"from furthest {_clipped(step.ordinal - self._furthest)}": 1.0,
            f"mandatory {step.mandatory}": 1.0,
        }


def spoken(step: Step) -> str:
    """A step's words without where it goes on to."""
    said = step.text
    for branch in reversed(step.branches):
        start = branch.start - step.start
        if 0 < start <= len(said):
            said = said[:start] + said[start + len(branch.text) :]
    return said.strip(" .") or step.text


def kind(step: Step) -> str:
    """What a step does, by its words: ask, look up, greet, tell, say sorry, and so on."""
    said = spoken(step)
    for name, pattern in _KINDS:
        if pattern.search(said):
            return name
    if step.action and _LOOK_UP.search(f"{step.action} {said}".replace("_", " ")):
        return "look up"
    return "ask" if _ASK.search(said) else "tell"


def _heard(now: Now) -> _Heard:
    words, result = now.recent, now.result or ""
    if words:
        event = "customer"
    elif now.result is not None:
        event = "result"
    else:
        event = "agent" if now.acted else "start"
    return _Heard(
        event,
        bool(_YES.search(words)),
        bool(_NO.search(words)),
        bool(_THANKS.search(words)),
        "?" in words,
        bool(_GOOD.search(result)),
        bool(_BAD.search(result)),
    )


def _told(heard: _Heard) -> str:
    if heard.event == "result":
        return f"good {heard.good} bad {heard.bad}"
    return f"yes {heard.yes} no {heard.no}"


def _sense(branch: Branch) -> str:
    """Whether a branch is taken where things go well, or where they do not."""
    if _BAD.search(branch.text) or _NO.search(branch.text):
        return "-"
    return "+" if _GOOD.search(branch.text) or _YES.search(branch.text) else "?"


def _conditional(branch: Branch) -> bool:
    return (
        re.search(r"\b(?:if|when|unless|in case|otherwise|else)\b", branch.text, re.I) is not None
    )


def _leads(steps: Sequence[Step]) -> dict[int, list[Branch]]:
    """The conditional branches that lead to each step."""
    found: dict[int, list[Branch]] = {}
    for step in steps:
        for branch in step.branches:
            if branch.target is not None and _conditional(branch):
                found.setdefault(branch.target, []).append(branch)
    return found


def _ranks(near: NDArray[np.float32]) -> list[float]:
    """1 for the nearest, 1/2 for the next, and so on."""
    places = np.empty(len(near))
    places[np.argsort(-near, kind="stable")] = np.arange(1, len(near) + 1)
    return [float(1 / place) for place in places]


def _clipped(distance: int) -> int:
    return max(-_FAR + 1, min(_FAR, distance))
