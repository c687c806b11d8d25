"""What the copilot gave, as a result holds it: all that a person needs to judge it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from copilot.types import Citation, Passage, Suggestion
from evals.measure import Unscored
from evals.scorers.next_steps import next_step


def output(suggestion: Suggestion | Unscored) -> dict[str, Any]:
    """A suggestion without what differs between two equal runs, but for `took_ms` by stage."""
    if isinstance(suggestion, Unscored):
        return {"unscored": suggestion.reason}
    reply, procedure = suggestion.reply, suggestion.procedure
    following = next_step(suggestion)
    return {
        "status": str(suggestion.status),
        "reason": suggestion.reason and str(suggestion.reason),
        "confidence": suggestion.confidence,
        "text": reply and reply.text,
        "sentences": [
            {"text": one.text, "citations": [_citation(cited) for cited in one.citations]}
            for one in (reply.sentences if reply else ())
        ],
        "passages": passages(suggestion.passages),
        "procedure": procedure and asdict(procedure),
        "next_step": following and {"step_id": following.step_id, "text": following.text},
        "drafter": suggestion.drafter,
        "prompt_sha256": suggestion.prompt_sha256,
        "took_ms": suggestion.took_ms,
        "degraded": list(suggestion.degraded),
        "usage": suggestion.usage and asdict(suggestion.usage),
    }


def passages(found: Sequence[Passage]) -> list[dict[str, Any]]:
    """Passages with their words, best first."""
    return [
        {
            "document_id": one.document_id,
            "version": one.version,
            "start": one.start,
            "end": one.end,
            "title": one.title,
            "text": one.text,
            "score": one.score,
        }
        for one in found
    ]


def _citation(one: Citation) -> dict[str, Any]:
    return {
        "document_id": one.document_id,
        "version": one.version,
        "start": one.start,
        "end": one.end,
        "quote": one.quote,
    }
