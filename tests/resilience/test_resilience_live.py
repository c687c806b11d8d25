"""Live conversations on a real server that is killed: the load of `evals.load`, made small.

What is counted here is right or wrong on any machine; times are for `python -m evals.load`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from evals.load.many import Load, one
from evals.load.restarts import measure
from evals.load.scripts import Script, without_customers, written
from evals.load.server import KNOWLEDGE, Server, running

pytestmark = pytest.mark.slow

ARTICLES = ("shop/gift-cards.md", "clinic/portal-access-help.md", "city/lost-id-card.md")
EVERY_S = 0.8
SEED = 11
T = TypeVar("T")
WRONG = (
    "failed", "lost", "doubled", "disordered",
    "lost_turns", "doubled_turns", "undelivered",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    paths = [KNOWLEDGE / name for name in ARTICLES]
    with running(paths, tmp_path_factory.mktemp("live")) as started:
        yield started


@pytest.fixture(scope="module")
def scripts() -> list[Script]:
    return without_customers(written())


def apart(call: Callable[[], T]) -> T:
    """What it gives in a thread of its own: where browsers were tested, this one has a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def wrong(load: dict[str, Any]) -> dict[str, int]:
    return {name: load[name] for name in WRONG if load[name]}


def test_nothing_is_lost_doubled_or_out_of_order(server: Server, scripts: list[Script]) -> None:
    load = apart(lambda: asyncio.run(one(server, scripts, Load(6, 6.0, EVERY_S), SEED)))
    assert load["posted"] > 30
    assert load["reconnections"] == 0
    assert load["evidence"]["n"] > 0
    assert load["silence"]["n"] > 0
    assert load["turns"] == load["posted"] - load["refused"]
    assert load["events"] == load["events_heard"] > load["turns"]
    assert wrong(load) == {}
    assert server.errors() == []


def test_a_server_that_is_killed_loses_and_doubles_nothing(
    server: Server, scripts: list[Script]
) -> None:
    kills = 2
    found = apart(lambda: measure(server, scripts, 4, kills, SEED, EVERY_S))
    load = found["load"]
    assert load["reconnections"] >= kills
    assert load["turns"] == load["posted"] > 8
    assert load["events"] == load["events_heard"] > 0
    assert load["customer_turns"] > load["shed"]
    assert wrong(load) == {}
