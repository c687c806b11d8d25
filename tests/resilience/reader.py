"""A process that searches without a pause while others write, and holds what it sees against
the ledger of what was committed before each search began and what was under way until it ended.
"""

from __future__ import annotations

import faulthandler
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import ledger
import shelf
from parts import log_nothing, opened

from copilot.types import Passage


@dataclass(slots=True)
class Report:
    """`wrong` says what was seen that should not have been: at most twenty of them."""

    searches: int = 0
    degraded: int = 0
    failures: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.failures += 1
        if len(self.wrong) < 20:
            self.wrong.append(what)


def search_until_told(data_dir: Path, ledger_path: Path, follow: bool, parent: Connection) -> None:
    """Answers with "ready", searches until anything is sent, then answers with a Report."""
    faulthandler.enable()
    log_nothing()
    parts = opened(data_dir, follow=follow)
    reading = ledger.Reading(ledger_path)
    report = Report()
    parent.send("ready")
    for document_id in itertools.cycle(shelf.EVERY):
        if parent.poll():
            break
        reading.news()
        before = {one: reading.may_be[one] for one in shelf.EVERY}
        found = parts.copilot.search(shelf.question(document_id), k=30)
        allowed = _meanwhile(before, reading.news())
        report.searches += 1
        report.degraded += bool(found.degraded)
        for problem in _problems(document_id, found.passages, allowed):
            report.note(problem)
    parts.close()
    reading.close()
    parent.send(report)


def _meanwhile(before: dict[str, set[int]], entries: Sequence[ledger.Entry]) -> dict[str, set[int]]:
    """Every revision that each document may have had at a moment of the search."""
    allowed = {document_id: set(revisions) for document_id, revisions in before.items()}
    for entry in entries:
        for document_id, revision in entry.revisions.items():
            allowed[document_id].add(revision)
    return allowed


def _problems(
    document_id: str, passages: Sequence[Passage], allowed: dict[str, set[int]]
) -> list[str]:
    problems = []
    for passage in passages:
        revision = shelf.revision_of(passage.text)
        if not shelf.is_whole(passage):
            problems.append(f"{passage.document_id}: characters of no single revision")
        may_be = allowed.get(passage.document_id, {1})  # nobody touches the others
        if revision not in may_be:
            problems.append(f"{passage.document_id}: r{revision} shown, of {may_be}")
    shown = [passage for passage in passages if passage.document_id == document_id]
    if not shown and ledger.GONE not in allowed[document_id]:
        problems.append(f"{document_id}: not shown, of {allowed[document_id]}")
    if len(shown) > 1:
        problems.append(f"{document_id}: shown twice")
    return problems
