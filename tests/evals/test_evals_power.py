import json
from pathlib import Path

import numpy as np
import pytest

from copilot.errors import InvalidInput
from evals.power import Rate, drawn, measured, noisy, rate, table, worsened

# Ninety documents with a case each, ten with three: a little more than half of them right.
DOCUMENTS = [np.array([at % 2 == 0]) for at in range(90)] + [np.array([True, False, True])] * 10


def test_a_suite_is_drawn_document_by_document():
    suite = drawn(DOCUMENTS, 500, np.random.default_rng(1))
    assert len(suite.right) == len(suite.documents) == 500
    sizes = np.bincount(suite.documents)
    assert set(sizes[:-1].tolist()) == {1, 3}


def test_so_many_right_cases_are_made_wrong_and_no_other_is_touched():
    right = np.array([True] * 60 + [False] * 40)
    after = worsened(right, 0.03, np.random.default_rng(1))
    assert (right & ~after).sum() == 3
    assert not (after & ~right).any()
    assert worsened(np.array([True] * 155), 0.03, np.random.default_rng(1)).sum() == 150


def test_noise_flips_both_ways_and_by_whole_documents_where_wanted():
    generator = np.random.default_rng(1)
    suite = drawn([np.array([True, True]), np.array([False, False])], 2000, generator)
    flipped = noisy(suite, suite.right, 0.1, False, generator) != suite.right
    assert 0.07 < flipped[suite.right].mean() < 0.13
    assert 0.07 < flipped[~suite.right].mean() < 0.13
    together = noisy(suite, suite.right, 0.1, True, generator) != suite.right
    assert (together[::2] == together[1::2]).all()
    assert together.any()


def test_three_percent_worse_are_seen_and_an_equal_run_is_let_pass():
    assert rate(DOCUMENTS, 155, 0.03, 0.0, trials=100).failed >= 95
    assert rate(DOCUMENTS, 1000, 0.03, 0.01, trials=100).failed >= 95
    for whole in (False, True):
        assert rate(DOCUMENTS, 1000, 0.0, 0.01, whole=whole, trials=400).failed <= 20


def test_a_rate_has_the_interval_of_clopper_and_pearson():
    # None of 100: the upper end is 1 - 0.025 ** (1 / 100).
    interval = Rate(0, 100).interval
    assert interval.low == 0.0
    assert interval.high == pytest.approx(1 - 0.025**0.01)


def test_the_table_has_a_line_for_each_size_and_noise():
    lines = list(table(DOCUMENTS, 0.03, 0.04, 2))
    assert "120 measured cases of 100 documents, 2 trials" in lines[0]
    assert len(lines) == 2 + 3 * 5


def test_outcomes_are_read_by_document_and_those_of_searches_refused(tmp_path: Path):
    def written(measures: dict[str, float]) -> Path:
        rows = {
            f"c{at}": {
                "cluster": "d",
                "measures": measures,
            }
            for at in range(3)
        }
        path = tmp_path / "result.json"
        one = {"kind": "suite", "settings": {}, "questions": rows}
        path.write_text(json.dumps({**one, "dataset": {"name": "s", "sha256": "a"}}))
        return path

    (document,) = measured([written({"right": 1.0})])
    assert document.tolist() == [True, True, True]
    with pytest.raises(InvalidInput, match="no case came out right"):
        measured([written({"hit@1": 1.0})])
