import hashlib
from dataclasses import replace
from typing import Any

import pytest
from given import answered, question, suggestion
from given import reply as said

from copilot.errors import VersionGone
from copilot.types import Citation, Reply, Sentence
from evals.measure import Unscored
from evals.scorers.answered import UNDECIDED
from evals.scorers.citations import columns, problems, quoted_share, score, uncited_words

STORED = "Refunds take 5 days. Bring the receipt."


def read(document_id: str, version: int):
    if (document_id, version) != ("shop/refunds", 2):
        raise VersionGone("no such version")
    return STORED


def cite(quote: str):
    start = STORED.index(quote)
    sha256 = hashlib.sha256(quote.encode()).hexdigest()
    return Citation("shop/refunds", 2, start, start + len(quote), quote, sha256)


CITATION = cite("Refunds take 5 days.")
SENTENCE = Sentence("Refunds take 5 days.", 0, 20, (CITATION,))
REPLY = Reply("Refunds take 5 days.", (SENTENCE,))


def test_a_quote_that_re_reads_has_no_problem():
    assert problems(REPLY, read) == [[]]
    assert uncited_words(REPLY) == ""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": 1}, "version 1 is gone"),
        ({"document_id": "shop/returns"}, "shop/returns version 2 is gone"),
        ({"start": 1}, "says something else"),
        ({"start": 1, "end": 21}, "says something else"),
        ({"quote": "Refunds take 6 days."}, "says something else"),
        ({"end": 400}, "no characters 0 to 400"),
        ({"start": -39}, "no characters -39 to 20"),
        ({"end": 0, "quote": ""}, "no characters 0 to 0"),
        ({"sha256": "0" * 64}, "sha256 is not that of the quote"),
    ],
)
def test_a_citation_that_does_not_re_read_is_told(change: dict[str, Any], problem: str):
    sentence = replace(SENTENCE, citations=(replace(CITATION, **change),))
    (found,) = problems(replace(REPLY, sentences=(sentence,)), read)
    assert len(found) == 1
    assert problem in found[0]


def test_every_citation_of_every_sentence_is_re_read():
    wrong = replace(CITATION, version=1)
    text = "Refunds take 5 days. Bring the receipt."
    reply = Reply(
        text,
        (
            replace(SENTENCE, citations=(CITATION, wrong)),
            Sentence("Bring the receipt.", 21, 39, (cite("Bring the receipt."),)),
        ),
    )
    assert [len(found) for found in problems(reply, read)] == [1, 0]


def test_a_sentence_without_a_citation_is_a_problem():
    reply = replace(REPLY, sentences=(replace(SENTENCE, citations=()),))
    assert problems(reply, read) == [["it has no citation"]]


def test_a_sentence_must_stand_in_the_reply_where_it_says():
    reply = replace(REPLY, sentences=(replace(SENTENCE, start=1, end=21),))
    assert problems(reply, read) == [["its offsets are not those of its text in the reply"]]


def test_words_outside_every_sentence_are_uncited():
    reply = Reply("Good news! Refunds take 5 days. ", (replace(SENTENCE, start=11, end=31),))
    assert uncited_words(reply) == "Good news!"
    assert (
        uncited_words(Reply("- Refunds take 5 days.\n", (replace(SENTENCE, start=2, end=22),)))
        == ""
    )


def test_the_markers_of_a_list_are_no_words():
    first = replace(SENTENCE, start=3, end=23)
    second = replace(SENTENCE, start=27, end=47)
    text = "1. Refunds take 5 days.\nb) Refunds take 5 days."
    assert uncited_words(Reply(text, (first, second))) == ""
    assert uncited_words(Reply(text.replace("b)", "OK"), (first, second))) == "OK"


def test_words_that_no_quote_has_are_seen():
    assert quoted_share(REPLY) == 1.0
    # "never" is not in the quote: 4 of 5 words are.
    added = replace(SENTENCE, text="Refunds never take 5 days.")
    assert quoted_share(Reply(added.text, (added,))) == 0.8
    assert quoted_share(Reply("…", (replace(SENTENCE, text="…"),))) is None


def measures(*sentences: tuple[str, tuple[str, ...]]):
    given = suggestion(said=said(*sentences))
    return score(answered(question(), given))


def test_words_outside_every_sentence_count_as_a_sentence_without_citation():
    given = suggestion("refunds")
    text = given.reply.text + " I promise."
    found = score(answered(question(), replace(given, reply=replace(given.reply, text=text))))
    assert found["sentences"] == 2.0
    assert found["exact_sentences"] == 1.0
    assert found["uncited_sentences"] == 1.0


def test_silence_has_no_citations_and_a_question_without_an_answer_needs_none():
    assert score(answered(question(), suggestion(None))) == {}
    assert columns(question(answerable=False)) == ()
    assert set(columns(question())) <= score(answered(question(), suggestion("refunds"))).keys()


def test_citation_recall_is_the_share_of_sentences_that_their_citations_together_support():
    found = measures(
        ("Refunds take 5 days.", ("refunds",)),
        ("Refunds receipt.", ("refunds", "returns")),
        ("Bring the receipt.", ("refunds",)),
        ("Bring the days.", ()),
    )
    assert found["citation_recall"] == 2 / 4


def test_citation_precision_is_the_share_of_citations_that_are_needed():
    # The second sentence needs the first of its citations only; the third needs both; what is
    # cited by a sentence that is not supported is not needed.
    found = measures(
        ("Refunds take 5 days.", ("refunds",)),
        ("Refunds take days.", ("refunds", "returns")),
        ("Refunds receipt.", ("refunds", "returns")),
        ("Bring the receipt.", ("refunds",)),
    )
    assert found["citation_precision"] == 4 / 6


def test_attribution_that_the_checker_cannot_tell_could_not_be_scored():
    found = measures(("Das dauert.", ("refunds",)))
    assert found["citation_recall"] == found["citation_precision"] == Unscored(UNDECIDED)
    assert found["sentences"] == 1.0


def test_a_courtesy_needs_no_citation_and_alone_it_could_not_be_scored():
    courtesy = ("You are welcome.", ())
    found = measures(courtesy, ("Refunds take 5 days.", ("refunds",)))
    assert (found["citation_recall"], found["citation_precision"]) == (1.0, 1.0)
    assert found["uncited_sentences"] == 1.0
    alone = measures(courtesy)
    assert alone["citation_recall"] == Unscored("the reply asserts nothing")
    assert alone["citation_precision"] == Unscored("the reply cites nothing")
