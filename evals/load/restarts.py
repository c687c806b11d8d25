"""A server that is killed and started again under load, with clients that reconnect and repeat
what was not acknowledged: whether every turn is stored once and every event delivered once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

from evals.load.many import Load, one
from evals.load.scripts import Script
from evals.load.server import Server
from evals.timing import BAR_AFTER_S

# Between a start and the next kill: at least the first, at most the second.
_LIVES_S = (1.0, 4.0)
_OF_ONE_LIFE = ("memory_mb", "processor_ms_a_turn", "processors_busy")


def measure(
    server: Server, scripts: Sequence[Script], conversations: int, kills: int, seed: int,
    every_s: float,
) -> dict[str, Any]:  # fmt: skip
    """The figures of a load through which the server is killed so often, each time at a moment that
    nobody chose.
    """
    return asyncio.run(_measured(server, scripts, conversations, kills, seed, every_s))


async def _measured(
    server: Server, scripts: Sequence[Script], conversations: int, kills: int, seed: int,
    every_s: float,
) -> dict[str, Any]:  # fmt: skip
    over = asyncio.Event()
    killing = asyncio.create_task(_kill(server, kills, seed, over))
    load = Load(conversations, 0.0, every_s, insists=True, until=over)
    found = await one(server, scripts, load, seed)
    kept = {name: value for name, value in found.items() if name not in _OF_ONE_LIFE}
    return {"kills": kills, "conversations": conversations, **await killing, "load": kept}


async def _kill(server: Server, kills: int, seed: int, over: asyncio.Event) -> dict[str, Any]:
    """How long the server was away, each time from the kill until it answered again."""
    rng = random.Random(seed)  # noqa: S311 - moments, no secret
    away: list[float] = []
    try:
        for _ in tqdm(range(kills), desc="kills", unit="kill", delay=BAR_AFTER_S):
            await asyncio.sleep(rng.uniform(*_LIVES_S))
            began = time.perf_counter()
            server.kill()
            await asyncio.to_thread(server.start)
            away.append(time.perf_counter() - began)
        await asyncio.sleep(_LIVES_S[0])
    finally:
        over.set()
    return {"away_s": {"mean": round(sum(away) / len(away), 2), "max": round(max(away), 2)}}
