"""Many conversations at once: how long evidence and suggestions take as they grow in number, and
whether anything is lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tqdm import tqdm

from evals.load.figures import milliseconds
from evals.load.record import Record, turns_of
from evals.load.scripts import Script, customers_words
from evals.load.seat import Seat, all_of
from evals.load.server import Server
from evals.load.stored import compare
from evals.load.wire import Client
from evals.timing import percentiles

EVERY_S = 4.0
# So long after the last turn every outcome must have come: three times the reply's deadline.
DRAIN_S = 10.0
# What this machine is asked for; beyond it a level counts as more than it can hold.
EVIDENCE_MS = 500.0
# Texts whose bare embedding is timed, so that absolute figures can be read beside it.
_BARE = 60


@dataclass(frozen=True, slots=True)
class Load:
    """`conversations` at once, a turn every `every_s` in each, for `seconds` or `until` set."""

    conversations: int
    seconds: float
    every_s: float = EVERY_S
    insists: bool = False
    until: asyncio.Event | None = None


def measure(
    server: Server, scripts: Sequence[Script], levels: Sequence[int], seconds: float, seed: int
) -> dict[str, dict[str, Any]]:
    """The figures of each number of conversations, one after the other on one server."""
    found = {}
    for level in tqdm(levels, desc="conversations at once", unit="level"):
        measured = asyncio.run(one(server, scripts, Load(level, seconds), seed))
        found[str(level)] = {**measured, "held": holds(measured)}
    return found


async def one(
    server: Server,
    scripts: Sequence[Script],
    load: Load,
    seed: int,
    after: Callable[[], Awaitable[None]] | None = None,
) -> dict[str, Any]:
    """The figures of one load; `after` is done as soon as the last turn was posted."""
    began, spent, own = time.perf_counter(), server.processor_s(), time.process_time()
    seats = await _played(server, scripts, load, seed)
    took_s = time.perf_counter() - began
    spent, own = server.processor_s() - spent, time.process_time() - own
    memory_mb = server.memory_mb()
    if after is not None:
        await after()
    await all_of(seats, lambda seat: seat.settle(DRAIN_S))
    records = [record for seat in seats for record in seat.records]
    await all_of(seats, Seat.leave)
    found = figures(records)
    turns = max(1, found["posted"])
    return {
        **found,
        **asdict(compare(server.settings, records)),
        "without_retry_after": sum(seat.without_retry_after for seat in seats),
        "turns_per_s": round(turns / took_s, 2),
        "processor_ms_a_turn": round(1000 * spent / turns, 2),
        "processors_busy": round(spent / took_s, 3),
        "client_processors_busy": round(own / took_s, 3),
        "memory_mb": memory_mb,
    }


def bare_ms(scripts: Sequence[Script]) -> dict[str, float]:
    """Percentiles of one bare query embedding of what customers say, while nobody else asks."""
    from copilot.retrieval.minilm import MiniLm

    embedder = MiniLm()
    took = []
    for text in customers_words(scripts)[:_BARE]:
        start = time.perf_counter()
        embedder.embed_query(text)
        took.append(1000 * (time.perf_counter() - start))
    return {at: round(value, 2) for at, value in percentiles(took[1:]).items()}


def figures(records: Sequence[Record]) -> dict[str, Any]:
    """Times and counts over all conversations.

    `evidence` and `suggestion` are of customers' turns that evidence was pushed for, `silence` of
    those that needed none. A turn that was shed counts as `shed`, not as a time.
    """
    said = turns_of(records)
    customers = [one for one in said if one.role == "customer" and one.outcome_at is not None]
    shed = [one for one in customers if one.reason == "deadline"]
    helped = [one for one in customers if one.evidence_at is not None]
    return {
        "conversations": len(records),
        "posted": len(said),
        "customer_turns": sum(one.role == "customer" for one in said),
        "refused": sum(one.state == "refused" for one in said),
        "failed": sum(one.state in ("failed", "") for one in said),
        "shed": len(shed),
        "lost": sum(one.owed for one in said),
        "doubled": sum(one.doubled for one in records),
        "disordered": sum(one.disordered for one in records),
        "reconnections": sum(one.reconnections for one in records),
        "events_heard": sum(len(one.heard) for one in records),
        "evidence": milliseconds([(one.posted_at, one.evidence_at) for one in helped]),
        "suggestion": milliseconds(
            [(one.posted_at, one.outcome_at) for one in helped if one.reason != "deadline"]
        ),
        "silence": milliseconds(
            [
                (one.posted_at, one.outcome_at)
                for one in customers
                if one.evidence_at is None and one.reason == "no_need"
            ]
        ),
    }


def holds(level: Mapping[str, Any]) -> bool:
    """Whether a load was held: evidence in time, and nothing refused, shed, failed or lost."""
    in_time: bool = level["evidence"].get("p95_ms", 0.0) <= EVIDENCE_MS
    return in_time and not any(level[name] for name in ("refused", "shed", "failed", "lost"))


async def _played(server: Server, scripts: Sequence[Script], load: Load, seed: int) -> list[Seat]:
    rng = random.Random(seed)  # noqa: S311 - moments and an order, no secret
    run = uuid.uuid4().hex[:8]
    client = Client(server.port)
    end = time.perf_counter() + load.seconds

    def over(moment: float) -> bool:
        return moment >= end if load.until is None else load.until.is_set()

    seats = [
        Seat(f"load-{run}-{number}", client, _shuffled(scripts, rng), load.insists)
        for number in range(load.conversations)
    ]
    try:
        async with asyncio.TaskGroup() as group:
            for seat in seats:
                group.create_task(seat.play(rng.uniform(0, load.every_s), load.every_s, over))
    finally:
        client.close()
    return seats


def _shuffled(scripts: Sequence[Script], rng: random.Random) -> Iterator[Script]:
    order = list(scripts)
    rng.shuffle(order)
    return itertools.cycle(order)
