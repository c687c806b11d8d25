from pathlib import Path
from typing import Any

import pytest

from copilot.errors import InvalidInput
from evals.bootstrap import Interval
from evals.compare import Change, compare, read_result, table
from evals.measure import Metric


def result(
    hits: list[Any],
    kind: str = "retrieval",
    k: int | None = 10,
    sha256: str = "a",
    name: str = "small",
):
    """A result whose questions q0, q1 … have these values of hit@1."""
    return {
        "kind": kind,
        "dataset": {"name": name, "sha256": sha256},
        "settings": {"k": k},
        "questions": {
            f"q{n}": {"cluster": f"d{n}", "measures": {"hit@1": hit}} for n, hit in enumerate(hits)
        },
    }


def test_tells_a_clear_change_for_the_better_and_for_the_worse():
    low, high = result([0.0] * 20), result([1.0] * 20)
    (up,) = compare(low, high)
    assert (up.metric.name, up.first, up.second, up.difference, up.n) == ("hit@1", 0, 1, 1, 20)
    assert up.verdict == "better"
    (down,) = compare(high, low)
    assert down.verdict == "worse"


def test_a_change_that_chance_could_make_is_not_called_one():
    (change,) = compare(result([1.0, 1.0, 0.0] * 5), result([1.0, 0.0, 1.0] * 5))
    assert change.verdict == "no clear change"
    (same,) = compare(result([1.0, 0.0]), result([1.0, 0.0]))
    assert same.verdict == "same"


@pytest.mark.parametrize(
    ("higher_is_better", "verdict"), [(True, "better"), (False, "worse"), (None, "changed")]
)
def test_which_way_is_better_is_the_metrics_to_say(higher_is_better: bool | None, verdict: str):
    metric = Metric("m", ("m",), higher_is_better=higher_is_better)
    assert Change(metric, 0.0, 0.5, 0.5, Interval(0.2, 0.8), 9).verdict == verdict


def test_only_questions_scored_in_both_are_compared():
    first, second = result([1.0, 1.0, 1.0]), result([0.0, {"unscored": "gone"}, 0.0])
    del second["questions"]["q2"]
    (change,) = compare(first, second)
    assert change.n == 1


def test_a_figure_of_two_columns_is_compared_as_a_whole():
    def answers(*confidences: float) -> dict[str, Any]:
        rows = {
            f"q{n}": {
                "cluster": f"q{n}",
                "measures": {"confidence": confidence, "answerable": float(n % 2 == 0)},
            }
            for n, confidence in enumerate(confidences)
        }
        return {**result([], kind="answers", k=None), "questions": rows}

    changes = compare(answers(0.1, 0.9, 0.2, 0.8), answers(0.9, 0.1, 0.8, 0.2))
    auroc = next(change for change in changes if change.metric.name == "auroc")
    assert (auroc.first, auroc.second, auroc.verdict) == (0.0, 1.0, "better")


def test_results_that_have_nothing_in_common_are_refused():
    with pytest.raises(InvalidInput, match="a result of retrieval and one of answers"):
        compare(result([1.0]), result([1.0], kind="answers", k=None))
    with pytest.raises(InvalidInput, match="no question is in both small and other"):
        compare(result([1.0]), result([], name="other"))


def test_a_file_that_is_no_result_is_refused(tmp_path: Path):
    for content in ("{", "[]", '{"kind": "retrieval"}'):
        (tmp_path / "a.json").write_text(content)
        with pytest.raises(InvalidInput, match=r"a\.json: not a result"):
            read_result(tmp_path / "a.json")
    with pytest.raises(InvalidInput, match="not a result"):
        read_result(tmp_path / "none.json")


def test_the_table_warns_when_the_files_of_the_data_set_differ():
    first, second = result([0.0] * 9), result([1.0] * 9, sha256="b")
    shown = table(first, second, compare(first, second))
    assert "files differ" in shown
    assert "+1.000" in shown
    assert "better" in shown
    assert "files differ" not in table(first, first, compare(first, first))
