import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import InvalidInput
from copilot.types import Document
from evals.dataset import load
from ingest.walk import load as load_source
from ingest.walk import walk

STARTER = Path(__file__).parents[2] / "evals" / "starter"
SHARED = Path(__file__).parents[3] / "shared" / "data"


def write(path: Path, *rows: dict[str, Any]):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def beir(tmp_path: Path):
    folder = tmp_path / "small"
    write(folder / "corpus.jsonl", {"_id": "d1", "text": "one"}, {"_id": "d2", "text": "two"})
    write(
        folder / "queries.jsonl",
        {"_id": "q1", "text": "first?", "answer": "One.", "answerable": True},
        {"_id": "q2", "text": "second?", "answer": "", "answerable": False},
    )
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n")
    return folder


def refusal(folder: Path):
    with pytest.raises(InvalidInput) as caught:
        load(folder)
    assert caught.value.remedy
    return str(caught.value)


def test_reads_a_beir_folder(beir: Path):
    dataset = load(beir)
    assert dataset.name == "small"
    assert dataset.corpus == beir / "corpus.jsonl"
    assert dataset.scope.as_of is None
    first, second = dataset.questions
    assert (first.question_id, first.text, first.answer) == ("q1", "first?", "One.")
    assert (first.answerable, dict(first.grades)) == (True, {"d1": 2})
    assert (second.answerable, dict(second.grades), second.answer) == (False, {}, None)


def test_leaves_out_what_beir_did_not_judge(beir: Path):
    write(beir / "queries.jsonl", {"_id": "q1", "text": "judged?"}, {"_id": "q2", "text": "not?"})
    assert [(one.question_id, one.answerable) for one in load(beir).questions] == [("q1", True)]


def test_finds_judgements_where_beir_itself_keeps_them(beir: Path):
    (beir / "qrels").mkdir()
    (beir / "qrels.tsv").rename(beir / "qrels" / "test.tsv")
    assert dict(load(beir).questions[0].grades) == {"d1": 2}


def test_reads_a_folder_of_documents_named_in_a_dataset_yaml(tmp_path: Path):
    (tmp_path / "documents").mkdir()
    write(tmp_path / "set" / "a.jsonl", {"_id": "q1", "text": "?", "documents": ["x", "y"]})
    write(tmp_path / "set" / "b.jsonl", {"_id": "q2", "text": "?", "answerable": False})
    (tmp_path / "set" / "dataset.yaml").write_text(
        "name: mine\ncorpus: ../documents\nqueries: [a.jsonl, b.jsonl]\n"
        "as_of: 2026-11-21\nscope: {roles: [agent], language: en}\n"
    )
    dataset = load(tmp_path / "set")
    assert dataset.name == "mine"
    assert dataset.corpus == tmp_path / "documents"
    assert [dict(one.grades) for one in dataset.questions] == [{"x": 1, "y": 1}, {}]
    assert dataset.scope.as_of == datetime(2026, 11, 21, tzinfo=UTC)
    assert dataset.scope.roles == ("agent",)
    assert dataset.scope.language == "en"


