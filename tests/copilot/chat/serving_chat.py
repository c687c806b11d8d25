"""What the tests of chats share: what is asked, and what a process has open."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SYSTEM = "You draft a reply."
USER = (
    '<passage id="1">\n1| You can return it within 30 days.\n</passage>\n'
    "What is asked now: How long can I return it?"
)
SAID = "You can return it within 30 days. [1]"
# A call that nobody ends goes on for ever or for many seconds here, so this tells it from one that
# was ended, on a busy machine too. How near to its time: `python -m evals.drafting failing`.
SLACK_S = 3.0


def held() -> tuple[int, int]:
    """How many threads and sockets this process has."""
    sockets = 0
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - they vanish under a Path
        try:
            sockets += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")  # noqa: PTH115
        except FileNotFoundError:
            continue
    return threading.active_count(), sockets


def wait_until(is_so: Callable[[], bool], within_s: float = 3.0) -> None:
    """Fails where it is not so in time."""
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


class Picky:
    """A server that turns down what it does not know, and else answers `SAID`."""

    def __init__(self, refusal: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
        self.refusal = refusal
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    @property
    def last(self) -> dict[str, Any]:
        """The last request."""
        return self.bodies[-1]


@contextmanager
def picky(refusal: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Iterator[Picky]:
    """`refusal` gives the error that a body is turned down with, or None."""
    one = Picky(refusal)

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            one.bodies.append(body)
            one.headers.append({name.lower(): value for name, value in self.headers.items()})
            error = one.refusal(body)
            self.send_response(400 if error else 200)
            self.send_header("content-type", "application/json" if error else "text/event-stream")
            self.end_headers()
            if error:
                self.wfile.write(json.dumps({"error": error}).encode())
                return
            for delta, reason in (({"content": SAID}, None), ({}, "stop")):
                choice = {"index": 0, "delta": delta, "finish_reason": reason}
                event = {"id": "1", "object": "chat.completion.chunk", "choices": [choice]}
                self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    running = threading.Thread(target=server.serve_forever, args=(0.01,))
    running.start()
    one.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        running.join()
