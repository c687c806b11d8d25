"""Two processes on one data folder: one owns the index folder, the other leaves it alone, and each
sees at its next search what the other wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import shelf
from parts import Parts, chroma_has_everything, opened, wait_until
from second import obey

pytestmark = pytest.mark.slow

Start = Callable[..., BaseProcess]
ID = "standing-03"


class Second:
    """The other process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __call__(self, *order: Any) -> Any:
        self._pipe.send(order)
        return self.answer()

    def answer(self) -> Any:
        assert self._pipe.poll(60), "the second process does not answer"
        return self._pipe.recv()

    def close(self) -> None:
        self._pipe.send(None)
        assert self.answer() == "closed"


def shown(parts: Parts, document_id: str = ID) -> list[int]:
    found = parts.search(shelf.question(document_id), 30)
    return [shelf.revision_of(one.text) for one in found if one.document_id == document_id]


def content(folder: Path) -> dict[str, bytes]:
    """What is in every file below."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("follow", [False, True], ids=["on-demand", "following"])
def test_a_second_process_leaves_the_folder_alone_and_both_see_each_others_writes(
    follow: bool, tmp_path: Path, context: ForkServerContext, start: Start
) -> None:
    first = opened(tmp_path)
    first.sync.run([shelf.document(one, 1) for one in shelf.EVERY], "shelf")
    assert shown(first) == [1]
    before = content(tmp_path / "indexes")
    ours, theirs = context.Pipe()
    start(obey, tmp_path, follow, theirs)
    second = Second(ours)
    opened_as, folder = second.answer()
    assert opened_as == "opened"
    assert not Path(folder).is_relative_to(tmp_path)
    assert first.follower.indexes.lexical.folder.is_relative_to(tmp_path)
    assert second("revisions", ID) == [1]
    for revision in range(2, 12, 2):
        second("put", ID, revision)
        assert second("revisions", ID) == [revision]
    second("retire", shelf.PASSING[0])
    assert content(tmp_path / "indexes") == before
    assert shown(first) == [10]
    assert shown(first, shelf.PASSING[0]) == []
    for revision in range(11, 21):
        first.sync.put(shelf.document(ID, revision))
        assert second("revisions", ID) == [revision]
    first.store.documents.retire(ID)
    assert second("revisions", ID) == []
    second.close()
    assert not Path(folder).exists()
    first.close()


def test_a_second_process_leaves_the_owners_chroma_alone(
    tmp_path: Path, context: ForkServerContext, start: Start
) -> None:
    first = opened(tmp_path, follow=True)
    first.sync.run([shelf.document(one, 1) for one in shelf.EVERY], "shelf")
    first.search("anything")
    wait_until(lambda: chroma_has_everything(first))
    first.close()
    owner = opened(tmp_path)  # owns the folder, and does not touch Chroma
    before = content(tmp_path / "indexes" / "vectors")
    ours, theirs = context.Pipe()
    start(obey, tmp_path, True, theirs)
    second = Second(ours)
    second.answer()
    for revision in range(2, 5):
        second("put", ID, revision)
        assert second("revisions", ID) == [revision]
    second.close()
    assert content(tmp_path / "indexes" / "vectors") == before
    owner.close()


def test_many_processes_open_a_new_data_folder_at_once(
    tmp_path: Path, context: ForkServerContext, start: Start
) -> None:
    """Each makes the schema if it is not there; one owns the indexes."""
    pipes = []
    for _ in range(5):
        ours, theirs = context.Pipe()
        start(obey, tmp_path, False, theirs)
        pipes.append(Second(ours))
    folders = [Path(one.answer()[1]) for one in pipes]
    assert sum(folder.is_relative_to(tmp_path) for folder in folders) == 1
    for number, one in enumerate(pipes, start=1):
        assert one("put", ID, number) == "done"
        assert [other("revisions", ID) for other in pipes] == [[number]] * len(pipes)
    for one in pipes:
        one.close()
