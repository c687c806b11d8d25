"""Rule and practice part only where practice is clear and the rule has no such step."""

from __future__ import annotations

from dataclasses import replace

from copilot.procedures.disagree import disagreement
from copilot.types import LikelyAction, NextStep

FIRST = NextStep("d@1#0", "d", 1, 0, 9, "Call them", "agent", "Call Back", True, "next")
SECOND = replace(FIRST, step_id="d@1#9", action="Send Link", state="open")
DONE = LikelyAction("offer_refund", 0.8, 40, ("case-1", "case-2"))


def test_what_is_mostly_done_instead_is_told_with_its_cases() -> None:
    found = disagreement([FIRST, SECOND], [DONE])
    assert found is not None
    assert (found.step_id, found.written, found.done) == ("d@1#0", "Call Back", "offer_refund")
    assert (found.share, found.of, found.cases) == (0.8, 40, ("case-1", "case-2"))


def test_there_is_none_where_practice_follows_the_rule_in_any_order() -> None:
    assert disagreement([FIRST, SECOND], [replace(DONE, action="call-back")]) is None
    assert disagreement([FIRST, SECOND], [replace(DONE, action="SEND LINK")]) is None


def test_there_is_none_where_practice_is_not_clear_or_nothing_is_next() -> None:
    assert disagreement([FIRST], [replace(DONE, share=0.4)]) is None
    assert disagreement([FIRST], [replace(DONE, of=5)]) is None
    assert disagreement([FIRST], []) is None
    assert disagreement([replace(FIRST, state="done")], [DONE]) is None
    assert disagreement([replace(FIRST, action=None)], [DONE]) is None
