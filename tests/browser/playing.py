"""A real server with our knowledge in it, for the desk that plays conversations."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from structlog.testing import capture_logs

from api.app import create_app
from copilot.compose import open_copilot, open_embedder, open_store
from copilot.settings import Settings
from ingest.sync import Sync
from ingest.walk import load, walk

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
_PATIENCE_S = 60


@contextmanager
def playing(data_dir: Path, places: Sequence[str] = ("shop", "clinic", "city")) -> Iterator[str]:
    """Serves a new store with the knowledge of some places; gives the server's address.

    Our own actions are run against the back office of the same server.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening, capture_logs():
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            data_dir=data_dir,
            database_url="",
            chroma_url="",
            embedder="minilm",
            reranker="",
            demo_knowledge=KNOWLEDGE,
            actions=KNOWLEDGE / "actions",
            actions_url=origin,
        )
        _fill(settings, places)
        copilot = open_copilot(settings)
        app = create_app(settings, copilot)
        config = uvicorn.Config(
            app, log_config=None, lifespan="on", ws="none", timeout_graceful_shutdown=5
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            _wait_for(server, thread)
            yield origin
        finally:
            server.should_exit = True
            thread.join()
            copilot.close()


def _fill(settings: Settings, places: Sequence[str]) -> None:
    store = open_store(settings)
    sync = Sync(store, open_embedder(settings))
    sources = [one for one in walk([KNOWLEDGE]) if one.document_id.split("/")[0] in places]
    counts = sync.run((record for one in sources for record in load(one)), "knowledge")
    assert not counts.problems, counts.problems
    store.close()


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server did not start in time"
        time.sleep(0.02)
