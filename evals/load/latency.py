"""One conversation: from a final turn's posting to its evidence, beside one bare query embedding
that is made between the turns.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from tqdm import tqdm

from copilot.ports import Embedder
from evals.bench.figures import latency
from evals.dataset import Question
from evals.load.record import Said
from evals.load.scripts import Script, Words
from evals.load.seat import Seat
from evals.load.server import Server
from evals.load.wire import Client
from evals.timing import BAR_AFTER_S, Asked

_OUTCOME_S = 10.0
# Between an outcome and the next turn; people take longer.
_PAUSE_S = 0.4
# Customers' turns before the first that is measured.
_WARM_UP = 3


def measure(
    server: Server, scripts: Sequence[Script], embedder: Embedder, turns: int
) -> dict[str, Any]:
    """`evidence`, `suggestion` and `silence`, each beside the bare embeddings of the same turns.

    Ends when evidence came for so many turns, or when the scripts are at their end.
    """
    return asyncio.run(_measured(server, scripts, embedder, turns))


async def _measured(
    server: Server, scripts: Sequence[Script], embedder: Embedder, turns: int
) -> dict[str, Any]:
    client = Client(server.port)
    seat = Seat(f"load-{uuid.uuid4().hex[:8]}", client, iter(scripts))
    told: list[tuple[Said, float]] = []
    with tqdm(total=turns, desc="turns", unit="turn", delay=BAR_AFTER_S) as bar:
        for script in seat.scripts:
            record = await seat.begin(script)
            for number, words in enumerate(script.words):
                # By turns, so that neither the turn nor the embedding always finds warm caches.
                before = number % 4 < 2
                bare_ms = _bare_ms(embedder, words) if before else 0.0
                said = await seat.say(record, f"t{number}", words, time.perf_counter())
                await seat.wait(lambda said=said: said.outcome_at is not None, _OUTCOME_S)  # type: ignore[misc]
                if words.role == "customer":
                    told.append((said, bare_ms or _bare_ms(embedder, words)))
                    bar.update(said.evidence_at is not None)
                await asyncio.sleep(_PAUSE_S)
            await seat.finish(record)
            if sum(said.evidence_at is not None for said, _ in told) >= turns + _WARM_UP:
                break
    await seat.leave()
    client.close()
    return dict(_figures(told[_WARM_UP:]))


def _figures(told: Sequence[tuple[Said, float]]) -> Iterator[tuple[str, dict[str, float]]]:
    helped = [one for one in told if one[0].evidence_at is not None]
    silent = [one for one in told if one[0].evidence_at is None]
    yield "evidence", _beside([(said, said.evidence_at, bare) for said, bare in helped])
    yield "suggestion", _beside([(said, said.outcome_at, bare) for said, bare in helped])
    yield "silence", _beside([(said, said.outcome_at, bare) for said, bare in silent])


def _beside(spans: Sequence[tuple[Said, float | None, float]]) -> dict[str, float]:
    """Raises RuntimeError where nothing was told."""
    asked = [
        Asked(_question(said), None, 1000 * (end - said.posted_at), bare_ms)
        for said, end, bare_ms in spans
        if end is not None
    ]
    if not asked:
        raise RuntimeError("the server told nothing")
    return latency(asked)


def _question(said: Said) -> Question:
    return Question(said.turn_id, "", True, {}, None, said.turn_id)


def _bare_ms(embedder: Embedder, words: Words) -> float:
    start = time.perf_counter()
    embedder.embed_query(words.text)
    return (time.perf_counter() - start) * 1000
