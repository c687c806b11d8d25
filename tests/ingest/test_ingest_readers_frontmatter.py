from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from copilot.errors import UnreadableFile
from copilot.types import Audience, Document
from ingest.readers.frontmatter import body_start, document_from, parse


def document(yaml: str, body: str = "# Returns\n") -> Document:
    text = f"---\n{yaml}\n---\n{body}"
    fields, _ = parse(text, "returns.md")
    return made_from(fields, text=text)


def made_from(fields: dict[str, Any], *, text: str = "# Returns\n") -> Document:
    return document_from(
        fields,
        document_id="returns",
        text=text,
        media_type="text/markdown",
        place="returns.md",
        fallback_title="Returns",
    )


def refusal(yaml: str) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        document(yaml)
    assert caught.value.remedy
    return caught.value


def test_every_named_field_reaches_the_document():
    made = document(
        "title: Returns at the desk\nlanguage: en-GB\nowner: Service desk\n"
        "url: https://intranet.example/returns\n"
        "scope:\n  roles: [agent, staff]\n  stores: 12\n"
        "effective_from: 2026-03-01\neffective_to: 2026-03-31\nsupersedes: returns-2025\n"
    )
    assert made == Document(
        document_id="returns",
        title="Returns at the desk",
        text=made.text,
        language="en-GB",
        owner="Service desk",
        url="https://intranet.example/returns",
        audience=Audience(roles=("agent", "staff"), stores=("12",)),
        effective_from=datetime(2026, 3, 1, tzinfo=UTC),
        effective_to=datetime(2026, 4, 1, tzinfo=UTC),
        supersedes=("returns-2025",),
    )


def test_a_text_without_front_matter_has_no_fields():
    for text in ("", "# Returns\n", "----\ntitle: x\n----\n", "--- \n\nprose\n", "---"):
        assert parse(text, "returns.md") == ({}, 0)
        assert body_start(text) == 0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_body_starts_behind_the_closing_line(end: str):
    text = end.join(["---", "owner: Desk", "---  ", "Body", ""])
    fields, start = parse(text, "returns.md")
    assert fields == {"owner": "Desk"}
    assert text[start:] == f"Body{end}"
    assert body_start(text) == start


def test_front_matter_may_be_empty_or_end_the_text():
    assert parse("---\n---\nBody", "p") == ({}, 8)
    assert parse("---\nowner: Desk\n---", "p") == ({"owner": "Desk"}, 19)


def test_words_of_scope_stay_as_they_are_written():
    made = document("regions: [no, se]\nstores: [0017, 1.10]\nroles: on\ntitle: 2026-03-01")
    assert made.audience == Audience(regions=("no", "se"), stores=("0017", "1.10"), roles=("on",))
    assert made.title == "2026-03-01"


def test_unknown_keys_go_to_the_metadata_as_json():
    made = document(
        "reviewed: 2026-01-05\nopens: 09:30\nversion: 3\nfinal: true\ncountry: no\n"
        "tags: [a, {1: 1.5}]\nempty:"
    )
    assert made.metadata == {
        "reviewed": "2026-01-05",
        "opens": "09:30",
        "version": 3,
        "final": True,
        "country": "no",
        "tags": ["a", {"1": 1.5}],
    }


