from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from copilot.errors import UnknownSuggestion
from copilot.store import Store
from copilot.types import (
    Citation,
    LikelyAction,
    NextStep,
    Passage,
    ProcedureRef,
    Reason,
    Reply,
    Sentence,
    Status,
    Suggestion,
)

CITATION = Citation("a", 1, 0, 8, "Wait 5 s", "0" * 64)
FULL = Suggestion(
    suggestion_id="s-1",
    status=Status.SUGGESTED,
    reason=None,
    confidence=0.83,
    reply=Reply("Wait 5 s", (Sentence("Wait 5 s", 0, 8, (CITATION,)),)),
    procedure=ProcedureRef("a", 1, "Waiting", 2, 5),
    next_steps=(NextStep("st-1", "a", 1, 0, 8, "Wait 5 s", "Agent", None, True, "open"),),
    likely_actions=(LikelyAction("refund", 0.5, 4, ("i-1", "i-2")),),
    passages=(Passage("p-1", "a", 1, "Waiting", "", "Wait 5 s", 0, 8, 0.7),),
    drafter="extract",
    prompt_sha256=None,
    took_ms={"search": 3.25},
    degraded=("rerank",),
)


def as_json(suggestion: Suggestion) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return value

    return plain(asdict(suggestion))


def test_a_suggestion_is_kept_with_everything_that_produced_it(store: Store, clock: Any) -> None:
    request = {"question": "How long?", "scope": {"roles": ["agent"]}, "settings": {"k": 5}}
    store.suggestions.add(FULL, request=request, caller="key-1", customer_id="c-1")
    offered = store.suggestions.offered("s-1")
    assert offered.suggestion == as_json(FULL)
    assert offered.request == request
    assert (offered.caller, offered.customer_id) == ("key-1", "c-1")
    assert offered.created_at == clock.now


def test_an_abstention_is_kept_with_its_reason(store: Store) -> None:
    none = Suggestion(
        "s-2",
        Status.NO_SUGGESTION,
        Reason.WEAK_EVIDENCE,
        0.1,
        None,
        None,
        (),
        (),
        (),
        "none",
        None,
        {},
    )
    store.suggestions.add(none, request={}, caller="local", customer_id=None)
    kept = store.suggestions.offered("s-2").suggestion
    assert (kept["status"], kept["reason"]) == ("no_suggestion", "weak_evidence")


def test_an_unknown_suggestion_is_an_error(store: Store) -> None:
    with pytest.raises(UnknownSuggestion):
        store.suggestions.offered("s-1")
