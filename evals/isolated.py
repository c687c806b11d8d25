"""A copilot of a data set's own: its own folder, holding the data set's documents and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tqdm import tqdm

from copilot.assist import Copilot
from copilot.compose import open_copilot
from copilot.errors import InvalidInput, UnreadableFile
from copilot.settings import Settings
from copilot.store import changes
from copilot.store.past import position_at
from copilot.types import Document
from evals.dataset import Dataset
from evals.overrides import overridden
from evals.timing import BAR_AFTER_S
from ingest.readers import Record
from ingest.sync import Counts, Sync
from ingest.walk import load, walk

# Documents are pruned by their source, and there is only one in a data set's folder.
_SOURCE = "evals"


@dataclass(frozen=True, slots=True)
class Isolated:
    """A copilot that has taken in a data set's corpus, with what that did.

    `records` are the customers of the data set, and what happened with them.
    """

    copilot: Copilot
    settings: Settings
    counts: Counts
    records: Sequence[Record] = ()


@contextmanager
def open_isolated(
    dataset: Dataset,
    data_dir: Path | None = None,
    changed: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Isolated]:
    """Ingests the corpus into `data_dir` and opens a copilot on it, with some settings `changed`.

    By default that is a folder below the data folder, kept so that nothing is embedded twice.
    Raises InvalidInput where the corpus holds no document, or lacks a gold one, and for settings
    that may not be changed.
    """
    settings = isolated_settings(overridden(Settings(), changed), dataset.name, data_dir)
    found = documents(dataset.corpus)
    dataset.require_gold({one.document_id for one in found if isinstance(one, Document)})
    people = customers(dataset.records)
    # Indexes that follow before each search, not beside it: a figure must not depend on how far
    # a thread came. Searches are then exact, whatever the size of the corpus.
    copilot = open_copilot(settings, follow=False)
    try:
        counts = _ingest(copilot, [*found, *people])
        _require_its_day(copilot, dataset.scope.as_of, settings.data_dir)
        yield Isolated(copilot, settings, counts, people)
    finally:
        copilot.close()


def _require_its_day(copilot: Copilot, as_of: datetime | None, folder: Path) -> None:
    """Raises InvalidInput where a search as of the data set's day would miss what came since."""
    if as_of is None:
        return
    with copilot.store.engine.connect() as connection:
        position = position_at(connection, as_of)
        if position is not None and position < changes.head(connection):
            raise InvalidInput(
                f"its documents changed after {as_of:%Y-%m-%d}, the day that is asked about",
                place=str(folder),
                remedy="delete this folder of the data set's own; it is made again",
            )


def isolated_settings(settings: Settings, name: str, data_dir: Path | None) -> Settings:
    """The settings as they are, but with a folder, a database and indexes of its own."""
    folder = settings.data_dir / "evals" / name if data_dir is None else data_dir.resolve()
    return settings.model_copy(update={"data_dir": folder, "database_url": "", "chroma_url": ""})


def documents(corpus: Path) -> list[Document | UnreadableFile]:
    """The documents of a corpus, and what could not be read; customers are not part of it."""
    found: list[Document | UnreadableFile] = []
    for source in tqdm(walk([corpus]), desc="reading", unit="file", delay=BAR_AFTER_S):
        # Ingest's limit on a file's size guards against accidents; a corpus is named on purpose.
        size = source.path.stat().st_size if source.path.is_file() else 0
        for record in load(source, max(size, 1)):
            if isinstance(record, Document | UnreadableFile):
                found.append(record)
    if not any(isinstance(record, Document) for record in found):
        raise InvalidInput(
            "there is no document", place=str(corpus), remedy="add documents to the corpus"
        )
    return found


def customers(paths: Sequence[Path]) -> list[Record]:
    """The customers and interactions of files. Raises UnreadableFile for the first bad one."""
    found: list[Record] = []
    for source in walk(paths):
        for record in load(source):
            if isinstance(record, UnreadableFile):
                raise record
            found.append(record)
    return found


def _ingest(copilot: Copilot, records: Sequence[Record | UnreadableFile]) -> Counts:
    sync = Sync(copilot.store, copilot.embedder)
    with tqdm(total=len(records), desc="ingesting", unit="document", delay=BAR_AFTER_S) as bar:
        counts = sync.run(records, _SOURCE, bar.update)
    sync.prune(_SOURCE, counts)
    return counts
