"""Stages are handed on as they are ready, and what goes wrong is raised where it can be told."""

from __future__ import annotations

import threading

import pytest
from fake_copilot import FakeCopilot

from api.staged import staged
from copilot.errors import InvalidInput
from copilot.types import Staged, Suggestion


def test_the_evidence_comes_before_the_answer_is_ready(copilot: FakeCopilot) -> None:
    copilot.answers_when = threading.Event()
    told = staged(lambda listener: copilot.ask("Anything?", listener=listener))
    first = next(told)
    assert isinstance(first, Staged)
    assert first.stage == "evidence"
    copilot.answers_when.set()
    (last,) = told
    assert isinstance(last, Suggestion)
    assert last.suggestion_id == first.suggestion_id


def test_what_goes_wrong_before_the_first_stage_is_raised_at_once(copilot: FakeCopilot) -> None:
    copilot.fails_with = InvalidInput("is empty", place="question")
    with pytest.raises(InvalidInput):
        staged(lambda listener: copilot.ask("Anything?", listener=listener))


def test_what_goes_wrong_later_ends_the_stages(copilot: FakeCopilot) -> None:
    copilot.breaks_with = RuntimeError("the database is gone")
    told = staged(lambda listener: copilot.ask("Anything?", listener=listener))
    assert isinstance(next(told), Staged)
    with pytest.raises(RuntimeError):
        next(told)
