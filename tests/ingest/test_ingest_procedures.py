"""Steps in HTML, Word and PDF files, through the real readers; and the options that show them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_ingest_main import Files, embedder, files, ingest  # noqa: F401 - fixtures
from test_ingest_readers_docx import add_numbering, numbered, saved
from test_ingest_readers_docx import document as word_document
from test_ingest_readers_pdf import body, pdf
from test_ingest_readers_pdf import document as pdf_document

from copilot.procedures.parse import Step, procedures
from copilot.types import Document
from ingest.explain import documents, explain
from ingest.lint import check
from ingest.readers import read

HTML = """<html><head><title>Lost card</title></head><body><main><h1>Lost card</h1>
<p>Do this at once:</p><ol><li>Ask for the number.<ul><li>It is on the back.</li></ul></li>
<li><b>Back office:</b> Block the card.<ol type="a"><li>Press <b>Block</b>.</li>
<li>Read the code.</li></ol></li><li>If it was stolen, go to step 1.</li></ol>
<h2>Returned cards</h2><table><tr><th>Step</th><th>Who</th><th>Task</th></tr>
<tr><td>1</td><td>Clerk</td><td>Cut it</td></tr><tr><td>2</td><td>Courier</td><td>Burn it</td></tr>
</table><h2>Checklist</h2><ul><li><input type="checkbox"> Lock the safe</li>
<li><input type="checkbox"> Set the alarm</li></ul><h2>Fire</h2><h3>Step 1: Leave</h3>
<p>Take the stairs.</p><h3>Step 2: Count heads</h3></main></body></html>"""


def seen(document: Document) -> list[list[tuple[str, str, int | None, str | None]]]:
    """Number, words, parent and owner of each step of each procedure; the words re-read."""
    found = procedures(document.text, document.metadata)
    for step in (step for procedure in found for step in procedure.steps):
        assert document.text[step.start : step.end] == step.text
    return [[(s.number, s.text, s.parent, s.owner) for s in p.steps] for p in found]


def test_steps_of_a_page() -> None:
    (page,) = read(HTML.encode(), media_type="text/html", document_id="a", place="a.html")
    assert isinstance(page, Document)
    assert seen(page) == [
        [
            ("1", "Ask for the number.", None, "agent"),
            ("2", "Back office: Block the card.", None, "back_office"),
            ("1", "Press Block.", 2, "back_office"),
            ("2", "Read the code.", 2, "back_office"),
            ("3", "If it was stolen, go to step 1.", None, "agent"),
        ],
        [("1", "Cut it", None, "clerk"), ("2", "Burn it", None, "courier")],
        [("", "Lock the safe", None, "agent"), ("", "Set the alarm", None, "agent")],
        [("Step 1", "Leave", None, "agent"), ("Step 2", "Count heads", None, "agent")],
    ]
    first = procedures(page.text)[0].steps
    assert first[2].action == "Block"
    assert [branch.target for branch in first[4].branches] == [1]


def test_steps_of_a_word_document() -> None:
    def write(package: Any) -> None:
        add_numbering(package)
        package.add_heading("Blood sample", 1)
        numbered(package, "Nurse: Label the tube.", 91)
        numbered(package, "Name and date", 91, 1)
        numbered(package, "Laboratory: Spin the tube.", 91)
        package.add_paragraph("Never longer than ten minutes.")
        numbered(package, "Nurse: Press [Collected].", 91)
        package.add_heading("After hours", 2)
        numbered(package, "Put it in the fridge.", 92)
        package.add_heading("Step 1: Log", 2)
        package.add_paragraph("Write the time.")
        package.add_heading("Step 2: Lock", 2)
        table = package.add_table(3, 3)
        rows = (("No.", "Task", "Owner"), ("1", "Close it", "Porter"), ("2", "Sign it", "Guard"))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words

    found = seen(word_document(saved(write)))
    assert found[0] == [
        ("1", "Nurse: Label the tube.", None, "nurse"),
        ("2", "Laboratory: Spin the tube.", None, "laboratory"),
        ("3", "Nurse: Press [Collected].", None, "nurse"),
    ]
    assert found[1] == [("Step 1", "Log", None, "agent"), ("Step 2", "Lock", None, "agent")]


def test_steps_of_a_pdf() -> None:
    lines = [
        "Ask the resident for the plate number and the",
        "zone, then look for both.",
        "1. Open the permit register.",
        "2. Resident: Sign the form, on paper or on the",
        "pad at the counter.",
        "3. If the plate is wrong, go to step 1.",
        "4. Press [Issue permit].",
    ]
    page = [(60, 760, 20, "F2", "Parking permit"), *body(lines)]
    (found,) = seen(pdf_document(pdf([page])))
    assert [(number, owner) for number, _, _, owner in found] == [
        ("1", "agent"),
        ("2", "resident"),
        ("3", "agent"),
        ("4", "agent"),
    ]
    assert found[1][1].split() == (
        "Resident: Sign the form, on paper or on the pad at the counter.".split()
    )


def test_a_checklist_and_labelled_steps_of_a_word_document() -> None:
    def write(package: Any) -> None:
        package.add_heading("Closing", 1)
        package.add_paragraph("☐ Count the till.")
        package.add_paragraph("☐ Lock the safe (keyholder).")
        package.add_paragraph("Step 1: Switch off the lights.")
        package.add_paragraph("Step 2: If the alarm beeps, go back to step 1.")

    ticks, labelled = seen(word_document(saved(write)))
    assert ticks == [
        ("", "Count the till.", None, "agent"),
        ("", "Lock the safe (keyholder).", None, "keyholder"),
    ]
    assert [number for number, _, _, _ in labelled] == ["Step 1", "Step 2"]


def test_a_table_of_steps_and_a_nested_list_of_a_page() -> None:
    page = """<h1>Kiln</h1><table><tr><th>#</th><th>Action</th><th>By</th></tr>
    <tr><td>1</td><td>Load the shelves</td><td>Potter</td></tr>
    <tr><td>2</td><td>Light the burner</td><td>Shift lead</td></tr>
    <tr><td>3</td><td>Note the heat</td><td>Shift lead</td></tr></table>
    <ol start="4"><li>Open the lid<ol><li>Wear gloves</li><li>Stand aside</li></ol></li>
    <li>Unload</li><li>Sweep</li></ol>"""
    (kiln,) = read(page.encode(), media_type="text/html", document_id="k", place="k.html")
    assert isinstance(kiln, Document)
    table, nested = seen(kiln)
    assert [owner for *_, owner in table] == ["potter", "shift_lead", "shift_lead"]
    assert [(number, parent) for number, _, parent, _ in nested] == [
        ("4", None),
        ("1", 1),
        ("2", 1),
        ("5", None),
        ("6", None),
    ]


def test_labelled_and_interrupted_steps_of_a_pdf() -> None:
    page = [
        (60, 760, 20, "F2", "Gauge"),
        *body(["Step 1: Open the valve slowly.", "Step 2: Read the gauge."]),
        *body(["1. Note the value on form GV-2.", "2. Press [Save]."], top=640),
        *body(["Call the engineer if the value is above 9."], top=590),
        *body(["3. Close the valve."], top=560),
    ]
    found = seen(pdf_document(pdf([page])))
    words = [text for procedure in found for _, text, _, _ in procedure]
    assert [text for text in words if text.startswith(("Open", "Read"))] == [
        "Open the valve slowly.",
        "Read the gauge.",
    ]
    assert any(text.startswith("Note the value") for text in words)
    assert "Close the valve." in words


GOOD = """---
title: Permits
---
# Permits

