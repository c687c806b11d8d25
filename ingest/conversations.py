"""Reads our own written conversations, `knowledge/*/conversations.yaml`: scripts with a pace.

They are for the demo desk and for evaluations; nothing of them is ingested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from copilot.errors import InvalidInput
from copilot.types import Turn

FILE = "conversations.yaml"
_REMEDY = "write it as the other conversations of that file are written"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn, and the seconds that pass before it; `needs_help` is None for an agent's."""

    turn: Turn
    seconds: float
    needs_help: bool | None


@dataclass(frozen=True, slots=True)
class Written:
    """One conversation, the place that it is of, and the documents that it is about."""

    conversation_id: str
    place: str
    title: str
    channel: str
    customer_id: str
    groups: tuple[str, ...]
    documents: tuple[str, ...]
    turns: tuple[Spoken, ...]


def conversations(knowledge: Path) -> list[Written]:
    """All of them, by file. Raises InvalidInput that names the file and the conversation."""
    return [one for path in sorted(knowledge.glob(f"*/{FILE}")) for one in read(path)]


def read(path: Path) -> Iterator[Written]:
    """The conversations of one file; its folder is their place. Raises InvalidInput, OSError."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput("is not YAML", place=str(path), remedy=_REMEDY) from error
    if not isinstance(listed, list):
        raise InvalidInput("is not a list of conversations", place=str(path), remedy=_REMEDY)
    for number, fields in enumerate(listed, 1):
        try:
            yield _written(fields, path.parent.name)
        except (KeyError, TypeError, ValueError) as error:
            place = f"{path}, conversation {number}"
            raise InvalidInput(f"cannot be read: {error}", place=place, remedy=_REMEDY) from error


def _written(fields: Mapping[str, Any], place: str) -> Written:
    name, channel = str(fields["conversation_id"]), str(fields["channel"])
    return Written(
        conversation_id=name,
        place=place,
        title=str(fields["title"]),
        channel=channel,
        customer_id=str(fields["customer_id"]),
        groups=tuple(fields["groups"]),
        documents=tuple(fields["documents"]),
        turns=tuple(
            _spoken(f"{name}-t{at}", turn, channel) for at, turn in enumerate(fields["turns"], 1)
        ),
    )


def _spoken(turn_id: str, fields: Mapping[str, Any], channel: str) -> Spoken:
    role, label = fields["role"], fields.get("needs_help")
    if role not in ("customer", "agent") or (role == "customer") != isinstance(label, bool):
        raise ValueError(f"{turn_id}: needs_help says true or false of a customer's turn")
    turn = Turn(turn_id, role, str(fields["text"]), channel=channel)
    return Spoken(turn, float(fields["seconds"]), label)
