from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig import Rig

import copilot.history.likely as likely
import copilot.history.weigh as weigh
from copilot.history.likely import Practice
from copilot.history.situation import Vector
from copilot.store import Store
from copilot.types import ActionDone, Customer, Interaction, LikelyAction, Turn

PARCEL = "Where is my parcel?"
BROKEN = "The lamp is broken."


def said(text: str) -> Turn:
    return Turn("t", "customer", text)


def did(action: str, result: Any = None) -> Turn:
    return Turn("t", "agent", "", action=ActionDone(action, {}, result))


def told(rig: Rig, interaction_id: str, *turns: Turn, **fields: Any) -> None:
    customer_id = fields.pop("customer_id", None)
    began = rig.clock.now - timedelta(days=7)
    rig.sync.put_interaction(
        Interaction(interaction_id, customer_id, "chat", began, turns=turns, **fields)
    )
    if customer_id is not None:
        rig.store.customers.put(Customer(customer_id))


@pytest.fixture
def shop(rig: Rig) -> Rig:
    """Four parcels that were looked up and two lamps that were replaced, not all with success."""
    for number in range(4):
        outcome = "resolved" if number else "open"
        told(rig, f"parcel-{number}", said(PARCEL), did("look_up"), outcome=outcome)
    told(rig, "lamp-0", said(BROKEN), did("replace"), customer_id="c-1")
    told(rig, "lamp-1", said(BROKEN), did("look_up"), did("replace"), outcome="resolved")
    rig.practice.catch_up()
    return rig


def again(rig: Rig, folder: Path | None) -> Practice:
    """The memory of a copilot that starts."""
    practice = Practice(rig.store.cases, rig.embedder, rig.searcher.utterance, folder)
    practice.catch_up()
    return practice


def first(found: Sequence[LikelyAction]) -> str:
    return found[0].action


def test_what_was_done_next_in_cases_like_this_one_comes_first(shop: Rig) -> None:
    best = shop.practice.likely([said(PARCEL)])[0]
    assert (best.action, best.of) == ("look_up", 7)
    assert best.share > 0.5
    assert set(best.cases[:4]) == {f"parcel-{number}" for number in range(4)}
    assert best.outcomes == {"resolved": 4, "open": 1}
    assert first(shop.practice.likely([said(BROKEN)])) == "replace"
    assert first(shop.practice.likely([said(BROKEN), did("look_up")])) == "replace"


def test_an_outcome_counts_once_a_conversation_and_none_is_no_outcome(shop: Rig) -> None:
    best = shop.practice.likely([said(BROKEN)])[0]
    assert (best.cases, best.outcomes) == (("lamp-0", "lamp-1"), {"resolved": 1}) or (
        best.cases == ("lamp-1", "lamp-0") and best.outcomes == {"resolved": 1}
    )


def test_with_no_past_nothing_is_likely(rig: Rig) -> None:
    rig.met(None, "i-1", "Hello.", "Hello.")
    rig.practice.catch_up()
    assert rig.practice.likely([said(PARCEL)]) == ()
    assert rig.practice.likely([]) == ()


def test_where_no_past_conversation_is_of_this_kind_nothing_is_likely(shop: Rig) -> None:
    assert shop.practice.likely([said("Quantum chromodynamics fascinates physicists")]) == ()


@pytest.mark.parametrize("turns", [[], [said("…")], [Turn("t", "agent", "Hello!")]])
def test_before_the_customer_says_a_word_the_beginnings_of_others_count(
    shop: Rig, turns: list[Turn]
) -> None:
    found = shop.practice.likely(turns)
    assert {one.action for one in found} == {"look_up", "replace"}
    assert sum(one.share for one in found) == pytest.approx(1, abs=1e-3)


def test_one_single_case_is_all_there_is_to_say(rig: Rig) -> None:
    told(rig, "only", said(PARCEL), did("look_up"), outcome="open")
    rig.practice.catch_up()
    (only,) = rig.practice.likely([said(PARCEL)])
    assert only == LikelyAction("look_up", 1.0, 1, ("only",), {"open": 1})