1. **Clerk:** Open the account of the resident in [Register]. {owner=clerk}
2. **Resident:** Sign the form.
3. Press [Issue]. If the ink is dry, go to step 1.
   - See [fees](fees.md).
"""


def test_explain_shows_what_is_stated_inferred_and_unclear_and_stores_nothing(
    files: Files,  # noqa: F811
) -> None:
    folder = files(permits__md=GOOD, fees__md="# Fees\n\n1. Name\n2. Sum\n3. Date\n")
    result = ingest("--explain", folder)
    assert result.exit_code == 0
    shown = result.stdout
    assert "fees.md: Fees\n  no procedure" in shown
    assert "passed over, line 3: a numbered list whose items say nothing to do" in shown
    assert "1  Clerk: Open the account of the resident in [Register].  (line 6)" in shown
    assert "owner clerk (stated), action Register (stated), mandatory (inferred)" in shown
    assert "owner agent (inferred), action Issue (stated)" in shown
    assert "goes to step 1 (step 1): If the ink is dry, go to step 1" in shown
    assert "sends to: fees.md" in shown
    assert "unclear, line 8: no owner is named" in shown
    assert "effort: 1 of 3 steps fall on the customer" in shown
    assert ingest(folder).stdout.startswith("+2")  # nothing had been stored


def test_explain_goes_on_after_a_file_that_cannot_be_read(files: Files) -> None:  # noqa: F811
    folder = files(a__md=b"\x00\x01\x02" * 50, b__md="# B\n\n1. Do it.\n2. See it.\n3. End it.\n")
    result = ingest("--explain", folder)
    assert result.exit_code == 1
    assert "b.md: B" in result.stdout


BAD = """# Refund

