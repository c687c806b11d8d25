"""The documents of the kill loops: their text follows from an id and a revision, so that whoever
sees a passage can tell which revision it is of, and whether every character of it is.
"""

from __future__ import annotations

import re
from pathlib import Path

from parts import store_url

from copilot.retrieval.hashing import HashingEmbedder
from copilot.store import Store
from copilot.types import Document, Passage
from ingest.sync import Sync

STANDING = [f"standing-{number:02d}" for number in range(12)]
"""Always there once put, only ever updated."""

PASSING = [f"passing-{number:02d}" for number in range(8)]
"""Put, updated, retired and put again."""

EVERY = STANDING + PASSING
_REVISION = re.compile(r"revision r(\d+)x")
_SECTIONS = ("When it applies", "What to do first", "What to do then")
_FILLER = (
    "The agent reads the number aloud and waits until the customer has found the paper. "
    "If the customer has none, the order is looked up by its day and its amount. "
    "Nobody promises a date that the system does not show. "
    "A note is written before the call ends, so that the next colleague knows what was said. "
)


def fill(data_dir: Path) -> None:
    """Two hundred documents that nobody touches, so that an index has to choose."""
    store = Store(store_url(data_dir))
    others = [document(f"other-{number:03d}", 1) for number in range(200)]
    Sync(store, HashingEmbedder()).run(others, "others")
    store.close()


def document(document_id: str, revision: int) -> Document:
    """Three sections, each its own chunk, each with the topic and the revision in it."""
    parts = [f"# Procedure {topic(document_id)}\n"]
    for section in _SECTIONS:
        parts.append(
            f"## {section}\n\nThis is {topic(document_id)}, revision r{revision}x. {_FILLER}\n"
        )
    return Document(document_id, f"Procedure {topic(document_id)}", "\n".join(parts))


def topic(document_id: str) -> str:
    """A word that no other document has."""
    return "topic" + document_id.replace("-", "")


def question(document_id: str) -> str:
    return f"What does procedure {topic(document_id)} say?"


def revision_of(text: str) -> int:
    """The revision that a text says it is of; raises ValueError when it says two, or none."""
    (found,) = set(_REVISION.findall(text))
    return int(found)


def is_whole(passage: Passage) -> bool:
    """Whether a passage is exactly the characters of one revision of its document."""
    text = document(passage.document_id, revision_of(passage.text)).text
    return text[passage.start : passage.end] == passage.text
