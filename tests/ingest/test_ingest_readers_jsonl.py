from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import UnreadableFile
from copilot.types import ActionDone, Audience, Customer, Document, Interaction, Turn
from ingest.readers import Record, read
from ingest.readers.jsonl import LONGEST_LINE


def records(*lines: Any, media_type: str = "application/jsonl") -> list[Record | UnreadableFile]:
    """Read the lines, each given as text, as bytes or as what JSON is made of."""
    data = b"\n".join(
        line
        if isinstance(line, bytes)
        else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    )
    return list(read(data, media_type=media_type, document_id="any", place="calls.jsonl"))


def record(line: Any) -> Record:
    (made,) = records(line)
    assert not isinstance(made, UnreadableFile), made
    return made


def problem(line: Any) -> UnreadableFile:
    (made,) = records(line)
    assert isinstance(made, UnreadableFile)
    assert made.place == "calls.jsonl:1"
    assert made.remedy
    return made


def interaction(**changed: Any) -> dict[str, Any]:
    return {
        "interaction_id": "i1",
        "channel": "chat",
        "started_at": "2026-03-01T09:00:00Z",
        **changed,
    }


def test_an_interaction_has_its_turns_times_and_actions():
    made = record(
        interaction(
            customer_id=17,
            started_at="2026-03-01T10:00:00+01:00",
            ended_at="2026-03-01T09:05:00Z",
            subject="Return",
            outcome="refunded",
            turns=[
                {"turn_id": "a", "role": "customer", "text": "Hi", "at": "2026-03-01T09:00:01Z"},
                {
                    "role": "agent",
                    "action": {"name": "refund", "parameters": {"amount": 5}, "result": "ok"},
                    "channel": "voice",
                },
                {"role": "system", "text": "closed", "is_final": False},
            ],
        )
    )
    assert made == Interaction(
        interaction_id="i1",
        customer_id="17",
        channel="chat",
        started_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        ended_at=datetime(2026, 3, 1, 9, 5, tzinfo=UTC),
        subject="Return",
        outcome="refunded",
        turns=(
            Turn("a", "customer", "Hi", at=datetime(2026, 3, 1, 9, 0, 1, tzinfo=UTC)),
            Turn(
                "i1-t2",
                "agent",
                "",
                channel="voice",
                action=ActionDone("refund", {"amount": 5}, "ok"),
            ),
            Turn("i1-t3", "system", "closed", is_final=False),
        ),
    )


def test_an_interaction_needs_no_turns_and_no_customer():
    assert record(interaction(customer_id=None)) == Interaction(
        "i1", None, "chat", datetime(2026, 3, 1, 9, tzinfo=UTC)
    )


def test_a_final_turn_takes_the_place_of_the_partial_one():
    turns = [
        {"turn_id": "a", "role": "customer", "text": "I wa", "is_final": False},
        {"turn_id": "b", "role": "agent", "text": "Yes?"},
        {"turn_id": "a", "role": "customer", "text": "I want"},
    ]
    made = record(interaction(turns=turns))
    assert isinstance(made, Interaction)
    assert [(turn.turn_id, turn.text) for turn in made.turns] == [("a", "I want"), ("b", "Yes?")]


def test_a_customer_keeps_every_other_field_as_an_attribute():
    line = {"customer_id": "c1", "name": "Ada", "language": "en", "tier": "gold", "tags": [1]}
    assert record(line) == Customer(
        "c1", name="Ada", language="en", attributes={"tier": "gold", "tags": [1]}
    )


def test_a_beir_line_is_a_document_of_its_text():
    line = {
        "_id": "d/1",
        "title": "Returns",
        "text": "# H\r\nBring it.",
        "metadata": {"url": "https://x.example"},
    }
    assert record(line) == Document(
        "d/1", "Returns", "# H\r\nBring it.", media_type="text/plain", url="https://x.example"
    )


@pytest.mark.parametrize("title", [{}, {"title": ""}, {"title": None}])
def test_a_beir_line_without_a_title_is_called_by_its_text_or_its_id(title: dict[str, Any]):
    made = [record({"_id": 7, "text": text, **title}) for text in ("Bring it.", "x" * 200)]
    assert [(m.document_id, m.title) for m in made if isinstance(m, Document)] == [
        ("7", "Bring it."),
        ("7", "7"),
    ]


