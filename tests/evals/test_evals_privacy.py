"""The measure of masking, on texts whose figures are worked out by hand."""

import json
from pathlib import Path

import pytest

from copilot.errors import UnreadableFile
from evals.privacy import Text, false_share, half_of, main, measure, score

SET = Path("../shared/data/pii/synth_dataset_v2.json")


def test_a_span_is_found_when_half_of_it_is_masked_as_its_kind() -> None:
    texts = [
        Text("I am at 12 Main Street", 1, ((8, 22, "STREET_ADDRESS"),)),
        Text("ask the young lady", 1, ((4, 18, "PERSON"),)),
        Text("ana@example.com", 1, ((0, 15, "PERSON"),)),
        Text("mail ana@example.com", 1, ((5, 20, "EMAIL_ADDRESS"), (0, 4, "OTHER"))),
    ]
    scores = score(texts)
    assert set(scores) == {"STREET_ADDRESS", "PERSON", "EMAIL_ADDRESS"}
    assert scores["STREET_ADDRESS"][:4] == (1, 1, 1.0, 1.0)
    assert scores["PERSON"][:3] == (0, 2, 0.0)
    assert scores["PERSON"].masked == 1
    assert scores["EMAIL_ADDRESS"].precision == 1.0


def test_precision_falls_with_masks_that_touch_nothing_marked() -> None:
    texts = [Text("a@example.com, b@example.com", 1, ((0, 13, "EMAIL_ADDRESS"),))]
    assert score(texts)["EMAIL_ADDRESS"].precision == 0.5
    assert false_share(texts) == 0.5


def test_nothing_masked_is_no_false_mask() -> None:
    assert false_share([Text("good day", 1, ())]) == 0.0


def test_the_halves_part_the_templates_for_good() -> None:
    # The SHA-256 of "1" to "4" end in 4b, 35, ce and 8a.
    assert [half_of(template) for template in (1, 2, 3, 4)] == [1, 1, 0, 0]


def test_measures_a_file_by_half(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "full_text": "my name is Ana",
        "template_id": 1,
        "spans": [{"start_position": 11, "end_position": 14, "entity_type": "PERSON"}],
    }
    path = tmp_path / "texts.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    assert measure(path)["PERSON"].recall == 1.0
    assert measure(path, half=1 - half_of(1)) == {}
    main(path)
    assert "PERSON                   1      1   1.000   1.000      1.000" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["no json", '{"a": 1}', '[{"full_text": "x"}]'])
def test_a_file_of_another_form_is_refused_with_a_remedy(tmp_path: Path, content: str) -> None:
    path = tmp_path / "texts.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"texts\.json") as caught:
        measure(path)
    assert "full_text" in caught.value.remedy


@pytest.mark.skipif(not SET.exists(), reason="the marked texts are not on this machine")
def test_masking_finds_what_it_promises_in_the_marked_texts() -> None:
    scores = measure(SET)
    for entity in ("CREDIT_CARD", "IBAN_CODE", "EMAIL_ADDRESS", "US_SSN", "IP_ADDRESS"):
        assert scores[entity].recall >= 0.98
    assert scores["PHONE_NUMBER"].recall >= 0.95
    assert scores["STREET_ADDRESS"].recall >= 0.85
    assert scores["PERSON"].recall >= 0.85
