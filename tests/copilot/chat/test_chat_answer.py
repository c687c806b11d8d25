"""One answer, between the thread that reads it and the loop that gets it."""

from __future__ import annotations

from collections import deque
from itertools import islice
from time import sleep

import pytest

from copilot.chat.answer import Answer
from copilot.errors import ModelError


def test_its_time_holds_where_pieces_come_faster_than_they_are_read() -> None:
    answer = Answer("m", "", (0.0, 0.0), 0.05, None)
    answer.put("more")
    pieces = islice(answer, 10_000_000)
    with pytest.raises(ModelError, match=r"within 0\.05 s") as caught:
        deque(map(answer.put, pieces), 0)
    assert caught.value.kind == "timeout"


def test_what_came_whole_in_its_time_can_be_read_after_it() -> None:
    answer = Answer("m", "", (0.0, 0.0), 0.01, None)
    answer.put("all ")
    answer.put("of it")
    answer.end()
    sleep(0.02)
    assert "".join(answer) == "all of it"