def test_a_question_is_asked_within_the_groups_that_its_line_names(beir: Path):
    write(
        beir / "queries.jsonl",
        {"_id": "q1", "text": "?", "groups": ["shop"]},
        {"_id": "q2", "text": "?", "answerable": False},
    )
    assert [one.scope.groups for one in load(beir).questions] == [("shop",), None]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "queries.jsonl:2: not JSON"),
        ("[1]", "queries.jsonl:2: not a JSON object"),
        ('{"text": "?"}', "queries.jsonl:2: _id is not a text"),
        ('{"_id": "q9", "text": " ", "answerable": true}', "queries.jsonl:2: text is not a text"),
        ('{"_id": "q9", "text": "?", "answerable": 1}', ":2: answerable is not true or false"),
        ('{"_id": "q9", "text": "?", "documents": "d1"}', ":2: documents is not a list"),
        ('{"_id": "q1", "text": "?"}', "queries.jsonl:2: _id 'q1' is given twice, first at "),
    ],
)
def test_a_bad_question_is_named_by_file_and_line(beir: Path, line: str, reason: str):
    first = '{"_id": "q1", "text": "?", "answerable": true}'
    (beir / "queries.jsonl").write_text(f"{first}\n{line}\n")
    assert reason in refusal(beir)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("q1 d1 1", "qrels.tsv:2: not a judgement"),
        ("q1\td1\thigh", "qrels.tsv:2: not a judgement"),
        ("q9\td1\t1", "qrels.tsv:2: no question 'q9'"),
    ],
)
def test_a_bad_judgement_is_named_by_file_and_line(beir: Path, line: str, reason: str):
    (beir / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{line}\n")
    assert reason in refusal(beir)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("corpus: [", "dataset.yaml:1: not YAML"),
        ("- corpus", "dataset.yaml: not a mapping"),
        ("corpora: x", "dataset.yaml: unknown key 'corpora'"),
        ("queries: 7", "dataset.yaml: queries is not a list of texts"),
        ("as_of: soon", "dataset.yaml: as_of: 'soon' is not a date"),
        ("scope: {role: agent}", "dataset.yaml: unknown key 'role' in scope"),
        ("corpus: nowhere", "nowhere: no such corpus"),
    ],
)
def test_a_bad_dataset_yaml_is_refused_with_its_reason(beir: Path, manifest: str, reason: str):
    (beir / "dataset.yaml").write_text(manifest)
    assert reason in refusal(beir)


def test_missing_parts_are_named(beir: Path, tmp_path: Path):
    assert "no such folder" in refusal(tmp_path / "nowhere")
    (beir / "queries.jsonl").write_text("\n")
    (beir / "qrels.tsv").unlink()
    assert "there is no question" in refusal(beir)
    (beir / "queries.jsonl").unlink()
    assert "queries.jsonl: no such file" in refusal(beir)
    (beir / "corpus.jsonl").unlink()
    assert "corpus.jsonl: no such corpus" in refusal(beir)


def test_a_gold_document_that_is_not_in_the_corpus_is_named(beir: Path):
    load(beir).require_gold({"d1", "d2"})
    with pytest.raises(InvalidInput, match=r"queries\.jsonl:1: gold document 'd1' is not"):
        load(beir).require_gold({"d2"})


def test_what_is_fitted_on_are_single_questions_with_a_known_side(beir: Path):
    write(
        beir / "queries.jsonl",
        {"_id": "q1", "text": "?", "answerable": True},
        {"_id": "q2", "text": "?", "expect": {"must_not": ["x"]}},
        {"_id": "q3", "conversation": [{"role": "customer", "text": "?"}], "answerable": True},
    )
    dataset = load(beir)
    assert [one.answerable for one in dataset.questions] == [True, None, True]
    assert [one.question_id for one in dataset.judged().questions] == ["q1"]


def test_a_limit_spreads_over_all_questions(beir: Path):
    rows = [{"_id": f"q{n}", "text": "?", "answerable": True} for n in range(10)]
    write(beir / "queries.jsonl", *rows)
    dataset = load(beir)
    assert [one.question_id for one in dataset.limited(4).questions] == ["q0", "q2", "q5", "q7"]
    assert dataset.limited(None) is dataset
    assert dataset.limited(99) is dataset


def test_the_sha256_changes_with_the_content_of_any_file_and_not_with_the_place(
    beir: Path, tmp_path: Path
):
    before = load(beir).sha256()
    moved = tmp_path / "elsewhere"
    beir.rename(moved)
    assert load(moved).sha256() == before
    write(moved / "corpus.jsonl", {"_id": "d1", "text": "one more"})
    assert load(moved).sha256() != before


def test_the_starter_set_asks_about_documents_that_are_there():
    dataset = load(STARTER)
    records = [record for source in walk([dataset.corpus]) for record in load_source(source)]
    dataset.require_gold({one.document_id for one in records if isinstance(one, Document)})
    answerable = [question for question in dataset.questions if question.answerable]
    assert len(dataset.questions) == 200
    assert len(answerable) == 150
    assert all(question.grades and question.answer for question in answerable)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not there")
@pytest.mark.parametrize(
    ("name", "count", "answerable"), [("wixqa", 160, 160), ("techqa", 480, 384)]
)
def test_the_shared_samples_are_read_whole(name: str, count: int, answerable: int):
    questions = load(SHARED / name).questions
    assert len(questions) == count
    assert sum(bool(question.grades) for question in questions) == answerable
