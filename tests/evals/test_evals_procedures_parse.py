"""The figures of procedures that are read, worked out by hand, and on ABCD where it is at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals.procedures.__main__ import app
from evals.procedures.abcd import ANY_ORDER, action_of, intent_of, written
from evals.procedures.parse import parsed

ABCD = Path(__file__).parents[3] / "shared" / "data" / "abcd"
STEPS = [
    {"text": "Open [Pull up Account]", "button": "Pull up Account"},
    {"text": "Ask for the size.", "button": "N/A"},
    {"text": "Pay it.", "button": "Offer Refund"},
]
TEXT = "# Return Due to Size\n\n1. Open [Pull up Account]\n2. Ask for the size. (button: N/A)\n{}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set of one procedure."""
    guidelines = {"Product Defect": {"subflows": {"Return Due to Size": {"actions": STEPS}}}}
    (tmp_path / "guidelines.json").write_text(json.dumps(guidelines))
    (tmp_path / "kb.json").write_text('{"return_size": ["pull-up-account", "offer-refund"]}')
    path = tmp_path / "procedures" / "product-defect"
    path.mkdir(parents=True)
    (path / "return-due-to-size.md").write_text(TEXT.format("3. Pay it. (button: Offer Refund)"))
    return tmp_path


def test_exact_steps_and_the_order_of_buttons(folder: Path) -> None:
    (one,) = written(folder)
    found = parsed(one, one.path.read_text())
    assert (found.exact, found.written, found.invented, found.missed) == (3, 3, (), ())
    assert found.in_order
    assert found.actions == ("pull-up-account", "offer-refund")


def test_a_changed_word_is_missed_and_invented_and_another_button_is_missed(folder: Path) -> None:
    (one,) = written(folder)
    found = parsed(one, TEXT.format("3. Pay them. (button: Promo Code)"))
    assert (found.exact, found.invented, found.missed) == (2, ("Pay them.",), ("Pay it.",))
    assert not found.in_order
    assert found.cause == "the parser differs from what the document was made from"
    button = parsed(one, TEXT.format("3. Pay it. (button: Promo Code)"))
    assert (button.exact, button.invented, button.missed) == (2, (), ("Pay it.",))


def test_names_are_mapped_in_the_open() -> None:
    assert intent_of("Shirt FAQ") == "shirt"
    assert intent_of("Out-of-Stock General") == "out_of_stock_general"
    assert action_of("Pull up account") == "pull-up-account"
    assert action_of("End Conversation") is None


def test_the_command_prints_both_figures(folder: Path) -> None:
    result = CliRunner().invoke(app, ["parse", str(folder)])
    assert "exact text and button   3/3 = 1.000" in result.stdout
    assert "exactly alike           1/1 = 1.000" in result.stdout


def test_a_folder_without_the_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        written(tmp_path)


@pytest.mark.skipif(not ABCD.is_dir(), reason="ABCD is not at hand")
def test_abcds_steps_are_found_as_they_were_written() -> None:
    documents = written(ABCD)
    texts = {one.title: one.path.read_text("utf-8") for one in documents}
    found = [parsed(one, texts[one.title]) for one in documents]
    assert sum(one.exact for one in found) >= 0.99 * sum(one.written for one in found)
    assert not any(one.invented for one in found)
    assert all(one.actions == one.source_actions for one in found)
    assert sum(one.in_order_or_free for one in found) >= 0.95 * len(found)
    assert all(sentence in texts[title] for title, sentence in ANY_ORDER.items())
