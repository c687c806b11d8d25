"""Nothing that was committed is lost and nothing half-done is seen when a process is killed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import ledger
import numpy as np
import pytest
import shelf
from parts import chroma_has_everything, opened, store_url, wait_until
from reader import Report, search_until_told
from sqlalchemy import text
from writer import own_until_killed, standing, write_until_killed

from copilot.retrieval import indexes
from copilot.retrieval.hashing import HashingEmbedder
from copilot.store import Store
from copilot.store.index import missing

pytestmark = pytest.mark.slow

Start = Callable[..., BaseProcess]


class Searching:
    """A reader in a process of its own; `stop` gives its report."""

    def __init__(
        self, context: ForkServerContext, start: Start, folder: Path, *, follow: bool
    ) -> None:
        self._connection, theirs = context.Pipe()
        self._process = start(search_until_told, folder, folder / "ledger", follow, theirs)
        assert self._connection.recv() == "ready"

    def stop(self) -> Report:
        assert self._process.is_alive(), f"the reader ended with {self._process.exitcode}"
        self._connection.send("stop")
        report: Report = self._connection.recv()
        return report


def kill_at_random(
    start: Start,
    target: Callable[..., Any],
    folder: Path,
    kills: int,
    after: str,
    watch: Callable[[], object],
) -> None:
    """Starts the target and kills it, each time at a moment that nobody chose.

    Every other time it is first let come so far that it says `after`.
    """
    moments = np.random.default_rng(kills).uniform(0, 1.2, kills)
    for seed, moment in enumerate(moments):
        process = run_until(start, target, folder, after if seed % 2 else "", seed)
        time.sleep(float(moment))
        kill(process)
        watch()


def run_until(
    start: Start, target: Callable[..., Any], folder: Path, kind: str, seed: int = 10**6
) -> BaseProcess:
    """Starts the target, and returns it once it has said that it is this far."""
    path = folder / "ledger"
    path.touch()
    seen = len(ledger.read(path))
    process = start(target, folder, path, seed)
    wait_until(lambda: not kind or any(one.kind == kind for one in ledger.read(path)[seen:]))
    return process


def kill(process: BaseProcess) -> None:
    assert process.is_alive(), "it died by itself"
    process.kill()
    process.join()


def check_store(folder: Path) -> None:
    """The database is sound, and every document is at a revision that was begun or done."""
    store = Store(store_url(folder))
    try:
        with store.engine.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert missing(store.engine, HashingEmbedder().model) == []
        reading = ledger.Reading(folder / "ledger")
        reading.news()
        for document_id, revision in standing(store).items():
            assert revision in reading.may_be[document_id], document_id
        reading.close()
    finally:
        store.close()


def check_every_version(folder: Path) -> int:
    """Every version that was ever committed is still there, as it was; returns how many."""
    store = Store(store_url(folder))
    kept = {
        one: {version.version: version.sha256 for version in store.documents.history(one)}
        for one in shelf.EVERY
    }
    store.close()
    committed = 0
    for entry in ledger.read(folder / "ledger"):
        for document_id, (number, sha256) in entry.versions.items():
            assert kept[document_id].get(number) == sha256, (document_id, number)
            committed += 1
    return committed


def check_indexes(folder: Path) -> None:
    """The indexes that lived through it show each document as the database has it, Chroma too."""
    with_chroma = (folder / "indexes" / "vectors").exists()
    parts = opened(folder, follow=with_chroma)
    try:
        if with_chroma:
            wait_until(lambda: chroma_has_everything(parts))
        for document_id, revision in standing(parts.store).items():
            first, *others = parts.search(shelf.question(document_id), 30)
            if revision != ledger.GONE:
                assert (first.document_id, shelf.revision_of(first.text)) == (document_id, revision)
            assert document_id not in {one.document_id for one in others}
        assert parts.copilot.readiness().degraded == ()
    finally:
        parts.close()


@pytest.mark.parametrize("follow", [False, True], ids=["on-demand", "following"])
def test_a_killed_writer_loses_nothing_and_a_reader_sees_whole_documents(
    follow: bool,
    kills: int,
    tmp_path: Path,
    start: Start,
    context: ForkServerContext,
) -> None:
    began = time.monotonic()
    Store(store_url(tmp_path)).close()
    searching = Searching(context, start, tmp_path, follow=follow)
    kill_at_random(
        start, write_until_killed, tmp_path, kills, ledger.READY, lambda: check_store(tmp_path)
    )
    kill(run_until(start, write_until_killed, tmp_path, ledger.READY))
    report = searching.stop()
    check_store(tmp_path)
    committed = check_every_version(tmp_path)
    check_indexes(tmp_path)
    print(
        f"\n{kills} kills of a writer, reader {'following' if follow else 'on demand'}: "
        f"{committed} versions committed, {report.searches} searches, "
        f"{report.failures} failures, {time.monotonic() - began:.0f} s"
    )
    assert report.wrong == []
    assert report.searches > kills
    assert committed > kills


def test_a_killed_owner_of_the_index_folder_repairs_it_at_its_next_start(
    owner_kills: int,
    tmp_path: Path,
    start: Start,
    context: ForkServerContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, kills = time.monotonic(), owner_kills
    monkeypatch.setattr(indexes, "EXACT_LIMIT", 0)
    shelf.fill(tmp_path)
    owner = run_until(start, own_until_killed, tmp_path, ledger.SERVING)
    searching = Searching(context, start, tmp_path, follow=False)  # finds the folder owned
    kill(owner)
    kill_at_random(
        start, own_until_killed, tmp_path, kills, ledger.SERVING, lambda: check_store(tmp_path)
    )
    kill(run_until(start, own_until_killed, tmp_path, ledger.SERVING))
    report = searching.stop()
    check_store(tmp_path)
    committed = check_every_version(tmp_path)
    check_indexes(tmp_path)
    entries = ledger.read(tmp_path / "ledger")
    said = Counter(one.note["event"] for one in entries if one.kind == ledger.SAID)
    wrong = [one.note for one in entries if one.kind == ledger.WRONG]
    print(
        f"\n{kills} kills of the index folder's owner, of which "
        f"{sum(one.kind == ledger.SERVING for one in entries)} while Chroma served: "
        f"{committed} versions committed, {report.searches} searches, "
        f"{report.failures + len(wrong)} failures, {time.monotonic() - began:.0f} s; "
        f"said: {dict(said)}"
    )
    assert report.wrong == []
    assert wrong == []
    assert committed > kills
