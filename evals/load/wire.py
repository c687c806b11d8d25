"""HTTP/1.1 over asyncio's streams, no more than a load needs: JSON calls on connections that are
kept, and a reader of server-sent events. It spares the processors that the server needs.
"""

from __future__ import annotations

import asyncio
import json
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# What a call or a stream fails with when the server goes away. It may have done what was asked.
GONE = (OSError, IncompleteReadError, TimeoutError)
_TIMEOUT_S = 15.0
_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that was read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    event_id: int
    kind: str
    data: dict[str, Any]


@dataclass(slots=True)
class _Connection:
    reader: StreamReader
    writer: StreamWriter
    used: bool = False


@dataclass(slots=True)
class Client:
    """Calls to one server. Calls at the same time have a connection each."""

    port: int
    host: str = "127.0.0.1"
    _idle: list[_Connection] = field(default_factory=list)

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Raises one of GONE. A kept connection that the server let go is replaced once."""
        async with asyncio.timeout(_TIMEOUT_S):
            while True:
                connection = self._idle.pop() if self._idle else await self._open()
                try:
                    answer = await self._exchange(connection, method, path, body)
                except (OSError, IncompleteReadError):
                    connection.writer.close()
                    if connection.used:
                        continue
                    raise
                except BaseException:
                    connection.writer.close()
                    raise
                connection.used = True
                self._idle.append(connection)
                return answer

    async def events(self, path: str, after: int) -> AsyncIterator[Event | None]:
        """None once the stream is listened to, then every event until the server ends it.

        Raises one of GONE.
        """
        connection = await self._open()
        try:
            head = _request(self.host, "GET", path, None, {"Last-Event-ID": str(after)})
            connection.writer.write(head)
            status, _ = await _head(connection.reader)
            if status != 200:
                raise ConnectionError(f"the stream was answered {status}")
            rest = b""
            while chunk := await _chunk(connection.reader):
                *blocks, rest = (rest + chunk).split(b"\n\n")
                for block in blocks:
                    yield _event(block)
        finally:
            connection.writer.close()

    def close(self) -> None:
        """Lets go of the kept connections."""
        while self._idle:
            self._idle.pop().writer.close()

    async def _open(self) -> _Connection:
        return _Connection(*await asyncio.open_connection(self.host, self.port, limit=_LIMIT))

    async def _exchange(self, connection: _Connection, method: str, path: str, body: Any) -> Answer:
        connection.writer.write(_request(self.host, method, path, body, {}))
        status, headers = await _head(connection.reader)
        length = int(headers.get("content-length", "0"))
        return Answer(status, headers, await connection.reader.readexactly(length))


def _request(host: str, method: str, path: str, body: Any, more: Mapping[str, str]) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    headers = {"Host": host, **more}
    if method == "POST":
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content


async def _head(reader: StreamReader) -> tuple[int, dict[str, str]]:
    """The status, and the headers by their names in small letters."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    fields = (line.split(":", 1) for line in lines)
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in fields}


async def _chunk(reader: StreamReader) -> bytes:
    """The next piece of a body that comes in chunks; empty at its end."""
    size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
    return (await reader.readexactly(size + 2))[:-2]


def _event(block: bytes) -> Event | None:
    fields: dict[bytes, bytes] = {}
    for line in block.split(b"\n"):
        name, _, value = line.partition(b": ")
        fields[name] = value
    if b"id" not in fields:
        return None
    data = json.loads(fields[b"data"])
    return Event(int(fields[b"id"]), fields[b"event"].decode(), data)
