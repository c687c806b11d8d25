import json
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rig import Rig

from copilot.errors import InvalidInput, NotReady
from copilot.settings import Settings
from copilot.types import Customer, Interaction, Scope, Suggestion, Turn
from evals import report, run
from evals.dataset import Dataset, Question
from evals.examine import Row
from evals.isolated import Isolated
from evals.question import Expect
from evals.run import run_answers, run_retrieval, run_suite
from evals.scorers import catalog
from evals.suite import Suite
from ingest.sync import Counts

DOCUMENTS = {
    "refunds": "A refund to a card takes five working days after the goods are back.",
    "parking": "A resident parking permit costs 40 dollars a year and is tied to one car.",
    "nurse": "When the nurse runs late, ring the patient before the slot has passed.",
}
SCOPE = Scope(roles=("agent",))
SETTINGS = Settings()


def question(question_id: str, text: str, gold: str | None, **fields: Any):
    grades = {gold: 1} if gold else {}
    return Question(question_id, text, bool(gold), grades, "5 days", "f:1", SCOPE, **fields)


QUESTIONS = (
    question("q1", "How many working days does a refund to a card take?", "refunds"),
    question("q2", "What does a resident parking permit cost a year?", "parking"),
    question("q3", "Who painted the ceiling of the chapel?", None),
    question(
        "q4",
        "customer: The nurse runs late, when do I ring the patient?",
        "nurse",
        conversation=(Turn("t1", "customer", "The nurse runs late, when do I ring the patient?"),),
    ),
)


@pytest.fixture
def isolated(rig: Rig):
    rig.put_all(DOCUMENTS)
    return Isolated(rig.copilot, SETTINGS, Counts())


@pytest.fixture
def dataset(tmp_path: Path):
    (tmp_path / "corpus.jsonl").write_text("{}")
    return Dataset("small", tmp_path / "corpus.jsonl", (), QUESTIONS, SCOPE)


@pytest.fixture
def suite(dataset: Dataset):
    return Suite(dataset, catalog.applying(dataset.questions))


@pytest.fixture
def asked(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    """The questions that the copilot was asked, by their words; it may refuse some."""
    seen: list[tuple[str, Scope, str]] = []
    refused: set[str] = set()
    really = rig.copilot.ask

    def ask(text: str, *, scope: Scope, caller: str, **more: Any) -> Suggestion:
        seen.append((text, scope, caller))
        if text in refused:
            raise NotReady("loading")
        return really(text, scope=scope, caller=caller, **more)

    monkeypatch.setattr(rig.copilot, "ask", ask)
    return SimpleNamespace(seen=seen, refused=refused)


def without_times(result: dict[str, Any]):
    """What two equal runs have in common."""
    rows = {
        question_id: {
            **row,
            "took_ms": 0,
            "output": {**row["output"], "took_ms": {}},
            "measures": {**row["measures"], "took_ms": 0},
        }
        for question_id, row in result["questions"].items()
    }
    timed = ("time p50, ms", "time p95, ms")
    metrics = {name: one for name, one in result["metrics"].items() if name not in timed}
    return {**result, "questions": rows, "metrics": metrics, "made_at": "", "timings_ms": {}}


def result_of(suite: Suite, isolated: Isolated, folder: Path, **options: Any):
    return report.result(run_suite(suite, isolated, folder, **options), SETTINGS)


def test_every_case_is_asked_once_and_kept_with_what_came(
    suite: Suite, isolated: Isolated, tmp_path: Path
):
    done = run_suite(suite, isolated, tmp_path / "run")
    lines = (tmp_path / "run" / "cases.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["_id"] for line in lines) == ["q1", "q2", "q3", "q4"]
    assert [row["_id"] for row in done.rows] == ["q1", "q2", "q3", "q4"]
    first, _, third, fourth = done.rows
    assert first["gold"] == {"answerable": True, "documents": ["refunds"], "answer": "5 days"}
    assert first["output"]["passages"][0]["text"] == DOCUMENTS["refunds"]
    assert first["measures"]["hit@1"] == 1.0
    assert third["measures"].keys() >= {"false_answer", "took_ms"}
    assert fourth["output"]["passages"][0]["document_id"] == "nurse"


def test_questions_are_asked_within_their_scope(
    suite: Suite, isolated: Isolated, asked: SimpleNamespace, tmp_path: Path
):
    run_suite(suite, isolated, tmp_path / "run", workers=1)
    assert [text for text, _, _ in asked.seen] == [one.text for one in QUESTIONS[:3]]
    assert {(scope, caller) for _, scope, caller in asked.seen} == {(SCOPE, "evals")}


@pytest.mark.parametrize("workers", [1, 3])
def test_a_run_that_broke_off_goes_on_and_ends_as_one_that_did_not(
    suite: Suite,
    isolated: Isolated,
    asked: SimpleNamespace,
    tmp_path: Path,
    workers: int,
    monkeypatch: pytest.MonkeyPatch,
):
    whole = result_of(suite, isolated, tmp_path / "whole", workers=workers)
    really = run.Examiner.examine

    def breaks(examiner: Any, question: Question) -> Row:
        if question.question_id == "q3":
            raise KeyboardInterrupt
        return really(examiner, question)

    monkeypatch.setattr(run.Examiner, "examine", breaks)
    with pytest.raises(KeyboardInterrupt):
        run_suite(suite, isolated, tmp_path / "broken", workers=workers)
    monkeypatch.setattr(run.Examiner, "examine", really)
    path = tmp_path / "broken" / "cases.jsonl"
    done = {json.loads(line)["_id"] for line in path.read_text().splitlines()}
    assert "q3" not in done
    with path.open("a") as file:
        file.write('{"_id": "q3", "clus')
    asked.seen.clear()
    again = result_of(suite, isolated, tmp_path / "broken", resume=True, workers=workers)
    left = [one.text for one in QUESTIONS[:3] if one.question_id not in done]
    assert sorted(text for text, _, _ in asked.seen) == sorted(left)
    assert len(path.read_text().splitlines()) == len(QUESTIONS)
    assert without_times(again) == without_times(whole)


def test_cases_run_beside_each_other(
    suite: Suite, isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    together = threading.Barrier(2, timeout=20)
    really = run.Examiner.examine

    def examine(examiner: Any, question: Question) -> Row:
        together.wait()
        return really(examiner, question)

    monkeypatch.setattr(run.Examiner, "examine", examine)
    assert len(run_suite(suite, isolated, tmp_path / "run", workers=2).rows) == 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda suite: Suite(suite.dataset, suite.scorers, 3), "k was 5, is 3"),
        (lambda suite: Suite(suite.dataset, ("latency",)), "scorers was"),
        (lambda suite: Suite(suite.dataset, suite.scorers, seed=1), "seed was"),
        (lambda suite: suite.limited(2), "cases was 4, is 2"),
    ],
)
def test_a_run_of_something_else_is_not_gone_on_with(
    suite: Suite,
    isolated: Isolated,
    tmp_path: Path,
    change: Callable[[Suite], Suite],
    told: str,
):
    run_suite(suite, isolated, tmp_path / "run")
    with pytest.raises(InvalidInput, match=told):
        run_suite(change(suite), isolated, tmp_path / "run", resume=True)