moves = st.lists(
    st.tuples(st.sampled_from((PARCEL, BROKEN, "…")), st.sampled_from("abc~")), max_size=3
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(moves, min_size=1, max_size=4), moves)
def test_a_restart_changes_nothing_with_the_cache_and_without(
    another_rig: Callable[[], Rig], past: list[list[tuple[str, str]]], now: list[tuple[str, str]]
) -> None:
    def turns(some: list[tuple[str, str]]) -> list[Turn]:
        return [turn for words, action in some for turn in (said(words), did(action))]

    rig = another_rig()
    for number, some in enumerate(past):
        told(rig, f"i-{number}", *turns(some))
    rig.practice.catch_up()
    found = rig.practice.likely(turns(now))
    assert sum(one.share for one in found) == pytest.approx(1.0 if found else 0.0, abs=0.02)
    assert all(one.cases for one in found)
    for folder in (rig.folder, rig.folder / "elsewhere", None):
        assert again(rig, folder).likely(turns(now)) == found


def test_the_order_in_which_cases_came_in_changes_no_share(
    another_rig: Callable[[], Rig],
) -> None:
    past = [(PARCEL, "look_up"), (BROKEN, "replace"), (PARCEL, "apologise"), (PARCEL, "look_up")]
    shares = []
    for order in (past, past[::-1]):
        rig = another_rig()
        for number, (words, action) in enumerate(order):
            told(rig, f"i-{number}", said(words), did(action))
        rig.practice.catch_up()
        shares.append({one.action: one.share for one in rig.practice.likely([said(PARCEL)])})
    assert shares[0] == pytest.approx(shares[1], abs=1e-3)
    assert next(iter(shares[0])) == "look_up"


