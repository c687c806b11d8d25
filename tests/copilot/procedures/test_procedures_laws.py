"""What holds of any text: offsets re-read, levels are in order, and time grows with length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.procedures.parse import Procedure, procedures, reading

PIECES = st.sampled_from(
    [
        *("1. ", "2. ", "3. ", "4. ", "- ", "- [ ] ", "a) ", "b) ", "ii. ", "1.1 ", "3.2. ", "☐ "),
        *("Step 1: ", "**Step 2:** ", "## ", "## Step 3 ", "**1. ", "   ", "\t", "\n", "\n\n"),
        *("| # | What | Who |\n|---|---|---|\n", "| 1 | Do it | Nurse |\n", "| 2 | x |\n", "```\n"),
        *("Ask the customer", "Nurse: ", "**Agent:** ", "If it is late, ", "go to step 2", ". "),
        *("[Find]", "(button: N/A)", "{owner=x goto=9}", "{optional}", "{", "}", "[a](b.md)", "**"),
        *(
            "follow *Lost keys*",
            "skip the next step",
            "stop here",
            ": ",
            "> ",
            "\r\n",
            "é𝄞",
            "---\n",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200)


def check(text: str, procedure: Procedure) -> None:
    assert 0 <= procedure.start < procedure.end <= len(text)
    assert [step.ordinal for step in procedure.steps] == [*range(1, len(procedure.steps) + 1)]
    levels: dict[int | None, int] = {}
    for step in procedure.steps:
        assert text[step.start : step.end] == step.text
        assert step.text
        assert step.text == step.text.strip()
        assert procedure.start <= step.start < step.end <= procedure.end
        assert levels.get(step.parent, -1) <= step.start
        levels[step.parent] = step.end
        assert step.parent is None or step.parent < step.ordinal
        if step.detail is not None:
            assert step.end <= step.detail[0] < step.detail[1] <= procedure.end
        for branch in step.branches:
            assert text[branch.start : branch.end] == branch.text
            assert branch.target is None or 1 <= branch.target <= len(procedure.steps)
        if step.condition is not None:
            assert step.condition[0] < step.condition[1] <= procedure.end
        assert step.action is None or step.action in step.actions
    for note in procedure.unclear:
        assert procedure.start <= note.start <= note.end <= procedure.end


@given(TEXTS)
def test_every_span_re_reads_and_levels_are_in_order(text: str) -> None:
    found = procedures(text)
    for procedure in found:
        check(text, procedure)
    starts = [procedure.start for procedure in found]
    assert starts == sorted(starts)


@given(TEXTS, st.sampled_from([{}, {"procedure": False}, {"procedure": {"owner": "clerk"}}]))
def test_the_same_text_reads_the_same(text: str, metadata: dict[str, object]) -> None:
    assert reading(text, metadata) == reading(text, metadata)


def grows(make_text: str, times: int) -> float:
    """How much longer ten times the text takes, of the best of three."""
    took = []
    for repeats in (times, 10 * times):
        text = "# Steps\n\n1. Open it.\n2. Close it.\n3. " + make_text * repeats
        best = 1e9
        for _ in range(3):
            begun = time.process_time()
            procedures(text)
            best = min(best, time.process_time() - begun)
        took.append(best)
    return took[1] / max(took[0], 1e-4)


@pytest.mark.parametrize(
    "piece",
    [
        "Ask for the slip. If it is lost, go to step 1.\n4. Press [Go].\n",
        "If a, b ",
        "(only ",
        "then ",
        "go to step 2. ",
        " ",
        "\n",
        "**",
        "[",
        "the nurse or ",
        "follow *Lost keys ",
        "click Aa ",
        "{owner=x ",
        "1. ",
    ],
)
def test_time_grows_with_length_and_not_with_its_square(piece: str) -> None:
    assert grows(piece, 12_000 // len(piece) // 10) < 35