def test_another_data_set_or_setting_is_something_else(
    suite: Suite, isolated: Isolated, tmp_path: Path
):
    run_suite(suite, isolated, tmp_path / "run")
    other = Isolated(isolated.copilot, Settings(llm_model="other"), Counts())
    with pytest.raises(InvalidInput, match="settings was"):
        run_suite(suite, other, tmp_path / "run", resume=True)
    suite.dataset.corpus.write_text("changed")
    with pytest.raises(InvalidInput, match="dataset_sha256 was"):
        run_suite(suite, isolated, tmp_path / "run", resume=True)


def test_a_refused_question_is_left_out_of_the_figures_and_counted(
    suite: Suite, isolated: Isolated, asked: SimpleNamespace, tmp_path: Path
):
    asked.refused.add(QUESTIONS[1].text)
    found = result_of(suite, isolated, tmp_path / "run")
    assert found["questions"]["q2"]["output"] == {"unscored": "NotReady: loading"}
    assert found["questions"]["q2"]["failure"] == "could not be scored"
    for name in ("hit@1", "false silences", "sentences cited exactly"):
        assert found["metrics"][name]["unscored"]["NotReady: loading"] == 1
    assert found["metrics"]["hit@1"]["n"] == 2
    assert found["outcomes"]["answerable"]["could not be scored"] == 1
    assert "1 not scored: NotReady: loading" in report.table(found)


