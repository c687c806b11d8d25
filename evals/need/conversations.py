"""Our own written conversations, which need is measured on."""

from __future__ import annotations

from pathlib import Path

from ingest import conversations as written
from ingest.conversations import Spoken, Written

__all__ = ["KNOWLEDGE", "Spoken", "Written", "conversations"]

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def conversations(knowledge: Path = KNOWLEDGE) -> list[Written]:
    """All of them. Raises InvalidInput that names the file and the conversation."""
    return written.conversations(knowledge)
