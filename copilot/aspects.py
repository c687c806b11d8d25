"""What two suggestions, as JSON has them, are held against each other by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# An index in use counts the words of replaced text until it sweeps them out; one that is made anew
# does not. So two confidences nearer than this are one, and so are passages in another order.
_SAME_CONFIDENCE = 0.01


def outcome(suggestion: Mapping[str, Any]) -> str:
    """`suggested`, or the reason of silence."""
    return str(suggestion["reason"] or suggestion["status"])


def reply(suggestion: Mapping[str, Any]) -> str:
    """The words of the reply, empty without one."""
    return str(suggestion["reply"]["text"]) if suggestion["reply"] else ""


def sources(suggestion: Mapping[str, Any]) -> list[str]:
    """What the reply cites, in order."""
    return list(dict.fromkeys(place(one) for one in citations(suggestion)))


def passages(suggestion: Mapping[str, Any]) -> list[str]:
    """The passages shown, best first."""
    return [place(one) for one in suggestion["passages"]]


def first_document(suggestion: Mapping[str, Any]) -> str:
    """The document that the reply cites first, else that of the best passage."""
    found = [*citations(suggestion), *suggestion["passages"]]
    return str(found[0]["document_id"]) if found else ""


def procedure(suggestion: Mapping[str, Any]) -> str:
    """The procedure's document and version, empty without one."""
    found = suggestion["procedure"]
    return f"{found['document_id']} v{found['version']}" if found else ""


def next_step(suggestion: Mapping[str, Any]) -> str:
    """The words of the step that is next."""
    return next(
        (str(one["text"]) for one in suggestion["next_steps"] if one["state"] == "next"), ""
    )


def steps(suggestion: Mapping[str, Any]) -> list[str]:
    """Each step's place and state."""
    return [f"{place(one)} {one['state']}" for one in suggestion["next_steps"]]


def confidence(suggestion: Mapping[str, Any]) -> str:
    """In words."""
    return f"{suggestion['confidence']:.2f}"


ASPECTS = {
    "outcome": outcome,
    "confidence": confidence,
    "reply": reply,
    "sources": sources,
    "passages": passages,
    "first document": first_document,
    "procedure": procedure,
    "next step": next_step,
    "steps": steps,
}


def is_same(aspect: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the two are alike in one of ASPECTS."""
    if aspect == "confidence":
        return abs(float(one[aspect]) - float(other[aspect])) < _SAME_CONFIDENCE
    if aspect == "passages":
        return sorted(passages(one)) == sorted(passages(other))
    return ASPECTS[aspect](one) == ASPECTS[aspect](other)


def citations(suggestion: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every citation of the reply, in order."""
    sentences = suggestion["reply"]["sentences"] if suggestion["reply"] else []
    return [cited for sentence in sentences for cited in sentence["citations"]]


def place(one: Mapping[str, Any]) -> str:
    """Where characters of a document version are."""
    return f"{one['document_id']} v{one['version']} [{one['start']}:{one['end']}]"
