"""Reads a decision: whether it fits what was offered, and what the person changed."""

from __future__ import annotations

from datetime import datetime

from api.schemas import DecisionRequest
from copilot.difference import difference
from copilot.errors import InvalidInput
from copilot.privacy.mask import mask
from copilot.store.suggestions import Offered
from copilot.types import Decision

Changes = tuple[tuple[str, str, str], ...]


def decision_of(request: DecisionRequest, offered: Offered, by: str, at: datetime) -> Decision:
    """The decision as it is kept, with its words masked. Raises InvalidInput for what cannot be."""
    _check(request)
    final: str | None = None
    changed: Changes = ()
    if request.decision in ("taken", "edited"):
        final, changed = _words(request, offered)
    return Decision(
        suggestion_id=offered.suggestion_id,
        decision=request.decision,
        decided_at=at,
        decided_by=by,
        reason=request.reason,
        final_text=final,
        difference=changed,
        took_ms=request.took_ms,
        opened=tuple(request.opened),
    )


def _check(request: DecisionRequest) -> None:
    rejected = request.decision == "rejected"
    if rejected and request.reason is None:
        raise InvalidInput("it is missing", place="reason", remedy="say why it was rejected")
    if request.reason is not None and not rejected:
        raise InvalidInput(
            f"none goes with {request.decision}", place="reason", remedy="leave it out"
        )
    if request.decision == "edited" and request.final_text is None:
        raise InvalidInput("it is missing", place="final_text", remedy="send the final words")


def _words(request: DecisionRequest, offered: Offered) -> tuple[str, Changes]:
    """The final words and what was changed in those offered."""
    reply = offered.suggestion["reply"]
    if reply is None:
        raise InvalidInput(
            "there is no reply to take", place="decision", remedy="send rejected or ignored"
        )
    before = mask(reply["text"])
    after = before if request.final_text is None else mask(request.final_text)
    changed = difference(before, after)
    if changed and request.decision == "taken":
        raise InvalidInput(
            "these are not the words that were offered", place="final_text", remedy="send edited"
        )
    return after, changed
