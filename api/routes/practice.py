"""Where agents mostly do something else than the procedures say, for those who answer for both."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.auth import Caller, allowed
from api.openapi import problems
from api.parts import PartsOfApp
from api.responses import DisagreementResponse, DisagreementsResponse
from api.visible import visible_versions
from copilot.errors import UnknownDocument

router = APIRouter(tags=["practice"])
# Suggestions that are gone through, the newest first.
_MOST = 5_000
_CASES = 5


@router.get("/v1/disagreements", responses=problems(401, 403, 422))
def disagreements(
    caller: Annotated[Caller, Depends(allowed("disagreements"))],
    parts: PartsOfApp,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> DisagreementsResponse:
    """Each step that practice departs from, with how often it was seen, commonest first."""
    since = parts.store.now() - timedelta(days=days)
    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in parts.store.suggestions.disagreements(since, _MOST):
        if _visible(parts, one["document_id"], caller):
            kinds[one["step_id"], one["written"], one["done"]].append(one)
    ranked = sorted(kinds.values(), key=lambda those: -len(those))
    return DisagreementsResponse(disagreements=[_told(those) for those in ranked])


def _visible(parts: PartsOfApp, document_id: str, caller: Caller) -> bool:
    try:
        return bool(visible_versions(parts.store, document_id, caller))
    except UnknownDocument:
        return False


def _told(those: list[dict[str, Any]]) -> DisagreementResponse:
    newest = those[0]
    cases = dict.fromkeys(case for one in those for case in one["cases"])
    return DisagreementResponse(
        document_id=newest["document_id"],
        version=newest["version"],
        step_id=newest["step_id"],
        written=newest["written"],
        done=newest["done"],
        share=newest["share"],
        seen=len(those),
        cases=list(cases)[:_CASES],
    )
