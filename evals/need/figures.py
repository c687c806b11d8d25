"""The figures of need detection on a set of customers' turns, with intervals.

Turns of one conversation are resampled together.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from copilot.answer.need import needs_help
from copilot.answer.utterance import says_something
from evals.bootstrap import Floats
from evals.measure import Figure, Metric, Scored, figure
from evals.need.conversations import Written
from evals.need.star import Said

REVIEWED = Path(__file__).with_name("reviewed.tsv")
_LABELS = {"help": True, "none": False, "detail": None}


def _ratio(rows: Floats) -> float:
    """Of the turns with help, the share that needs it; nan without any."""
    return float(rows[:, 1].sum() / rows[:, 0].sum()) if rows[:, 0].any() else float("nan")


HELP = Metric("help where it is needed", ("help",))
QUIET = Metric("quiet where it is not", ("quiet",))
PRECISION = Metric("needed, of the help given", ("given", "right"), _ratio)
UNDETERMINED = Metric("help where it cannot be told", ("undetermined",), higher_is_better=None)
METRICS = (HELP, QUIET, PRECISION, UNDETERMINED)
TELLS = Metric("agent's answers close the question", ("tells",))
LEAVES_OPEN = Metric("agent's courtesies and questions leave it open", ("leaves",))


def own(written: Sequence[Written]) -> Iterator[Said]:
    """The customers' turns of our own conversations, labelled by who wrote them."""
    for conversation in written:
        before = ""
        for spoken in conversation.turns:
            turn = spoken.turn
            if turn.role == "agent":
                before = turn.text
            else:
                name = conversation.conversation_id
                yield Said(turn.turn_id, name, turn.text, before, spoken.needs_help)


def reviewed_labels(sample: int | None = None, path: Path = REVIEWED) -> dict[str, bool | None]:
    """The labels given by hand, by turn; None is a detail that the agent had asked for.

    Three random samples of 150 held-out turns. What failed in the first two was looked at and
    moved rules; no turn of the third ever has.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return {
        row["turn"]: _LABELS[row["label"]]
        for row in rows
        if sample is None or row["sample"] == str(sample)
    }


def figures(said: Sequence[Said], labels: Mapping[str, bool | None] | None = None) -> list[Figure]:
    """One for each of METRICS, by the turns' own labels or by those given."""
    scored = [
        _scored(one, one.needs_help if labels is None else labels[one.turn_id]) for one in said
    ]
    return [figure(metric, scored) for metric in METRICS]


def closing_figures(moves: Sequence[tuple[str, str, bool]]) -> list[Figure]:
    """TELLS and LEAVES_OPEN over an agent's moves: dialogue, words, whether they tell."""
    scored = []
    for at, (dialogue, text, tells) in enumerate(moves):
        closes = says_something(text)
        measures = {"tells": float(closes)} if tells else {"leaves": float(not closes)}
        scored.append(Scored(str(at), dialogue, measures))
    return [figure(metric, scored) for metric in (TELLS, LEAVES_OPEN)]


def agreement(said: Sequence[Said], labels: Mapping[str, bool | None]) -> tuple[int, int]:
    """Of the turns that both labels decide, how many they decide alike."""
    both = [(one.needs_help, labels[one.turn_id]) for one in said]
    decided = [(first, second) for first, second in both if first is not None is not second]
    return sum(first == second for first, second in decided), len(decided)


def wrong(said: Sequence[Said]) -> Iterator[str]:
    """The turns that are judged otherwise than labelled: id, label, and what was said."""
    for one in said:
        if one.needs_help is not None and needs_help(one.text, one.before) != one.needs_help:
            label = "help" if one.needs_help else "none"
            yield f"{one.turn_id}\t{label}\t{one.before!r}\t{one.text!r}"


def _scored(one: Said, label: bool | None) -> Scored:
    given = needs_help(one.text, one.before)
    if label is None:
        return Scored(one.turn_id, one.dialogue, {"undetermined": float(given)})
    measures = {"given": float(given), "right": float(given and label)}
    if label:
        measures["help"] = float(given)
    else:
        measures["quiet"] = float(not given)
    return Scored(one.turn_id, one.dialogue, measures)
