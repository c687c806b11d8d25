"""The steps of a conversation from real documents: verbatim, with their state, in scope."""

from __future__ import annotations

from typing import Any

import pytest
from rig import Rig

from copilot.control import SWITCH, TICK
from copilot.procedures.guide import Guide
from copilot.types import ActionDone, Audience, Scope, Turn

REFUND = """# Refund to a card

Use this when a customer wants the money back on a card.

1. Ask for the order number with [Find Order].
   - It stands on the receipt.
   - Or in the mail.
2. If the receipt is missing, ask a supervisor.
3. **Back office:** Make the refund with [Offer Refund].
"""
DOGS = """# Guide dogs in the store

Use this when somebody brings a guide dog.

1. Welcome them.
2. Offer water for the dog.
3. Tell the colleagues.
"""
QUESTION = Turn("c1", "customer", "How do I get a refund to my card?")


@pytest.fixture
def shop(rig: Rig) -> Rig:
    rig.put("refund", REFUND, title="Refund to a card")
    rig.put("dogs", DOGS, title="Guide dogs in the store")
    rig.put("hours", "We are open from nine to six.", title="Opening hours")
    return rig


def test_every_step_is_the_documents_own_characters(shop: Rig) -> None:
    steps = shop.copilot.guide.steps([QUESTION], Scope())
    assert steps.procedure is not None
    assert (steps.procedure.document_id, steps.procedure.of) == ("refund", 3)
    for step in steps.next_steps:
        text = shop.store.documents.version(step.document_id, step.version).document.text
        assert text[step.start : step.end] == step.text
        if step.detail is not None:
            assert text[step.detail.start : step.detail.end] == step.detail.text
        assert step.condition is None or step.condition in step.text
    first, second, third = steps.next_steps
    assert (first.state, first.action, first.number) == ("next", "Find Order", "1")
    assert first.detail is not None
    assert "receipt" in first.detail.text
    assert second.condition == "If the receipt is missing"
    assert (third.owner, third.action) == ("back_office", "Offer Refund")


def test_a_tick_moves_on_and_the_others_stay(shop: Rig) -> None:
    before = shop.copilot.guide.steps([QUESTION], Scope())
    tick = ActionDone(TICK, {"step_id": before.next_steps[0].step_id})
    after = shop.copilot.guide.steps([QUESTION, Turn("k", "agent", "", action=tick)], Scope())
    assert next(step.state for step in after.next_steps) == "done"
    assert after.procedure is not None
    assert after.procedure.position > 1


def test_the_candidates_can_be_switched_to(shop: Rig) -> None:
    steps = shop.copilot.guide.steps([QUESTION], Scope())
    other = next(one for one in steps.procedures if one.document_id == "dogs")
    switch = ActionDone(SWITCH, {"procedure": other.procedure_id})
    switched = shop.copilot.guide.steps([QUESTION, Turn("k", "agent", "", action=switch)], Scope())
    assert switched.procedure is not None
    assert switched.procedure.document_id == "dogs"


def test_a_procedure_that_the_caller_may_not_see_is_never_offered(rig: Rig) -> None:
    rig.put("refund", REFUND, title="Refund to a card", audience=Audience(roles=("staff",)))
    agent = Scope(roles=("agent",))
    assert rig.copilot.guide.steps([QUESTION], agent).procedures == ()
    assert rig.copilot.guide.steps([QUESTION], Scope(roles=("staff",))).procedures


def test_a_retired_procedure_is_gone_at_once(shop: Rig) -> None:
    shop.copilot.guide.steps([QUESTION], Scope())
    shop.store.documents.retire("refund")
    shop.copilot.search("refund")
    offered = shop.copilot.guide.steps([QUESTION], Scope()).procedures
    assert "refund" not in [one.document_id for one in offered]


def test_a_document_without_steps_is_no_procedure(rig: Rig) -> None:
    rig.put("refund", "A refund to a card takes five days.", title="Refund to a card")
    assert rig.copilot.guide.steps([QUESTION], Scope()).procedure is None


def test_a_courtesy_keeps_the_procedure_that_the_conversation_is_in(shop: Rig) -> None:
    thanks = Turn("c2", "customer", "Thank you!")
    answer = shop.copilot.assist([QUESTION, thanks])
    assert answer.procedure is not None
    assert answer.procedure.document_id == "refund"


def test_what_a_procedure_is_about_is_embedded_once_for_all(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.copilot.guide.prepare()
    again = Guide(shop.store, shop.embedder, shop.searcher)
    embedded: list[str] = []
    embed = shop.embedder.embed_passages

    def noted(texts: Any, spans: Any) -> Any:
        embedded.extend(texts)
        return embed(texts, spans)

    monkeypatch.setattr(shop.embedder, "embed_passages", noted)
    again.prepare()
    assert embedded == []
    assert again.steps([QUESTION], Scope()).procedure is not None
