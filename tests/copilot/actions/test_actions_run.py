"""From a proposal to a receipt, and live facts, with a real store and a real server behind."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from declared import refund, stock, write
from outside import BASE, Outside, Reply
from rig import Clock

from copilot.actions.call import Wire
from copilot.actions.card import CardState, LiveFact
from copilot.actions.declare import Action, Actions, read_actions
from copilot.actions.lookup import LookUps
from copilot.actions.run import LASTS, Runner
from copilot.errors import (
    AlreadyDecided,
    Ended,
    InvalidInput,
    NotPermitted,
    Overloaded,
    UnknownAction,
)
from copilot.store import Store
from copilot.store.database import writer
from copilot.types import Conversation, Customer, Role, Turn

GIVEN = {"order_id": "QW40231188", "amount": 15}
STYLE = {"style": "882041"}


@pytest.fixture
def action(actions: Actions) -> Action:
    return actions.by_name["offer_refund"]


def test_a_card_is_filled_from_its_conversation_and_nothing_goes_out(
    runner: Runner, store: Store, action: Action, behind: Outside
) -> None:
    store.customers.put(Customer("c-1", attributes={"note": "ring first"}))
    with writer(store.engine).begin() as connection:
        store.conversations.start(connection, Conversation("v-1", store.now(), "c-1"))
        turns = [Turn("t1", "customer", "order QW40231188 please")]
        store.conversations.add_turns(connection, "v-1", turns)
    card = runner.propose(action, "key:ada", conversation_id="v-1", customer_id="c-1")
    assert store.cards.card(card.card_id) == card
    assert [one.value for one in card.parameters] == ["QW40231188", None, "ring first"]
    assert card.expires_at - card.proposed_at == LASTS
    assert behind.arrived == []
    runner.confirm(card.card_id, GIVEN, "key:ada", None)
    later = runner.fill(action, conversation_id="v-1")
    assert later[1].value == 15
    assert later[1].source is not None
    assert later[1].source.card_id == card.card_id


def test_a_confirmed_card_is_sent_once_with_its_key_and_leaves_a_receipt(
    runner: Runner, action: Action, behind: Outside
) -> None:
    behind.reply = Reply(201, b'{"refund_id": "RF-1"}')
    card = runner.propose(action, "key:ada", given={"order_id": "QW11111111"})
    receipt = runner.confirm(card.card_id, GIVEN, "key:bob", Role.AGENT)
    assert receipt.state is CardState.DONE
    assert receipt.answer is not None
    assert (receipt.answer.status, receipt.answer.result) == (201, {"refund_id": "RF-1"})
    (arrived,) = behind.arrived
    assert (arrived.method, arrived.path) == ("POST", "/orders/QW40231188/refunds")
    assert arrived.body == {"amount": 15}
    assert arrived.headers["Idempotency-Key"] == card.card_id
    assert arrived.headers["X-Key"] == "Bearer hunter2"
    again = runner.confirm(card.card_id, GIVEN, "key:eve", Role.AGENT, repeat=True)
    assert again == receipt
    assert len(behind.arrived) == 1


def test_nothing_of_a_header_is_kept(runner: Runner, store: Store, action: Action) -> None:
    card = runner.propose(action, "key:ada")
    receipt = runner.confirm(card.card_id, GIVEN, "key:bob", None)
    assert "hunter2" not in f"{card} {receipt} {store.audit.entries()}"


def test_a_card_of_a_read_only_action_is_run_in_the_same_way(
    runner: Runner, actions: Actions, behind: Outside
) -> None:
    card = runner.propose(actions.by_name["stock_web"], "key:ada")
    assert runner.confirm(card.card_id, STYLE, "key:ada", None).state is CardState.DONE
    assert runner.confirm(card.card_id, STYLE, "key:ada", None).state is CardState.DONE
    assert [one.path for one in behind.arrived] == ["/stock/web/882041"]


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"amount": 15}, "parameters.order_id"),
        ({**GIVEN, "order_id": "4711"}, "parameters.order_id"),
        ({**GIVEN, "amount": 0}, "parameters.amount"),
        ({**GIVEN, "amount": "15"}, "parameters.amount"),
        ({**GIVEN, "note": "call [PHONE]"}, "parameters.note"),
        ({**GIVEN, "extra": 1}, "parameters.extra"),
        ({**GIVEN, "note": "x" * 101}, "parameters.note"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_and_the_card_stays(
    runner: Runner, store: Store, action: Action, given: dict[str, Any], place: str
) -> None:
    card = runner.propose(action, "key:ada")
    with pytest.raises(InvalidInput) as raised:
        runner.confirm(card.card_id, given, "key:ada", None)
    assert raised.value.place == place
    assert raised.value.remedy
    assert "PHONE" not in raised.value.reason
    assert store.cards.card(card.card_id).state is CardState.PROPOSED


def test_an_action_is_confirmed_by_its_roles_only(
    tmp_path: Path, store: Store, wire: Wire, behind: Outside
) -> None:
    folder = write(tmp_path / "own", refund(roles=["admin"]))
    actions = read_actions(folder, {"COPILOT_ACTION_KEY": "k"}, BASE)
    runner = Runner(actions, store, wire)
    card = runner.propose(actions.by_name["offer_refund"], "key:ada")
    with pytest.raises(UnknownAction):
        runner.confirm(card.card_id, GIVEN, "key:ada", Role.AGENT)
    assert behind.arrived == []


def test_an_action_that_was_declared_anew_is_proposed_anew(
    tmp_path: Path, runner: Runner, store: Store, wire: Wire, action: Action, behind: Outside
) -> None:
    card = runner.propose(action, "key:ada")
    folder = write(tmp_path / "anew", refund(title="Refund twice"))
    changed = Runner(read_actions(folder, {"COPILOT_ACTION_KEY": "k"}, BASE), store, wire)
    with pytest.raises(AlreadyDecided, match="declared"):
        changed.confirm(card.card_id, GIVEN, "key:ada", None)
    assert behind.arrived == []


def test_nothing_is_proposed_in_a_conversation_that_has_ended(
    runner: Runner, store: Store, action: Action
) -> None:
    with writer(store.engine).begin() as connection:
        store.conversations.start(connection, Conversation("v-1", store.now()))
        store.conversations.end(connection, "v-1")
    with pytest.raises(Ended):
        runner.propose(action, "key:ada", conversation_id="v-1")


def test_a_call_that_fails_is_told_and_another_that_nobody_knows_of_can_be_repeated(
    runner: Runner, action: Action, behind: Outside
) -> None:
    behind.reply = Reply(422, b'{"reason": "only 3.00 euros are left"}')
    failed = runner.propose(action, "key:ada")
    assert runner.confirm(failed.card_id, GIVEN, "key:ada", None).state is CardState.FAILED
    behind.reply = Reply(502)
    card = runner.propose(action, "key:ada")
    assert runner.confirm(card.card_id, GIVEN, "key:ada", None).state is CardState.UNKNOWN
    assert runner.confirm(card.card_id, GIVEN, "key:ada", None).number == 1
    behind.reply = Reply(409)
    again = runner.confirm(card.card_id, GIVEN, "key:bob", None, repeat=True)
    assert (again.number, again.state) == (2, CardState.UNKNOWN)  # the first may be under way
    behind.reply = Reply(200)
    done = runner.confirm(card.card_id, GIVEN, "key:bob", None, repeat=True)
    assert (done.number, done.state) == (3, CardState.DONE)
    assert [one.headers["Idempotency-Key"] for one in behind.arrived[1:]] == [card.card_id] * 3


# Live facts


def facts(runner: Runner, actions: Actions) -> list[LiveFact]:
    return runner.look_up(actions.by_name["stock_store"], STYLE, None)


def test_two_sources_that_disagree_are_both_given(
    runner: Runner, actions: Actions, behind: Outside, clock: Clock
) -> None:
    behind.replies = {
        "/stock/web/882041": Reply(body=b'{"available": 4, "counted": "02:00"}'),
        "/stock/store/882041": Reply(body=b'{"available": 0, "counted": "12:00"}'),
    }
    store, web = facts(runner, actions)
    assert (store.title, web.title) == ("Stock, store", "Stock, web")
    assert (store.fields["available"], web.fields["available"]) == (0, 4)
    assert store.disagree
    assert web.disagree
    assert store.as_of == clock.now
    assert store.took_ms > 0


def test_sources_that_agree_in_what_is_compared_do_not_disagree(
    runner: Runner, actions: Actions, behind: Outside
) -> None:
    behind.replies = {
        "/stock/web/882041": Reply(body=b'{"available": 4, "counted": "02:00"}'),
        "/stock/store/882041": Reply(body=b'{"available": 4, "counted": "12:00"}'),
    }
    assert [one.disagree for one in facts(runner, actions)] == [False, False]


def test_a_source_that_fails_says_why_and_the_other_stands(
    runner: Runner, actions: Actions, behind: Outside
) -> None:
    behind.replies = {"/stock/web/882041": Reply(404)}
    store, web = facts(runner, actions)
    assert (store.fields, store.problem) == ({"ok": True}, None)
    assert (web.fields, web.problem) == ({}, "it answered 404")
    assert not store.disagree


def test_a_source_that_wants_more_parameters_says_so(
    tmp_path: Path, store: Store, wire: Wire
) -> None:
    more = stock("store")
    more["parameters"]["properties"]["store"] = {"type": "string"}
    more["parameters"]["required"] = ["style", "store"]
    actions = read_actions(write(tmp_path / "own", stock("web"), more), {}, BASE)
    web, missing = Runner(actions, store, wire).look_up(actions.by_name["stock_web"], STYLE, None)
    assert web.problem is None
    assert "store" in str(missing.problem)


def test_a_fact_is_remembered_while_it_is_fresh_and_no_longer(
    wire: Wire, actions: Actions, behind: Outside
) -> None:
    moment = [0.0]
    look_ups = LookUps(actions, wire, lambda: moment[0])
    action = actions.by_name["stock_web"]
    first = look_ups.ask(action, STYLE, None)
    moment[0] = action.fresh_s - 0.1
    assert look_ups.ask(action, STYLE, None) == first
    assert len(behind.arrived) == 2
    moment[0] = action.fresh_s
    look_ups.ask(action, STYLE, None)
    assert len(behind.arrived) == 4


def test_beyond_its_rate_a_system_is_not_asked(tmp_path: Path, wire: Wire, behind: Outside) -> None:
    declared = stock("web", rate_per_minute=2, fresh_s=0)
    actions = read_actions(write(tmp_path / "own", declared), {}, BASE)
    moment = [0.0]
    look_ups = LookUps(actions, wire, lambda: moment[0])
    action = actions.by_name["stock_web"]
    for _ in range(2):
        look_ups.ask(action, STYLE, None)
    with pytest.raises(Overloaded) as raised:
        look_ups.ask(action, STYLE, None)
    assert raised.value.retry_after_s == 31
    assert len(behind.arrived) == 2
    moment[0] = 30.1
    look_ups.ask(action, STYLE, None)
    assert len(behind.arrived) == 3


def test_many_who_look_up_at_once_stay_within_the_rate(
    tmp_path: Path, wire: Wire, behind: Outside
) -> None:
    declared = stock("web", rate_per_minute=3, fresh_s=0)
    actions = read_actions(write(tmp_path / "own", declared), {}, BASE)
    look_ups = LookUps(actions, wire, lambda: 0.0)

    def ask() -> None:
        with suppress(Overloaded):
            look_ups.ask(actions.by_name["stock_web"], STYLE, None)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(behind.arrived) == 3


def test_a_change_is_never_looked_up(runner: Runner, action: Action, behind: Outside) -> None:
    with pytest.raises(NotPermitted):
        runner.look_up(action, GIVEN, None)
    assert behind.arrived == []
