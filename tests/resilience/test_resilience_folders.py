"""An index folder is a cache: emptied, cut or overwritten, it is rebuilt from the database without
embedding anything, while what stands goes on answering, and says that it is degraded.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from parts import (
    CountingEmbedder,
    Parts,
    chroma_has_everything,
    log_nothing,
    opened,
    wait_until,
)

from copilot.retrieval import follow, indexes
from copilot.retrieval.lexical import Lexical
from copilot.types import Document

pytestmark = pytest.mark.slow

Start = Callable[..., BaseProcess]

THINGS = "kettle lamp chair mirror carpet blanket radio vase clock basket".split()
DEEDS = "returned repaired delivered exchanged cleaned ordered measured insured".split()
QUESTIONS = [f"when is a {thing} {deed}" for thing in THINGS for deed in DEEDS][::7]


def document(thing: str, deed: str) -> Document:
    text = f"A {thing} is {deed} within {len(thing) + len(deed)} days by the {deed} desk."
    return Document(f"{thing}-{deed}", f"How a {thing} is {deed}", text)


NEW = Document("new", "How a sofa is returned", "A sofa is returned by the carrier who brought it.")


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def cut(folder: Path) -> None:
    for path in _files(folder):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(folder: Path) -> None:
    random = np.random.default_rng(1)
    for path in _files(folder):
        path.write_bytes(random.bytes(path.stat().st_size))


def speckled(folder: Path) -> None:
    """Noise in the middle of the files with the words; their ends are as they were."""
    for path in [*folder.glob("*.term"), *folder.glob("*.idx"), *folder.glob("*.fast")]:
        content = bytearray(path.read_bytes())
        middle = len(content) // 3
        content[middle : middle + 40] = b"\xa5" * 40
        path.write_bytes(content)


def headless(folder: Path) -> None:
    """Without the file that names the others."""
    (folder / "meta.json").unlink()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose indexes hold everything, Chroma's too."""
    folder = tmp_path_factory.mktemp("kept")
    parts = opened(folder, follow=True)
    parts.sync.run([document(thing, deed) for thing in THINGS for deed in DEEDS], "here")
    for thing in THINGS:  # so that there is more than one segment, and something deleted
        parts.store.documents.retire(f"{thing}-{DEEDS[0]}")
        parts.search("anything")
    wait_until(lambda: chroma_has_everything(parts))
    parts.close()
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "data"))


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def said() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def expected(kept: Path, tmp_path: Path) -> list[Any]:
    """What an index that was made from the database answers."""
    parts = opened(kept, indexes=tmp_path / "fresh")
    found = answers(parts)
    parts.close()
    return found


@pytest.fixture
def open_here(folder: Path, embedder: CountingEmbedder) -> Iterator[Callable[[], Parts]]:
    """Opens a copilot that follows."""
    here: list[Parts] = []

    def begin() -> Parts:
        here.append(opened(folder, embedder, follow=True))
        return here[-1]

    yield begin
    for parts in here:
        parts.close()


