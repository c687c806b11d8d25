"""Where steps send their reader."""

from __future__ import annotations

import pytest

from copilot.procedures.parse import Procedure, procedures


def one(text: str) -> Procedure:
    (found,) = procedures(text)
    return found


def jumps(words: str, below: str = "") -> list[tuple[str, str, int | None]]:
    text = (
        f"# Steps\n\n1. Open the file.\n2. {words}\n{below}3. Read it.\n4. Sign it.\n5. Close it.\n"
    )
    found = one(text)
    branches = [branch for step in found.steps for branch in step.branches]
    assert all(text[b.start : b.end] == b.text for b in branches)
    return [(b.text, b.to, b.target) for b in branches]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Look at it. If it is signed, go to step 5.",
         [("If it is signed, go to step 5", "step 5", 5)]),
        ("If it is empty, continue with step 4; if not, go on to step 3.",
         [("If it is empty, continue with step 4", "step 4", 4),
          ("if not, go on to step 3", "step 3", 3)]),
        ("If it is old, go to 5.", [("If it is old, go to 5", "5", 5)]),
        ("If it is a copy, skip step 3.", [("If it is a copy, skip step 3", "skip step 3", 4)]),
        ("If it is a copy, skip the next step.",
         [("If it is a copy, skip the next step", "skip next step", 4)]),
        ("Once it is there, move to the next step.",
         [("Once it is there, move to the next step", "next step", 3)]),
        ("If there is none, stop here.", [("If there is none, stop here", "end", None)]),
        ("If it fails, start again from the beginning.",
         [("If it fails, start again from the beginning", "beginning", 1)]),
        ("If it is torn, go to step 9.", [("If it is torn, go to step 9", "step 9", None)]),
        ("If it is free, book it (step 4).",
         [("If it is free, book it (step 4)", "step 4", 4)]),
        ("If it fails, repeat steps 3 to 4.",
         [("If it fails, repeat steps 3 to 4", "steps 3", 3)]),
        ("Go to the next room.", []),
        ("It was booked before (step 1).", []),
        ("Go back 3 pages.", []),
        ("Move on to 14 days of rest.", []),
        ("Stop the belt.", []),
    ],
)  # fmt: skip
def test_jumps_with_their_exact_clause(
    words: str, expected: list[tuple[str, str, int | None]]
) -> None:
    assert jumps(words) == expected


def test_yes_and_no_below_a_question() -> None:
    below = "   - Yes: go to step 4.\n   - No → step 5\n"
    assert [(to, target) for _, to, target in jumps("Is it signed?", below)] == [
        ("step 4", 4),
        ("step 5", 5),
    ]


def test_a_letter_and_a_dotted_number_find_the_step_below_a_step() -> None:
    text = (
        "1. Take the call.\n   a. Ask the name.\n   b. Ask the place.\n"
        "2. If the line drops, go to step 1b.\n3. If it is noisy, go back to step 1.\n"
    )
    found = one(text)
    assert [b.target for step in found.steps for b in step.branches] == [3, 1]


def test_a_number_is_first_looked_for_beside_the_step() -> None:
    text = (
        "1. Clean it.\n   1. Rinse it.\n   2. If it is dirty, go to step 1.\n"
        "2. Dry it.\n3. Put it away.\n"
    )
    assert one(text).steps[2].branches[0].target == 2


def test_a_jump_to_nowhere_is_unclear() -> None:
    found = one("1. Open it.\n2. If it is torn, go to step 7.\n3. Close it.\n")
    assert [note.what for note in found.unclear] == ["there is no 'step 7' to go to"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Follow the 'Recover Username' flow.", ("Recover Username",)),
        ("Use the Recover Username subflow in the Account Access flow.", ("Recover Username",)),
        ("Do as *Lost keys* says: follow *Lost keys*.", ("Lost keys",)),
        ("Switch to “Return with a receipt”.", ("Return with a receipt",)),
        ("See [how to refund](refunds.md#cash) first.", ("refunds.md#cash",)),
        ("Write to [us](mailto:a@example.org).", ()),
        ("Say 'Good morning' to them.", ()),
        ("Choose *Too high* in the list.", ()),
    ],
)
def test_links_and_names_of_other_procedures(words: str, names: tuple[str, ...]) -> None:
    assert one(f"1. {words}\n2. Open it.\n3. Close it.\n").steps[0].refers_to == names
