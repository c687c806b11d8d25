"""Hands events on to whoever watches a conversation: from memory as they come, else from the table.

Events are rows before they come here, so that a watcher who was away, or slow, misses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from copilot.store.conversations import Conversations
from copilot.types import Event

# Without news for so long, the table is asked: another process may serve the conversation.
POLL_S = 5.0
# Without news for so long, something is sent, so that nobody in between hangs up.
ALIVE_S = 15.0
# A watcher who has more than this to read is sent back to the table.
_MOST = 256
_PAGE = 200


class Hub:
    """The watchers of one process. `publish` may be called from any thread."""

    def __init__(self) -> None:
        self._watching: dict[str, set[_Watcher]] = {}
        self._closed = False

    def publish(self, conversation_id: str, events: Sequence[Event]) -> None:
        """Tells whoever watches; the events stand in the table already."""
        for watcher in list(self._watching.get(conversation_id, ())):
            watcher.tell(events)

    def close(self) -> None:
        """Every watcher is let go."""
        self._closed = True
        for watchers in list(self._watching.values()):
            for watcher in list(watchers):
                watcher.tell(())

    async def watch(
        self, conversations: Conversations, conversation_id: str, after: int, *, ended: bool
    ) -> AsyncIterator[Event | None]:
        """The events after one, in order, each once; None where only time has gone by.

        Of a conversation that has ended, what there is.
        """
        watcher = _Watcher(asyncio.get_running_loop())
        self._watching.setdefault(conversation_id, set()).add(watcher)
        try:
            news: list[Event] = []
            quiet_s = 0.0
            while not self._closed:
                if not news or news[0].event_id > after + 1:
                    news = await run_in_threadpool(
                        conversations.events, conversation_id, after, _PAGE
                    )
                for event in news:
                    if event.event_id == after + 1:
                        after, quiet_s = event.event_id, 0.0
                        ended = ended or event.kind == "ended"
                        yield event
                if len(news) == _PAGE:
                    news = []
                    continue
                if ended:
                    return
                if quiet_s >= ALIVE_S:
                    quiet_s = 0.0
                    yield None
                news = await watcher.news(POLL_S)
                quiet_s += POLL_S
        finally:
            self._forget(conversation_id, watcher)

    def _forget(self, conversation_id: str, watcher: _Watcher) -> None:
        watchers = self._watching.get(conversation_id)
        if watchers is not None:
            watchers.discard(watcher)
            if not watchers:
                self._watching.pop(conversation_id, None)


class _Watcher:
    """News for one connection, from any thread to its event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._changed = asyncio.Event()
        self._news: list[Event] = []

    def tell(self, events: Sequence[Event]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it the connection
            self._loop.call_soon_threadsafe(self._take, events)

    def _take(self, events: Sequence[Event]) -> None:
        self._news.extend(events)
        del self._news[:-_MOST]
        self._changed.set()

    async def news(self, timeout_s: float) -> list[Event]:
        """What came since the last time; empty when nothing did for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        self._changed.clear()
        news, self._news = self._news, []
        return news
