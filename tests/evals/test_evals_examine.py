from dataclasses import replace
from types import SimpleNamespace

import pytest
from fake_chat import FakeChat
from rig import Rig

from copilot.answer.asking import Asking
from copilot.answer.draft import Drafter
from copilot.errors import NotFound
from copilot.types import Scope, Turn
from evals.examine import Examiner, search, stored_text
from evals.question import Question
from evals.suite import K

ASKED = Question("q1", "How long does a refund take?", True, {}, None, "f:1", Scope())


def test_the_text_of_a_version_is_read_once(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    rig.put("refunds", "Refunds take 5 days.")
    version = rig.put("refunds", "Refunds take 6 days.")
    read = stored_text(rig.copilot)
    assert (read("refunds", version - 1), read("refunds", version)) == (
        "Refunds take 5 days.",
        "Refunds take 6 days.",
    )
    monkeypatch.setattr(rig.store, "documents", None)
    assert read("refunds", version) == "Refunds take 6 days."


def test_what_was_said_by_a_customer_is_read_from_their_interaction(rig: Rig):
    rig.met("c1", "i1", "My refund has not come.")
    read = stored_text(rig.copilot)
    assert "My refund has not come." in read("interaction/i1", 1)
    for document_id, version in (("interaction/i1", 2), ("interaction/i2", 1), ("refunds", 1)):
        with pytest.raises(NotFound):
            read(document_id, version)


def test_a_search_is_for_the_question_or_for_what_the_conversation_wants(rig: Rig):
    rig.put_all({"refunds": "A refund to a card takes five days.", "parking": "Permits cost 40."})
    (first,) = search(rig.copilot, ASKED, 1)
    turns = (Turn("t1", "customer", "How long does a refund take?"),)
    (second,) = search(rig.copilot, replace(ASKED, text="x", conversation=turns), 1)
    assert first.document_id == second.document_id == "refunds"
    thanks = (Turn("t1", "customer", "Thank you, bye!"),)
    assert search(rig.copilot, replace(ASKED, conversation=thanks), 1) == ()


def test_what_was_sent_to_a_model_is_looked_at(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    rig.put_all({"refunds": "A refund to a card takes five days.", "parking": "Permits cost 40."})
    chat = FakeChat("A refund to a card takes five days. [1]")
    rig.copilot.drafter = Drafter(Asking(chat, rig.store.spend, len), rig.copilot.checker)
    suite = SimpleNamespace(scorers=("safety",), k=K)
    asked = replace(ASKED, text="How long does a refund to a card take? I am ana@example.com.")
    row = Examiner(suite, rig.copilot).examine(asked)
    assert row["measures"]["personal_data_sent"] == 0.0
    monkeypatch.setattr("copilot.privacy.pseudonyms.find", lambda *_, **__: ())
    row = Examiner(suite, rig.copilot).examine(asked)
    assert row["measures"]["personal_data_sent"] == 1.0
