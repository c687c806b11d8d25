"""Logs of inspect_ai (EvalLog, version 2, as JSON): the part that its `read_eval_log` needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from copilot.errors import InvalidInput
from evals.exports.record import CONTEXTS, Record, Score, json_of, number, unique
from evals.measure import Unscored

_REMEDY = "give a log in JSON: `inspect log convert --to json`"
# What inspect_ai's own scorers write: correct, incorrect, partial, no answer.
_GRADES = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}


def written(records: Sequence[Record], summary: Mapping[str, str]) -> str:
    """A log of a run that succeeded; what could not be scored stands in a sample's metadata."""
    ids = [record.case_id for record in records]
    return json_of(
        {
            "version": 2,
            "status": "success",
            "eval": {
                "created": summary["created"] or "1970-01-01T00:00:00+00:00",
                "task": summary["task"],
                "model": summary["model"],
                "dataset": {"name": summary["task"], "samples": len(ids), "sample_ids": ids},
                "config": {},
            },
            "results": {"total_samples": len(ids), "completed_samples": len(ids)},
            "samples": [_sample(record, summary["model"]) for record in records],
        }
    )


def _sample(record: Record, model: str) -> dict[str, Any]:
    scores = {
        name: {"value": score}
        for name, score in record.scores.items()
        if not isinstance(score, Unscored)
    }
    unscored = {
        name: score.reason for name, score in record.scores.items() if isinstance(score, Unscored)
    }
    kept = {name: getattr(record, name) for name in CONTEXTS}
    return {
        "id": record.case_id,
        "epoch": 1,
        "input": record.user_input,
        "target": record.reference or "",
        "output": _output(record.response, model),
        "scores": scores,
        "metadata": {
            **{name: value for name, value in kept.items() if value is not None},
            **({"unscored": unscored} if unscored else {}),
        },
    }


def _output(response: str | None, model: str) -> dict[str, Any]:
    """Without a choice where the copilot kept silent."""
    if response is None:
        return {"model": model, "choices": []}
    message = {"role": "assistant", "content": response, "source": "generate"}
    return {"model": model, "choices": [{"message": message, "stop_reason": "stop"}]}


def read(path: Path) -> list[Record]:
    """The samples of a log. Raises InvalidInput that names the sample at fault."""
    try:
        log = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"not a log: {error}", place=str(path), remedy=_REMEDY) from error
    samples = log.get("samples") if isinstance(log, dict) else None
    if not isinstance(samples, list):
        raise InvalidInput("a log without samples", place=str(path), remedy=_REMEDY)
    found = [_record(one, f"{path}: sample {at}") for at, one in enumerate(samples, start=1)]
    return unique(found, str(path))


def _record(sample: Any, place: str) -> Record:
    try:
        return _read(sample)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        reason = f"not a sample: {error}"
        raise InvalidInput(reason, place=place, remedy=_REMEDY) from error


def _read(sample: Any) -> Record:
    asked = _words(sample["input"])
    if not asked:
        raise ValueError("no input")
    metadata = sample.get("metadata") or {}
    epoch = sample.get("epoch", 1)
    output = sample.get("output") or {}
    choices = output.get("choices") or ()
    target = sample.get("target")
    unscored = (metadata.get("unscored") or {}).items()
    return Record(
        case_id=str(sample["id"]) if epoch == 1 else f"{sample['id']} (epoch {epoch})",
        user_input=asked,
        response=_words(choices[0]["message"]["content"])
        if choices
        else output.get("completion") or None,
        reference=("\n".join(target) if isinstance(target, list) else target) or None,
        scores=dict(_scores(sample.get("scores") or {}))
        | {name: Unscored(str(why)) for name, why in unscored},
        **{name: _texts(metadata.get(name)) for name in CONTEXTS},
    )


def _words(value: Any) -> str:
    """The words of a message's content, or of a conversation, one message a line."""
    if not isinstance(value, list):
        return value if isinstance(value, str) else ""
    parts = []
    for one in value:
        if isinstance(one, dict) and "role" in one:
            parts.append(f"{one['role']}: {_words(one.get('content'))}")
        elif isinstance(one, dict):
            parts.append(str(one.get("text", "")))
    return "\n".join(part for part in parts if part)


def _texts(value: Any) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list) else None


def _scores(scores: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Score]]:
    """Each score as a number; those of a mapping by `score.key`."""
    for name, score in scores.items():
        value = score.get("value") if isinstance(score, dict) and "value" in score else score
        if isinstance(value, dict):
            yield from _scores(value, f"{prefix}{name}.")
        else:
            graded = _GRADES.get(value, value) if isinstance(value, str) else value
            yield f"{prefix}{name}", number(graded)
