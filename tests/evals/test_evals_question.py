import json
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import InvalidInput
from copilot.types import ActionDone, Scope, Turn
from evals.lines import json_lines
from evals.question import Expect, gold, question


def made(tmp_path: Path, **fields: Any):
    (tmp_path / "cases.jsonl").write_text(json.dumps({"_id": "c1", **fields}) + "\n")
    (line,) = json_lines(tmp_path / "cases.jsonl")
    return question(line, {}, Scope(roles=("agent",)))


def refusal(tmp_path: Path, **fields: Any):
    with pytest.raises(InvalidInput) as caught:
        made(tmp_path, **fields)
    assert caught.value.remedy
    return str(caught.value)


def test_a_conversation_is_a_case(tmp_path: Path):
    turns = [
        {"role": "customer", "text": "My parcel is gone."},
        {"role": "agent", "action": {"name": "open-trace"}},
    ]
    found = made(
        tmp_path,
        conversation=turns,
        customer_id="c9",
        documents=["shop/parcel"],
        expect={"procedure": "shop/parcel", "step": "Ring back."},
    )
    assert found.conversation == (
        Turn("c1-t1", "customer", "My parcel is gone."),
        Turn("c1-t2", "agent", "", action=ActionDone("open-trace")),
    )
    assert found.text == "customer: My parcel is gone.\nagent: [open-trace]"
    assert (found.customer_id, found.answerable, found.cluster) == ("c9", True, "shop/parcel")
    assert found.expect == Expect(procedure="shop/parcel", step="Ring back.")
    assert found.scope == Scope(roles=("agent",))


def test_a_case_of_which_nothing_is_expected_is_left_out(tmp_path: Path):
    assert made(tmp_path, text="Hello?") is None
    kept = made(tmp_path, text="Hello?", expect={"must_not": ["BANANA"], "injection": True})
    assert kept.answerable is None
    assert kept.cluster == "c1"


def test_a_reason_for_silence_says_that_there_is_no_answer(tmp_path: Path):
    assert made(tmp_path, text="Hello?", expect={"reason": "no_need"}).answerable is False


def test_what_is_expected_is_told_as_far_as_it_is_said(tmp_path: Path):
    found = made(
        tmp_path, text="?", answer="Yes.", documents=["b", "a"], expect={"must_not": ["x"]}
    )
    assert gold(found) == {
        "answerable": True,
        "documents": ["a", "b"],
        "answer": "Yes.",
        "must_not": ["x"],
    }
    assert gold(made(tmp_path, text="?", answerable=False)) == {
        "answerable": False,
        "documents": [],
    }


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": "?", "conversation": []}, ":1: both a text and a conversation"),
        ({"conversation": []}, ":1: the conversation has no turn"),
        ({"conversation": "hi"}, ":1: conversation: not a list"),
        ({"conversation": [{"role": "boss", "text": "hi"}]}, ":1: conversation[0].role: 'boss'"),
        ({"conversation": [{"role": "agent"}]}, ":1: conversation[0].text: the turn has no words"),
        ({"text": "?", "expect": []}, ":1: expect is not an object"),
        ({"text": "?", "expect": {"stepp": "x"}}, ":1: unknown key 'stepp' in expect"),
        ({"text": "?", "expect": {"reason": "tired"}}, ":1: 'tired' is no reason"),
        ({"text": "?", "expect": {"injection": True}}, ":1: an injection without must_not"),
        ({"text": "?", "answerable": True, "customer_id": 7}, ":1: customer_id is not a text"),
    ],
)
def test_a_bad_case_is_named_by_file_and_line(tmp_path: Path, fields: dict[str, Any], told: str):
    assert f"cases.jsonl{told}" in refusal(tmp_path, **fields)
