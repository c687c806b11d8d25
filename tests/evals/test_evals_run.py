import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from copilot.assist import SearchResult
from copilot.errors import InvalidInput
from copilot.settings import Settings
from copilot.types import (
    Citation,
    Document,
    Passage,
    Reason,
    Reply,
    Scope,
    Sentence,
    Status,
    Suggestion,
)
from evals import report
from evals.dataset import Dataset, Question
from evals.run import run_answers, run_retrieval

TEXT = "Refunds take 5 days."


class FakeDocuments:
    def __init__(self) -> None:
        self.reads = 0

    def version(self, document_id: str, number: int):
        self.reads += 1
        return SimpleNamespace(document=Document(document_id, "t", TEXT))


class FakeCopilot:
    """Finds the document that a question names, and speaks where it names one."""

    def __init__(self) -> None:
        self.asked = []
        self.store = SimpleNamespace(documents=FakeDocuments())
        self.embedder = SimpleNamespace(model="fake/1", embed_query=lambda text: text)

    def search(self, query: str, *, k: int, scope: Scope):
        self.asked.append((query, k, scope))
        if query == "refuse me":
            raise InvalidInput("refused")
        return SearchResult((passage(query),), {"dense": 1.0}, ())

    def ask(self, question: str, *, scope: Scope, caller: str):
        self.asked.append((question, caller, scope))
        if question == "nobody knows":
            return suggestion(Status.NO_SUGGESTION, Reason.NO_EVIDENCE, 0.1, None, ())
        citation = Citation(
            question, 1, 0, len(TEXT), TEXT, hashlib.sha256(TEXT.encode()).hexdigest()
        )
        reply = Reply(TEXT, (Sentence(TEXT, 0, len(TEXT), (citation,)),))
        return suggestion(Status.SUGGESTED, None, 0.9, reply, (passage(question),))


def passage(document_id: str):
    return Passage("p", document_id, 1, "t", "", TEXT, 0, len(TEXT), 0.5)


def suggestion(
    status: Status,
    reason: Reason | None,
    confidence: float,
    reply: Reply | None,
    passages: tuple[Passage, ...],
):
    return Suggestion(
        "s", status, reason, confidence, reply, None, (), (), passages, "extract", None, {"ask": 1}
    )


SCOPE = Scope(roles=("agent",))


def question(
    question_id: str, text: str, answerable: bool = True, gold: tuple[str, ...] = ("refunds",)
):
    grades = dict.fromkeys(gold, 1) if answerable else {}
    return Question(question_id, text, answerable, grades, "5 days", "f:1", SCOPE)


@pytest.fixture
def dataset(tmp_path: Path):
    (tmp_path / "corpus.jsonl").write_text("{}")
    questions = (
        question("q1", "refunds"),
        question("q2", "returns"),
        question("q3", "nobody knows", answerable=False),
    )
    return Dataset("small", tmp_path / "corpus.jsonl", (), questions, SCOPE)


def test_retrieval_asks_what_can_be_answered_within_the_scope_of_the_data_set(dataset: Dataset):
    copilot = FakeCopilot()
    run = run_retrieval(dataset, copilot, 7)
    assert {text for text, _, _ in copilot.asked} == {"refunds", "returns"}
    assert {(k, scope) for _, k, scope in copilot.asked} == {(7, dataset.scope)}
    assert [row.measures["hit@1"] for row in run.scored] == [1.0, 0.0]
    assert [one["_id"] for one in run.failures] == ["q2"]
    assert run.timings["stage dense"]["p50"] == 1.0


def test_answers_asks_everything_and_counts_what_came(dataset: Dataset):
    copilot = FakeCopilot()
    run = run_answers(dataset, copilot)
    assert {(caller, scope) for _, caller, scope in copilot.asked} == {("evals", dataset.scope)}
    assert run.outcomes == {"answerable": {"suggested": 2}, "unanswerable": {"no_evidence": 1}}
    assert [one["failure"] for one in run.failures] == ["no gold document is cited"]


def test_what_a_reply_cites_is_read_from_the_store(dataset: Dataset):
    copilot = FakeCopilot()
    run = run_answers(dataset, copilot)
    assert copilot.store.documents.reads == 2
    assert [row.measures.get("exact_sentences") for row in run.scored] == [1.0, 1.0, None]


def test_a_refused_question_is_left_out_of_the_figures_and_counted(dataset: Dataset):
    refused = Dataset(
        "small", dataset.corpus, (), (*dataset.questions, question("q4", "refuse me")), Scope()
    )
    found = report.result(run_retrieval(refused, FakeCopilot(), 10), Settings())
    assert found["metrics"]["hit@1"]["value"] == 0.5
    assert found["metrics"]["hit@1"]["n"] == 2
    assert found["metrics"]["hit@1"]["unscored"] == {"InvalidInput: refused": 1}
    assert "1 not scored: InvalidInput: refused" in report.table(found)


def test_a_result_survives_json_and_names_what_made_it(dataset: Dataset, tmp_path: Path):
    found = report.result(run_answers(dataset, FakeCopilot()), Settings(), ["a.pdf: broken"])
    path = tmp_path / "new" / "result.json"
    report.write_json(found, path)
    assert json.loads(path.read_text()) == found
    assert found["dataset"]["sha256"] == dataset.sha256()
    assert (found["dataset"]["answerable"], found["dataset"]["unanswerable"]) == (2, 1)
    assert found["settings"]["model"] == "fake/1"
    assert found["questions"]["q3"]["measures"]["confidence"] == 0.1
    assert {"python", "numpy", "agent-assist-copilot"} <= found["versions"].keys()


def test_a_result_holds_no_secret_and_no_path(dataset: Dataset, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COPILOT_LLM_API_KEY", "sk-very-secret")
    found = report.result(run_answers(dataset, FakeCopilot()), Settings())
    shown = json.dumps(found)
    assert "sk-very-secret" not in shown
    assert str(Path.cwd()) not in shown
    assert str(dataset.corpus.parent) not in shown


def test_the_table_shows_every_figure_outcome_and_time(dataset: Dataset):
    found = report.result(run_answers(dataset, FakeCopilot()), Settings(), ["a.pdf: broken"])
    shown = report.table(found)
    for part in (*found["metrics"], "suggested 2", "no_evidence 1", "× one bare embedding"):
        assert part in shown
    assert "not read: a.pdf: broken" in shown


def test_failures_are_written_one_a_line(dataset: Dataset, tmp_path: Path):
    run = run_answers(dataset, FakeCopilot())
    report.write_lines(run.failures, tmp_path / "failures.jsonl")
    (line,) = (tmp_path / "failures.jsonl").read_text().splitlines()
    assert json.loads(line)["_id"] == "q2"
