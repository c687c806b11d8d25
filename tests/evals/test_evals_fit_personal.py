"""What the tagger is taught with: sentences whose marks stand where the words are."""

import random
from pathlib import Path

import pytest

from copilot.privacy.tagger import split
from evals.fit import personal


def test_marks_stand_on_what_was_filled_in() -> None:
    texts = list(personal._Writer(random.Random(1)).texts(400))  # noqa: S311
    marked = [text[start:end] for text, spans in texts for start, end, _ in spans]
    assert len(marked) > 300
    assert all(words.strip() == words and words for words in marked)
    assert not any("{" in text for text, _ in texts)


def test_the_same_seed_writes_the_same_texts() -> None:
    def written() -> list[personal.Marked]:
        return list(personal._Writer(random.Random(2)).texts(50))  # noqa: S311

    assert written() == written()


def test_labels_begin_and_go_on() -> None:
    text = "ask Ana Ruiz now"
    assert personal.labels(split(text), [(4, 12, "N")]) == ["O", "B-N", "I-N", "O"]


def test_lines_are_each_once_and_half_of_the_documents_are_held_out() -> None:
    found = personal.lines(
        [("a", "mail ana@example.com\n\nmail ana@example.com"), ("b", "call Ana")]
    )
    assert [line.text for line in found] == ["mail ana@example.com", "call Ana"]
    held_out = [personal.lines([(str(at), f"line {at}")])[0].is_held_out for at in range(200)]
    assert 70 < sum(held_out) < 130


def test_a_model_is_fitted_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "_COUNT", 200)
    monkeypatch.setattr(personal, "_SETTINGS", {"max_iterations": 3})
    told = personal.fit(personal.lines([("x", "open the settings")]), tmp_path / "model")
    assert told.startswith("200 texts of our own")
    assert (tmp_path / "model").stat().st_size > 1000
