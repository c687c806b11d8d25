"""Reads a data set's files, so that whatever is wrong is named by its file, and line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from copilot.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a JSON Lines file, or the mapping of a YAML file."""

    place: str
    fields: dict[str, Any]

    def refused(self, reason: str, remedy: str) -> InvalidInput:
        return InvalidInput(reason, place=self.place, remedy=remedy)

    def word(self, name: str) -> str:
        """A text that is not empty. Raises InvalidInput."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refused(f"{name} is not a text", f'write "{name}": "…"')
        return value

    def word_or_none(self, name: str) -> str | None:
        """A text that is not empty, or None where there is none. Raises InvalidInput."""
        return None if self.fields.get(name) in (None, "") else self.word(name)

    def flag_or_none(self, name: str) -> bool | None:
        """True, false or None where it is not said. Raises InvalidInput."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.refused(f"{name} is not true or false", f'write "{name}": true or false')
        return value

    def number(self, name: str, least: int, most: int, default: int) -> int:
        """A whole number from `least` to `most`. Raises InvalidInput."""
        value = self.fields.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refused(f"{name} is {value!r:.40}", f"write {name}: {least} to {most}")
        return value

    def words(self, name: str) -> list[str]:
        """A list of texts, empty where it is not given. Raises InvalidInput."""
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.refused(f"{name} is not a list of texts", f'write "{name}": ["…"]')
        return value


def mapping(path: Path, keys: Collection[str]) -> Line:
    """The mapping of a YAML file, with no other keys than these. Raises InvalidInput."""
    remedy = f"the keys are {', '.join(keys)}"
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        reason = f"not YAML: {str(error).splitlines()[0]}"
        raise InvalidInput(reason, place=place, remedy=remedy) from error
    if not isinstance(fields, dict):
        raise InvalidInput("not a mapping", place=str(path), remedy=remedy)
    for key in fields:
        if key not in keys:
            raise InvalidInput(f"unknown key {key!r}", place=str(path), remedy=remedy)
    return Line(str(path), fields)


def json_lines(path: Path) -> Iterator[Line]:
    """The objects of a JSON Lines file; blank lines are passed over. Raises InvalidInput."""
    for place, text in _numbered(path):
        try:
            fields = json.loads(text)
        except ValueError as error:
            raise InvalidInput(
                f"not JSON: {error}", place=place, remedy="write one object a line"
            ) from error
        if not isinstance(fields, dict):
            raise InvalidInput(
                "not a JSON object", place=place, remedy='write one object a line: {"_id": …}'
            )
        yield Line(place, fields)


def judgements(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """(place, question id, document id, grade) of each line of a qrels.tsv after its heading.

    Raises InvalidInput.
    """
    for number, (place, text) in enumerate(_numbered(path)):
        cells = [cell.strip() for cell in text.split("\t")]
        if number == 0 and cells[0] in ("query-id", "query_id"):
            continue
        if len(cells) != 3 or not all(cells) or not cells[2].isdecimal():
            raise InvalidInput(
                "not a judgement",
                place=place,
                remedy="write question id, document id and a whole number, separated by tabs",
            )
        yield place, cells[0], cells[1], int(cells[2])


def _numbered(path: Path) -> Iterator[tuple[str, str]]:
    """The lines that are not blank, each with `file:line`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InvalidInput(
            "no such file", place=str(path), remedy="see evals/dataset.py for the form"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"cannot be read: {error}", place=str(path), remedy="save it as UTF-8"
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line.rstrip("\r")
