import json
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals.dataset import load
from evals.exports import export_command, import_command, inspect_ai, ragas
from evals.exports.record import Record, records, result, summary
from evals.measure import Unscored
from evals.results import read_result

app = typer.Typer()
app.command("export")(export_command)
app.command("import")(import_command)

texts = st.text(min_size=1)
contexts = st.none() | st.lists(st.text(), min_size=1, max_size=3).map(tuple)
scores = st.dictionaries(
    st.sampled_from(["right", "faithfulness", "hit@1"]),
    st.floats(-1e6, 1e6) | st.just(Unscored("not a number")),
)
cases = st.lists(
    st.builds(
        Record,
        case_id=texts,
        user_input=texts,
        response=st.none() | st.text(),
        retrieved_contexts=contexts,
        retrieved_context_ids=contexts,
        reference=st.none() | texts,
        reference_contexts=contexts,
        reference_context_ids=contexts,
        scores=scores,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.case_id,
)
OF_A_LOG = {"created": "2026-11-22T09:00:00+00:00", "task": "small", "model": "m"}
within = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@within
@given(cases)
def test_what_was_written_for_ragas_reads_again_as_it_was(tmp_path: Path, rows: list[Record]):
    (tmp_path / "a.jsonl").write_text(ragas.written(rows))
    assert ragas.read(tmp_path / "a.jsonl") == rows


@within
@given(cases)
def test_what_was_written_for_inspect_reads_again_as_it_was(tmp_path: Path, rows: list[Record]):
    (tmp_path / "a.json").write_text(inspect_ai.written(rows, OF_A_LOG))
    assert inspect_ai.read(tmp_path / "a.json") == rows


@within
@given(cases)
def test_a_result_of_what_was_read_keeps_the_columns(tmp_path: Path, rows: list[Record]):
    path = tmp_path / "a.jsonl"
    path.write_text(ragas.written(rows))
    again = records(result(rows, path, "ragas"))
    assert len(again) == len(rows)
    for one, other in zip(rows, again, strict=True):
        assert (other.case_id, other.user_input) == (one.case_id, one.user_input)
        assert (other.response, other.reference) == (one.response, one.reference)
        assert other.reference_contexts == one.reference_contexts
        assert other.reference_context_ids == one.reference_context_ids
        assert other.retrieved_contexts == one.retrieved_contexts
        assert other.retrieved_context_ids == one.retrieved_context_ids
        assert other.scores.keys() == one.scores.keys()


def ours() -> dict[str, Any]:
    """A result as `run` writes it: one case that was answered, one that was not."""
    answered = {
        "cluster": "refunds",
        "text": "When is my money back?",
        "gold": {"answerable": True, "documents": ["refunds"], "answer": "In 5 days."},
        "measures": {"right": 1.0, "token_recall": 0.5, "cost": {"unscored": "no model was asked"}},
        "output": {
            "status": "suggested",
            "text": "It takes 5 days.",
            "passages": [{"document_id": "refunds", "version": 1, "text": "Refunds take 5 days."}],
        },
    }
    silent = {
        "cluster": "c2",
        "text": "Who painted the ceiling?",
        "gold": {"answerable": False, "documents": []},
        "measures": {"right": 1.0},
        "output": {
            "status": "no_suggestion",
            "reason": "no_evidence",
            "text": None,
            "passages": [],
        },
    }
    return {
        "kind": "suite",
        "made_at": "2026-11-22T09:00:00+00:00",
        "dataset": {"name": "small", "sha256": "a"},
        "settings": {"k": 5, "model": "minilm", "llm_model": ""},
        "questions": {"c1": answered, "c2": silent},
    }


def test_a_result_has_the_columns_of_ragas():
    first, second = map(json.loads, ragas.written(records(ours())).splitlines())
    assert first == {
        "case_id": "c1",
        "user_input": "When is my money back?",
        "response": "It takes 5 days.",
        "reference": "In 5 days.",
        "retrieved_contexts": ["Refunds take 5 days."],
        "retrieved_context_ids": ["refunds"],
        "reference_context_ids": ["refunds"],
        "right": 1.0,
        "token_recall": 0.5,
        "cost": None,
    }
    assert "response" not in second


def test_a_result_is_a_log_of_inspect():
    log = json.loads(inspect_ai.written(records(ours()), summary(ours())))
    assert (log["version"], log["status"]) == (2, "success")
    assert log["eval"].keys() >= {"created", "task", "dataset", "model", "config"}
    assert log["eval"]["model"] == "minilm"
    first, second = log["samples"]
    assert (first["id"], first["epoch"], first["input"]) == ("c1", 1, "When is my money back?")
    assert first["target"] == "In 5 days."
    assert first["output"]["choices"][0]["message"]["content"] == "It takes 5 days."
    assert first["scores"] == {"right": {"value": 1.0}, "token_recall": {"value": 0.5}}
    assert first["metadata"]["unscored"] == {"cost": "no model was asked"}
    assert (second["target"], second["output"]["choices"]) == ("", [])


def run(*arguments: str) -> None:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("form", ["ragas", "inspect"])
def test_the_commands_carry_a_result_there_and_back(tmp_path: Path, form: str):
    start, there, back = (str(tmp_path / name) for name in ("a.json", "there", "back.json"))
    Path(start).write_text(json.dumps(ours()))
    run("export", start, "--to", form, "--out", there)
    run("import", there, "--from", form, "--out", back)
    found = read_result(Path(back))
    assert found["kind"] == f"imported from {form}"
    assert found["metrics"]["right outcomes"]["value"] == 1.0
    assert found["metrics"]["right outcomes"]["n"] == 2
    assert [one.response for one in records(found)] == ["It takes 5 days.", None]


def test_scores_of_another_tool_become_figures_and_nan_is_counted_apart(tmp_path: Path):
    path = tmp_path / "scores.jsonl"
    rows = [
        {"user_input": "a", "faithfulness": 0.5, "persona_name": "x"},
        {"user_input": "b", "faithfulness": float("nan")},
        {"user_input": "c", "faithfulness": None},
        {"user_input": "d", "faithfulness": 1},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = result(ragas.read(path), path, "ragas")
    assert found["metrics"]["faithfulness"]["value"] == 0.75
    assert found["metrics"]["faithfulness"]["unscored"] == {"not a number": 2}
    assert list(found["questions"]) == ["row-0001", "row-0002", "row-0003", "row-0004"]


def test_a_log_that_inspect_wrote_itself_is_read(tmp_path: Path):
    sample = {
        "id": 7,
        "epoch": 2,
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "When?"}, {"type": "image"}]},
        ],
        "target": ["5 days", "a week"],
        "output": {
            "choices": [{"message": {"role": "assistant", "content": "Soon."}}],
            "completion": "Soon.",
        },
        "scores": {
            "match": {"value": "C", "answer": "Soon."},
            "graded": {"value": {"style": 0.5, "fact": "I"}},
            "odd": {"value": "?"},
            "many": {"value": [1, 2]},
        },
        "metadata": {},
    }
    silent = {"id": 8, "epoch": 1, "input": "x", "target": "", "output": {"completion": ""}}
    (tmp_path / "log.json").write_text(json.dumps({"version": 2, "samples": [sample, silent]}))
    one, other = inspect_ai.read(tmp_path / "log.json")
    assert one.case_id == "7 (epoch 2)"
    assert one.user_input == "system: Be brief.\nuser: When?"
    assert (one.response, one.reference) == ("Soon.", "5 days\na week")
    no_number = Unscored("not a number")
    assert one.scores == {
        "match": 1.0,
        "graded.style": 0.5,
        "graded.fact": 0.0,
        "odd": no_number,
        "many": no_number,
    }
    assert (other.response, other.reference, other.scores) == (None, None, {})


