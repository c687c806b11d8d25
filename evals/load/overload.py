"""Three times what the server can hold: whether it sheds instead of falling over, answers those
who ask whether it is well, and recovers by itself.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from evals.load.figures import milliseconds
from evals.load.many import Load, holds, one
from evals.load.scripts import Script, Words
from evals.load.seat import Seat
from evals.load.server import Server
from evals.load.wire import GONE, Client

TIMES = 3
# Numbers of conversations that are tried, in turn, until one is not held.
_STEPS = (25, 50, 75, 100, 150, 200, 300, 400)
_STEP_S = 12.0
_PROBE_S = 0.25
# From here on a normal turn must be answered as ever.
_ANSWERED_S = 1.0
_PATIENCE_S = 30.0
_HELPED = "How long does it take until a refund is on my card?"


def held(server: Server, scripts: Sequence[Script], seed: int) -> int:
    """The most conversations of those tried that the server holds."""
    most = 0
    for step in _STEPS:
        level = asyncio.run(one(server, scripts, Load(step, _STEP_S), seed))
        if not holds(level):
            break
        most = step
    return most or _STEPS[0]


def measure(
    server: Server, scripts: Sequence[Script], conversations: int, seconds: float, seed: int
) -> dict[str, Any]:
    """The figures of a load that is `TIMES` what is held, and of the time after it."""
    return asyncio.run(_measured(server, scripts, conversations, seconds, seed))


async def _measured(
    server: Server, scripts: Sequence[Script], conversations: int, seconds: float, seed: int
) -> dict[str, Any]:
    probes = {name: asyncio.create_task(_probe(server, name)) for name in ("healthz", "readyz")}
    load = Load(TIMES * conversations, seconds)
    recovering: list[asyncio.Task[dict[str, float]]] = []

    async def after() -> None:
        for probe in probes.values():
            probe.cancel()
        recovering.append(asyncio.create_task(_recovery(server)))

    found = await one(server, scripts, load, seed, after)
    health = {name: await probe for name, probe in probes.items()}
    return {
        "held": conversations,
        "conversations": load.conversations,
        "load": found,
        "shed_or_refused": found["refused"] + found["shed"],
        "health": health,
        "recovery": await recovering[0],
    }


async def _probe(server: Server, name: str) -> dict[str, Any]:
    """Asks again and again until it is cancelled; the times, and what was answered how often."""
    client = Client(server.port)
    spans: list[tuple[float, float | None]] = []
    answers: Counter[str] = Counter()
    try:
        while True:
            began = time.perf_counter()
            try:
                answers[str((await client.call("GET", f"/{name}")).status)] += 1
            except GONE as error:
                answers[type(error).__name__] += 1
            spans.append((began, time.perf_counter()))
            await asyncio.sleep(_PROBE_S)
    except asyncio.CancelledError:
        return {**milliseconds(spans), "answers": dict(answers)}
    finally:
        client.close()


async def _recovery(server: Server) -> dict[str, float]:
    """How long after the load a customer's question is answered within a second, and how fast the
    next one is. Each is asked in a conversation of its own.
    """
    client = Client(server.port)
    seat = Seat(f"load-{uuid.uuid4().hex[:8]}", client, iter(()))
    began = time.perf_counter()
    answered_s = _PATIENCE_S
    while time.perf_counter() - began < _PATIENCE_S and answered_s > _ANSWERED_S:
        answered_s = await _answered_s(seat)
    recovered_s = time.perf_counter() - began
    answered_s = await _answered_s(seat)
    await seat.leave()
    client.close()
    return {"recovered_s": round(recovered_s, 2), "answered_ms": round(1000 * answered_s, 1)}


async def _answered_s(seat: Seat) -> float:
    """From a question to its suggestion; how patient a caller is where none came."""
    record = await seat.begin(Script({}, ()))
    said = await seat.say(record, "t0", Words("customer", _HELPED), time.perf_counter())
    if not said.acknowledged:
        await asyncio.sleep(_PROBE_S)
        return _PATIENCE_S
    await seat.wait(lambda: said.outcome_at is not None, _PATIENCE_S)
    if said.outcome_at is None or said.reason == "deadline":
        return _PATIENCE_S
    return said.outcome_at - said.posted_at
