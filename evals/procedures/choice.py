"""Which procedure an opening is taken for: of one to three customer turns, ours, by procedure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from copilot.assist import Copilot
from copilot.compose import open_copilot
from copilot.errors import InvalidInput
from copilot.settings import Settings
from copilot.types import Scope, Turn
from evals.isolated import documents, isolated_settings
from evals.measure import Figure, Metric, Scored, figure
from ingest.sync import Sync

OPENINGS = Path(__file__).with_name("openings.yaml")
TOP_1 = Metric("procedure, first", ("top_1",))
TOP_3 = Metric("procedure, among three", ("top_3",))


@dataclass(frozen=True, slots=True)
class Chosen:
    """An opening, the procedure that it is of, and those that were offered, best first."""

    right: str
    turns: tuple[Turn, ...]
    offered: tuple[str, ...]


def openings(path: Path = OPENINGS) -> list[tuple[str, tuple[Turn, ...]]]:
    """Each opening with its procedure's document id."""
    read: Mapping[str, Sequence[Sequence[str]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        (name, tuple(Turn(f"t{at}", "customer", words) for at, words in enumerate(said)))
        for name, all_of in read.items()
        for said in all_of
    ]


@contextmanager
def knowing(procedures: Path, data_dir: Path) -> Iterator[Copilot]:
    """A copilot that knows these documents and no others."""
    copilot = open_copilot(isolated_settings(Settings(), "procedures", data_dir), follow=False)
    try:
        Sync(copilot.store, copilot.embedder).run(documents(procedures), "procedures")
        yield copilot
    finally:
        copilot.close()


def chosen(copilot: Copilot, asked: Sequence[tuple[str, tuple[Turn, ...]]]) -> list[Chosen]:
    """What is offered after each opening. Raises InvalidInput where a document is not there."""
    absent = {name for name, _ in asked} - copilot.store.documents.hashes().keys()
    if absent:
        place = ", ".join(sorted(absent)[:3])
        raise InvalidInput("there is no such document", place=place, remedy="name ABCD's folder")
    made = []
    for name, turns in asked:
        steps = copilot.guide.steps(turns, Scope())
        offered = tuple(dict.fromkeys(one.document_id for one in steps.procedures))
        made.append(Chosen(name, turns, offered))
    return made


def figures(made: Sequence[Chosen]) -> list[Figure]:
    """One for each of TOP_1 and TOP_3; the openings of one procedure are resampled together."""
    scored = [
        Scored(
            str(at),
            one.right,
            {
                "top_1": float(one.right in one.offered[:1]),
                "top_3": float(one.right in one.offered[:3]),
            },
        )
        for at, one in enumerate(made)
    ]
    return [figure(TOP_1, scored), figure(TOP_3, scored)]


def confusions(made: Sequence[Chosen]) -> list[tuple[str, str, int, str]]:
    """What was taken for what, how often, and one example; the commonest first."""
    wrong = [one for one in made if one.right not in one.offered[:1]]
    count = Counter((one.right, (*one.offered, "none")[0]) for one in wrong)
    return [
        (right, offered, number, _words(wrong, right, offered))
        for (right, offered), number in count.most_common()
    ]


def _words(wrong: Sequence[Chosen], right: str, offered: str) -> str:
    one = next(one for one in wrong if (one.right, (*one.offered, "none")[0]) == (right, offered))
    return " / ".join(turn.text for turn in one.turns)
