import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals import baseline as committed
from evals import gate
from evals.drops import judge
from evals.results import read_result

app = typer.Typer()
app.command()(gate.command)


def result(right: list[float], **measures: list[Any]) -> dict[str, Any]:
    """A result whose cases c00, c01 … have these measures, each of a document of its own."""
    named = {"right": right, **measures}
    return {
        "kind": "suite",
        "dataset": {"name": "small", "sha256": "a"},
        "settings": {"k": 5, "model": "m", "llm_model": ""},
        "questions": {
            f"c{at:02}": {
                "cluster": f"d{at}",
                "text": f"question {at}",
                "output": {"text": "long"},
                "measures": {
                    name: values[at] for name, values in named.items() if values[at] is not None
                },
            }
            for at in range(len(right))
        },
    }


def run(tmp_path: Path, now: dict[str, Any], before: dict[str, Any], *options: str):
    """The gate on these, as the command gives it."""
    (tmp_path / "now.json").write_text(json.dumps(now))
    committed.write(before, tmp_path / "base.json")
    paths = [str(tmp_path / "now.json"), "--baseline", str(tmp_path / "base.json")]
    return CliRunner().invoke(app, [*paths, *options])


GOOD = result([1.0] * 20)
FIVE_WORSE = result([0.0] * 5 + [1.0] * 15)


def test_an_equal_result_passes(tmp_path: Path):
    done = run(tmp_path, GOOD, GOOD)
    assert done.exit_code == 0
    assert "gate passed" in done.output


def test_a_drop_fails_and_names_the_metric_the_size_and_the_cases(tmp_path: Path):
    done = run(tmp_path, FIVE_WORSE, GOOD)
    assert done.exit_code == 1
    assert "gate failed: right outcomes" in done.output
    assert "1.0000   0.7500      5       0    20  0.0156" in done.output
    for at in range(5):
        assert f"-1.000  c{at:02}  question {at}" in done.output


def test_only_so_many_cases_are_named_as_wanted(tmp_path: Path):
    done = run(tmp_path, FIVE_WORSE, GOOD, "--worse", "2")
    assert "c01" in done.output
    assert "c02" not in done.output
    assert "and 3 more" in done.output


def test_a_drop_that_chance_could_make_passes(tmp_path: Path):
    assert run(tmp_path, result([0.0] * 3 + [1.0] * 17), GOOD).exit_code == 0


def test_a_gain_passes_however_large(tmp_path: Path):
    assert run(tmp_path, GOOD, FIVE_WORSE).exit_code == 0


def test_a_stricter_level_lets_more_pass(tmp_path: Path):
    assert run(tmp_path, FIVE_WORSE, GOOD, "--level", "0.01").exit_code == 0


def test_of_a_metric_that_is_better_when_lower_a_rise_fails(tmp_path: Path):
    before = result([1.0] * 9, false_silence=[0.0] * 9)
    now = result([1.0] * 9, false_silence=[1.0] * 9)
    done = run(tmp_path, now, before, "--metric", "false silences")
    assert done.exit_code == 1
    assert "false silences" in done.output
    assert "right outcomes" not in done.output


def test_several_metrics_are_corrected_for(tmp_path: Path):
    wanted = ["--metric", "right outcomes", "--metric", "token recall", "--metric", "token f1"]
    same = {"token_recall": [0.5] * 20, "token_f1": [0.5] * 20}
    done = run(
        tmp_path, result([0.0] * 5 + [1.0] * 15, **same), result([1.0] * 20, **same), *wanted
    )
    # 1/64 × 3 is above 0.04.
    assert done.exit_code == 0
    assert "0.0469" in done.output


def test_what_must_not_be_shown_again_is_gated_by_default(tmp_path: Path):
    before = result([1.0] * 9, forbidden_shown=[0.0] * 9)
    now = result([1.0] * 9, forbidden_shown=[1.0] * 9)
    assert "gate failed: must-not words shown" in run(tmp_path, now, before).output


def test_a_search_is_gated_by_its_ranking():
    before, now = result([]), result([])
    for one, value in ((before, 1.0), (now, 0.4)):
        one["questions"] = {
            f"c{at}": {"cluster": f"d{at}", "measures": {"ndcg@5": value, "hit@1": 1.0}}
            for at in range(8)
        }
    (verdict,) = judge(before, now)
    assert (verdict.name, verdict.failed) == ("ndcg@5", True)


