"""A real server on a small store: the model, the indexes, the app and a socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import uvicorn
from structlog.testing import capture_logs

from api.app import create_app
from copilot.compose import open_copilot, open_embedder, open_store
from copilot.errors import UnreadableFile
from copilot.settings import Settings
from copilot.types import Customer, Document, Interaction, Role, Turn
from ingest.readers import Record, read
from ingest.sync import Sync

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
ARTICLES = (
    "shop/mattress-comfort-exchange",
    "shop/gift-cards",
    "clinic/nurse-running-late",
    "clinic/oxygen-concentrator-loan",
    "city/resident-parking-permit",
    "city/lost-id-card",
)
HOSTILE = Document(
    "hostile/lantern",
    "Lantern <img src=x onerror=alert(1)>",
    "# The 🏮 lantern\n\n"
    "The brass lantern 🏮 is lit with <script>alert(2)</script><img src=x onerror=alert(3)> "
    "**a wick of 7 mm**.\n\n"
    f"| Part of the lantern | Code |\n|---|---|\n| Wick | {'W' * 90} |\n",
    url="javascript:alert(4)",
)
CUSTOMER = Customer("c-1", "Ada Example")
PAST = Interaction(
    "i-1",
    "c-1",
    "call",
    datetime(2026, 3, 1, 9, tzinfo=UTC),
    subject="Wardrobe moved to Tuesday",
    turns=(
        Turn("t1", "customer", "Now the appointment for my wardrobe is moved again."),
        Turn("t2", "agent", "I promise you a gift card of 25 euros for the moved appointment."),
        Turn("t3", "customer", "Thank you, that is kind."),
    ),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers; `secret` is a key of its store, empty where none is needed."""

    origin: str
    secret: str = ""

    def document(self, document_id: str) -> str:
        """The stored text."""
        path = document_id.replace("/", "%2F")
        return str(self._json(Request(f"{self.origin}/v1/documents/{path}"))["text"])  # noqa: S310

    def ask(self, question: str) -> dict[str, Any]:
        """What the API replies to this question."""
        body = json.dumps({"question": question}).encode()
        headers = {"Content-Type": "application/json"}
        return self._json(Request(f"{self.origin}/v1/ask", body, headers))  # noqa: S310

    def assist(self, words: str) -> str:
        """What the API offers for this customer's words, as JSON."""
        turns = [{"role": "customer", "text": words}]
        body = json.dumps({"conversation": turns, "customer_id": CUSTOMER.customer_id}).encode()
        headers = {"Content-Type": "application/json"}
        return json.dumps(self._json(Request(f"{self.origin}/v1/assist", body, headers)))  # noqa: S310

    def _json(self, request: Request) -> dict[str, Any]:
        with urlopen(request, timeout=30) as response:  # noqa: S310 - our own server
            answer: dict[str, Any] = json.load(response)
            return answer


@contextmanager
def serving(data_dir: Path, *, locked: bool = False) -> Iterator[Served]:
    """Serves our articles, one customer's past and a hostile document from a new store."""
    settings = Settings(
        data_dir=data_dir, database_url="", chroma_url="", embedder="minilm", reranker=""
    )
    secret = _fill(settings, locked)
    copilot = open_copilot(settings)
    app = create_app(settings, copilot)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening, capture_logs():
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", secret)
        finally:
            server.should_exit = True
            thread.join()
            copilot.close()


def _fill(settings: Settings, locked: bool) -> str:
    store = open_store(settings)
    sync = Sync(store, open_embedder(settings))
    counts = sync.run(_records(), "tests")
    assert not counts.problems, counts.problems
    secret = store.keys.add("the desk", Role.ADMIN)[0] if locked else ""
    store.close()
    return secret


def _records() -> Iterator[Record | UnreadableFile]:
    for name in ARTICLES:
        data = (KNOWLEDGE / f"{name}.md").read_bytes()
        yield from read(data, media_type="text/markdown", document_id=name, place=name)
    yield from (HOSTILE, CUSTOMER, PAST)
