"""`python -m evals.bench.suite`: what running a suite costs beside the bare calls that it makes.

Each block of cases is asked in four ways by turns, so that noise falls on all of them alike, and
once before, uncounted, so that none of them finds what another has left in the caches.
"""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from copilot.types import Document, Suggestion, Turn
from evals.bench.texts import corpora
from evals.bootstrap import Floats, bootstrap_interval
from evals.dataset import Dataset, Question, load
from evals.examine import Examiner, Row
from evals.isolated import Isolated, documents, isolated_settings
from evals.journal import RESULT, Journal, open_journal
from evals.report import result as result_of
from evals.report import versions, write_json
from evals.run import Run, each
from evals.scorers import catalog
from evals.suite import Suite
from evals.timing import stage_times

TARGET = 0.8
Ways = dict[str, Callable[[Sequence[Question]], object]]


def bench(
    cases: Annotated[int, typer.Option(min=10, help="Cases of the suite.")] = 1000,
    block: Annotated[int, typer.Option(min=5, help="Cases asked in one way at a time.")] = 50,
    workers: Annotated[int | None, typer.Option(min=1, help="Cases at once.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Kept between runs.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the result as JSON.")] = None,
) -> None:
    """Cases a second of a suite, as a ratio to those of bare calls of `Copilot.assist`."""
    suite = conversations(cases)
    with (
        tempfile.TemporaryDirectory(prefix="copilot-bench-") as folder,
        opened(data_dir or Path(folder) / "data") as isolated,
    ):
        found = measure(suite, isolated, Path(folder) / "run", block, workers)
    typer.echo(table(found))
    if out is not None:
        write_json(found, out)


def conversations(cases: int) -> Suite:
    """So many questions of the data sets that are here, by turns and over again, each as what a
    customer says."""
    known = [one for path in corpora().values() for one in load(path).questions]
    questions = tuple(
        replace(one, question_id=f"c{at}", conversation=(Turn("t1", "customer", one.text),))
        for at, one in zip(range(cases), itertools.cycle(known), strict=False)
    )
    dataset = Dataset("bench", next(iter(corpora().values())), (), questions, questions[0].scope)
    return Suite(dataset, catalog.applying(questions))


@contextmanager
def opened(data_dir: Path) -> Iterator[Isolated]:
    """A copilot that has taken in the documents of all these data sets."""
    from copilot.compose import open_copilot
    from copilot.settings import Settings
    from ingest.sync import Sync

    settings = isolated_settings(
        Settings(llm_model="", llm_base_url="", reranker="", embedder="minilm"), "bench", data_dir
    )
    found = [one for path in corpora().values() for one in documents(load(path).corpus)]
    copilot = open_copilot(settings, follow=False)
    try:
        counts = Sync(copilot.store, copilot.embedder).run(
            tqdm([one for one in found if isinstance(one, Document)], desc="ingesting"), "bench"
        )
        yield Isolated(copilot, settings, counts)
    finally:
        copilot.close()


def measure(
    suite: Suite, isolated: Isolated, folder: Path, block: int, workers: int | None
) -> dict[str, Any]:
    """Seconds of each way, block by block; the suite's end, its result, is added to its blocks."""
    together = workers or os.cpu_count() or 1
    examiner, copilot = Examiner(suite, isolated.copilot), isolated.copilot

    def bare(question: Question) -> Suggestion:
        return copilot.assist(question.conversation, scope=question.scope, caller="evals")

    with open_journal(folder, {}, resume=False) as journal:
        ways: Ways = {
            "bare": lambda some: [bare(one) for one in some],
            "bare together": lambda some: list(each(bare, some, together)),
            "suite": lambda some: keep(journal, each(examiner.examine, some, together)),
            "suite, one by one": lambda some: keep(journal, each(examiner.examine, some, 1)),
        }
        seconds = _by_turns(ways, suite.dataset.questions, block)
        rows = tuple(journal.rows.values())
    start = time.perf_counter()
    done = Run("suite", suite, copilot.embedder.model, rows, stage_times(rows))
    write_json(result_of(done, isolated.settings), folder / RESULT)
    return _told(seconds, time.perf_counter() - start, len(rows), together)


def keep(journal: Journal, rows: Iterator[Row]) -> None:
    """As a run keeps its cases."""
    for row in rows:
        journal.add(row)


def _by_turns(ways: Ways, questions: Sequence[Question], block: int) -> list[dict[str, float]]:
    """The seconds of each way for each block; another way is first each time."""
    names = list(ways)
    found = []
    for at, first in enumerate(tqdm(range(0, len(questions), block), unit="block")):
        some = questions[first : first + block]
        ways[names[0]](some)
        seconds = {}
        for turn in range(len(names)):
            name = names[(at + turn) % len(names)]
            start = time.perf_counter()
            ways[name](some)
            seconds[name] = time.perf_counter() - start
        found.append(seconds)
    return found


def _told(
    seconds: list[dict[str, float]], end_s: float, cases: int, together: int
) -> dict[str, Any]:
    pairs = {
        "suite to bare calls": ("bare", "suite"),
        "suite to bare calls, both one by one": ("bare", "suite, one by one"),
        "suite to bare calls, both together": ("bare together", "suite"),
    }
    return {
        "kind": "bench suite",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "load_average": os.getloadavg()[0],
        "cases": cases,
        "blocks": len(seconds),
        "workers": together,
        "end_s": round(end_s, 3),
        "seconds": {name: round(sum(one[name] for one in seconds), 3) for name in seconds[0]},
        "ratios": {name: _ratio(seconds, end_s, *pair) for name, pair in pairs.items()},
        "target": TARGET,
    }


def _ratio(seconds: list[dict[str, float]], end_s: float, bare: str, suite: str) -> dict[str, Any]:
    """Throughput as a ratio, with its interval over blocks."""
    share = end_s / len(seconds)
    rows = [[one[bare], one[suite] + share] for one in seconds]

    def statistic(drawn: Floats) -> float:
        return float(drawn[:, 0].sum() / drawn[:, 1].sum())

    interval = bootstrap_interval(rows, statistic)
    value = sum(row[0] for row in rows) / sum(row[1] for row in rows)
    return {
        "value": round(value, 3),
        "low": round(interval.low, 3),
        "high": round(interval.high, 3),
        "met": value >= TARGET,
    }


def table(found: dict[str, Any]) -> str:
    """The seconds of each way, and the ratios with their intervals."""
    lines = [f"{found['cases']} cases in {found['blocks']} blocks, {found['workers']} at once"]
    for name, seconds in found["seconds"].items():
        lines.append(f"{name:<40}{seconds:>9.2f} s{found['cases'] / seconds:>9.1f} a second")
    lines.append(f"{'result.json with its intervals':<40}{found['end_s']:>9.2f} s")
    for name, one in found["ratios"].items():
        verdict = "met" if one["met"] else "missed"
        lines.append(
            f"{name:<40}{one['value']:>9.3f}  ({one['low']:.3f} to {one['high']:.3f})"
            f"  ≥ {found['target']}: {verdict}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(bench)
    app()
