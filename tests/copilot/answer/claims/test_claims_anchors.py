"""Facts that are said in another form than they stand in, beside those that do not stand there."""

from __future__ import annotations

import pytest

from copilot.answer.claims import Source
from copilot.answer.claims.anchors import strange
from copilot.answer.claims.cover import Cover
from copilot.answer.claims.facts import Fault
from copilot.answer.claims.passage import Match, parts, take_apart
from copilot.retrieval.hashing import HashingEmbedder
from copilot.retrieval.lexical import stems

PASSAGE = (
    "The alarm works for 12 hours; the cameras stop after two. Power is off for about 20 of the "
    "45 minutes. Only months with at least five home days count. The fee is 40 euros per month. "
    "Members pay half. It can be moved once. We send it on working days, also at the weekend in "
    "December. The phone rings on Thursday. Images become JPG files, managed by Orbit."
)


@pytest.fixture(scope="module")
def cover() -> Cover:
    return Cover(HashingEmbedder(64), stems)


def fault(sentence: str, cover: Cover) -> Fault | None:
    passage = take_apart(Source(PASSAGE), cover)
    match = Match(0, passage.units[:1], 0.5)
    found = strange(sentence, parts(sentence, cover), passage, match, "", cover)
    return found[0] if found else None


@pytest.mark.parametrize(
    "sentence",
    [
        "the cameras go off after two hours",
        "there is no power for 20 minutes",
        "a 20-minute cut",
        "a one-month price",
        "work from home on five days",
        "what it costs for a month is 40 euros",
        "members have 50 percent off",
        "it can be moved one time",
        "on a weekday it is sent",
        "on a Saturday in December too",
        "Thursdays are when it rings",
        "JPGs are what you get, in an Orbit-managed folder",
    ],
)
def test_what_stands_there_in_another_form_is_there(sentence: str, cover: Cover) -> None:
    assert fault(sentence, cover) is None


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("the cameras go off after three hours", Fault.NUMBER),
        ("there is no power for 30 minutes", Fault.NUMBER),
        ("it is back within an hour", Fault.NUMBER),
        ("it costs 40 euros for a year", Fault.NUMBER),
        ("members have 30 percent off", Fault.NUMBER),
        ("on a Tuesday it rings", Fault.DATE),
        ("what you get are GIFs", Fault.NAME),
        ("in an Orion-managed folder", Fault.NAME),
        ("fill in form JPG-45", Fault.NAME),
    ],
)
def test_what_does_not_stand_there_is_a_fault(sentence: str, wrong: Fault, cover: Cover) -> None:
    assert fault(sentence, cover) is wrong
