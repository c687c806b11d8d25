"""What a writer that may be killed says it will do, and what it has done, in a file beside.

A line is on disk before the next thing happens, so whatever is not in it was not committed when
the writer died, and whoever reads it knows which revisions a document may have.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GONE = 0
"""The revision of a document that was never put, or is retired."""

INTENDED, DONE, FOUND = "intended", "done", "found"
"""What documents will be, are now, and were at a start."""

READY, SERVING, SAID, WRONG = "ready", "serving", "said", "wrong"
"""A writer has begun; Chroma answers its searches; what it logged; what it saw and should not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`revisions` are those that documents get, or are found to have."""

    kind: str
    revisions: Mapping[str, int] = field(default_factory=dict)
    versions: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    note: Any = None


class Pen:
    """Writes entries, each on disk before `write` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._file, b"\n")  # ends a line that a kill may have cut

    def write(
        self,
        kind: str,
        revisions: Mapping[str, int] | None = None,
        versions: Mapping[str, tuple[int, str]] | None = None,
        note: Any = None,
    ) -> None:
        line = json.dumps([kind, revisions or {}, versions or {}, note])
        os.write(self._file, f"{line}\n".encode())
        os.fsync(self._file)


class Reading:
    """Reads entries as they come, and keeps which revisions each document may have."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open("rb")
        self._rest = b""
        self.may_be: dict[str, set[int]] = defaultdict(lambda: {GONE})

    def news(self) -> list[Entry]:
        """The entries since the last call, taken into account."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        entries = list(_entries(lines))
        for entry in entries:
            for document_id, revision in entry.revisions.items():
                if entry.kind == INTENDED:
                    self.may_be[document_id] = self.may_be[document_id] | {revision}
                else:
                    self.may_be[document_id] = {revision}
        return entries

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Entry]:
    """Every whole entry."""
    return list(_entries(path.read_bytes().split(b"\n")))


def _entries(lines: Iterable[bytes]) -> Iterable[Entry]:
    for line in lines:
        try:
            kind, revisions, versions, note = json.loads(line)
        except ValueError:  # empty, or cut by a kill
            continue
        found = {key: (number, sha256) for key, (number, sha256) in versions.items()}
        yield Entry(kind, revisions, found, note)
