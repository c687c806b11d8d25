"""Tables of steps."""

from __future__ import annotations

from copilot.procedures.parse import procedures


def test_a_table_with_a_column_of_numbers_and_one_of_words() -> None:
    text = (
        "# Recall\n\n| Step | What to do | Who | Button | When |\n|---|---|---|---|---|\n"
        "| 1 | Take the lot off the shelf. | Store clerk | | |\n"
        "| 2 | Scan every box. | Store clerk | [Recall scan] | |\n"
        "| 3 | Ring the supplier. | Back office | | if a box is missing |\n"
    )
    (found,) = procedures(text)
    assert [(s.number, s.text, s.owner, s.action) for s in found.steps] == [
        ("1", "Take the lot off the shelf.", "store_clerk", None),
        ("2", "Scan every box.", "store_clerk", "Recall scan"),
        ("3", "Ring the supplier.", "back_office", None),
    ]
    condition = found.steps[2].condition
    assert condition is not None
    assert text[slice(*condition)] == "if a box is missing"
    assert all(text[s.start : s.end] == s.text for s in found.steps)
    assert "owner" not in found.steps[0].inferred


def test_a_column_of_where_to_go_next_is_a_branch() -> None:
    text = (
        "| No. | Action | Responsible | Go to |\n|---|---|---|---|\n"
        "| 1 | Check the seal | Nurse | 3 |\n| 2 | Wash it | Nurse | next |\n"
        "| 3 | Pack it | Porter | 9 |\n"
    )
    (found,) = procedures(text)
    branches = [[(b.to, b.target) for b in s.branches] for s in found.steps]
    assert branches == [[("3", 3)], [("next", 3)], [("9", None)]]
    assert "there is no '9' to go to" in [note.what for note in found.unclear]


def test_yes_and_no_in_a_column_say_what_is_mandatory() -> None:
    text = (
        "| # | Task | Required |\n|---|---|---|\n"
        "| 1 | Wipe the counter | yes |\n| 2 | Water the plants | no |\n| 3 | Lock up | yes |\n"
    )
    (found,) = procedures(text)
    assert [s.mandatory for s in found.steps] == [True, False, True]


def test_a_table_of_fees_by_number_is_no_procedure() -> None:
    text = (
        "| No. | Offence | Fine |\n|---|---|---|\n"
        "| 1 | Parking on grass | $40 |\n| 2 | Expired ticket | $25 |\n| 3 | Double row | $30 |\n"
    )
    assert procedures(text) == []


def test_a_table_without_numbers_is_no_procedure() -> None:
    text = "| Who | What |\n|---|---|\n| Nurse | Wash hands |\n| Porter | Push the bed |\n"
    assert procedures(text) == []


def test_bars_within_a_cell_do_not_part_it() -> None:
    text = "| Step | Do |\n|---|---|\n| 1 | Type `a \\| b` |\n| 2 | Press **Run** |\n| 3 | Wait |\n"
    (found,) = procedures(text)
    assert [s.text for s in found.steps] == ["Type `a \\| b`", "Press **Run**", "Wait"]
    assert found.steps[1].action == "Run"
