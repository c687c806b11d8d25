"""How far a conversation has come: what is done, next, skipped, and that it can be told again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from copilot.control import TICK, UNTICK
from copilot.procedures.parse import procedures
from copilot.procedures.progress import Progress, State, progress, walked
from copilot.procedures.step import Procedure
from copilot.procedures.successor import load_weights
from copilot.types import ActionDone, Turn

TEXT = """# Refund

1. Ask for the order number with [Find Order].
2. Check the receipt [Check Receipt]. If it is missing, go to step 4.
3. Offer the refund with [Offer Refund].
4. Explain that no refund can be made. (button: N/A)
5. Say goodbye. (button: N/A)
"""


def refund() -> Procedure:
    (found,) = procedures(TEXT)
    return found


def near(words: str) -> NDArray[np.float32]:
    """The share of a step's words that are said."""
    said = set(words.lower().split())
    steps = [set(step.text.lower().strip(".").split()) for step in refund().steps]
    return np.asarray([len(said & one) / len(one) for one in steps], dtype=np.float32)


IDS = {f"s{step.ordinal}": step.ordinal for step in refund().steps}


def after(*turns: Turn) -> Progress:
    return progress(walked(refund(), turns, near, IDS), load_weights())


def states(found: Progress) -> list[str]:
    return [found.states[at].value for at in sorted(found.states)]


def did(turn_id: str, name: str, result: object = None) -> Turn:
    return Turn(turn_id, "agent", "", action=ActionDone(name, {}, result))


def steer(turn_id: str, name: str, step_id: str) -> Turn:
    return Turn(turn_id, "agent", "", action=ActionDone(name, {"step_id": step_id}))


def test_the_first_step_is_next_before_anything_is_done() -> None:
    assert states(after()) == ["next", "open", "open", "open", "open"]


def test_an_action_that_the_desktop_reports_does_its_step_however_it_is_spelt() -> None:
    found = after(did("a1", "find-order"), did("a2", "CHECK_RECEIPT", {"receipt": "found"}))
    assert states(found)[:3] == ["done", "done", "next"]
    assert found.by == {1: "a1", 2: "a2"}


def test_an_action_of_no_step_changes_nothing() -> None:
    assert states(after(did("a1", "play music"))) == ["next", "open", "open", "open", "open"]


def test_the_agents_words_do_a_step_where_no_action_is_reported() -> None:
    found = after(Turn("a1", "agent", "ask for the order number with [find order]"))
    assert states(found)[0] == "done"


def test_one_turn_can_do_several_steps_and_a_question_does_the_step_that_asks() -> None:
    words = "Thanks! Ask for the order number with [find order]? Check the receipt [check receipt]."
    found = after(Turn("a1", "agent", words))
    assert states(found)[:3] == ["done", "done", "next"]
    assert found.by == {1: "a1", 2: "a1"}


def test_what_a_person_unticked_is_not_done_again_by_the_same_words() -> None:
    words = Turn("a1", "agent", "ask for the order number with [find order]")
    assert states(after(words, steer("k1", UNTICK, "s1")))[0] == "next"
    assert states(after(words, steer("k1", UNTICK, "s1"), words))[0] == "next"


def test_words_do_no_step_that_the_desktop_would_report() -> None:
    words = Turn("a2", "agent", "offer the refund with [offer refund]")
    assert states(after(did("a1", "find order"), words))[2] != "done"


def test_a_mandatory_step_that_was_passed_over_stays_visible_as_skipped() -> None:
    found = after(did("a1", "find order"), did("a2", "offer refund"))
    assert states(found)[:3] == ["done", "skipped", "done"]


def test_a_branch_that_was_taken_skips_nothing() -> None:
    found = after(
        did("a1", "find order"),
        did("a2", "check receipt", {"receipt": "missing"}),
        steer("k", TICK, "s4"),
    )
    assert states(found) == ["done", "done", "open", "done", "next"]


def test_what_a_look_up_brought_decides_between_branches() -> None:
    missing = after(did("a1", "find order"), did("a2", "check receipt", "not found, missing"))
    valid = after(did("a1", "find order"), did("a2", "check receipt", "valid, confirmed"))
    assert (missing.next, valid.next) == (4, 3)


def test_a_tick_and_an_untick_are_the_persons_last_word() -> None:
    ticked = after(steer("k1", TICK, "s1"))
    assert states(ticked)[:2] == ["done", "next"]
    unticked = after(did("a1", "find order"), steer("k1", UNTICK, "s1"))
    assert states(unticked)[0] == "next"
    again = after(steer("k1", UNTICK, "s1"), did("a1", "find order"))
    assert states(again)[0] == "next"
    assert states(after(steer("k1", UNTICK, "s1"), steer("k2", TICK, "s1")))[0] == "done"


def test_a_tick_of_an_unknown_step_is_passed_over() -> None:
    odd = [steer("k1", TICK, "s9"), did("k2", TICK), Turn("k3", "agent", "", action=None)]
    assert states(after(*odd)) == ["next", "open", "open", "open", "open"]


def test_nothing_is_next_once_all_is_done() -> None:
    found = after(*(steer(f"k{at}", TICK, f"s{at}") for at in IDS.values()))
    assert found.next is None
    assert set(found.states.values()) == {State.DONE}


TURNS = st.one_of(
    st.builds(
        lambda name: Turn("t", "agent", "", action=ActionDone(name)),
        st.sampled_from(["find order", "check receipt", "offer refund", "other"]),
    ),
    st.builds(steer, st.just("t"), st.sampled_from([TICK, UNTICK]), st.sampled_from([*IDS, "s77"])),
    st.builds(
        lambda role, text: Turn("t", role, text),
        st.sampled_from(["customer", "agent", "system"]),
        st.sampled_from(["", "yes please", "no, it is missing", "say goodbye", "thanks bye"]),
    ),
)


@given(st.lists(TURNS, max_size=14))
def test_state_kept_turn_by_turn_equals_state_rebuilt_from_all_turns(turns: Sequence[Turn]) -> None:
    kept = walked(refund(), (), near, IDS)
    for turn in turns:
        kept.hear(turn, IDS)
    kept.settle()
    assert progress(kept, load_weights()) == after(*turns)


@given(st.lists(TURNS, max_size=14))
def test_every_step_has_one_state_and_at_most_one_is_next(turns: Sequence[Turn]) -> None:
    found = after(*turns)
    assert sorted(found.states) == [1, 2, 3, 4, 5]
    following = [at for at, state in found.states.items() if state is State.NEXT]
    assert following == ([] if found.next is None else [found.next])
    assert set(found.by) == {at for at, state in found.states.items() if state is State.DONE}
