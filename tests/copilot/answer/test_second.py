from __future__ import annotations

import pytest
from fake_chat import FakeChat
from rig import Rig

from copilot.answer.asking import Asking
from copilot.answer.second import Second
from copilot.errors import ModelError
from copilot.types import Customer, Turn

SAID = (Turn("t1", "customer", "It's about that thing again, you know, the money?"),)
QUERY = '{"query": "How long does a refund to a bank card take?"}'


@pytest.fixture
def shop(rig: Rig) -> Rig:
    rig.put("refunds", "A refund to a bank card takes five working days.", title="Refunds")
    rig.put("dogs", "Guide dogs are welcome everywhere.", title="Guide dogs")
    return rig


def test_what_the_model_says_is_wanted_is_searched_for(shop: Rig) -> None:
    shop.copilot.rewriter = Second(Asking(FakeChat(QUERY), shop.store.spend, len))
    assert shop.copilot.assist(SAID).passages[0].document_id == "refunds"


@pytest.mark.parametrize(
    "script", ["no JSON", '{"query": ""}', '{"query": 7}', "[]", ModelError("…", "timeout")]
)
def test_without_a_query_the_conversation_itself_is_searched_for(
    shop: Rig, script: str | ModelError
) -> None:
    alone = shop.copilot.assist(SAID)
    shop.copilot.rewriter = Second(Asking(FakeChat(script), shop.store.spend, len))
    beside = shop.copilot.assist(SAID)
    assert [one.passage_id for one in beside.passages] == [one.passage_id for one in alone.passages]


def test_the_customer_s_name_is_not_sent(shop: Rig) -> None:
    shop.store.customers.put(Customer("c1", "Wilhelmina Brandt"))
    chat = FakeChat(QUERY)
    shop.copilot.rewriter = Second(Asking(chat, shop.store.spend, len))
    shop.copilot.assist(
        [Turn("t1", "customer", "Wilhelmina Brandt here, is my refund coming?")], customer_id="c1"
    )
    assert "Brandt" not in chat.asked[0].user
