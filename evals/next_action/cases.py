"""A copilot's memory of past dialogues, ingested as any user's are."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from copilot.compose import open_copilot
from copilot.history.likely import Practice
from copilot.settings import Settings
from evals.isolated import isolated_settings
from evals.next_action.star import Dialogue
from ingest.sync import Sync


@contextmanager
def practised(training: Sequence[Dialogue], data_dir: Path | None) -> Iterator[Practice]:
    """What is likely after these dialogues; they are ingested once where a folder is kept."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) if data_dir is None else data_dir
        copilot = open_copilot(isolated_settings(Settings(), "star", folder), follow=False)
        try:
            bar = tqdm(training, desc="ingesting", unit="dialogue", delay=2, leave=False)
            Sync(copilot.store, copilot.embedder).run((one.interaction for one in bar), "star")
            copilot.practice.catch_up()
            yield copilot.practice
        finally:
            copilot.close()
