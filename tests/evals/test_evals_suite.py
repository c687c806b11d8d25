import json
from pathlib import Path

import pytest

from copilot.errors import InvalidInput
from evals.bootstrap import SEED
from evals.scorers import catalog
from evals.suite import load_suite

STARTER = Path(__file__).parents[2] / "evals" / "starter"


@pytest.fixture
def folder(tmp_path: Path):
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "text": "Refunds take 5 days."}\n')
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "When?", "answerable": true, "documents": ["d1"]}\n'
    )
    return tmp_path


def test_a_data_set_is_a_suite_by_the_scorers_that_apply(folder: Path):
    suite = load_suite(folder)
    assert (suite.name, suite.k, suite.seed) == (folder.name, 5, SEED)
    assert suite.scorers == catalog.applying(suite.dataset.questions)
    assert suite.settings == {}


def test_a_suite_yaml_says_what_differs(folder: Path):
    more = {"_id": "q2", "text": "And?", "expect": {"step": "Press it."}}
    (folder / "more.jsonl").write_text(json.dumps(more) + "\n")
    (folder / "people.jsonl").write_text('{"customer_id": "c1"}\n')
    (folder / "suite.yaml").write_text(
        "name: mine\nscorers: [retrieval, latency]\nk: 20\nseed: 7\ncases: [more.jsonl]\n"
        "records: [people.jsonl]\nsettings: {reranker: cross, llm_model: small}\n"
    )
    suite = load_suite(folder)
    assert (suite.name, suite.scorers, suite.k) == ("mine", ("retrieval", "latency"), 20)
    assert (suite.seed, suite.settings) == (7, {"reranker": "cross", "llm_model": "small"})
    assert [one.question_id for one in suite.dataset.questions] == ["q1", "q2"]
    assert suite.limited(1).dataset.questions == suite.dataset.questions[:1]


def test_the_hash_is_of_everything_that_is_asked_and_ingested(folder: Path):
    (folder / "more.jsonl").write_text('{"_id": "q2", "text": "And?", "answerable": false}\n')
    (folder / "people.jsonl").write_text('{"customer_id": "c1"}\n')
    (folder / "suite.yaml").write_text("cases: [more.jsonl]\nrecords: [people.jsonl]\n")
    seen = {load_suite(folder).dataset.sha256()}
    for name in ("more.jsonl", "people.jsonl", "queries.jsonl", "corpus.jsonl"):
        with (folder / name).open("a") as file:
            file.write("\n")
        seen.add(load_suite(folder).dataset.sha256())
    assert len(seen) == 5
    (folder / "suite.yaml").write_text(
        "cases: [more.jsonl]\nrecords: [people.jsonl]\nsettings: {llm_model: other}\n"
    )
    assert load_suite(folder).dataset.sha256() in seen


def test_a_suite_may_point_to_the_data_set_of_another_folder(folder: Path):
    (folder / "strict").mkdir()
    (folder / "strict" / "suite.yaml").write_text("name: strict\ndataset: ..\nscorers: [safety]\n")
    suite = load_suite(folder / "strict")
    assert (suite.name, len(suite.dataset.questions)) == ("strict", 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scorer: [latency]", "unknown key 'scorer'"),
        ("scorers: [speed]", "no scorer 'speed'"),
        ("k: 0", "k is 0"),
        ("k: many", "k is 'many'"),
        ("seed: -1", "seed is -1"),
        ("settings: [llm_model]", "settings is not a mapping"),
        ("settings: {data_dir: /}", "unknown setting 'data_dir'"),
        ("settings: {llm_api_key: sk}", "unknown setting 'llm_api_key'"),
        ("records: [nobody.jsonl]", "no such file as"),
        ("k: [", "not YAML"),
    ],
)
def test_a_bad_suite_yaml_is_refused_with_its_reason(folder: Path, text: str, told: str):
    (folder / "suite.yaml").write_text(text + "\n")
    with pytest.raises(InvalidInput) as caught:
        load_suite(folder)
    assert "suite.yaml" in str(caught.value)
    assert told in str(caught.value)
    assert caught.value.remedy


def test_the_starter_is_a_suite():
    suite = load_suite(STARTER)
    assert suite.name == "starter"
    assert {"abstention", "citations", "next_steps", "safety"} <= set(suite.scorers)