1. Agent: Open the account of the customer in [Find].
2. Agent: Ask the customer for their address, and to send the form again.
3. Agent: Tell the customer to call the billing department.
4. Agent: If it is late, go to step 9.
5. Agent: Follow the 'Lost parcel' procedure, or see [this](gone.md).
6. Supervisor: Approve the refund to the card within 3 working days of the sale. {ownr=x mandatory}
7. Close the case, as in step 12.
"""
OTHER = """# Refund by phone

1. Supervisor: Approve the refund to the card within 5 working days of the sale.
2. Agent: See [refunds](bad.md#refund) and [top](#refund-by-phone).
3. Agent: Follow the 'Refund' procedure.
"""


def test_lint_tells_place_fault_and_remedy_and_fails_on_errors(
    files: Files,  # noqa: F811
) -> None:
    result = ingest("--lint", files(bad__md=BAD, other__md=OTHER))
    assert result.exit_code == 1
    told = [line.rpartition("/")[2] for line in result.stdout.splitlines()]
    assert [line.partition(", ")[0] for line in told] == [
        "bad.md:4: it asks the customer for their address",
        "bad.md:4: it asks for the same thing again",
        "bad.md:5: it sends the customer to another department",
        "bad.md:6: error: it goes to 'step 9'",
        "bad.md:7: error: it sends to 'Lost parcel'",
        "bad.md:7: error: it sends to 'gone.md'",
        "bad.md:8: error: 'ownr' is no key of a marker",
        "bad.md:9: no owner is named",
        "bad.md:9: error: there is no step 12",
        "other.md:3: bad and this document differ in the time: "
        "'Supervisor: Approve the refund to the card within 3 working days of the sale.'",
    ]


def test_lint_with_warnings_alone_succeeds(files: Files) -> None:  # noqa: F811
    folder = files(
        one__md="# One\n\n1. Nurse: Do it.\n2. Doctor: See it.\n3. Write it down.\n",
        two__md="# Two\n\nNo steps.\n",
    )
    result = ingest("--lint", folder)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1


def test_lint_reports_what_cannot_be_read(tmp_path: Path) -> None:
    lines, wrong = check([tmp_path / "gone.md"])
    assert wrong
    assert "no such file or folder" in lines[0]


def test_our_own_knowledge_has_no_error() -> None:
    folder = Path(__file__).parents[2] / "knowledge"
    _, wrong = check([folder])
    assert not wrong


def test_every_document_of_our_own_is_explained_line_by_line() -> None:
    folder = Path(__file__).parents[2] / "knowledge" / "clinic"
    told = [
        line for _, one in documents([folder]) if isinstance(one, Document) for line in explain(one)
    ]
    assert sum("(line " in line for line in told) > 150


@pytest.mark.parametrize("name", ["clinic", "city", "shop"])
def test_nearly_all_labelled_steps_of_our_own_name_their_owner(name: str) -> None:
    folder = Path(__file__).parents[2] / "knowledge" / name
    steps: list[Step] = []
    for _, one in documents([folder]):
        if isinstance(one, Document):
            steps += [step for p in procedures(one.text, one.metadata) for step in p.steps]
    labelled = [step for step in steps if step.text.startswith("**") and ":**" in step.text[:60]]
    stated = [step for step in labelled if "owner" not in step.inferred]
    assert len(labelled) > 60
    assert len(stated) >= 0.97 * len(labelled)
