"""What is found in words: values with their place, and nothing that was not said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.actions.said import said

ORDER = {"type": "string", "title": "Order number", "pattern": r"^QW\d{8}$"}
STORE = {"type": "string", "pattern": r"^\d{3}$", "x-labels": ["branch"]}
AMOUNT = {"type": "number", "minimum": 0, "x-labels": ["refund", "credit"]}
COLOUR = {"enum": ["white", "off_white", "S"]}
PLAIN = {"type": "string", "title": "Order number"}


@pytest.mark.parametrize(
    ("name", "schema", "text", "value", "words"),
    [
        ("order_id", ORDER, "it is QW40231188, please", "QW40231188", "QW40231188"),
        ("order_id", ORDER, "order qw40231188.", "QW40231188", "qw40231188"),
        ("store", STORE, "I was in branch 012 today", "012", "012"),
        ("store", STORE, "store: 012", "012", "012"),
        ("amount", AMOUNT, "a refund of €15 then", 15, "€15"),
        ("amount", AMOUNT, "credit of 15,50 euros", 15.5, "15,50"),
        ("amount", AMOUNT, "the amount is 1,250.00", 1250.0, "1,250.00"),
        ("colour", COLOUR, "the White one", "white", "White"),
        ("colour", COLOUR, "in off white", "off_white", "off white"),
        ("colour", COLOUR, "colour S", "S", "S"),
        ("price", {"type": "string", "pattern": r"^\d+\$"}, "price 1500000$!", "1500000$", None),
        ("order", PLAIN, "order number 4711", "4711", "4711"),
        ("order_id", PLAIN, "order #4711", "4711", "4711"),
        ("order_id", PLAIN, "my order number is A-4711/2!", "A-4711/2", "A-4711/2"),
        ("day", {"type": "string", "format": "date"}, "on 2026-12-01", "2026-12-01", "2026-12-01"),
        (
            "day",
            {"type": "string", "format": "date"},
            "on the 3rd of March 2026",
            "2026-03-03",
            "3rd of March 2026",
        ),
        ("at", {"type": "string", "format": "time"}, "at 16:40 then", "16:40", "16:40"),
        ("to", {"type": "string", "format": "email"}, "to a@b.example.", "a@b.example", None),
        ("count", {"type": "integer"}, "count 3", 3, "3"),
    ],
)
def test_a_value_is_found_with_its_place(
    name: str, schema: dict[str, Any], text: str, value: Any, words: str | None
) -> None:
    (found, *_) = reversed(said(name, schema, text))
    assert found.value == value
    assert text[found.start : found.end] == (words or value)


@pytest.mark.parametrize(
    ("name", "schema", "text"),
    [
        ("order_id", ORDER, "order QW4023118 is too short, XQW402311889 too long"),
        ("order_id", ORDER, "order [ACCOUNT]"),
        ("store", STORE, "it cost 300 euros"),
        ("amount", AMOUNT, "I paid 15 euros"),
        ("amount", AMOUNT, "a refund of -5"),
        ("amount", AMOUNT, "a refund of 1.250,00 or a refund of 1.250"),
        ("colour", COLOUR, "the whitest ones"),
        ("order_id", PLAIN, "my order is late"),
        ("kind", {"enum": ["ACCOUNT", "EMAIL"]}, "write to [EMAIL]"),
        ("name", {"type": "string", "pattern": "^[A-Z]+$"}, "I am [NAME]"),
        ("count", {"type": "integer"}, "count 3.5"),
        ("day", {"type": "string", "format": "date"}, "on 31 February 2026 or 03/04/2026"),
        ("is_gift", {"type": "boolean"}, "is gift true"),
        ("lines", {"type": "array"}, "lines 1 2 3"),
        ("anything", {}, "anything 1"),
    ],
)
def test_nothing_is_guessed(name: str, schema: dict[str, Any], text: str) -> None:
    assert said(name, schema, text) == []


def test_with_a_twin_only_the_label_tells_a_value() -> None:
    day = {"type": "string", "format": "date"}
    text = "moved from date 2026-10-20 to date 2026-10-27"
    assert [one.value for one in said("from_date", day, text, label_only=True)] == ["2026-10-20"]
    assert [one.value for one in said("to_date", day, text, label_only=True)] == ["2026-10-27"]
    assert len(said("to_date", day, text)) == 2


@given(st.text(max_size=60), st.sampled_from([ORDER, STORE, COLOUR, PLAIN]), st.text(max_size=30))
def test_every_value_is_the_words_at_its_place(
    before: str, schema: dict[str, Any], after: str
) -> None:
    text = f"{before} order no. QW40231188 branch 012 white {after}"
    for one in said("order_id", schema, text):
        assert one.value.replace("_", " ").casefold() == (
            text[one.start : one.end].replace("_", " ").replace("-", " ").casefold()
        )
