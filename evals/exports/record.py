"""A case as other tools have it, made from a result, and made into a result or a suite."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from copilot.errors import InvalidInput
from evals.measure import Unscored, figure, told
from evals.report import write_lines
from evals.results import cases, metrics

Score = float | Unscored
CONTEXTS = (
    "retrieved_contexts",
    "retrieved_context_ids",
    "reference_contexts",
    "reference_context_ids",
)


@dataclass(frozen=True, slots=True)
class Record:
    """What was asked, given and expected; None where nobody said.

    Ids name the documents of the contexts, in any number. `scores` are a case's measures.
    """

    case_id: str
    user_input: str
    response: str | None = None
    retrieved_contexts: tuple[str, ...] | None = None
    retrieved_context_ids: tuple[str, ...] | None = None
    reference: str | None = None
    reference_contexts: tuple[str, ...] | None = None
    reference_context_ids: tuple[str, ...] | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)


def records(result: Mapping[str, Any]) -> list[Record]:
    """The cases of a result. Raises InvalidInput for one that says not what was asked."""
    found = []
    for case in cases(result).values():
        if not case.text:
            raise InvalidInput(
                "the result does not hold what was asked",
                place=case.case_id,
                remedy="make it again with `copilot-evals run`",
            )
        gold = case.gold if isinstance(case.gold, dict) else {}
        given = case.output if isinstance(case.output, dict) else {}
        shown = given.get("passages")
        record = Record(
            case_id=case.case_id,
            user_input=case.text,
            response=given.get("text"),
            retrieved_contexts=None if shown is None else _each(shown, "text"),
            retrieved_context_ids=None if shown is None else _each(shown, "document_id"),
            reference=gold.get("answer"),
            reference_contexts=_texts(gold.get("contexts")),
            reference_context_ids=_texts(gold.get("documents")),
            scores=case.scored.measures,
        )
        found.append(record)
    return found


def _each(shown: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...] | None:
    """This of the passages that have it; None where there are some, and none has it."""
    values = tuple(one[name] for one in shown if name in one)
    return values if values or not shown else None


def _texts(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(map(str, value))


def summary(result: Mapping[str, Any]) -> dict[str, str]:
    """What a log says of the whole: when, of what, and made with what."""
    settings = result["settings"]
    return {
        "created": str(result.get("made_at") or ""),
        "task": str(result["dataset"]["name"]),
        "model": str(settings.get("llm_model") or settings.get("model") or ""),
    }


def result(rows: Sequence[Record], file: Path, form: str) -> dict[str, Any]:
    """A result that `compare`, `report` and `gate` read, its scores under their own names."""
    made: dict[str, Any] = {
        "kind": f"imported from {form}",
        "dataset": {
            "name": file.stem,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "answerable": len(rows),
            "unanswerable": 0,
            "unreadable": [],
        },
        "settings": {},
        "versions": {},
        "outcomes": {},
        "timings_ms": {},
        "questions": {row.case_id: _question(row) for row in rows},
    }
    scored = [case.scored for case in cases(made).values()]
    made["metrics"] = {}
    for metric in metrics([made]):
        found = figure(metric, scored)
        if found.n or found.unscored:
            ends = (found.interval.low, found.interval.high) if found.interval else (None, None)
            named = zip(("value", "low", "high"), (found.value, *ends), strict=True)
            made["metrics"][metric.name] = {**dict(named), "n": found.n, "unscored": found.unscored}
    return made


def _question(row: Record) -> dict[str, Any]:
    gold = {
        "documents": row.reference_context_ids and list(row.reference_context_ids),
        "answer": row.reference,
        "contexts": row.reference_contexts and list(row.reference_contexts),
    }
    return {
        "cluster": min(row.reference_context_ids or (), default=row.case_id),
        "measures": told(row.scores),
        "text": row.user_input,
        "gold": {name: value for name, value in gold.items() if value is not None},
        "output": {"text": row.response, "passages": _passages(row)},
    }


def _passages(row: Record) -> list[dict[str, str]] | None:
    """Contexts with their ids; where there are not as many, the last ones have one of the two."""
    if row.retrieved_contexts is None and row.retrieved_context_ids is None:
        return None
    pairs = zip_longest(row.retrieved_context_ids or (), row.retrieved_contexts or ())
    named = ({"document_id": one, "text": text} for one, text in pairs)
    return [{name: value for name, value in one.items() if value is not None} for one in named]


def write_suite(rows: Sequence[Record], folder: Path, place: str) -> None:
    """A data set that asks the same: queries.jsonl, and corpus.jsonl of the reference contexts.

    A context is one document, named by its hash; a case without any has no answer in the corpus.
    Raises InvalidInput where no case has one.
    """
    corpus = {_name(text): text for row in rows for text in row.reference_contexts or ()}
    if not corpus:
        raise InvalidInput(
            "no case has reference_contexts, hence there are no documents",
            place=place,
            remedy="import it into a .json file, or add the contexts",
        )
    queries = [
        {
            "_id": row.case_id,
            "text": row.user_input,
            "answerable": bool(row.reference_contexts),
            "documents": list(dict.fromkeys(map(_name, row.reference_contexts or ()))),
            **({"answer": row.reference} if row.reference else {}),
        }
        for row in rows
    ]
    write_lines(queries, folder / "queries.jsonl")
    write_lines(
        ({"_id": name, "text": text} for name, text in corpus.items()), folder / "corpus.jsonl"
    )


def _name(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def unique(rows: Sequence[Record], place: str) -> list[Record]:
    """The same. Raises InvalidInput where two have one id, or there is none."""
    met: set[str] = set()
    for row in rows:
        if row.case_id in met:
            raise InvalidInput(
                f"two cases are called {row.case_id!r}", place=place, remedy="give each its own id"
            )
        met.add(row.case_id)
    if not rows:
        raise InvalidInput("there is no case", place=place, remedy="give a file that has some")
    return list(rows)


def number(value: Any) -> Score:
    """A score from what another tool wrote for one; nan and null are none."""
    try:
        return float(value) if math.isfinite(value) else Unscored("not a number")
    except (TypeError, OverflowError):
        return Unscored("not a number")


def json_of(value: Any) -> str:
    """JSON in ASCII, so that no character ends a line or cannot be written."""
    return json.dumps(value, sort_keys=True)