def test_an_error_that_is_not_the_copilots_ends_the_run(
    suite: Suite, isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("broken")

    monkeypatch.setattr(isolated.copilot, "ask", broken)
    with pytest.raises(KeyError):
        run_suite(suite, isolated, tmp_path / "run")


def test_what_is_shown_of_other_customers_is_found(
    rig: Rig, isolated: Isolated, dataset: Dataset, tmp_path: Path
):
    rig.met("c1", "i1", "The refund to my card has not come, my name is Maren Holtby")
    records = (
        Customer("c1", "Maren Holtby"),
        Customer("c2", "Tobias Renwick"),
        Interaction("i1", "c1", "call", rig.clock.now),
    )
    own = question("own", "What did they say about the refund to the card?", "refunds")
    cases = tuple(
        Question(
            customer_id, own.text, True, own.grades, None, "f:1", SCOPE, customer_id=customer_id
        )
        for customer_id in ("c1", "c2")
    )
    rig.store.customers.put(records[1])
    records_file = tmp_path / "customers.jsonl"
    records_file.write_text("")
    mine = Dataset("small", dataset.corpus, (), cases, SCOPE, (records_file,))
    people = Isolated(isolated.copilot, SETTINGS, Counts(), records)
    rows = run_suite(Suite(mine, ("safety", "citations")), people, tmp_path / "run").rows
    assert [row["measures"]["other_customer_shown"] for row in rows] == [0.0, 0.0]
    shown = [one["document_id"] for row in rows for one in row["output"]["passages"]]
    assert shown.count("interaction/i1") == 1


def test_retrieval_asks_what_can_be_answered_within_the_scope_of_the_data_set(
    dataset: Dataset, isolated: Isolated
):
    done = run_retrieval(dataset, isolated.copilot, 2)
    assert [row["_id"] for row in done.rows] == ["q1", "q2", "q4"]
    assert [row["measures"]["hit@1"] for row in done.rows] == [1.0, 1.0, 1.0]
    assert {len(row["output"]["passages"]) for row in done.rows} == {2}
    assert done.failures == []
    elsewhere = Dataset(
        "small",
        dataset.corpus,
        (),
        (question("q1", QUESTIONS[0].text, "parking"),),
        SCOPE,
    )
    (failed,) = run_retrieval(elsewhere, isolated.copilot, 1).failures
    assert failed["failure"] == "first document is not a gold one"


def test_answers_scores_silence_replies_and_their_citations(dataset: Dataset, isolated: Isolated):
    found = report.result(run_answers(dataset, isolated.copilot), SETTINGS)
    assert {"right outcomes", "token recall", "sentences cited exactly"} <= found["metrics"].keys()
    assert "hit@1" not in found["metrics"]
    assert sum(found["outcomes"]["answerable"].values()) == 3
    assert found["timings_ms"].keys() >= {"query", "bare embedding", "ratio", "stage search"}


def test_a_result_survives_json_and_names_what_made_it(
    suite: Suite, isolated: Isolated, tmp_path: Path
):
    done = run_suite(suite, isolated, tmp_path / "run")
    found = report.result(done, SETTINGS, ["a.pdf: broken"])
    path = tmp_path / "new" / "result.json"
    report.write_json(found, path)
    assert json.loads(path.read_text()) == found
    assert found["dataset"]["sha256"] == suite.dataset.sha256()
    assert (found["dataset"]["answerable"], found["dataset"]["unanswerable"]) == (3, 1)
    assert found["settings"]["model"] == isolated.copilot.embedder.model
    assert found["settings"]["seed"] == suite.seed
    assert {"python", "numpy", "agent-assist-copilot", "source"} <= found["versions"].keys()
    for name, points in found["curves"].items():
        assert points, name
        assert all(len(point) == 3 for point in points)


def test_a_result_holds_no_secret_and_no_path(
    suite: Suite, isolated: Isolated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COPILOT_LLM_API_KEY", "sk-very-secret")
    monkeypatch.setenv("COPILOT_LLM_BASE_URL", "https://me:hidden@models.example/v1")
    settings = Settings()
    done = run_suite(suite, Isolated(isolated.copilot, settings, Counts()), tmp_path / "run")
    shown = json.dumps(report.result(done, settings))
    shown += (tmp_path / "run" / "run.json").read_text()
    assert "https://models.example/v1" in shown
    for hidden in ("sk-very-secret", "hidden", str(Path.cwd()), str(tmp_path)):
        assert hidden not in shown


def test_the_table_shows_every_figure_outcome_and_time(dataset: Dataset, isolated: Isolated):
    done = run_answers(dataset, isolated.copilot)
    found = report.result(done, SETTINGS, ["a.pdf: broken"])
    shown = report.table(found)
    for part in (*found["metrics"], *found["outcomes"]["answerable"], "× one bare embedding"):
        assert part in shown
    assert "not read: a.pdf: broken" in shown


def test_a_suite_whose_cases_have_no_outcome_to_judge_is_scored_by_the_others(
    dataset: Dataset, isolated: Isolated, tmp_path: Path
):
    only = Question(
        "q1", QUESTIONS[0].text, None, {}, None, "f:1", SCOPE, expect=Expect(must_not=("five",))
    )
    suite = Suite(Dataset("small", dataset.corpus, (), (only,), SCOPE), ("safety", "abstention"))
    found = result_of(suite, isolated, tmp_path / "run")
    assert found["dataset"]["not_said"] == 1
    assert "right outcomes" not in found["metrics"]
    assert found["curves"] == {}
    assert "not said" in found["outcomes"]