def test_a_test_set_of_ragas_becomes_a_suite_to_run(tmp_path: Path):
    rows = [
        {"user_input": "When?", "reference": "In 5 days.", "reference_contexts": ["5 days.", "x"]},
        {"user_input": "How?", "reference_contexts": ["5 days."]},
        {"user_input": [{"type": "human", "content": "Hi"}, {"type": "ai", "content": "Yes?"}]},
    ]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run("import", str(tmp_path / "set.jsonl"), "--from", "ragas", "--out", str(tmp_path / "suite"))
    found = load(tmp_path / "suite")
    assert [one.answerable for one in found.questions] == [True, True, False]
    assert [len(one.grades) for one in found.questions] == [2, 1, 0]
    assert found.questions[0].answer == "In 5 days."
    assert found.questions[2].text == "human: Hi\nai: Yes?"
    assert len((tmp_path / "suite" / "corpus.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "{}",
        "[]",
        "{",
        '{"user_input": 5}',
        '{"user_input": "a", "response": []}',
        '{"user_input": "a", "retrieved_contexts": "b"}',
        '{"user_input": "a", "case_id": "x"}\n{"user_input": "b", "case_id": "x"}',
    ],
)
def test_rows_that_cannot_be_taken_are_refused(tmp_path: Path, lines: str):
    (tmp_path / "a.jsonl").write_text(lines)
    with pytest.raises(InvalidInput, match=r"a\.jsonl"):
        ragas.read(tmp_path / "a.jsonl")


@pytest.mark.parametrize(
    "log",
    [
        [],
        {"version": 2},
        {"samples": []},
        {"samples": [5]},
        {"samples": [{"id": 1}]},
        {"samples": [{"id": 1, "input": ""}]},
        {"samples": [{"id": 1, "input": "a", "output": {"choices": [{}]}}]},
        {"samples": [{"id": 1, "input": "a", "scores": [1]}]},
        {"samples": [{"id": 1, "input": "a", "target": [1]}]},
    ],
)
def test_logs_that_cannot_be_taken_are_refused(tmp_path: Path, log: Any):
    (tmp_path / "a.json").write_text(json.dumps(log))
    with pytest.raises(InvalidInput, match=r"a\.json") as error:
        inspect_ai.read(tmp_path / "a.json")
    assert error.value.remedy


def test_a_binary_log_is_refused_with_the_command_that_helps(tmp_path: Path):
    (tmp_path / "a.eval").write_bytes(b"PK\x03\x04\xca\xfe")
    with pytest.raises(InvalidInput, match="not a log") as error:
        inspect_ai.read(tmp_path / "a.eval")
    assert "inspect log convert --to json" in error.value.remedy


def test_a_result_without_words_and_a_suite_without_documents_are_refused(tmp_path: Path):
    older = ours()
    del older["questions"]["c1"]["text"]
    with pytest.raises(InvalidInput, match="c1: the result does not hold what was asked"):
        records(older)
    (tmp_path / "a.jsonl").write_text('{"user_input": "a"}\n')
    arguments = ["import", str(tmp_path / "a.jsonl"), "--from", "ragas", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, InvalidInput)
    assert "no case has reference_contexts" in str(done.exception)
