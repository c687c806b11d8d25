"""Sends one answer in the manner of its behaviour, and notices when nobody reads it any more."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from itertools import cycle
from typing import Any, Protocol

from evals.scripted_model import wire
from evals.scripted_model.behaviour import Behaviour, Script, words
from evals.scripted_model.prompt import read

_STREAM = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}
_JSON = {"Content-Type": "application/json"}
_KEEP_ALIVE_S = 0.2
_RETRY_AFTER_S = "20"
_WITHOUT_END = wire.tokens("And so it goes on and on.")
_PAGE = b"<!doctype html><title>502</title><h1>Welcome to the proxy</h1><p>It works!</p>"


class Request(Protocol):
    """What is answered."""

    body: dict[str, Any]
    script: Script
    said: str


async def send(
    asked: Request,
    number: int,
    pace_s: float,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    """Answers; whether the connection may be used again. Raises ConnectionError if it is gone."""
    if asked.script is Behaviour.REFUSES_CONNECTION:
        return _reset(writer)
    if asked.script is Behaviour.GARBAGE:
        return await whole(writer, "200 OK", _PAGE, {"Content-Type": "text/html"})
    if asked.script is Behaviour.RATE_LIMITED:
        body = wire.error("Rate limit reached", "requests", "rate_limit_exceeded")
        return await whole(
            writer, "429 Too Many Requests", body, {**_JSON, "Retry-After": _RETRY_AFTER_S}
        )
    if asked.script is Behaviour.SERVER_ERROR:
        body = wire.error("The server had an error", "server_error")
        return await whole(writer, "500 Internal Server Error", body)
    asked.said, finish_reason = _limited(words(asked.script, read(asked.body)), asked.body)
    if asked.body.get("stream"):
        return await _stream(asked, number, finish_reason, pace_s, reader, writer)
    return await _completion(asked, number, finish_reason, pace_s, reader, writer)


async def whole(
    writer: asyncio.StreamWriter, status: str, body: bytes, headers: Mapping[str, str] = _JSON
) -> bool:
    """An answer in one piece; the connection may be used again."""
    writer.write(_head(status, {**headers, "Content-Length": str(len(body))}) + body)
    await writer.drain()
    return True


async def refused(writer: asyncio.StreamWriter, status: str, why: str) -> bool:
    """An error of the caller's, in the form of the API."""
    return await whole(writer, status, wire.error(why, "invalid_request_error"))


async def _completion(
    asked: Request,
    number: int,
    finish_reason: str,
    pace_s: float,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    body = wire.completion(number, asked.said, _prompt(asked.body), finish_reason)
    if asked.script is Behaviour.BROKEN_JSON:
        return await whole(writer, "200 OK", body[: len(body) // 2])
    if asked.script is Behaviour.CUTS_OFF:
        writer.write(_head("200 OK", {**_JSON, "Content-Length": str(len(body))}))
        writer.write(body[: len(body) // 2])
        await writer.drain()
        return False
    if asked.script in (Behaviour.STALLS, Behaviour.TRICKLES, Behaviour.ENDLESS):
        writer.write(_head("200 OK", {**_JSON, "Transfer-Encoding": "chunked"}))
        # White space may stand before JSON; a proxy that keeps a connection alive sends it.
        space = b"" if asked.script is Behaviour.STALLS else _chunk(b" ")
        return await _for_ever(space, _KEEP_ALIVE_S, reader, writer)
    if asked.script is Behaviour.SLOW:
        await _pause(pace_s * len(wire.tokens(asked.said)), reader)
    return await whole(writer, "200 OK", body)


async def _stream(
    asked: Request,
    number: int,
    finish_reason: str,
    pace_s: float,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    writer.write(_head("200 OK", {**_STREAM, "Transfer-Encoding": "chunked"}))
    await writer.drain()
    if asked.script is Behaviour.STALLS:
        return await _for_ever(b"", _KEEP_ALIVE_S, reader, writer)
    if asked.script is Behaviour.TRICKLES:
        return await _for_ever(_chunk(b": keep-alive\n\n"), _KEEP_ALIVE_S, reader, writer)
    counted = bool((asked.body.get("stream_options") or {}).get("include_usage"))
    writer.write(_chunk(wire.opening(number, counted=counted)))
    async for event in _tokens(asked, number, pace_s, counted, reader):
        writer.write(_chunk(event))
        await writer.drain()
    if asked.script is Behaviour.CUTS_OFF:
        return False
    used = wire.usage(_prompt(asked.body), asked.said)
    for event in wire.closing(number, finish_reason, used, counted=counted):
        writer.write(_chunk(event))
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _tokens(
    asked: Request, number: int, pace_s: float, counted: bool, reader: asyncio.StreamReader
) -> AsyncIterator[bytes]:
    """The events of the words; half of them where they break off."""
    pieces = wire.tokens(asked.said)
    if asked.script in (Behaviour.CUTS_OFF, Behaviour.BROKEN_JSON):
        pieces = pieces[: max(1, len(pieces) // 2)]
    endless = asked.script is Behaviour.ENDLESS
    for piece in cycle(_WITHOUT_END) if endless else pieces:
        if endless or asked.script is Behaviour.SLOW:
            await _pause(pace_s, reader)
        yield wire.token(number, piece, counted=counted)
    if asked.script is Behaviour.BROKEN_JSON:
        yield b'data: {"id": "chatcmpl-000000", "choices": [{"delta": {"con\n\n'


async def _for_ever(
    sent: bytes, every_s: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Sends the same until the client leaves."""
    await writer.drain()
    while True:
        await _pause(every_s, reader)
        writer.write(sent)
        await writer.drain()


async def _pause(seconds: float, reader: asyncio.StreamReader) -> None:
    """Waits. Raises ConnectionError as soon as the client has left."""
    try:
        more = await asyncio.wait_for(reader.read(1), seconds)
    except TimeoutError:
        return
    raise ConnectionResetError("the client spoke out of turn" if more else "the client left")


def _limited(text: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """The text within the tokens that were asked for, and why it ends."""
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    pieces = wire.tokens(text)
    if isinstance(most, int) and len(pieces) > most:
        return "".join(pieces[:most]), "length"
    return text, "stop"


def _prompt(body: Mapping[str, Any]) -> str:
    return json.dumps(body.get("messages", ""), ensure_ascii=False)


def _head(status: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _reset(writer: asyncio.StreamWriter) -> bool:
    """Closes the connection hard, as one that was refused late."""
    taken = writer.get_extra_info("socket")
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False
