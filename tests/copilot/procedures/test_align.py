"""Which steps words did: forward, in order, each clause one step or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.procedures.align import aligned
from copilot.procedures.parse import procedures
from copilot.procedures.step import Procedure

FIVE = """# Parcel

1. Ask for the order number.
2. Look at the tracking page.
3. Open a trace.
4. Tell the customer when an answer will come.
5. Close the call.
"""
BRANCHED = FIVE.replace("tracking page.", "tracking page. If it was delivered, go to step 4.")
ALL = range(1, 6)


def read(text: str) -> Procedure:
    (found,) = procedures(text)
    return found


def said(*clauses: dict[int, float]) -> list[np.ndarray]:
    """For each clause, how near it is to the steps named, and to no others."""
    return [
        np.array([one.get(ordinal, 0.0) for ordinal in ALL], dtype=np.float32) for one in clauses
    ]


def test_clauses_do_steps_in_order_and_small_talk_does_none() -> None:
    near = said({1: 0.6}, {4: 0.1}, {2: 0.5}, {3: 0.7})
    assert aligned(read(FIVE), 0, ALL, near) == [(0, 1), (2, 2), (3, 3)]


def test_the_later_words_decide_what_the_earlier_ones_were() -> None:
    """A clause as near to the first step as to the fourth, with the second and third behind it."""
    near = said({1: 0.5, 4: 0.52}, {2: 0.5}, {3: 0.5})
    assert [ordinal for _, ordinal in aligned(read(FIVE), 0, ALL, near)] == [1, 2, 3]


def test_a_step_far_ahead_is_passed_to_only_by_words_that_are_nearer() -> None:
    assert aligned(read(FIVE), 0, ALL, said({5: 0.5})) == []
    assert aligned(read(FIVE), 0, ALL, said({5: 0.9})) == [(0, 5)]
    assert aligned(read(FIVE), 3, ALL, said({5: 0.5})) == [(0, 5)]


def test_where_a_branch_leads_nothing_is_passed_over() -> None:
    assert aligned(read(FIVE), 2, ALL, said({4: 0.3})) == []
    assert aligned(read(BRANCHED), 2, ALL, said({4: 0.3})) == [(0, 4)]


def test_what_is_near_to_every_step_is_about_their_subject_and_does_none() -> None:
    assert aligned(read(FIVE), 0, ALL, said(dict.fromkeys(ALL, 0.3))) == []


@pytest.mark.parametrize(("last", "may"), [(0, ()), (5, ALL), (3, (1, 2))])
def test_there_is_nowhere_to_go(last: int, may: tuple[int, ...]) -> None:
    assert aligned(read(FIVE), last, may, said(dict.fromkeys(ALL, 0.9))) == []


@given(
    st.lists(st.lists(st.floats(-1, 1, width=32), min_size=5, max_size=5), max_size=8),
    st.integers(0, 5),
    st.sets(st.sampled_from(list(ALL))),
)
def test_a_walk_goes_forward_over_steps_that_it_may_enter(
    rows: list[list[float]], last: int, may: set[int]
) -> None:
    near = [np.array(row, dtype=np.float32) for row in rows]
    done = aligned(read(FIVE), last, may, near)
    clauses, ordinals = [at for at, _ in done], [ordinal for _, ordinal in done]
    assert clauses == sorted(set(clauses))
    assert ordinals == sorted(set(ordinals))
    assert may.issuperset(ordinals)
    assert all(ordinal > last for ordinal in ordinals)
