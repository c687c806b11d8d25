"""Top-1, top-3 and weighted F1 of the next action, beside what needs no copilot.

Moments of one dialogue are resampled together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from evals.measure import Figure, Metric, Scored, figure
from evals.next_action.star import Moment, flow_chart

TOP_1 = Metric("next action, first", ("top_1",))
TOP_3 = Metric("next action, among three", ("top_3",))
Guess = Callable[[Moment], Sequence[str]]
_NONE = ""


def figures(moments: Sequence[Moment], guesses: Sequence[Sequence[str]]) -> list[Figure]:
    """One for each of TOP_1 and TOP_3; `guesses[i]` are best first."""
    scored = [
        Scored(
            f"{one.dialogue.interaction.interaction_id}:{len(one.before)}",
            one.dialogue.interaction.interaction_id,
            {"top_1": float(one.action in guess[:1]), "top_3": float(one.action in guess[:3])},
        )
        for one, guess in zip(moments, guesses, strict=True)
    ]
    return [figure(TOP_1, scored), figure(TOP_3, scored)]


def weighted_f1(gold: Sequence[str], guessed: Sequence[str]) -> float:
    """The F1 of each action, weighted by how often it is right."""
    count = Counter(gold)
    given = Counter(guessed)
    right = Counter(one for one, other in zip(gold, guessed, strict=True) if one == other)
    total = sum(2 * right[one] / (count[one] + given[one]) * count[one] for one in count)
    return total / len(gold)


def wrong(
    moments: Sequence[Moment], guesses: Sequence[Sequence[str]]
) -> list[tuple[str, str, int, str]]:
    """The commonest confusions: what was done, what was guessed, how often, and one example."""
    kinds: dict[tuple[str, str], list[Moment]] = defaultdict(list)
    for one, guess in zip(moments, guesses, strict=True):
        first = guess[0] if guess else _NONE
        if first != one.action:
            kinds[one.action, first].append(one)
    ranked = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    return [(*kind, len(those), _told(those[0])) for kind, those in ranked]


def majority(training: Iterable[Moment]) -> Guess:
    """Always the actions that are commonest."""
    best = [name for name, _ in Counter(one.action for one in training).most_common(3)]
    return lambda _: best


def bigram(training: Iterable[Moment]) -> Guess:
    """What followed the last action most often in the same task."""
    follows: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in training:
        follows[one.dialogue.task, last_action(one)][one.action] += 1

    def guess(moment: Moment) -> list[str]:
        seen = follows[moment.dialogue.task, last_action(moment)]
        return [name for name, _ in seen.most_common(3)]

    return guess


def successor(folder: Path) -> Guess:
    """What the flow chart has after the last action."""

    @cache
    def graph(task: str) -> dict[str, str]:
        return flow_chart(folder, task)["graph"]

    def guess(moment: Moment) -> list[str]:
        follows = graph(moment.dialogue.task).get(last_action(moment) or "hello", _NONE)
        return ["query" if follows.startswith("query") else follows]

    return guess


def last_action(moment: Moment) -> str:
    """The newest of the agent's actions; empty before the first."""
    done = [turn.action.name for turn in moment.before if turn.action is not None]
    return done[-1] if done else _NONE


def _told(moment: Moment) -> str:
    said = [turn.text for turn in moment.before if turn.text]
    return f"{moment.dialogue.task}: after {last_action(moment)!r}, {said[-1] if said else ''!r}"
