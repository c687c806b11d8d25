from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals.need import figures, star
from evals.need.conversations import KNOWLEDGE, conversations
from ingest.conversations import read
from ingest.walk import walk

STAR = Path(__file__).parents[3] / "shared/data/star/dialogues.jsonl"
needs_star = pytest.mark.skipif(not STAR.is_file(), reason="STAR is not here")


def picked(label: str, text: str = "words") -> dict[str, Any]:
    return {"Agent": "Wizard", "Action": "pick_suggestion", "ActionLabel": label, "Text": text}


def query(kind: str | None = None) -> dict[str, Any]:
    constraints = [{"RequestType": f'"{kind}"'}] if kind else [{"Day": "Monday"}]
    return {"Agent": "Wizard", "Action": "query", "Constraints": constraints}


def said(text: str = "something") -> dict[str, Any]:
    return {"Agent": "User", "Action": "utter", "Text": text}


def labels(*events: dict[str, Any]) -> list[bool | None]:
    dialogue = {"DialogueID": 7, "Events": list(events)}
    return [one.needs_help for one in star.turns(dialogue)]


def test_our_conversations_are_many_enough_and_about_what_there_is() -> None:
    ours = conversations()
    documents = {source.document_id for source in walk([KNOWLEDGE])}
    customers = {
        json.loads(line)["customer_id"]
        for path in KNOWLEDGE.glob("*/customers.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert len({one.conversation_id for one in ours}) == len(ours) >= 15
    for place in ("shop", "clinic", "city"):
        assert sum(one.groups == (place,) for one in ours) >= 5
    for one in ours:
        assert 10 <= len(one.turns) <= 24, one.conversation_id
        assert one.channel in ("call", "chat")
        assert one.customer_id in customers
        assert one.documents
        assert set(one.documents) <= documents, one.conversation_id
        assert all(spoken.seconds > 0 and spoken.turn.text for spoken in one.turns)


def test_our_conversations_are_not_ingested() -> None:
    assert not [source for source in walk([KNOWLEDGE]) if "conversations" in source.document_id]


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "just words",
        "- {conversation_id: a}",
        "- {conversation_id: a, title: t, channel: call, customer_id: c, groups: [g],"
        " documents: [d], turns: [{role: customer, seconds: 1, text: hello}]}",
    ],
)
def test_a_conversation_that_cannot_be_read_says_where(text: str, tmp_path: Path) -> None:
    path = tmp_path / "conversations.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"conversations\.yaml"):
        list(read(path))


def test_ours_get_help_where_it_is_needed_and_quiet_where_it_is_not() -> None:
    help_given, quiet = figures.figures(list(figures.own(conversations())))[:2]
    assert help_given.value is not None
    assert quiet.value is not None
    assert help_given.value >= 0.95
    assert quiet.value >= 0.90


def test_a_request_that_the_agent_takes_up_needs_help() -> None:
    assert labels(said(), picked("hello"), said(), picked("ask_name")) == [False, True]
    assert labels(said(), query(), picked("weather_inform_forecast")) == [True]


def test_who_the_customer_is_needs_none() -> None:
    asked = picked("bank_ask_account_number")
    assert labels(said(), asked, said(), picked("bank_ask_fraud_details")) == [True, False]


def test_who_the_customer_cannot_say_is_undetermined() -> None:
    asked = picked("bank_ask_account_number")
    assert labels(said(), asked, said(), picked("bank_ask_dob")) == [True, None]
    assert labels(said(), asked, said(), asked) == [True, None]


def test_consent_to_a_booking_needs_none_and_another_look_up_is_undetermined() -> None:
    offered = picked("party_ask_confirm_booking")
    booked = [query("Book"), picked("party_booking_successful")]
    assert labels(said(), query(), offered, said(), *booked) == [True, False]
    assert labels(said(), query(), offered, said(), query("Check"), offered) == [True, None]


def test_a_detail_that_the_agent_asked_for_is_undetermined() -> None:
    assert labels(said(), picked("party_ask_venue"), said(), query(), picked("hello")) == [
        True,
        False,
    ]
    assert labels(said(), picked("party_ask_venue"), said(), picked("party_ask_day")) == [
        True,
        None,
    ]


def test_farewell_needs_none_whatever_else_was_looked_up() -> None:
    ended = [query(), picked("goodbye_1")]
    assert labels(said(), picked("trip_instructions_done"), said(), *ended) == [True, False]


def test_the_halves_are_told_apart_by_the_dialogues_number() -> None:
    held = [next(star.turns({"DialogueID": one, "Events": [said()]})).held_out for one in (1, 2)]
    assert held == [True, False]


def turn(text: str, needs_help: bool | None, dialogue: str = "1") -> star.Said:
    return star.Said(f"{dialogue}:{text}", dialogue, text, "It arrives tomorrow.", needs_help)


def test_figures_count_what_was_given_and_what_was_right() -> None:
    given = [
        turn("Where is it?", True),
        turn("Great, thanks!", True),
        turn("Thank you!", False, "2"),
        turn("How do I pay?", False, "2"),
        turn("What does it cost?", None, "2"),
    ]
    values = [one.value for one in figures.figures(given)]
    assert values == [0.5, 0.5, 0.5, 1.0]
    assert [one.n for one in figures.figures(given)] == [2, 2, 4, 1]
    assert len(list(figures.wrong(given))) == 2


def test_labels_agree_where_both_decide() -> None:
    given = [turn("a", True), turn("b", False), turn("c", None), turn("d", True)]
    by_hand = {"1:a": True, "1:b": True, "1:c": True, "1:d": None}
    assert figures.agreement(given, by_hand) == (1, 2)


def test_the_labels_by_hand_are_of_three_samples_of_150_held_out_turns() -> None:
    samples = [figures.reviewed_labels(sample) for sample in (1, 2, 3)]
    every = figures.reviewed_labels()
    assert [len(sample) for sample in samples] == [150, 150, 150]
    assert len(every) == 450
    assert all(int(turn_id.split(":")[0]) % 2 == 1 for turn_id in every)
    assert all(set(sample.values()) == {True, False, None} for sample in samples)


def test_the_command_reports_our_own_without_star() -> None:
    import typer

    from evals.need.__main__ import need

    app = typer.Typer()
    app.command()(need)
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    assert "our own" in result.output
    assert "STAR" not in result.output


@needs_star
def test_held_out_turns_of_star_get_help_where_it_is_needed() -> None:
    held_out = [one for one in star.read(STAR) if one.held_out]
    assert figures.reviewed_labels().keys() <= {one.turn_id for one in held_out}
    help_given, quiet = figures.figures(held_out)[:2]
    assert help_given.value is not None
    assert quiet.value is not None
    assert help_given.value >= 0.95
    assert quiet.value >= 0.87