def without_chroma(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares the seconds that Chroma takes to open."""
    monkeypatch.setattr(follow.Follower, "_follow_chroma", lambda *_: None)


def answers(parts: Parts) -> list[Any]:
    return [parts.top(question, 3) for question in QUESTIONS]


def degraded(parts: Parts, name: str) -> bool:
    """Whether a search says that this index is damaged."""
    return any(one.startswith(name) for one in parts.copilot.search("a kettle").degraded)


def events(said: list[Any], name: str) -> list[str]:
    return [one["event"] for one in said if one.get("index") == name]


DAMAGED, REBUILT = "an index is damaged; rebuilding it", "an index was rebuilt from the database"


@pytest.mark.parametrize("damage", [emptied, cut, overwritten, speckled, headless])
def test_damaged_words_are_rebuilt_while_vectors_answer(
    damage: Callable[[Path], None],
    folder: Path,
    embedder: CountingEmbedder,
    expected: list[Any],
    said: list[Any],
    open_here: Callable[[], Parts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_chroma(monkeypatch)
    damage(folder / "indexes" / "words")
    go_on = threading.Event()
    load = Lexical.load

    def held_up(*arguments: Any) -> None:
        assert go_on.wait(60)
        load(*arguments)

    monkeypatch.setattr(Lexical, "load", held_up)
    parts = open_here()
    assert degraded(parts, "words")
    assert parts.copilot.readiness().degraded
    assert parts.search(f"A {THINGS[3]} is {DEEDS[3]}")[0].document_id == f"{THINGS[3]}-{DEEDS[3]}"
    go_on.set()
    wait_until(lambda: not degraded(parts, "words"))
    assert answers(parts) == expected
    assert events(said, "words") == [DAMAGED, REBUILT]
    assert embedder.passages == 0


def test_a_words_folder_that_is_gone_is_there_again_after_the_start(
    folder: Path,
    embedder: CountingEmbedder,
    expected: list[Any],
    open_here: Callable[[], Parts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_chroma(monkeypatch)
    removed(folder / "indexes")
    parts = open_here()
    assert not degraded(parts, "words")
    assert answers(parts) == expected
    assert embedder.passages == 0


@pytest.mark.parametrize("damage", [emptied, cut, overwritten])
def test_damaged_vectors_are_rebuilt_while_the_exact_scan_answers(
    damage: Callable[[Path], None],
    folder: Path,
    embedder: CountingEmbedder,
    expected: list[Any],
    said: list[Any],
    open_here: Callable[[], Parts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexes, "EXACT_LIMIT", 0)
    damage(folder / "indexes" / "vectors")
    go_on = threading.Event()
    feed = follow.Follower._feed

    def held_up(*arguments: Any) -> None:
        assert go_on.wait(60)
        feed(*arguments)

    monkeypatch.setattr(follow.Follower, "_feed", held_up)
    parts = open_here()
    wait_until(lambda: degraded(parts, "vectors"))
    assert answers(parts) == expected
    go_on.set()
    wait_until(lambda: chroma_has_everything(parts))
    assert not degraded(parts, "vectors")
    assert answers(parts) == expected
    assert events(said, "vectors") == [DAMAGED, REBUILT]
    assert embedder.passages == 0


@pytest.mark.parametrize("damage", [emptied, removed])
@pytest.mark.parametrize("name", ["words", "vectors"])
def test_an_index_folder_that_vanishes_while_running_is_made_anew(
    name: str,
    damage: Callable[[Path], None],
    folder: Path,
    embedder: CountingEmbedder,
    expected: list[Any],
    said: list[Any],
    open_here: Callable[[], Parts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexes, "EXACT_LIMIT", 0)
    if name == "words":
        without_chroma(monkeypatch)
    parts = open_here()
    wait_until(lambda: name == "words" or chroma_has_everything(parts))
    damage(folder / "indexes" / name)
    assert answers(parts) == expected
    parts.sync.put(NEW)
    assert parts.top(NEW.text)[0] == ("new", 1)
    wait_until(lambda: REBUILT in events(said, name))
    wait_until(lambda: name == "words" or chroma_has_everything(parts))
    assert not parts.copilot.readiness().degraded
    assert parts.top(NEW.text)[0] == ("new", 1)
    parts.store.documents.retire("new")
    assert answers(parts) == expected
    assert embedder.passages == 1


def test_a_second_owner_is_not_made_by_emptying_the_folder(
    folder: Path, open_here: Callable[[], Parts], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_chroma(monkeypatch)
    first = open_here()
    emptied(folder / "indexes")
    second = open_here()
    assert first.follower.indexes.lexical.folder.is_relative_to(folder)
    assert not second.follower.indexes.lexical.folder.is_relative_to(folder)


def truncate_while_it_searches(folder: Path, share: float, parent: Connection) -> None:
    """Files that are mapped into memory grow shorter under the search: it may die of SIGBUS."""
    log_nothing()
    parts = opened(folder)
    answers(parts)
    for path in _files(folder / "indexes" / "words"):
        with path.open("r+b") as file:
            file.truncate(int(path.stat().st_size * share))
    for _ in range(20):
        answers(parts)
    parts.sync.put(NEW)
    parent.send(parts.top(NEW.text)[0])
    parts.store.documents.retire("new")


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_files_cut_short_while_they_are_mapped_do_no_harm_beyond_the_process(
    share: float,
    folder: Path,
    expected: list[Any],
    context: ForkServerContext,
    start: Start,
) -> None:
    ours, theirs = context.Pipe()
    process = start(truncate_while_it_searches, folder, share, theirs)
    process.join(60)
    print(
        f"\nfiles cut to {share} while they are mapped: the process ended with {process.exitcode}"
    )
    if process.exitcode == 0:
        assert ours.recv() == ("new", 1)
    parts = opened(folder)
    parts.store.documents.retire_many(["new"])
    assert answers(parts) == expected
    assert not parts.copilot.readiness().degraded
    parts.close()
