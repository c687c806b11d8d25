"""A real HTTP server in a thread, on a Unix socket: what stands behind actions, and counts what
arrives.
"""

from __future__ import annotations

import json
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx2

BASE = "http://outside.test"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; `body` is sent as it is, `after` is called before anything is."""

    status: int = 200
    body: bytes = b'{"ok": true}'
    headers: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] = lambda: None


class Outside:
    """`arrived` is every request, in order; `replies` answers by path, `reply` the others."""

    def __init__(self, path: str) -> None:
        self.arrived: list[Arrived] = []
        self.reply = Reply()
        self.replies: dict[str, Reply] = {}
        self.path = path

    def transport(self) -> httpx2.BaseTransport:
        """What reaches this server instead of the network."""
        return httpx2.HTTPTransport(uds=self.path)

    @property
    def changes(self) -> list[Arrived]:
        """What arrived and may have changed something."""
        return [one for one in self.arrived if one.method not in ("GET", "HEAD")]


@contextmanager
def outside() -> Iterator[Outside]:
    """The server, while the context is entered."""
    folder = tempfile.mkdtemp()  # a socket's path may have 108 bytes; tmp_path is longer
    standing = Outside(str(Path(folder) / "http"))
    server = _Server(standing.path, _answering(standing))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield standing
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        shutil.rmtree(folder)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hung up does not wait for the answer."""


def _answering(standing: Outside) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            standing.arrived.append(Arrived(self.command, self.path, dict(self.headers), body))
            reply = standing.replies.get(self.path.partition("?")[0], standing.reply)
            reply.after()
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", "Connection": "close", **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    return Answering
