"""Nothing that was committed is lost and nothing half-done is seen when a process is killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import ledger
import numpy as np
import pytest
import shelf
from parts import Parts, opened, store_url
from reader import Report, search_until_told
from sqlalchemy import text
from writer import own_until_killed, standing, write_until_killed

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
        start(search_until_told, folder, folder / "ledger", follow, theirs)
        assert self._connection.recv() == "ready"

    def stop(self) -> Report:
        self._connection.send("stop")
        report: Report = self._connection.recv()
        return report


def kill_at_random(
    start: Start,
    target: Callable[..., Any],
    folder: Path,
    kills: int,
    longest_s: float,
    watch: Callable[[], object],
) -> None:
    """Starts the target and kills it, each time at a moment that nobody chose."""
    moments = np.random.default_rng(kills).uniform(0, longest_s, kills)
    for seed, moment in enumerate(moments):
        process = start(target, folder, folder / "ledger", seed)
        time.sleep(float(moment))
        assert process.is_alive(), "the writer died by itself"
        process.kill()
        process.join()
        watch()


def finish(start: Start, target: Callable[..., Any], folder: Path, until: str | None) -> None:
    """One start more, which is let live until it has begun, and until it says `until`."""
    seen = len(ledger.read(folder / "ledger"))
    process = start(target, folder, folder / "ledger", 10**6)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.is_alive():
        entries = ledger.read(folder / "ledger")[seen:]
        if any(one.kind == ledger.READY for one in entries) and (
            until is None or any(one.note == until for one in entries)
        ):
            break
        time.sleep(0.05)
    else:
        pytest.fail("the last start did not get ready")
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


def answers(parts: Parts) -> list[list[tuple[str, int]]]:
    return [parts.top(shelf.question(one), 5) for one in shelf.EVERY]


def check_indexes(folder: Path, fresh: Path) -> None:
    """The indexes that lived through it answer as new ones do."""
    lived, new = opened(folder), opened(folder, indexes=fresh)
    try:
        assert answers(lived) == answers(new)
        assert lived.copilot.readiness().degraded == ()
    finally:
        lived.close()
        new.close()


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
    kill_at_random(start, write_until_killed, tmp_path, kills, 1.2, lambda: check_store(tmp_path))
    finish(start, write_until_killed, tmp_path, None)
    report = searching.stop()
    check_store(tmp_path)
    committed = check_every_version(tmp_path)
    check_indexes(tmp_path, tmp_path / "fresh")
    print(
        f"\n{kills} kills of a writer, reader {'following' if follow else 'on demand'}: "
        f"{committed} versions committed, {report.searches} searches, "
        f"{report.failures} failures, {time.monotonic() - began:.0f} s"
    )
    assert report.wrong == []
    assert report.searches > kills
    assert committed > kills


def test_a_killed_owner_of_the_index_folder_repairs_it_at_its_next_start(
    kills: int, tmp_path: Path, start: Start, context: ForkServerContext
) -> None:
    began = time.monotonic()
    (tmp_path / "ledger").touch()
    finish(start, own_until_killed, tmp_path, None)
    searching = Searching(context, start, tmp_path, follow=False)
    kill_at_random(start, own_until_killed, tmp_path, kills, 3.0, lambda: check_store(tmp_path))
    finish(start, own_until_killed, tmp_path, None)
    report = searching.stop()
    check_store(tmp_path)
    committed = check_every_version(tmp_path)
    check_indexes(tmp_path, tmp_path / "fresh")
    entries = ledger.read(tmp_path / "ledger")
    said = [one.note for one in entries if one.kind == ledger.SAID]
    wrong = [one.note for one in entries if one.kind == ledger.WRONG]
    print(
        f"\n{kills} kills of the index folder's owner: {committed} versions committed, "
        f"{report.searches} searches, {report.failures + len(wrong)} failures, "
        f"{len(said)} lines said, {time.monotonic() - began:.0f} s"
    )
    for line in {str(one) for one in said}: print('   SAID', line)
    assert report.wrong == []
    assert wrong == []
    assert committed > kills
