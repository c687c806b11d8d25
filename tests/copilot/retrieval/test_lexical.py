from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from copilot.retrieval.lexical import Lexical, Words
from copilot.store.index import IndexRow

VECTOR = np.zeros(1, dtype=np.float32)


def row(
    key: int, text: str, *, title: str = "", version: int | None = None, audience: int = 1
) -> IndexRow:
    return IndexRow(key, key if version is None else version, audience, title, text, VECTOR)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Lexical]:
    opened = Lexical(tmp_path / "words", "this database")
    yield opened
    opened.close()


def order(index: Lexical, question: str, permitted: list[int] | None = None) -> list[int]:
    found = index.search(index.query_words(question), 10, permitted)
    return sorted(found, key=lambda key: -found[key])


def test_the_rarer_word_counts_more_and_so_does_the_shorter_text(index: Lexical) -> None:
    index.load(
        [
            row(1, "parcel parcel and a refund"),
            row(2, "parcel with a very long story about how the van came late again and again"),
            row(3, "parcel lost"),
            row(4, "voucher lost"),
        ],
        1,
    )
    assert order(index, "parcel refund") == [1, 3, 2]  # "refund" stands in one text only
    assert order(index, "parcel") == [1, 3, 2]  # twice; then the shorter
    assert order(index, "umbrella") == []


def test_a_score_is_bm25_as_worked_out_by_hand(index: Lexical) -> None:
    index.load([row(1, "refund"), row(2, "voucher"), row(3, "voucher")], 1)
    # One of three texts, all of length 1: idf = ln(1 + 2.5 / 1.5), and the rest of BM25 with
    # k1 = 1.2 is 1 × 2.2 / (1 + 1.2) = 1.
    found = index.search(index.query_words("refund"), 10)
    assert found == {1: pytest.approx(math.log(1 + 2.5 / 1.5), rel=1e-4)}


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("refunds", "a refund"),
        ("REFUND", "a refund"),
        ("objecting", "an objection, objected"),
        ("resume", "résumé"),
    ],
)
def test_endings_case_and_accents_make_no_difference(
    index: Lexical, question: str, text: str
) -> None:
    index.load([row(1, text), row(2, "something else")], 1)
    assert order(index, question) == [1]


def test_stop_words_are_not_searched_for(index: Lexical) -> None:
    index.load([row(1, "how to do it"), row(2, "a refund")], 1)
    assert set(index.query_words("how do I get a refund").weights) == {"refund"}
    assert order(index, "how do I do it") == []


def test_a_question_without_words_finds_nothing(index: Lexical) -> None:
    index.load([row(1, "a refund")], 1)
    words = index.query_words("?!")
    assert words.weights == {}
    assert index.search(words, 10) == {}
    assert index.scores(words, "body", [1]) == {}


def test_title_and_body_are_scored_apart(index: Lexical) -> None:
    index.load([row(1, "how it is done", title="Refunds"), row(2, "a refund", title="Vans")], 1)
    words = index.query_words("refund")
    assert set(index.scores(words, "title", [1, 2])) == {1}
    assert set(index.scores(words, "body", [1, 2])) == {1, 2}  # the body has the title too
    assert set(index.scores(words, "body", [2])) == {2}
    assert index.scores(words, "body", []) == {}


def test_only_permitted_audiences_are_found_with_the_score_they_have_anyway(
    index: Lexical,
) -> None:
    index.load([row(key, "refund " * key, audience=key % 3) for key in range(1, 7)], 1)
    words = index.query_words("refund")
    everything = index.search(words, 10)
    some = index.search(words, 10, [0, 2])
    assert set(some) == {2, 3, 5, 6}
    assert some == {key: pytest.approx(everything[key]) for key in some}
    assert index.search(words, 10, []) == {}


