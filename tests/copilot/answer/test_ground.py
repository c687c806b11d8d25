from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answer.extract import Scored
from copilot.answer.ground import Reread, cite, compose
from copilot.structure import blocks, sentences
from copilot.types import Reply


def scored(text: str, *quotes: str) -> list[Scored]:
    """The sentences of a text with these words, in the order of the text."""
    found = []
    for quote in quotes:
        start = text.index(quote)
        found.append(Scored((start, start + len(quote)), quote, 0.5, np.zeros(0, np.float32)))
    return found


def reader(text: str) -> Reread:
    return lambda start, end: text[start:end]


def reply(text: str, *quotes: str) -> Reply:
    made = compose("returns", 3, scored(text, *quotes), reader(text))
    assert made is not None
    return made


def test_a_citation_names_the_span_and_the_hash_of_its_words() -> None:
    cited = cite("returns", 3, 4, 9, "naïve")
    assert (cited.document_id, cited.version, cited.start, cited.end) == ("returns", 3, 4, 9)
    assert cited.sha256 == hashlib.sha256("naïve".encode()).hexdigest()


def test_sentences_of_a_paragraph_are_joined_by_a_space() -> None:
    text = "# Returns\n\nBring the goods.\nBring the receipt too. Wait."
    made = reply(text, "Bring the goods.", "Bring the receipt too.")
    assert made.text == "Bring the goods. Bring the receipt too."


def test_each_sentence_cites_its_own_span() -> None:
    text = "Bring the goods. Bring the receipt."
    made = reply(text, "Bring the goods.", "Bring the receipt.")
    for sentence in made.sentences:
        (cited,) = sentence.citations
        assert (cited.document_id, cited.version) == ("returns", 3)
        assert text[cited.start : cited.end] == cited.quote == sentence.text


def test_paragraphs_stay_apart() -> None:
    assert reply("One.\n\nTwo.", "One.", "Two.").text == "One.\nTwo."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Take it.\n- Give it.", "- Take it.\n- Give it."),
        ("* Take it.\n* Give it.", "* Take it.\n* Give it."),
        ("1. Take it.\n2. Give it.", "1. Take it.\n2. Give it."),
        ("Do:\n\n  a) Take it.\n  b) Give it.", "a) Take it.\nb) Give it."),
        ("   12. Take it.\n   13. Give it.", "12. Take it.\n13. Give it."),
        ("- Take it. Give it.", "- Take it. Give it."),
        ("| Take it. | Give it. |", "Take it.\nGive it."),
    ],
)
def test_lists_keep_their_markers(text: str, expected: str) -> None:
    assert reply(text, "Take it.", "Give it.").text == expected


def test_a_marker_belongs_to_no_sentence() -> None:
    made = reply("1. Take it.\n2. Give it.", "Take it.", "Give it.")
    assert [sentence.text for sentence in made.sentences] == ["Take it.", "Give it."]


def test_emphasis_and_links_are_shown_as_a_person_reads_them_and_cited_as_they_stand() -> None:
    quote = "**Agent:** Press [the button](https://example.com/b) *twice*."
    (sentence,) = reply(f"1. {quote}", quote).sentences
    assert sentence.text == "Agent: Press the button twice."
    assert sentence.citations[0].quote == quote


def test_a_sentence_whose_span_reads_otherwise_is_left_out() -> None:
    text = "Keep it. Give it back. Wait."
    changed = "Keep it. Give IT back. Wait."
    made = compose(
        "returns", 3, scored(text, "Keep it.", "Give it back.", "Wait."), reader(changed)
    )
    assert made is not None
    assert [sentence.text for sentence in made.sentences] == ["Keep it.", "Wait."]


def test_there_is_no_reply_where_nothing_reads_as_it_did() -> None:
    text = "Keep it. Wait."
    assert compose("returns", 3, scored(text, "Keep it.", "Wait."), reader("")) is None
    assert compose("returns", 3, scored(text, "Keep it."), lambda start, end: None) is None
    assert compose("returns", 3, [], reader(text)) is None


def test_a_sentence_of_nothing_but_marks_is_left_out() -> None:
    text = "Keep it. ** Wait."
    made = reply(text, "Keep it.", "**", "Wait.")
    assert [sentence.text for sentence in made.sentences] == ["Keep it.", "Wait."]


pieces = st.sampled_from(
    [
        "# Heading\n\n", "- ", "1. ", "2) ", "**bold** words. ", "One sentence. ", "*It* is so! ",
        "\n", "\n\n", "| a | 12 |\n", "Ünïcode 🙂 words here. ", "[link](http://x.y) end. ", "> ",
        "Why: ", "`code` runs. ", "    indented. ",
    ]
)  # fmt: skip


@given(st.lists(pieces, max_size=25).map("".join), st.data())
def test_every_sentence_is_where_it_says_and_its_quote_re_reads(
    text: str, data: st.DataObject
) -> None:
    spans = [span for block in blocks(text) for span in sentences(text, block)]
    if spans:
        first = data.draw(st.integers(0, len(spans) - 1))
        spans = spans[first : data.draw(st.integers(first, len(spans)))]
    some = [Scored(span, text[slice(*span)], 0.5, np.zeros(0, np.float32)) for span in spans]
    made = compose("any", 1, some, reader(text))
    if made is None:
        return
    position = 0
    for sentence in made.sentences:
        assert made.text[sentence.start : sentence.end] == sentence.text
        assert sentence.start >= position
        position = sentence.end
        (cited,) = sentence.citations
        assert text[cited.start : cited.end] == cited.quote
        assert hashlib.sha256(cited.quote.encode()).hexdigest() == cited.sha256
    assert position == len(made.text)
