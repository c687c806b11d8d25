"""STAR's dialogues with their tasks, split by a hash of the dialogue's id, and its flow charts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import InvalidInput
from copilot.types import Interaction, Turn
from ingest.readers.star import interaction

_PARTS = 5
_REMEDY = "name the folder with dialogues.jsonl and tasks/"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A happy single-task dialogue; about one in five is for testing."""

    interaction: Interaction
    task: str
    is_test: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """What stands before an agent's action, and the action."""

    dialogue: Dialogue
    before: tuple[Turn, ...]
    action: str


def dialogues(folder: Path) -> list[Dialogue]:
    """Raises InvalidInput."""
    path = folder / "dialogues.jsonl"
    if not path.is_file():
        raise InvalidInput("there are no dialogues", place=str(path), remedy=_REMEDY)
    found = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                fields = json.loads(line)
                scenario = fields["Scenario"]
                is_wanted = scenario["Happy"] and not scenario["MultiTask"]
                task = scenario["WizardCapabilities"][0]["Task"]
            except (ValueError, LookupError, TypeError) as error:
                place = f"{path}, line {number}"
                raise InvalidInput("no dialogue", place=place, remedy=_REMEDY) from error
            if is_wanted:
                read = interaction(fields)
                found.append(Dialogue(read, task, is_test(read.interaction_id)))
    return found


def is_test(interaction_id: str) -> bool:
    """Whether a dialogue is of the fifth that nothing is learnt from."""
    digest = hashlib.sha256(f"next action of {interaction_id}".encode()).digest()
    return int.from_bytes(digest, "big") % _PARTS == 0


def moments(dialogue: Dialogue) -> Iterator[Moment]:
    """Each action of the agent: picked replies and queries, not free words."""
    turns = dialogue.interaction.turns
    for at, turn in enumerate(turns):
        if turn.action is not None:
            yield Moment(dialogue, turns[:at], turn.action.name)


def flow_chart(folder: Path, task: str) -> dict[str, dict[str, str]]:
    """`replies` by action, and `graph`: what follows each."""
    path = folder / "tasks" / task / f"{task}.json"
    read: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    responses = json.loads((path.parent / "responses.json").read_text(encoding="utf-8"))
    return {"replies": {**responses, **read["replies"]}, "graph": read["graph"]}
