"""The server: HTTP/1.1 on the loopback or a Unix socket, in a thread of its own, recording what it
was asked and who hung up.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.scripted_model import answer, wire
from evals.scripted_model.behaviour import Behaviour, Script

_LARGEST = 16 * 2**20


@dataclass(slots=True)
class Asked:
    """A request as it came, how it was answered, and whether the client left before the end."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    script: Script
    said: str = ""
    hung_up: bool = False


@dataclass(slots=True)
class ScriptedModel:
    """`behaviour` answers every request that `next` has no script for; both may be changed.

    `asked` holds the requests in order; `connections` is how many are open, `pace_s` the pause
    before each token of `slow` and `endless`.
    """

    behaviour: Behaviour = Behaviour.FAITHFUL
    url: str = ""
    pace_s: float = 0.05
    asked: list[Asked] = field(default_factory=list)
    next: deque[Script] = field(default_factory=deque)
    connections: int = 0

    @property
    def last(self) -> Asked:
        """The last request."""
        return self.asked[-1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side closes it."""
        self.connections += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                while await self._answer(reader, writer):
                    pass
        finally:
            self.connections -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; whether the connection may be used again."""
        wanted, headers, data = await _request(reader)
        if wanted == "GET /v1/models":
            return await answer.whole(writer, "200 OK", wire.models([wire.NAME]))
        if wanted != "POST /v1/chat/completions":
            return await answer.refused(writer, "404 Not Found", f"unknown request: {wanted}")
        body = _read(data)
        if body is None:
            return await answer.refused(writer, "400 Bad Request", "the body is no JSON object")
        one = Asked(body, headers, self.next.popleft() if self.next else self.behaviour)
        self.asked.append(one)
        try:
            return await answer.send(one, len(self.asked), self.pace_s, reader, writer)
        except ConnectionError:
            one.hung_up = True
            raise


@contextmanager
def serving(
    behaviour: Behaviour | str = Behaviour.FAITHFUL,
    *,
    port: int = 0,
    unix: Path | None = None,
    pace_s: float = 0.05,
) -> Iterator[ScriptedModel]:
    """A server while the context is entered; `url` is its base URL, which ends in /v1.

    With `unix` it listens on that path (under 100 bytes) instead of a port. One that begins with
    `refuses_connection` keeps its port and does not listen.
    """
    model = ScriptedModel(Behaviour(behaviour), pace_s=pace_s)
    with _bound(port, unix) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}" if unix is None else "scripted.test"
        model.url = f"http://{host}/v1"
        if model.behaviour is Behaviour.REFUSES_CONNECTION:
            yield model
            return
        listener.listen(256)
        loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        running = threading.Thread(
            target=lambda: loop.run_until_complete(_run(model, listener, stop)), name="scripted"
        )
        running.start()
        try:
            yield model
        finally:
            loop.call_soon_threadsafe(stop.set)
            running.join()
            loop.close()


async def _run(model: ScriptedModel, listener: socket.socket, stop: asyncio.Event) -> None:
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        with suppress(asyncio.CancelledError):
            await model.serve(reader, writer)

    started = (
        await asyncio.start_unix_server(serve, sock=listener, limit=_LARGEST)
        if listener.family == socket.AF_UNIX
        else await asyncio.start_server(serve, sock=listener, limit=_LARGEST)
    )
    await stop.wait()
    started.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)  # lets the transports close


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """The next request: its method and path, its headers in small letters, and its body."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    data = await reader.readexactly(min(int(headers.get("content-length", 0)), _LARGEST))
    return f"{method} {path.partition('?')[0].rstrip('/')}", headers, data


def _bound(port: int, unix: Path | None) -> socket.socket:
    if unix is not None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(unix))
        return listener
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _read(data: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(data)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
