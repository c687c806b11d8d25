from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answer.reading import Reading, Written


def read(*pieces: str) -> list[Written]:
    reading = Reading()
    found = [written for piece in pieces for written in reading.feed(piece)]
    return [*found, *reading.end()]


def test_each_line_is_a_sentence_with_the_passages_that_it_cites() -> None:
    assert read("Bring it back within 30 days. [1]\nKeep the receipt. [2][3]\n") == [
        Written("Bring it back within 30 days.", (1,)),
        Written("Keep the receipt.", (2, 3)),
    ]


def test_a_courtesy_cites_nothing() -> None:
    assert read("I am sorry about that. [-]\n") == [Written("I am sorry about that.", ())]


def test_a_sentence_is_given_as_soon_as_its_citations_are_whole() -> None:
    reading = Reading()
    assert list(reading.feed("Keep the receipt. [1")) == []
    assert list(reading.feed("]")) == []
    assert list(reading.feed("\nAnd")) == [Written("Keep the receipt.", (1,))]


def test_sentences_on_one_line_are_parted_by_their_citations() -> None:
    found = read("It takes 5 days. [1] You get a mail. [2]")
    assert found == [Written("It takes 5 days.", (1,)), Written("You get a mail.", (2,))]


def test_marks_of_formatting_and_numbers_of_lists_are_taken_out() -> None:
    assert read("- **Press** `Refund` <b>now</b>. [1]\n2. Wait. [1, 2]\n") == [
        Written("Press Refund now.", (1,)),
        Written("Wait.", (1, 2)),
    ]


def test_what_has_no_citation_cites_nothing() -> None:
    assert read("You get all your money back.\n") == [Written("You get all your money back.", ())]


def test_a_sentence_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        read("word " * 400)


@given(st.lists(st.integers(1, 30), max_size=8))
def test_how_an_answer_is_cut_into_pieces_changes_nothing(cuts: list[int]) -> None:
    whole = "It takes 5 days. [1] You get a mail. [2][3]\nSorry to hear that. [-]\nBring ID. [1]\n"
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(whole[at : at + cut])
        at += cut
    assert read(*pieces, whole[at:]) == read(whole)