@pytest.mark.parametrize(
    ("written", "starts"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T09:30:00+02:00", datetime(2026, 3, 1, 7, 30, tzinfo=UTC)),
        ("2026-03-01 09:30:00.5Z", datetime(2026, 3, 1, 9, 30, 0, 500_000, tzinfo=UTC)),
        ("'2026-03-01t09:30:00z'", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_kept_in_utc(written: str, starts: datetime):
    assert document(f"effective_from: {written}").effective_from == starts


def test_a_time_in_effective_to_is_the_end_itself():
    made = document("effective_to: 2026-03-31T12:00:00Z")
    assert made.effective_to == datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_the_last_day_of_the_calendar_means_no_end():
    assert document("effective_to: 9999-12-31").effective_to is None


def test_a_document_may_hold_for_one_day():
    made = document("effective_from: 2026-03-01\neffective_to: 2026-03-01")
    assert made.effective_from == datetime(2026, 3, 1, tzinfo=UTC)
    assert made.effective_to == datetime(2026, 3, 2, tzinfo=UTC)


def test_fields_from_a_request_may_hold_dates_and_numbers():
    made = made_from({"effective_from": date(2026, 3, 1), "scope": {"stores": [12, "a"]}})
    assert made.effective_from == datetime(2026, 3, 1, tzinfo=UTC)
    assert made.audience.stores == ("12", "a")


@pytest.mark.parametrize(
    ("yaml", "line", "names"),
    [
        ("title: [a, b]", 2, "title"),
        ("owner: Desk\nlanguage: English, mostly", 3, "language"),
        ("effective_from: soon", 2, "effective_from"),
        ("effective_from: 2026-02-30", 2, "effective_from"),
        ("effective_from: 2026-03-01T09:30:00", 2, "offset"),
        ("effective_from: 0001-01-01T00:00:00+10:00", 2, "out of range"),
        ("effective_from: 2026-03-02\neffective_to: 2026-03-01", 3, "effective_to"),
        ("effective_from: 2026-03-02\neffective_to: 2026-03-02T00:00:00Z", 3, "effective_to"),
        ("supersedes: {a: b}", 2, "supersedes"),
        ("supersedes: [[a]]", 2, "supersedes"),
        ("roles: agent, staff", 2, "roles"),
        ("scope: everyone", 2, "scope"),
        ("owner: x\nscope:\n  rolls: [agent]", 3, "rolls"),
        ("scope:\n  roles: ['']", 2, "roles"),
        ("scope: {roles: a}\nroles: b", 3, "twice"),
        ("url: JavaScript:alert(1)", 2, "url"),
        ("owner: Desk\nowner: Till", 3, "twice"),
        ("picture: !!binary aGk=", 2, "bytes"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named_with_its_line(yaml: str, line: int, names: str):
    problem = refusal(yaml)
    assert problem.place == f"returns.md:{line}"
    assert names in problem.reason


@pytest.mark.parametrize(
    ("yaml", "line"),
    [
        ("title: 'open", 3),
        ("a: 1\n\tb: 2", 3),
        ("- a\n- b", 2),
        ("only words", 2),
        ("a: &x [1]\nb: *x", 3),
        ("a: !!python/object:os.system x", 2),
        ("a: " + "[" * 700, 1),
        ("a: \x07", 1),
        ("a: b\n--- c\nd: e", 3),
    ],
)
def test_what_is_no_yaml_mapping_is_named_with_its_line(yaml: str, line: int):
    assert refusal(yaml).place == f"returns.md:{line}"


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, [b"x"]])
def test_a_value_that_json_cannot_write_is_refused(value: Any):
    with pytest.raises(UnreadableFile, match="price"):
        made_from({"price": value})


def test_front_matter_that_is_not_closed_is_refused():
    with pytest.raises(UnreadableFile, match="no closing line") as caught:
        parse("---\nscope: {roles: [admin]}\n\n# Returns\n", "returns.md")
    assert caught.value.place == "returns.md:1"


def test_front_matter_below_a_blank_line_is_refused_because_its_scope_would_be_lost():
    with pytest.raises(UnreadableFile, match="blank line"):
        parse("\n---\nscope: {roles: [admin]}\n---\n# Returns\n", "returns.md")


def test_front_matter_that_is_too_long_is_refused():
    with pytest.raises(UnreadableFile, match="longer than"):
        parse("---\na: " + "x" * 70_000 + "\n---\nBody", "returns.md")


@pytest.mark.parametrize("fields", [{"title": "a\x00b"}, {"tags": [{"x": "\ud800"}]}])
def test_characters_that_cannot_be_stored_are_refused_in_every_field(fields: dict[str, Any]):
    with pytest.raises(UnreadableFile, match=r"NUL|surrogate"):
        made_from(fields)


def test_an_escaped_nul_in_yaml_is_refused():
    assert "NUL" in refusal('title: "a\\0b"').reason


def test_a_text_of_white_space_is_no_document():
    with pytest.raises(UnreadableFile, match="there is no text"):
        made_from({}, text=" \n\t\n")
