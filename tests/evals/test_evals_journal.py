import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from evals.journal import newest, open_journal

WHAT = {"suite": "small", "k": 5, "versions": {"python": "3"}}
ROWS = [{"_id": f"q{at}", "text": "né\n"} for at in range(4)]


def begin(folder: Path):
    with open_journal(folder, WHAT, resume=False) as journal:
        for row in ROWS:
            journal.add(row)


def test_what_was_added_is_there_at_once_and_when_it_goes_on(tmp_path: Path):
    folder = tmp_path / "run"
    with open_journal(folder, WHAT, resume=False) as journal:
        journal.add(ROWS[0])
        assert json.loads((folder / "cases.jsonl").read_text()) == ROWS[0]
    with open_journal(folder, WHAT, resume=True) as journal:
        assert journal.rows == {"q0": ROWS[0]}
        journal.add(ROWS[1])
        assert list(journal.rows) == ["q0", "q1"]


@settings(max_examples=40)
@given(st.integers(0, 400))
def test_wherever_writing_was_cut_off_whole_cases_stay_and_the_rest_is_written_again(
    tmp_path_factory: pytest.TempPathFactory, at: int
):
    folder = tmp_path_factory.mktemp("cut") / "run"
    begin(folder)
    path = folder / "cases.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:at])
    with open_journal(folder, WHAT, resume=True) as journal:
        assert list(journal.rows.values()) == ROWS[: whole[:at].count(b"\n")]
        for row in ROWS[len(journal.rows) :]:
            journal.add(row)
    assert path.read_bytes() == whole


def test_a_run_is_not_written_over(tmp_path: Path):
    begin(tmp_path / "run")
    before = (tmp_path / "run" / "cases.jsonl").read_bytes()
    with (
        pytest.raises(InvalidInput, match="there is a run in this folder") as caught,
        open_journal(tmp_path / "run", WHAT, resume=False),
    ):
        pass
    assert "--resume" in caught.value.remedy
    assert (tmp_path / "run" / "cases.jsonl").read_bytes() == before


def test_a_run_of_something_else_is_refused_with_what_differs(tmp_path: Path):
    begin(tmp_path / "run")
    other = {**WHAT, "k": 6, "versions": {"python": "4"}}
    with (
        pytest.raises(InvalidInput, match=r"k was 5, is 6; versions was .*3.*, is .*4"),
        open_journal(tmp_path / "run", other, resume=True),
    ):
        pass


def test_there_must_be_a_run_to_go_on_with(tmp_path: Path):
    with (
        pytest.raises(InvalidInput, match="there is no run to go on with"),
        open_journal(tmp_path / "run", WHAT, resume=True),
    ):
        pass
    with pytest.raises(InvalidInput, match="there is no run to go on with"):
        newest(tmp_path)


def test_two_processes_are_not_at_one_run(tmp_path: Path):
    with (
        open_journal(tmp_path / "run", WHAT, resume=False),
        pytest.raises(InvalidInput, match="another process"),
        open_journal(tmp_path / "run", WHAT, resume=True),
    ):
        pass


def test_a_line_that_is_no_case_is_named_and_nothing_is_taken_out(tmp_path: Path):
    begin(tmp_path / "run")
    path = tmp_path / "run" / "cases.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], "oops\n", *lines[1:]]))
    before = path.read_bytes()
    with (
        pytest.raises(InvalidInput, match=r"cases\.jsonl:2: not a case"),
        open_journal(tmp_path / "run", WHAT, resume=True),
    ):
        pass
    assert path.read_bytes() == before


def test_the_newest_run_is_the_last_by_its_name(tmp_path: Path):
    for name in ("2026-11-21T10-00-00Z", "2026-11-22T09-00-00Z", "2026-11-22T08-00-00Z"):
        begin(tmp_path / name)
    (tmp_path / "zzz").mkdir()
    assert newest(tmp_path).name == "2026-11-22T09-00-00Z"
