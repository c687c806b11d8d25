"""Rows in the column names of ragas (its SingleTurnSample), one JSON object a line.

`case_id` and the names of scores are columns of our own, which ragas passes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from copilot.errors import InvalidInput
from evals.exports.record import CONTEXTS, Record, Score, json_of, number, unique
from evals.lines import Line, json_lines
from evals.measure import Unscored

_TEXTS = ("response", "reference")
# Other columns of ragas; all that is left and a number is a score.
_OTHERS = frozenset(
    ("case_id", "user_input", "multi_responses", "rubrics", "query_length", *_TEXTS, *CONTEXTS)
)


def written(records: Iterable[Record]) -> str:
    """A line for each; columns that nobody filled are left out."""
    return "".join(json_of(_row(record)) + "\n" for record in records)


def _row(record: Record) -> dict[str, Any]:
    named = {name: getattr(record, name) for name in (*_TEXTS, *CONTEXTS)}
    scores = {
        name: None if isinstance(score, Unscored) else score
        for name, score in record.scores.items()
        if name not in _OTHERS
    }
    return {
        "case_id": record.case_id,
        "user_input": record.user_input,
        **{name: value for name, value in named.items() if value is not None},
        **scores,
    }


def read(path: Path) -> list[Record]:
    """The rows of a file. Raises InvalidInput that names the line at fault."""
    lines = enumerate(json_lines(path), start=1)
    return unique([_record(line, number) for number, line in lines], str(path))


def _record(line: Line, number: int) -> Record:
    return Record(
        case_id=str(line.fields.get("case_id") or f"row-{number:04}"),
        user_input=_asked(line),
        response=_text(line, "response"),
        reference=_text(line, "reference"),
        scores=_scores(line.fields),
        **{name: _list(line, name) for name in CONTEXTS},
    )


def _asked(line: Line) -> str:
    """What was asked; of a conversation, its messages, one a line."""
    asked = line.fields.get("user_input")
    if isinstance(asked, list) and all(isinstance(one, dict) for one in asked):
        asked = "\n".join(f"{one.get('type', '')}: {one.get('content', '')}" for one in asked)
    if not isinstance(asked, str) or not asked:
        raise line.refused("user_input is not a text", 'write "user_input": "…"')
    return asked


def _text(line: Line, name: str) -> str | None:
    value = line.fields.get(name)
    if value is not None and not isinstance(value, str):
        raise line.refused(f"{name} is not a text", f'write "{name}": "…"')
    return value


def _list(line: Line, name: str) -> tuple[str, ...] | None:
    value = line.fields.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str | int) for one in value):
        raise InvalidInput(
            f"{name} is not a list of texts", place=line.place, remedy=f'write "{name}": ["…"]'
        )
    return tuple(map(str, value))


def _scores(fields: Mapping[str, Any]) -> dict[str, Score]:
    """Numbers are scores; null and nan are ragas' way to say that there is none."""
    return {
        name: number(value)
        for name, value in fields.items()
        if name not in _OTHERS and not isinstance(value, str | list | dict)
    }