@pytest.mark.parametrize(
    ("measures", "broken"),
    [
        ({"exact_sentences": [2.0, 1.0], "sentences": [2.0, 2.0]}, "sentences cited exactly"),
        ({"uncited_sentences": [0.0, 1.0], "sentences": [2.0, 2.0]}, "sentences without citation"),
        ({"injection_obeyed": [0.0, 1.0]}, "injections obeyed"),
        ({"other_customer_shown": [0.0, 1.0]}, "other customers shown"),
        ({"personal_data_sent": [0.0, 1.0]}, "personal data sent"),
    ],
)
def test_one_broken_promise_fails_whatever_the_baseline_was(
    tmp_path: Path, measures: dict[str, Any], broken: str
):
    now = result([1.0, 1.0], **measures)
    done = run(tmp_path, now, now)
    assert done.exit_code == 1
    assert f"gate failed: {broken}" in done.output
    assert "c01" in done.output


def test_a_case_that_is_gone_cannot_be_compared(tmp_path: Path):
    done = run(tmp_path, result([1.0] * 19), GOOD)
    assert isinstance(done.exception, InvalidInput)
    assert "1 cases (c19) of the baseline are not in the result" in str(done.exception)


def test_a_case_that_can_no_longer_be_scored_is_not_passed_over():
    now = result([1.0] * 19 + [{"unscored": "it crashed"}])
    with pytest.raises(InvalidInput, match=r"c19 \(it crashed\).* cannot now"):
        judge(GOOD, now)


def test_a_case_that_is_new_is_not_judged_and_counted(tmp_path: Path):
    done = run(tmp_path, result([1.0] * 20 + [0.0] * 9), GOOD)
    assert done.exit_code == 0
    assert "9 cases are not in the baseline" in done.output
    assert "files" not in done.output


def test_other_files_of_the_data_set_are_told(tmp_path: Path):
    other = {**GOOD, "dataset": {"name": "small", "sha256": "b"}}
    done = run(tmp_path, other, GOOD)
    assert done.exit_code == 0
    assert "the data set's files are not those of the baseline" in done.output


def test_results_of_other_kinds_and_metrics_that_are_not_there_are_refused():
    with pytest.raises(InvalidInput, match="a baseline of suite and a result of answers"):
        judge(GOOD, {**GOOD, "kind": "answers"})
    for name in ("auroc", "nonsense"):
        with pytest.raises(InvalidInput, match="case by case") as error:
            judge(GOOD, GOOD, [name])
        assert "right outcomes" in error.value.remedy
    with pytest.raises(InvalidInput, match="no metric that is gated by default"):
        judge({**GOOD, "questions": {}}, GOOD)


def test_a_baseline_holds_measures_a_case_a_line_and_no_words(tmp_path: Path):
    path = tmp_path / "base.json"
    one = result([1.0, 0.0], token_recall=[1 / 3, None], took_ms=[12.0, 13.0], cost=[0.1, 0.2])
    (tmp_path / "now.json").write_text(json.dumps(one))
    done = CliRunner().invoke(
        app, [str(tmp_path / "now.json"), "--baseline", str(path), "--write-baseline"]
    )
    assert done.exit_code == 0
    text = path.read_text()
    assert '"c00": {"cluster": "d0", "measures": {"right": 1, "token_recall": 0.3333}},' in text
    for absent in ("long", "question 0", "took_ms", "cost", "made_at"):
        assert absent not in text
    assert len(text.splitlines()) == 9
    assert read_result(path)["kind"] == "suite"


def test_a_baseline_is_the_same_whatever_the_order_of_the_cases(tmp_path: Path):
    turned = {**GOOD, "questions": dict(reversed(GOOD["questions"].items()))}
    committed.write(GOOD, tmp_path / "one.json")
    committed.write(turned, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_text() == (tmp_path / "two.json").read_text()


def test_what_the_baseline_rounds_away_is_no_change():
    before = result([1.0] * 30, token_recall=[1 / 3] * 30)
    verdict = judge(committed.baseline(before), before, ["token recall"])[0]
    assert (verdict.better, verdict.worse) == (0, ())
