from __future__ import annotations

import numpy as np

from copilot.answer.extract import Scored
from copilot.answer.statement import statements
from copilot.structure import blocks, sentences


def told(text: str) -> list[str]:
    """The statements of a text in Markdown."""
    spans = [span for block in blocks(text) for span in sentences(text, block)]
    some = [Scored(span, text[slice(*span)], 0.5, np.zeros(0, np.float32)) for span in spans]
    made = list(statements(some))
    assert {one.scored.span for one in made} <= set(spans)
    return [one.text for one in made]


def test_a_sentence_stands_for_itself() -> None:
    assert told("Keep it. *Wait* for 2 days.") == ["Keep it.", "Wait for 2 days."]


def test_a_question_is_part_of_the_answer_below_it() -> None:
    text = '**"How long have I got?"**\n21 days from the notice.\nWrite it down.'
    assert told(text) == [
        '"How long have I got?"',
        '"How long have I got?" 21 days from the notice.',
        "Write it down.",
    ]


def test_a_row_is_read_with_the_header_of_its_table() -> None:
    text = (
        "| Item | Loan period | Deposit |\n|---|---|---|\n"
        "| Walker | 12 weeks | $0 |\n| Cane | 8 weeks | – |\n\nWait for 3 days.\n"
    )
    assert told(text) == [
        "Item: Walker, Loan period: 12 weeks, Deposit: $0",
        "Item: Cane, Loan period: 8 weeks, Deposit: –",
        "Wait for 3 days.",
    ]


def test_a_bare_number_gets_the_unit_of_its_label() -> None:
    down = "| Day after the message | What |\n|---|---|\n| 10 | Last day |\n"
    across = "| Topic | Rule |\n|---|---|\n| Days to reply | 21 |\n| Form | 7 |\n"
    assert told(down) == ["Day after the message: 10 day, What: Last day"]
    assert told(across) == ["Topic: Days to reply, Rule: 21 day", "Topic: Form, Rule: 7"]


def test_another_table_has_another_header() -> None:
    text = "| A | B |\n|---|---|\n| 1 | 2 |\n\nText.\n\n| C | D |\n|---|---|\n| 3 | 4 |\n"
    assert told(text) == ["A: 1, B: 2", "Text.", "C: 3, D: 4"]
