from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from evals.judge.agreement import agreement, kappa, raw, read_labels, table

LABELS = st.sampled_from(("correct", "partly", "wrong"))


def rows(*counts: tuple[str, str, int]) -> tuple[dict[str, str | None], dict[str, str]]:
    """(human, judge, how often) as the two mappings."""
    judged: dict[str, str | None] = {}
    human: dict[str, str] = {}
    for one, two, count in counts:
        for number in range(count):
            human[f"{one}-{two}-{number}"], judged[f"{one}-{two}-{number}"] = one, two
    return judged, human


def test_kappa_is_as_worked_out_by_hand() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: p_o = .7, p_e = .5 × .6 + .5 × .4 = .5.
    found = agreement(
        *rows(("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15))
    )
    assert found.n == 50
    assert found.raw == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.kappa_interval is not None
    assert 0.1 < found.kappa_interval.low < 0.4 < found.kappa_interval.high < 0.7
    assert found.confusion[("yes", "no")] == 5


def test_who_always_says_the_same_agrees_with_nobody_beyond_chance() -> None:
    found = agreement(*rows(("yes", "yes", 10), ("no", "yes", 10)))
    assert (found.raw, found.kappa) == (0.5, pytest.approx(0.0))


def test_where_there_is_one_label_chance_agrees_as_well() -> None:
    found = agreement(*rows(("yes", "yes", 9)))
    assert (found.raw, found.kappa, found.kappa_interval) == (1.0, None, None)
    assert "nothing to measure" in table(found)


def test_what_could_not_be_scored_is_counted_apart_and_others_are_left_out() -> None:
    found = agreement({"a": None, "b": "yes", "c": "yes"}, {"a": "yes", "b": "yes", "z": "no"})
    assert (found.n, found.unscored, found.raw) == (1, 1, 1.0)
    nothing = agreement({}, {"a": "yes"})
    assert (nothing.n, nothing.raw, nothing.kappa) == (0, None, None)


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=30))
def test_kappa_takes_no_side_and_is_one_only_for_full_agreement(
    pairs: list[tuple[str, str]],
) -> None:
    codes = np.array([["cpw".index(label[0]) for label in pair] for pair in pairs], dtype=float)
    beyond = kappa(codes)
    assert beyond == pytest.approx(kappa(codes[:, ::-1]), nan_ok=True)
    if not math.isnan(beyond):
        assert -1 <= beyond <= 1 + 1e-9
        assert (beyond == pytest.approx(1)) == (raw(codes) == 1)


def test_labels_are_given_once_each(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"_id": "a", "label": "yes"}\n{"_id": "a", "label": "no"}\n')
    with pytest.raises(InvalidInput, match="given twice") as error:
        read_labels(path)
    assert error.value.place.endswith("labels.jsonl:2")
