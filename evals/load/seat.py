"""One seat of a contact centre: a conversation is played turn by turn, its events are watched, and
when it is over the next one begins.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from evals.load.record import Record, Said
from evals.load.scripts import Script, Words
from evals.load.wire import GONE, Answer, Client

now = time.perf_counter
# Between two tries of what the server did not answer.
AGAIN_S = 0.2
_BUSY = 503


@dataclass(slots=True)
class Seat:
    """`insists` repeats what was not acknowledged, as a feed does whose server may be killed; else
    a turn is posted once, and what is refused is left out.
    """

    name: str
    client: Client
    scripts: Iterator[Script]
    insists: bool = False
    records: list[Record] = field(default_factory=list)
    without_retry_after: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _watching: list[asyncio.Task[None]] = field(default_factory=list)

    async def play(self, first_s: float, every_s: float, over: Callable[[float], bool]) -> None:
        """A turn every so many seconds, the first one `first_s` from now, as long as it is not
        over at the moment of the next.
        """
        due = now() + first_s
        while not over(due):
            script = next(self.scripts)
            await _sleep_until(due - min(every_s, 0.5))
            record = await self.begin(script)
            for number, words in enumerate(script.words):
                if over(due):
                    return
                late = now() > due
                await _sleep_until(due)
                await self.say(record, f"t{number}", words, due if late else now())
                due += every_s
            await _sleep_until(due)
            await self.finish(record)

    async def begin(self, script: Script) -> Record:
        """A new conversation, which is watched from now on."""
        conversation_id = f"{self.name}-{len(self.records)}"
        record = Record(conversation_id)
        body = {**script.opening, "conversation_id": conversation_id}
        await self._call("/v1/conversations", body)
        self.records.append(record)
        listening = asyncio.Event()
        self._watching.append(asyncio.create_task(self._watch(record, listening)))
        with suppress(TimeoutError):
            await asyncio.wait_for(listening.wait(), 10)
        return record

    async def say(self, record: Record, turn_id: str, words: Words, at: float) -> Said:
        """Posts a turn and notes what the server said became of it."""
        said = record.post(turn_id, words.role, at)
        body = {"turn_id": turn_id, "role": words.role, "text": words.text}
        answer = await self._call(f"{_path(record)}/turns", body)
        if answer is None:
            said.state = "failed"
        elif answer.status == _BUSY:
            said.state = "refused"
            self.without_retry_after += "retry-after" not in answer.headers
        elif answer.status == 202:
            said.state = answer.json()["turns"][0]["state"]
        else:
            said.state = "failed"
        return said

    async def finish(self, record: Record) -> None:
        """Ends the conversation; its stream ends with it."""
        answer = await self._call(f"{_path(record)}/end", {})
        record.finished = answer is not None and answer.status < 300

    async def settle(self, timeout_s: float) -> None:
        """Waits until every turn that was taken had its outcome, or this long."""
        await self.wait(lambda: all(record.settled for record in self.records), timeout_s)

    async def wait(self, holds: Callable[[], bool], timeout_s: float) -> None:
        """Waits until something that an event changes holds, or this long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not holds():
                    self.changed.clear()
                    await self.changed.wait()

    async def leave(self) -> None:
        """Stops watching."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def _watch(self, record: Record, listening: asyncio.Event) -> None:
        path = f"{_path(record)}/events"
        while not record.ended:
            with suppress(*GONE):
                async for event in self.client.events(path, record.last_event):
                    if event is None:
                        listening.set()
                        continue
                    record.hear(event, now())
                    self.changed.set()
            if not record.ended:
                record.reconnections += 1
                await asyncio.sleep(AGAIN_S)

    async def _call(self, path: str, body: Any) -> Answer | None:
        """The answer; None where there was none. A seat that insists waits for a good one."""
        while True:
            with suppress(*GONE):
                answer = await self.client.call("POST", path, body)
                if not self.insists or answer.status < 500:
                    return answer
            if not self.insists:
                return None
            await asyncio.sleep(AGAIN_S)


async def all_of(seats: list[Seat], each: Callable[[Seat], Awaitable[None]]) -> None:
    """Does it at every seat at once."""
    await asyncio.gather(*(each(seat) for seat in seats))


def _path(record: Record) -> str:
    return f"/v1/conversations/{record.conversation_id}"


async def _sleep_until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - now()))