def spied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many situations were learnt from, each time that anything was."""
    learnings: list[int] = []
    fit = weigh.fit

    def counted(encoder: Any, rows: Any, *rest: Any) -> Any:
        learnings.append(len(rows))
        return fit(encoder, rows, *rest)

    monkeypatch.setattr(likely, "fit", counted)
    return learnings


def test_what_was_learnt_is_not_learnt_again_at_a_restart(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnings = spied(monkeypatch)
    again(shop, shop.folder)
    assert learnings == []
    told(shop, "lamp-2", said(BROKEN), did("refund"))
    again(shop, shop.folder)
    assert learnings == [8]
    again(shop, shop.folder).catch_up()
    assert learnings == [8]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: b"PK\x03\x04",
        lambda whole: b"not what it was",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-10],
        lambda whole: whole[: len(whole) // 2] + b"\1" * 200 + whole[len(whole) // 2 + 200 :],
    ],
)
def test_a_damaged_cache_is_passed_over_and_written_anew(
    shop: Rig, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.practice.likely([said(PARCEL)])
    path = shop.folder / "practice.npz"
    path.write_bytes(damage(path.read_bytes()))
    learnings = spied(monkeypatch)
    assert again(shop, shop.folder).likely([said(PARCEL)]) == found
    assert learnings == [7]
    assert again(shop, shop.folder).likely([said(PARCEL)]) == found
    assert learnings == [7]


def test_a_cache_of_something_else_is_passed_over(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnings = spied(monkeypatch)
    path = shop.folder / "practice.npz"
    np.savez(path, weights=np.zeros(3))
    again(shop, shop.folder)
    np.savez(path, of="others", weights=np.zeros(3))
    again(shop, shop.folder)
    np.savez(path, of=np.array([{}], dtype=object))
    again(shop, shop.folder)
    assert learnings == [7, 7, 7]


def test_a_folder_that_cannot_be_written_costs_the_cache_only(shop: Rig, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("here")
    found = shop.practice.likely([said(PARCEL)])
    assert again(shop, in_the_way / "indexes").likely([said(PARCEL)]) == found


def test_until_something_was_learnt_those_alike_have_a_vote(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(likely, "fit", fail)
    practice = Practice(shop.store.cases, shop.embedder, shop.searcher.utterance)
    with pytest.raises(MemoryError):
        practice.catch_up()
    found = practice.likely([said(PARCEL)])
    assert first(found) == "look_up"
    assert sum(one.share for one in found) == pytest.approx(1, abs=1e-3)
    assert first(practice.likely([said(BROKEN), did("look_up")])) == "replace"


def test_an_erased_customer_is_in_no_answer_at_once_and_then_in_no_memory(shop: Rig) -> None:
    assert "lamp-0" in shop.practice.likely([said(BROKEN)])[0].cases
    shop.store.customers.erase("c-1")
    assert shop.practice.likely([said(BROKEN)])[0].cases == ("lamp-1",)
    shop.practice.catch_up()
    assert {one.of for one in shop.practice.likely([said(BROKEN)])} == {6}
    for one in [f"parcel-{number}" for number in range(4)] + ["lamp-1"]:
        told(shop, one, said("Nothing is done here."))
    shop.practice.catch_up()
    assert shop.practice.likely([said(BROKEN)]) == ()


def test_an_outcome_that_names_a_person_is_masked(rig: Rig) -> None:
    told(rig, "i-1", said(PARCEL), did("look_up"), outcome="told ada@lovelace.example")
    rig.practice.catch_up()
    (found,) = rig.practice.likely([said(PARCEL)])
    assert found.outcomes == {"told [EMAIL]": 1}


def test_an_action_called_something_else_each_time_is_not_learnt(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likely, "_MOST_ACTIONS", 2)
    for number in range(6):
        told(shop, f"odd-{number}", said(PARCEL), did(f"open ticket {number}"), did("look_up"))
    shop.practice.catch_up()
    found = shop.practice.likely([said(PARCEL)])
    assert {one.action for one in found} == {"look_up", "replace"}
    assert first(shop.practice.likely([said(PARCEL), did("open ticket 77")])) == "look_up"


def test_only_the_newest_conversations_are_remembered(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likely, "_MOST_SITUATIONS", 3)
    told(shop, "lamp-2", said(BROKEN), did("replace"))
    shop.practice.catch_up()
    (found,) = [one for one in shop.practice.likely([said(BROKEN)]) if one.action == "replace"]
    assert (set(found.cases), found.of) == ({"lamp-1", "lamp-2"}, 3)


def test_what_is_new_is_read_in_the_background(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likely, "_POLL_S", 0.0)
    told(rig, "i-1", said(PARCEL), did("look_up"))
    until = time.monotonic() + 10
    while not (found := rig.practice.likely([said(PARCEL)])) and time.monotonic() < until:
        time.sleep(0.01)
    assert first(found) == "look_up"


def test_whoever_asks_while_actions_come_and_go_is_answered(
    shop: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The columns move with each new action: past and what was learnt must belong together."""
    monkeypatch.setattr(likely, "_POLL_S", 0.0)
    over = threading.Event()

    def ask(_: int) -> int:
        asked = 0
        while not over.is_set():
            found = shop.practice.likely([said(PARCEL), did("look_up")])
            assert sum(one.share for one in found) == pytest.approx(1, abs=0.05)
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, number) for number in range(3)]
        try:
            for number in range(4):
                turns = [did("look_up"), *(did(f"step {at}") for at in range(number % 3))]
                told(shop, "changing", said(PARCEL), *turns)
                shop.practice.catch_up()
        finally:
            over.set()
        assert all(one.result() for one in asking)


def test_what_is_learnt_while_one_asks_is_not_mixed_with_what_was_before(shop: Rig) -> None:
    """The columns of the two differ: there are more actions now."""
    expected = shop.practice.likely([said(PARCEL)])
    learnt: list[str] = []

    def meanwhile(words: str) -> Vector:
        if not learnt:
            learnt.append(words)
            told(shop, "new", said(PARCEL), did("a new one"), did("another new one"))
            practice.catch_up()
        return shop.searcher.utterance(words)

    practice = Practice(shop.store.cases, shop.embedder, meanwhile)
    practice.catch_up()
    assert practice.likely([said(PARCEL)]) == expected
    assert learnt
    assert "a new one" in {one.action for one in practice.likely([said(PARCEL)])}


def test_nothing_of_a_person_is_in_the_database_or_the_cache(
    rig: Rig, store: Store, database: Path
) -> None:
    told(
        rig,
        "i-1",
        said("My name is Zebulon Quixote, zq@quixote.example, 212 555 0123."),
        did("look_up", {"name": "Zebulon Quixote", "mail": "zq@quixote.example"}),
        did("close"),
    )
    rig.practice.catch_up()
    (case,) = store.cases.read(rig.embedder.model, 10)
    kept = repr(case) + repr((rig.folder / "practice.npz").read_bytes())
    for secret in ("Zebulon", "zebulon", "Quixote", "quixote", "555"):
        assert secret not in kept
