from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.sentence import split

DATA = Path(__file__).parents[3] / "shared" / "data"


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep the receipt. Ask for ID.", ["Keep the receipt.", "Ask for ID."]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Really?! Yes… Fine.", ["Really?!", "Yes…", "Fine."]),
        ("Open until 5 p.m. Bring your card.", ["Open until 5 p.m.", "Bring your card."]),
        ("Answer yes or no. A no is final.", ["Answer yes or no.", "A no is final."]),
        ("Bring a card, a key, etc. Then wait.", ["Bring a card, a key, etc.", "Then wait."]),
        ("See plan B. Then go on.", ["See plan B.", "Then go on."]),
        ("退货需要收据。请保留！", ["退货需要收据。", "请保留！"]),
        ("Save it. *Then* leave.", ["Save it.", "*Then* leave."]),
    ],
)
def test_ends_a_sentence_at_closing_punctuation(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Call ext. 4630 for a parcel, e.g. Size L or No. 5, before Feb. 2026.",
        "Dr. Hall and Mrs. J. Smith of Acme Inc. Boston agree.",
        "Open Monday to Friday, 9 a.m. Monday, 10 a.m. on Fridays.",
        "Click the What is the discount? drop-down and wait.",
        "Reply in the Type your message... field.",
        "Version 7.0.0.x. works, and so does setup.exe at 3.5 GB.",
        "**Step 4.** Agent: take the form.",
        "**Limits.** A reduction of ten percent.",
        "The U.S. Postal Service brings it.",
    ],
)
def test_keeps_a_sentence_whole_at_other_dots(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Start the setup.Verification process begins.",
            ["Start the setup.", "Verification process begins."],
        ),
        ("Leave without saving?No. It is lost.", ["Leave without saving?", "No.", "It is lost."]),
        ("Choose a box.To change it: click.", ["Choose a box.", "To change it: click."]),
        ("It depends on you.In it you read on.", ["It depends on you.", "In it you read on."]),
        (
            "Pick how a cart looksAfter you start it.",
            ["Pick how a cart looks", "After you start it."],
        ),
        ("It is done.Important:Never do this.", ["It is done.", "Important:Never do this."]),
        (
            "Open pages.Hide your menuChange the menu later.",
            ["Open pages.", "Hide your menu", "Change the menu later."],
        ),
    ],
)
def test_ends_a_sentence_where_an_export_glued_two(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The class java.lang.Exception is thrown by com.example.Server here.",
        "Use ASP.Net and Node.Js together.",
        "Set batchSize and maxHeapSize in the developerWorks forum.",
        "See http://example.com/page?Name=x for it.",
        "Look into pdcollect.tar.Z now.",
    ],
)
def test_leaves_identifiers_whole(text: str) -> None:
    assert cut(text) == [text]


def test_numbers_of_a_list_that_was_flattened_begin_their_sentences() -> None:
    text = "Do this: 1. Open the till. 2. Count the coins. 3. Sign."
    assert cut(text) == ["Do this:", "1. Open the till.", "2. Count the coins.", "3. Sign."]


def test_joins_hard_wrapped_lines_into_one_sentence() -> None:
    text = (
        "When uninstalling from the control panel, the program raises an\n"
        "error message and stops. Reinstall the older version from the IBM\n"
        "Installation Manager first.\n"
    )
    assert cut(text) == [
        text[: text.index(" Reinstall")],
        text[text.index("Reinstall") :].rstrip(),
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Show me how\nClick the tab and select the layout that you would like.", 2),
        ("Ubuntu 14.04 LTS\nUbuntu 16.04 LTS\nSolaris 11", 3),
        ("You need these:\na pen and a form that is signed", 2),
        ("Note:\nIt can take some time.", 1),
        ("The agent for Oracle Database,\nVersion 6.3", 1),
        ("done by order of the\nCouncil", 1),
    ],
)
def test_a_line_break_ends_a_sentence_only_where_it_was_meant(text: str, count: int) -> None:
    assert len(cut(text)) == count


def test_cuts_a_long_run_of_lines_such_as_a_trace_at_its_lines() -> None:
    text = "\n".join(f"at com.example.server.Part{n}.run(Part.java:{n})" for n in range(20))
    assert cut(text) == text.split("\n")


def test_takes_a_small_letter_after_a_stop_as_a_beginning_in_informal_text() -> None:
    assert cut("hello. i need help! can you?") == ["hello.", "i need help!", "can you?"]


def test_leaves_out_what_has_no_word() -> None:
    assert cut("*** ....") == []
    assert cut("") == []


@settings(deadline=None)
@given(st.text(alphabet="ab AB.?!:\n\r\t1*\"'é。…", max_size=120), st.integers(0, 10))
def test_sentences_are_trimmed_in_order_and_lose_no_word(text: str, begin: int) -> None:
    begin = min(begin, len(text))
    spans = split(text, begin, len(text))
    position = begin
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not any(letter.isalnum() for letter in text[position:start])
        position = end
    assert not any(letter.isalnum() for letter in text[position:])


@pytest.mark.parametrize(
    "text",
    [
        "." * 200_000 + "x",
        "?" * 100_000 + "A",
        ("a" + "." * 50 + " ") * 4_000,
        "word.Word " * 20_000,
        "abcTo go " * 20_000,
        "Word word word\n" * 20_000,
        "*" * 100_000,
    ],
    ids=["dots", "marks", "leaders", "glued", "humps", "lines", "stars"],
)
def test_takes_time_in_proportion_to_the_text(text: str) -> None:
    before = time.process_time()
    split(text, 0, len(text))
    assert time.process_time() - before < 5


@pytest.mark.parametrize("name", ["wixqa", "techqa"])
def test_most_sentences_of_real_articles_are_of_a_length_to_be_quoted(name: str) -> None:
    corpus = DATA / name / "corpus.jsonl"
    if not corpus.exists():
        pytest.skip(f"{corpus} is not here")
    lines = corpus.read_text().splitlines()
    lengths = [len(one) for line in lines for one in cut(json.loads(line)["text"])]
    assert sum(length > 400 for length in lengths) < 0.01 * len(lengths)
    assert sum(length < 8 for length in lengths) < 0.08 * len(lengths)