def test_words_of_the_context_count_less(index: Lexical) -> None:
    index.load([row(1, "refund"), row(2, "parcel")], 1)
    words = index.query_words("a refund", "the parcel and the refund", 0.4)
    assert words.weights == {"refund": 1.0, "parcel": 0.4}
    found = index.search(words, 10)
    assert found[2] == pytest.approx(0.4 * found[1], rel=1e-4)


def test_of_a_very_long_question_the_rarest_words_are_kept(index: Lexical) -> None:
    index.load([row(key, f"common word{key}") for key in range(60)], 1)
    question = "common " + " ".join(f"word{key}" for key in range(60))
    words = index.query_words(question)
    assert len(words.weights) == 48
    assert "common" not in words.weights


def test_updating_twice_changes_nothing(index: Lexical) -> None:
    index.load([row(1, "refund"), row(2, "parcel")], 1)
    for _ in range(2):
        index.update([2], [row(3, "voucher"), row(4, "voucher card", version=3)], 5)
        assert (len(index), index.position) == (3, 5)
        assert order(index, "voucher") == [3, 4]
        assert order(index, "parcel") == []


def test_a_version_given_again_replaces_all_its_chunks(index: Lexical) -> None:
    index.load([row(1, "refund", version=9), row(2, "parcel", version=9)], 1)
    index.update([], [row(1, "refund", version=9)], 2)
    assert len(index) == 1
    assert order(index, "parcel") == []


def test_it_opens_again_where_it_stood(tmp_path: Path) -> None:
    first = Lexical(tmp_path / "words", "this database")
    first.load([row(1, "refund")], 3)
    first.update([], [row(2, "refund refund")], 7)
    first.close()
    again = Lexical(tmp_path / "words", "this database")
    assert (len(again), again.position) == (2, 7)
    assert order(again, "refund") == [2, 1]
    again.update([1], [], 8)
    assert order(again, "refund") == [2]
    again.close()


def written(folder: Path) -> Path:
    index = Lexical(folder, "this database")
    index.load([row(1, "refund")], 3)
    index.close()
    return folder / "position.json"


@pytest.mark.parametrize(
    "stamp",
    [
        {"instance": "another database", "format": 1, "position": 3},
        {"instance": "this database", "format": 0, "position": 3},
        {"instance": "this database", "format": 1},
        {"instance": "this database", "format": 1, "position": "far"},
        [],
        None,
    ],
)
def test_a_folder_with_another_stamp_is_emptied(tmp_path: Path, stamp: object) -> None:
    written(tmp_path / "words").write_text(json.dumps(stamp))
    again = Lexical(tmp_path / "words", "this database")
    assert (len(again), again.position) == (0, 0)
    again.close()


def test_a_folder_without_a_stamp_is_emptied(tmp_path: Path) -> None:
    written(tmp_path / "words").unlink()
    again = Lexical(tmp_path / "words", "this database")
    assert (len(again), again.position) == (0, 0)
    again.close()


def test_an_empty_index_opens_again_as_one_that_stood(tmp_path: Path) -> None:
    first = Lexical(tmp_path / "words", "this database")
    assert first.created
    first.close()
    again = Lexical(tmp_path / "words", "this database")
    assert (again.created, len(again), again.position) == (False, 0, 0)
    again.close()


def test_loading_anew_forgets_what_was_there(index: Lexical) -> None:
    index.load([row(1, "refund")], 3)
    index.load([row(2, "parcel")], 4)
    assert (len(index), index.position) == (1, 4)
    assert order(index, "refund") == []
    assert order(index, "parcel") == [2]


def test_coverage_is_the_share_of_the_questions_weight() -> None:
    words = Words({"refund": 1.0, "parcel": 0.5}, {"refund": 2.0, "parcel": 4.0})
    assert words.coverage(["refund"]) == pytest.approx(0.5)
    assert words.coverage(["refund", "parcel", "other"]) == pytest.approx(1)
    assert words.coverage([]) == 0
    assert Words({}, {}).coverage(["refund"]) == 0
