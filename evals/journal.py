"""The folder of one run: what it is a run of, and each case as soon as it is done.

A run that was killed loses nothing but the cases under way; whoever goes on with it finds the same
suite, settings and versions, or is refused.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedRandom
from pathlib import Path
from typing import Any

from copilot.errors import InvalidInput

CASES, RUN, RESULT = "cases.jsonl", "run.json", "result.json"
Row = dict[str, Any]


@dataclass(slots=True)
class Journal:
    """The rows of a run by the id of their case, also those of before it went on."""

    file: BufferedRandom
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Writes a case that is done; a kill right after loses nothing of it."""
        self.file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        self.file.flush()
        self.rows[row["_id"]] = row


@contextmanager
def open_journal(folder: Path, what: Mapping[str, Any], *, resume: bool) -> Iterator[Journal]:
    """The journal of a run of `what`, in a folder of its own.

    Raises InvalidInput where the folder holds a run and `resume` is false, where it holds none and
    `resume` is true, where the run was of something else, and where another process is at it.
    """
    if resume:
        _require_same(folder, what)
    elif (folder / RUN).exists():
        raise InvalidInput(
            "there is a run in this folder",
            place=str(folder),
            remedy="go on with it by --resume, or name another folder",
        )
    else:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CASES).touch()
        (folder / RUN).write_text(json.dumps(what, indent=1, ensure_ascii=False) + "\n")
    with (folder / CASES).open("r+b") as file:
        _own(file, folder)
        yield Journal(file, _rows(file, folder / CASES))


def newest(folder: Path) -> Path:
    """The last run below a folder, by its name. Raises InvalidInput where there is none."""
    found = sorted(path.parent for path in folder.glob(f"*/{RUN}"))
    if not found:
        raise InvalidInput("there is no run to go on with", place=str(folder))
    return found[-1]


def _require_same(folder: Path, what: Mapping[str, Any]) -> None:
    try:
        was = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(
            "there is no run to go on with", place=str(folder), remedy="leave --resume away"
        ) from error
    now = json.loads(json.dumps(what))
    differing = [
        f"{name} was {_short(was.get(name))}, is {_short(now.get(name))}"
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    ]
    if differing:
        raise InvalidInput(
            f"this run was of something else: {'; '.join(differing)}",
            place=str(folder),
            remedy="begin a new one: leave --resume away",
        )


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _own(file: BufferedRandom, folder: Path) -> None:
    """Two processes at one run would do cases twice."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise InvalidInput(
            "another process is at this run", place=str(folder), remedy="wait for its end"
        ) from error


def _rows(file: BufferedRandom, path: Path) -> dict[str, Row]:
    """The cases that are done; half a line at the end, of a case whose writing was cut off, goes.

    Raises InvalidInput for any other line that cannot be read.
    """
    rows: dict[str, Row] = {}
    end = 0
    for number, line in enumerate(file, start=1):
        if not line.endswith(b"\n"):
            break
        try:
            row = json.loads(line)
            rows[row["_id"]] = row
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f"not a case: {error}",
                place=f"{path}:{number}",
                remedy="take the line out; its case will be asked again",
            ) from error
        end += len(line)
    file.truncate(end)
    file.seek(end)
    return rows
