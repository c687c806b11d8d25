"""How long it takes from a tick to the next step, on a live desk with the real embedder."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tenacity import Retrying, retry_if_exception_type, wait_fixed

from copilot.assist import Copilot
from copilot.control import TICK, UNTICK
from copilot.errors import Overloaded
from copilot.live.desk import Desk
from copilot.ports import Embedder
from copilot.types import ActionDone, Event, Turn
from evals.procedures.choice import knowing
from ingest.conversations import Written, conversations

_PATIENCE_S = 10.0
_BARE = 100


def timed(knowledge: Path, data_dir: Path, count: int) -> str:
    """From `take` to the `progress` event, over our conversations that are in a procedure."""
    progressed = threading.Event()

    def publish(_: str, events: Sequence[Event]) -> None:
        if any(event.kind == "progress" for event in events):
            progressed.set()

    with knowing(knowledge, data_dir) as copilot:
        desk = Desk(copilot, publish)
        spoken = [_spoken(desk, copilot, one) for one in conversations(knowledge)]
        begun = [one for one in spoken if one[1]]
        spans = []
        for number in range(count):
            progressed.clear()
            start = time.perf_counter()
            desk.take(*_tick(begun, number))
            if not progressed.wait(_PATIENCE_S):
                raise TimeoutError("a tick brought no progress")
            spans.append((time.perf_counter() - start) * 1000)
        desk.close()
        bare = _bare_ms(copilot.embedder)
    p50, p95 = np.percentile(spans, [50, 95])
    return (
        f"{count} ticks in {len(begun)} conversations: p50 {p50:.1f} ms, p95 {p95:.1f} ms; "
        f"one bare query embedding takes {bare:.1f} ms"
    )


def _spoken(desk: Desk, copilot: Copilot, written: Written) -> tuple[str, list[str]]:
    """A conversation that has been spoken to its end, and the ids of the steps it stands in."""
    turns = [one.turn for one in written.turns]
    conversation, _ = desk.open(written.conversation_id)
    retrying = Retrying(retry=retry_if_exception_type(Overloaded), wait=wait_fixed(1))
    for turn in turns:
        retrying(desk.take, written.conversation_id, [turn])
    steps = copilot.guide.steps(turns, conversation.scope)
    return written.conversation_id, [step.step_id for step in steps.next_steps]


def _tick(begun: Sequence[tuple[str, list[str]]], number: int) -> tuple[str, list[Turn]]:
    """The next tick: each step of each conversation in turn, and back again."""
    conversation_id, step_ids = begun[number % len(begun)]
    at = number // len(begun)
    name = UNTICK if at // len(step_ids) % 2 else TICK
    action = ActionDone(name, {"step_id": step_ids[at % len(step_ids)]})
    return conversation_id, [Turn(f"tick-{number}", "agent", "", action=action)]


def _bare_ms(embedder: Embedder) -> float:
    spans = []
    for number in range(_BARE):
        start = time.perf_counter()
        embedder.embed_query(f"how long does refund number {number} take")
        spans.append(time.perf_counter() - start)
    return float(np.median(spans)) * 1000
