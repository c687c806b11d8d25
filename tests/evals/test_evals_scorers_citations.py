import hashlib
from dataclasses import replace
from typing import Any

import pytest

from copilot.errors import VersionGone
from copilot.types import Citation, Reply, Sentence
from evals.scorers.citations import problems, quoted_share, uncited_words

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
