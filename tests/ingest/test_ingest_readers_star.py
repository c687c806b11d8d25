from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import InvalidInput, UnreadableFile
from copilot.history.situation import before_actions
from copilot.types import ActionDone, Interaction, Turn
from ingest.readers import star
from ingest.readers.records import record_from

STAR = Path(__file__).parents[3] / "shared/data/star/dialogues.jsonl"
AT = 1_700_000_000


def event(who: str, what: str, second: int, **fields: Any) -> dict[str, Any]:
    return {"Agent": who, "Action": what, "UnixTime": AT + second, **fields}


def dialogue(*events: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "DialogueID": 7,
        "CompletionLevel": "Complete",
        "Scenario": {"WizardCapabilities": [{"Task": "lamp_repair", "Domain": "lamps"}]},
        "Events": [*events, {"Agent": "User", "Action": "complete"}],
        **fields,
    }


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(AT + second, UTC)


ITEM = {"APIName": "lamps", "id": 12, "Name": "Reading lamp", "Years": 2}
TALK = (
    event("UserGuide", "instruct", 0, Text="Ask about your lamp."),
    event("User", "utter", 1, Text="My lamp is dark."),
    event("Wizard", "request_suggestions", 2, Text="ask which lamp"),
    event("Wizard", "pick_suggestion", 3, Text="Which lamp?", ActionLabel="lamp_ask_kind"),
    event("User", "utter", 4, Text="The reading lamp."),
    event("Wizard", "query", 5, Constraints=[{"Name": '"Reading lamp"'}, {"Years": 2}]),
    event("KnowledgeBase", "return_item", 6, Item=ITEM, TotalItems=3),
    event("Wizard", "utter", 7, Text="Let me see."),
    event("Wizard", "pick_suggestion", 8, Text="We mend it.", ActionLabel="lamp_inform_repair"),
)


def test_a_dialogue_becomes_turns_with_what_the_agent_did() -> None:
    found = star.interaction(dialogue(*TALK))
    query = ActionDone(
        "query",
        {"Name": '"Reading lamp"', "Years": 2},
        {"Name": "Reading lamp", "Years": 2, "total": 3},
    )
    assert found == Interaction(
        "star-7",
        None,
        "chat",
        moment(0),
        moment(8),
        "Lamp repair",
        "complete",
        (
            Turn("star-7-1", "customer", "My lamp is dark.", moment(1)),
            Turn("star-7-3", "agent", "Which lamp?", moment(3), action=ActionDone("lamp_ask_kind")),
            Turn("star-7-4", "customer", "The reading lamp.", moment(4)),
            Turn("star-7-5", "agent", "", moment(5), action=query),
            Turn("star-7-7", "agent", "Let me see.", moment(7)),
            Turn(
                "star-7-8",
                "agent",
                "We mend it.",
                moment(8),
                action=ActionDone("lamp_inform_repair"),
            ),
        ),
    )


def test_a_query_that_found_nothing_says_so_and_one_without_an_answer_says_nothing() -> None:
    asked = event("Wizard", "query", 5, Constraints=[])
    nothing = event("KnowledgeBase", "return_item", 6, Item=None, TotalItems=0)
    (found,) = star.interaction(dialogue(asked, nothing)).turns
    assert found.action == ActionDone("query", {}, {"total": 0})
    (found,) = star.interaction(dialogue(asked, event("User", "utter", 6, Text=""))).turns[:1]
    assert found.action == ActionDone("query", {}, None)


def test_several_tasks_are_named_once_each() -> None:
    tasks = [{"Task": "lamp_repair"}, {"Task": "lamp_sale"}, {"Task": "lamp_repair"}]
    found = star.interaction(dialogue(*TALK, Scenario={"WizardCapabilities": tasks}))
    assert found.subject == "Lamp repair, lamp sale"


def test_a_line_of_star_is_known_among_other_records() -> None:
    assert record_from(dialogue(*TALK), "line 1") == star.interaction(dialogue(*TALK))
    own = {"interaction_id": "i", "channel": "chat", "started_at": "2026-01-01T00:00:00Z"}
    found = record_from({**dialogue(*TALK), **own}, "line 2")
    assert isinstance(found, Interaction)
    assert found.interaction_id == "i"
    assert not star.is_dialogue({"DialogueID": 7})


@pytest.mark.parametrize(
    "fields",
    [
        dialogue(),
        {**dialogue(*TALK), "Events": None},
        {**dialogue(*TALK), "Events": "none"},
        {**dialogue(*TALK), "Events": [3]},
        {**dialogue(*TALK), "Events": ["UnixTime"]},
        {**dialogue(*TALK), "Scenario": {}},
        {**dialogue(*TALK), "Scenario": {"WizardCapabilities": [{"Task": 3}]}},
        {**dialogue(*TALK), "DialogueID": "seven"},
        {**dialogue(*TALK), "DialogueID": None},
        dialogue(event("User", "utter", 1, Text=["no", "words"])),
        dialogue(event("User", "utter", 1, Text="When?", UnixTime="noon")),
        dialogue(event("User", "utter", 1, Text="When?", UnixTime=1e300)),
        dialogue(event("Wizard", "pick_suggestion", 1, Text="Which lamp?")),
        dialogue(event("Wizard", "pick_suggestion", 1, ActionLabel=None)),
        dialogue(event("Wizard", "query", 1, Constraints=["Name"])),
        dialogue(
            event("Wizard", "query", 1, Constraints=[]),
            event("KnowledgeBase", "return_item", 2, Item=["a", "b"]),
        ),
        dialogue({"Agent": "User", "UnixTime": AT}),
    ],
)
def test_a_dialogue_in_another_form_says_which_it_is(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"DialogueID {fields['DialogueID']}: no dialogue"):
        star.interaction(fields)
    with pytest.raises(UnreadableFile, match=r"^line 9: DialogueID") as raised:
        record_from(fields, "line 9")
    assert raised.value.remedy


anything = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
FIELDS = ("Agent", "Action", "UnixTime", "Text", "ActionLabel", "Constraints", "Item")


@given(st.integers(0, len(TALK) - 1), st.sampled_from(FIELDS), anything)
def test_a_dialogue_is_read_or_refused_whatever_is_in_a_field(
    at: int, name: str, value: Any
) -> None:
    events = [dict(one) for one in TALK]
    events[at][name] = value
    try:
        found = star.interaction(dialogue(*events))
    except InvalidInput:
        return
    assert all(isinstance(turn.text, str) for turn in found.turns)
    assert len(before_actions(found.turns)) <= 3


@pytest.mark.skipif(not STAR.is_file(), reason="STAR is not here")
def test_star_itself_is_read_with_its_agents_moves() -> None:
    with STAR.open(encoding="utf-8") as lines:
        for line in islice(lines, 0, None, 20):
            fields = json.loads(line)
            found = star.interaction(fields)
            moves = [
                one["Action"]
                for one in fields["Events"]
                if one["Action"] in ("pick_suggestion", "query")
            ]
            taken = before_actions(found.turns)
            assert len(taken) == len(moves)
            assert [name == "query" for _, name in taken] == [move == "query" for move in moves]
            assert found.ended_at is not None
            assert found.started_at <= found.ended_at
            assert found.subject
