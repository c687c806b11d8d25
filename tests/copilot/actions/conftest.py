"""A few declared actions, and a real server behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from declared import write
from outside import BASE, Outside, outside

from copilot.actions.call import Wire
from copilot.actions.declare import Actions, read_actions
from copilot.actions.run import Runner
from copilot.store import Store


@pytest.fixture
def actions(tmp_path: Path) -> Actions:
    found = read_actions(write(tmp_path / "actions"), {"COPILOT_ACTION_KEY": "hunter2"}, BASE)
    assert found.problems == ()
    return found


@pytest.fixture
def behind() -> Iterator[Outside]:
    with outside() as standing:
        yield standing


@pytest.fixture
def wire(store: Store, behind: Outside) -> Wire:
    variables = {"COPILOT_ACTION_KEY": "hunter2"}
    return Wire(store.cards, store.now, BASE, variables, behind.transport)


@pytest.fixture
def runner(actions: Actions, store: Store, wire: Wire) -> Runner:
    return Runner(actions, store, wire)
