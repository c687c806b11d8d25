import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.words import clipped, outcome, plain, told_gold, told_output


@given(st.text(st.characters(codec=None)))
def test_nothing_that_steers_a_terminal_or_cannot_be_written_is_left(text: str):
    shown = plain(text)
    shown.encode()
    assert not any(ord(one) < 32 and one != "\n" for one in shown)
    assert not any(one in shown for one in "\x7f\x9b\u202e\u2066\ufffe")


def test_words_in_any_script_are_left_as_they_are():
    text = "Zurück in 5 Tagen\n退款 إعادة 👩‍👩‍👧 ไทย"
    assert plain(text) == text
    assert plain("a\tb\r\nc") == "a b\nc"


def test_a_long_text_is_clipped_to_one_line():
    assert clipped("one\n two   three", 9) == "one two …"
    assert clipped("short", 9) == "short"


def test_gold_is_told_one_thing_a_line():
    gold = {"answerable": False, "documents": ["a", "b"], "answer": None, "must_not": []}
    assert list(told_gold(gold)) == ["answerable: False", "documents: a, b"]
    assert list(told_gold(None)) == []


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (None, "(this result holds no outputs)"),
        ({"unscored": "refused"}, "could not be scored: refused"),
        ({"passages": [{"document_id": "a"}]}, "shown: a"),
        ({"reason": "no_need", "confidence": 0.5}, "no need, confidence 0.50"),
        ({"status": "suggested", "text": "Yes.", "sentences": None}, "suggested\nYes."),
    ],
)
def test_an_output_is_told_as_far_as_it_goes(output: object, told: str):
    assert told_output(output) == told


def test_an_outcome_is_the_reason_or_the_status():
    assert outcome({"status": "no_suggestion", "reason": "weak_evidence"}) == "weak evidence"
    assert outcome(None) == ""
