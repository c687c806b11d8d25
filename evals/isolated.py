"""A copilot of a data set's own: its own folder, holding the data set's documents and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from copilot.assist import Copilot
from copilot.compose import open_copilot
from copilot.errors import InvalidInput, UnreadableFile
from copilot.settings import Settings
from copilot.types import Document
from evals.dataset import Dataset
from evals.timing import BAR_AFTER_S
from ingest.sync import Counts, Sync
from ingest.walk import load, walk

# Documents are pruned by their source, and there is only one in a data set's folder.
_SOURCE = "evals"


@dataclass(frozen=True, slots=True)
class Isolated:
    """A copilot that has taken in a data set's corpus, with what that did."""

    copilot: Copilot
    settings: Settings
    counts: Counts


@contextmanager
def open_isolated(dataset: Dataset, data_dir: Path | None = None) -> Iterator[Isolated]:
    """Ingests the corpus into `data_dir` and opens a copilot on it.

    By default that is a folder below the data folder, kept so that nothing is embedded twice.
    Raises InvalidInput where the corpus holds no document, or lacks a gold one.
    """
    settings = isolated_settings(Settings(), dataset.name, data_dir)
    records = documents(dataset.corpus)
    dataset.require_gold({one.document_id for one in records if isinstance(one, Document)})
    # Indexes that follow before each search, not beside it: a figure must not depend on how far
    # a thread came. Searches are then exact, whatever the size of the corpus.
    copilot = open_copilot(settings, follow=False)
    try:
        yield Isolated(copilot, settings, _ingest(copilot, records))
    finally:
        copilot.close()


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


def _ingest(copilot: Copilot, records: list[Document | UnreadableFile]) -> Counts:
    sync = Sync(copilot.store, copilot.embedder)
    with tqdm(total=len(records), desc="ingesting", unit="document", delay=BAR_AFTER_S) as bar:
        counts = sync.run(records, _SOURCE, bar.update)
    sync.prune(_SOURCE, counts)
    return counts
