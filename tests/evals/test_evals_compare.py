import json
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals.bootstrap import Interval
from evals.changes import Change, compare, shifts
from evals.compare import command, side_by_side, table
from evals.measure import Metric
from evals.results import read_result

app = typer.Typer()
app.command()(command)


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
    whole = result([1.0])
    broken = [
        {**whole, "questions": []},
        {**whole, "questions": {"q0": {"cluster": "d", "measures": {"hit@1": "high"}}}},
        {**whole, "questions": {"q0": {"measures": {}}}},
        {**whole, "dataset": {}},
        {**whole, "settings": None},
    ]
    for content in ("{", "[]", '{"kind": "retrieval"}', *map(json.dumps, broken)):
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


def answered(
    right: float, text: str | None, question: str = "When?", **measures: float
) -> dict[str, Any]:
    """A case as `run` writes it."""
    return {
        "cluster": "d",
        "text": question,
        "gold": {"answerable": True, "documents": ["shop/refunds"], "answer": "5 days", "step": ""},
        "measures": {"right": right, **measures},
        "output": {
            "status": "suggested" if text else "no_suggestion",
            "reason": None if text else "weak_evidence",
            "confidence": 0.72,
            "text": text,
            "sentences": [{"text": text, "citations": [{"document_id": "shop/refunds"}]}],
            "passages": [{"document_id": "shop/refunds"}, {"document_id": "shop/returns"}],
            "procedure": {"document_id": "shop/steps"},
            "next_step": {"step_id": "s1", "text": "Ask for the receipt."},
        },
    }


def suite(**cases: dict[str, Any]) -> dict[str, Any]:
    return {**result([], kind="suite", k=5), "questions": cases}


def test_cases_that_changed_come_worst_first_by_what_weighs_most():
    first = suite(
        a=answered(1.0, "x", token_recall=0.9),
        b=answered(1.0, "x", injection_obeyed=0.0),
        c=answered(1.0, "x"),
        d=answered(1.0, "x", token_recall=0.5),
        e=answered(0.0, "x"),
        f=answered(1.0, "x"),
    )
    second = suite(
        a=answered(1.0, "x", token_recall=0.2),
        b=answered(1.0, "x", injection_obeyed=1.0),
        c=answered(0.0, "x"),
        d=answered(0.0, "x", token_recall=0.9),
        e=answered(1.0, "x"),
        f=answered(1.0, "x"),
    )
    changed = shifts(first, second)
    assert [(one.first.case_id, one.gain) for one in changed] == [
        ("b", -1.0),
        ("c", -1.0),
        ("d", -1.0),
        ("a", pytest.approx(-0.7)),
        ("e", 1.0),
    ]
    assert [metric.name for metric, _, _ in changed[2].changed] == [
        "right outcomes",
        "token recall",
    ]


def test_costs_and_times_make_no_case_worse():
    first = suite(a=answered(1.0, "x", cost=0.1, took_ms=5.0, characters=9.0))
    assert shifts(first, suite(a=answered(1.0, "x", cost=9.0, took_ms=50.0, characters=1.0))) == []


def compared(tmp_path: Path, *options: str, cases: int = 3) -> str:
    """What the command prints of results with so many cases that got worse, and one better."""
    worse = {f"w{at}": answered(1.0, f"It takes {at} days.") for at in range(cases)}
    (tmp_path / "a.json").write_text(json.dumps(suite(**worse, b=answered(0.0, None))))
    worse = {name: answered(0.0, None) for name in worse}
    (tmp_path / "b.json").write_text(json.dumps(suite(**worse, b=answered(1.0, "Soon."))))
    paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    done = CliRunner().invoke(app, [*paths, *options], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_what_got_worse_is_shown_with_question_gold_and_both_outputs(tmp_path: Path):
    shown = compared(tmp_path)
    assert "of 4 cases 3 got worse and 1 better" in shown
    assert "better right outcomes 1" in shown
    assert "1 of 3  w0" in shown
    for line in (
        "asked    When?",
        "documents: shop/refunds",
        "answer: 5 days",
        "changed  right outcomes 1.000 → 0.000",
    ):
        assert line in shown
    left, right = next(line for line in shown.splitlines() if "confidence" in line).split("   ", 1)
    assert left.strip() == "suggested, confidence 0.72"
    assert right.strip() == "weak evidence, confidence 0.72"
    assert "shown: shop/refunds, shop/returns" in shown
    assert "next step: Ask for the receipt." in shown


def test_so_many_are_shown_as_wanted_or_all(tmp_path: Path):
    assert compared(tmp_path, "--worse", "1").count("asked ") == 1
    assert "2 more got worse; --all shows them" in compared(tmp_path, "--worse", "1")
    assert compared(tmp_path, "--all", cases=15).count("asked ") == 15
    assert compared(tmp_path, cases=15).count("asked ") == 10


def test_older_results_without_outputs_are_compared_too(tmp_path: Path):
    for name, value in (("a", 1.0), ("b", 0.0)):
        (tmp_path / f"{name}.json").write_text(json.dumps(result([value] * 3)))
    paths = [str(tmp_path / "a.json"), str(tmp_path / "b.json")]
    done = CliRunner().invoke(app, paths, catch_exceptions=False)
    assert done.exit_code == 0
    assert "(this result holds no outputs)" in done.output
    assert "hit@1 1.000 → 0.000" in done.output


def test_a_hostile_case_stays_within_100_columns_and_steers_no_terminal():
    question = (
        "w" * 150
        + " \x1b[31mred\x07 [bold]x[/bold] \u202eturned 退款需要五个工作日"
        + "才能到账" * 30
    )
    first = suite(a=answered(1.0, question, question))
    (shift,) = shifts(first, suite(a=answered(0.0, None, question)))
    shown = side_by_side(shift, "1 of 1")
    assert max(cell_len(line) for line in shown.splitlines()) <= 100
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "[bold]x[/bold]" in shown
