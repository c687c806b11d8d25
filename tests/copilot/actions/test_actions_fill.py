"""Parameters with their sources: what goes first, what contradicts it, and what stays empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from declared import ORDER, refund, stock, write

from copilot.actions.card import Parameter, Source
from copilot.actions.declare import Action, read_action
from copilot.actions.fill import Known, fill
from copilot.errors import InvalidInput
from copilot.types import ActionDone, Customer, Turn


@pytest.fixture
def action(tmp_path: Path) -> Action:
    return declared(tmp_path, refund())


def declared(folder: Path, fields: dict[str, Any]) -> Action:
    return read_action(write(folder, fields) / f"{fields['name']}.json")


def by_name(parameters: tuple[Parameter, ...]) -> dict[str, Parameter]:
    return {one.name: one for one in parameters}


def test_the_newest_turn_wins_and_what_was_said_before_is_an_alternative(action: Action) -> None:
    turns = [
        Turn("t1", "customer", "QW40231188, or was it QW11111111"),
        Turn("t2", "system", "QW99999999"),
        Turn("t3", "agent", "so order number QW40231188, and a refund of 15 euros"),
        Turn("t4", "customer", "no, QW22222222"),
    ]
    filled = by_name(fill(action, Known(turns)))
    order = filled["order_id"]
    assert (order.value, order.source) == ("QW22222222", Source("turn", "t4", 4, 14))
    assert [one.value for one in order.alternatives] == ["QW40231188", "QW11111111"]
    assert order.alternatives[0].source.turn_id == "t3"
    assert (filled["amount"].value, filled["amount"].source) == (15, Source("turn", "t3", 44, 46))


def test_in_one_turn_a_value_with_its_label_goes_first(action: Action) -> None:
    turns = [Turn("t1", "customer", "order number QW11111111, not QW22222222")]
    assert by_name(fill(action, Known(turns)))["order_id"].value == "QW11111111"


def test_what_cannot_be_traced_stays_empty(action: Action) -> None:
    filled = by_name(fill(action, Known([Turn("t1", "customer", "my order is late, 15 euros!")])))
    assert [(one.value, one.source) for one in filled.values()] == [(None, None)] * 3
    assert [one.name for one in filled.values() if one.required] == ["order_id", "amount"]


def test_a_masked_value_is_never_used(action: Action) -> None:
    known = Known(
        [
            Turn("t1", "customer", "order number [ACCOUNT]"),
            Turn("t2", "agent", "", action=ActionDone("x", {"note": "call [NAME] back"})),
        ],
        Customer("c", attributes={"note": "lives in [ADDRESS]"}),
    )
    assert all(one.source is None for one in fill(action, known))


def test_what_the_desktop_reported_and_what_cards_did_are_sources(action: Action) -> None:
    turn = Turn("t1", "agent", "", action=ActionDone("Open trace", {"order_id": "QW11111111"}))
    filled = by_name(fill(action, Known([turn])))["order_id"]
    assert filled.source == Source(
        "action", turn_id="t1", field="parameters.order_id", action="Open trace"
    )
    run = [("card_1", ActionDone("order_status", {}, {"order_id": "QW22222222"}))]
    filled = by_name(fill(action, Known([turn], run=run)))["order_id"]
    assert filled.value == "QW22222222"
    assert filled.source is not None
    assert (filled.source.card_id, filled.source.field) == ("card_1", "result.order_id")
    assert [one.value for one in filled.alternatives] == ["QW11111111"]


def test_the_customers_record_is_a_source_and_never_somebody_elses(tmp_path: Path) -> None:
    fields = stock("web")
    fields["parameters"]["properties"]["style"] = {"type": "string"}
    fields["from"] = {"style": ["customer.last.style"]}
    action = declared(tmp_path, fields)
    customer = Customer("c-1", attributes={"last": {"style": 882041}})
    (style,) = fill(action, Known(customer=customer))
    assert (style.value, style.source) == ("882041", Source("customer", field="last.style"))
    assert fill(action, Known())[0].source is None
    assert fill(action, Known(customer=Customer("c-2", attributes={"last": []})))[0].source is None


def test_from_says_where_to_look_and_nowhere_else(tmp_path: Path) -> None:
    fields = refund(**{"from": {"order_id": ["[Order Status].result.order.id"]}})
    action = declared(tmp_path, {**fields, "from": {"order_id": ["Order Status.result.order.id"]}})
    turns = [
        Turn("t1", "customer", "order QW11111111"),
        Turn("t2", "agent", "", action=ActionDone("other", {}, {"order": {"id": "QW22222222"}})),
    ]
    assert by_name(fill(action, Known(turns)))["order_id"].source is None
    done = ActionDone("order_status", {}, {"order": {"id": "QW33333333"}})
    filled = by_name(fill(action, Known([*turns, Turn("t3", "agent", "", action=done)])))
    assert filled["order_id"].value == "QW33333333"
    assert filled["order_id"].alternatives == ()


def test_a_value_that_does_not_fit_is_no_value(action: Action) -> None:
    done = ActionDone("x", {"order_id": "4711", "amount": -3})
    assert all(
        one.source is None for one in fill(action, Known([Turn("t", "agent", "", action=done)]))
    )


def test_what_a_person_gives_goes_first_as_it_is(action: Action) -> None:
    turns = [Turn("t1", "customer", "QW11111111")]
    order = by_name(fill(action, Known(turns), {"order_id": "QW22222222"}))["order_id"]
    assert (order.value, order.source) == ("QW22222222", Source("person"))
    assert [one.value for one in order.alternatives] == ["QW11111111"]
    with pytest.raises(InvalidInput, match="nonsense"):
        fill(action, Known(turns), {"nonsense": 1})


def test_two_parameters_that_look_the_same_need_their_labels(tmp_path: Path) -> None:
    fields = refund()
    fields["parameters"]["properties"]["new_order"] = {**ORDER, "title": "New order"}
    action = declared(tmp_path, fields)
    bare = by_name(fill(action, Known([Turn("t1", "customer", "QW11111111")])))
    assert bare["order_id"].source is None
    assert bare["new_order"].source is None
    turns = [Turn("t1", "customer", "the new order is QW11111111")]
    assert by_name(fill(action, Known(turns)))["new_order"].value == "QW11111111"
