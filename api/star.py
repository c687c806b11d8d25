"""STAR's dialogues as scripts for the demo desk, found by the words of their tasks. What its agents
picked and looked up are actions of their turns.

The file is `dialogues.jsonl` of https://github.com/RasaHQ/STAR. It is read once for where each
dialogue stands, and again where it changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.demo import Cue, Script
from copilot.errors import InvalidInput
from ingest.readers.star import interaction

PREFIX = "star-"
_FILE = "dialogues.jsonl"
# Seconds before a turn. Their agents took up to minutes; nobody watches a pause of that length.
_SHORTEST_S = 1.0
_LONGEST_S = 8.0


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where one stands in the file, and what it is about."""

    dialogue_id: str
    title: str
    about: str
    turns: int
    start: int

    @property
    def conversation_id(self) -> str:
        return PREFIX + self.dialogue_id


class Star:
    """The dialogues of a file, or of the folder that holds it; none where there is no such file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path / _FILE if path is not None and path.is_dir() else path

    def search(self, words: str) -> list[Dialogue]:
        """Those whose task has every word, in the order of the file. Raises OSError."""
        wanted = words.lower().split()
        return [
            one
            for one in self._dialogues()
            if all(word in f"{one.dialogue_id} {one.title} {one.about}".lower() for word in wanted)
        ]

    def script(self, conversation_id: str) -> Script | None:
        """The script of a dialogue. Raises OSError."""
        for one in self._dialogues():
            if self._path is not None and one.conversation_id == conversation_id:
                cues = tuple(_cues(_line(self._path, one.start)))
                return Script(conversation_id, one.title, "star", "chat", cues)
        return None

    def _dialogues(self) -> tuple[Dialogue, ...]:
        if self._path is None or not self._path.is_file():
            return ()
        return _index(self._path, self._path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _index(path: Path, _changed: int) -> tuple[Dialogue, ...]:
    with path.open("rb") as lines:
        return tuple(_listed(lines))


def _line(path: Path, start: int) -> dict[str, Any]:
    with path.open("rb") as file:
        file.seek(start)
        fields: dict[str, Any] = json.loads(file.readline())
        return fields


def _listed(lines: Iterable[bytes]) -> Iterator[Dialogue]:
    start = 0
    for line in lines:
        try:
            fields = json.loads(line)
            turns = sum(1 for _ in _cues(fields))
            if turns:
                yield _dialogue(fields, turns, start)
        except (ValueError, KeyError, TypeError, InvalidInput):
            pass  # a line that is no dialogue is left out; the others are played
        start += len(line)


def _dialogue(fields: dict[str, Any], turns: int, start: int) -> Dialogue:
    scenario = fields["Scenario"]
    tasks = [one["Task"].replace("_", " ") for one in scenario["WizardCapabilities"]]
    title = ", ".join(dict.fromkeys(tasks)).capitalize()
    return Dialogue(str(fields["DialogueID"]), title, scenario["UserTask"], turns, start)


def _cues(fields: dict[str, Any]) -> Iterator[Cue]:
    before: datetime | None = None
    for turn in interaction(fields).turns:
        text = turn.text.strip()
        if not text and turn.action is None:
            continue
        at = turn.at or before
        pause = _SHORTEST_S if at is None or before is None else (at - before).total_seconds()
        yield Cue(turn.role, text, min(max(pause, _SHORTEST_S), _LONGEST_S), turn.action)
        before = at