def test_fields_of_a_document_stand_beside_its_metadata_or_in_it():
    made = record(
        {
            "_id": "d",
            "text": "Bring it.",
            "owner": "Desk",
            "metadata": {
                "owner": "Till",
                "scope": {"roles": "agent"},
                "effective_to": "2026-03-31",
                "pages": 3,
            },
            "supersedes": ["a", "b"],
            "source": "wiki",
        }
    )
    assert made == Document(
        "d",
        "Bring it.",
        "Bring it.",
        media_type="text/plain",
        owner="Desk",
        audience=Audience(roles=("agent",)),
        effective_to=datetime(2026, 4, 1, tzinfo=UTC),
        supersedes=("a", "b"),
        metadata={"pages": 3, "source": "wiki"},
    )


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"started_at": None}, "started_at: missing"),
        ({"started_at": "2026-03-01T09:00:00"}, "started_at: the time has no offset"),
        ({"started_at": "2026-03-01"}, "started_at"),
        ({"started_at": 1767225600}, "started_at"),
        ({"started_at": "2026-13-01T09:00:00Z"}, "started_at"),
        ({"ended_at": "2026-02-01T09:00:00Z"}, "ended_at: it would end before"),
        ({"channel": ""}, "channel: missing"),
        ({"interaction_id": True}, "interaction_id"),
        ({"customer_id": ["c"]}, "customer_id"),
        ({"subject": 5}, "subject"),
        ({"turns": {}}, "turns: not a list"),
        ({"turns": ["hi"]}, "turns[0]: not an object"),
        ({"turns": [{"role": "bot", "text": "x"}]}, "turns[0].role: 'bot'"),
        ({"turns": [{"role": "agent", "text": "x"}, {"role": "agent"}]}, "turns[1].text"),
        ({"turns": [{"role": "agent", "text": 5}]}, "turns[0].text"),
        ({"turns": [{"role": "agent", "text": "x", "at": "09:00"}]}, "turns[0].at"),
        ({"turns": [{"role": "agent", "text": "x", "is_final": 1}]}, "turns[0].is_final"),
        ({"turns": [{"role": "agent", "action": "refund"}]}, "turns[0].action"),
        ({"turns": [{"role": "agent", "action": {}}]}, "turns[0].action.name: missing"),
        (
            {"turns": [{"role": "agent", "action": {"name": "a", "parameters": [1]}}]},
            "turns[0].action.parameters",
        ),
        ({"turns": [{"turn_id": "a", "role": "agent", "text": "x"}] * 2}, "turns[1].turn_id"),
    ],
)
def test_a_field_of_an_interaction_that_is_wrong_is_named(changed: dict[str, Any], names: str):
    assert problem(interaction(**changed)).reason.startswith(names)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ({"_id": "d", "text": 5}, "text"),
        ({"_id": "d", "text": "  "}, "there is no text"),
        ({"_id": "", "text": "x"}, "_id: missing"),
        ({"_id": "d", "text": "x", "metadata": "m"}, "metadata"),
        ({"_id": "d", "text": "x", "scope": "all"}, "scope"),
        ({"_id": "d", "text": "x", "effective_from": "soon"}, "effective_from"),
        ({"_id": "d"}, "neither a document nor"),
        ({"customer_id": "c", "name": 5}, "name"),
        ({"customer_id": None}, "customer_id: missing"),
        ([1], "not a JSON object"),
        ("12", "not a JSON object"),
        ("{'a': 1}", "not JSON"),
        ('{"_id": "d", "text": "x", "n": NaN}', "not JSON: NaN"),
        ('{"_id": "d", "text": "x", "n": ' + "9" * 5000 + "}", "not JSON"),
        ('{"_id": "d", "text": "x\\u0000"}', "a NUL character"),
        ('{"_id": "d", "text": "x", "tags": [{"\\ud800": 1}]}', "half of a surrogate pair"),
        ('{"customer_id": "c", "a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        (b'{"_id": "d", "text": "Gr\xf6\xdfe"}', "not valid UTF-8"),
        (b'{"_id": "d", "text": "\x00"}', "binary content"),
    ],
)
def test_a_line_that_is_no_record_is_named(line: Any, names: str):
    assert problem(line).reason.startswith(names)


def test_a_line_longer_than_five_megabytes_is_named():
    line = json.dumps({"_id": "d", "text": "x" * LONGEST_LINE})
    assert problem(line).reason == "the line is longer than 5 MB"


def test_the_lines_around_a_bad_one_go_on():
    made = records({"customer_id": "a"}, "", "{oops", b"\xff", "  ", {"customer_id": "b"})
    assert [m.customer_id if isinstance(m, Customer) else str(m) for m in made] == [
        "a",
        "calls.jsonl:3: not JSON: Expecting property name enclosed in double quotes at column 2",
        "calls.jsonl:4: not valid UTF-8 at byte 0",
        "b",
    ]


def test_an_id_that_stands_twice_is_reported_for_the_later_line_of_its_kind():
    made = records(
        {"_id": "x", "text": "one"},
        {"customer_id": "x"},
        interaction(interaction_id="x"),
        {"_id": "x", "text": "two"},
        {"customer_id": "x"},
        interaction(interaction_id="x"),
    )
    assert [type(m) for m in made[:3]] == [Document, Customer, Interaction]
    assert [m.reason for m in made[3:] if isinstance(m, UnreadableFile)] == [
        "the document 'x' stands on line 1 already",
        "the customer 'x' stands on line 2 already",
        "the interaction 'x' stands on line 3 already",
    ]


def test_a_record_is_given_before_the_next_line_is_read():
    lines = read(
        b'{"customer_id": "a"}\n{oops', media_type="application/x-ndjson", document_id="", place="p"
    )
    assert next(lines) == Customer("a")
    assert isinstance(next(lines), UnreadableFile)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_with_a_byte_order_mark_is_read(encoding: str):
    data = '{"customer_id": "é"}\r\n{"customer_id": "b"}'.encode(encoding)
    made = list(read(data, media_type="application/jsonl", document_id="", place="p"))
    assert made == [Customer("é"), Customer("b")]


def test_a_line_separator_inside_a_string_parts_no_line():
    assert record('{"customer_id": "a\u2028b"}') == Customer("a\u2028b")


def test_json_that_is_not_in_lines_is_reported_once():
    with pytest.raises(UnreadableFile, match="not in lines"):
        records("[", '{"customer_id": "a"}', "]")


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))))
def test_every_text_of_a_document_is_stored_exactly(texts: list[str]):
    texts = [text + "." for text in texts]
    made = records(*({"_id": str(n), "text": text} for n, text in enumerate(texts)), " x")
    assert [m.text for m in made if isinstance(m, Document)] == texts
