"""`copilot-serve` as a process of its own: its cold start, its memory and searches over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tqdm import tqdm

from copilot.ports import Embedder
from copilot.settings import Settings
from evals.bench.figures import beside_bare
from evals.dataset import Question
from evals.timing import BAR_AFTER_S

_LOAD = "from copilot.retrieval.minilm import MiniLm; MiniLm().embed_query('ready'); print('ready')"
_SETTLED_S = 3.0


class Server:
    """A running server and one client's connection to it."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        parts = urlsplit(address)
        self._process = process
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=60)

    def search(self, question: str) -> int:
        """How many passages come back. Raises RuntimeError for any answer but 200."""
        body = json.dumps({"query": question, "k": 10})
        headers = {"content-type": "application/json"}
        self._connection.request("POST", "/v1/search", body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"the server answered {response.status}: {content[:300]!r}")
        return len(json.loads(content)["passages"])

    def memory_mb(self) -> float | None:
        """Resident memory in 2**20 bytes; None where the system does not tell."""
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            return None
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return round(int(lines["VmRSS"].split()[0]) / 1024, 1)


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    """A server on this data folder, at a free port of the loopback, once it answers a search."""
    command = [sys.executable, "-m", "api", "--host", "127.0.0.1", "--port", "0"]
    log = settings.data_dir / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(settings.data_dir),
        )
    try:
        said = process.stdout.readline() if process.stdout else ""
        if "http" not in said:
            raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")
        server = Server(process, said[said.index("http") :].strip())
        server.search("ready?")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def measure(
    settings: Settings, embedder: Embedder, questions: Sequence[Question], starts: int
) -> dict[str, Any]:
    """Cold starts by turns with loads of the bare embedder, searches over HTTP, and memory."""
    loads: list[float] = []
    opens: list[float] = []
    for number in tqdm(range(starts), desc="starting", unit="server", delay=BAR_AFTER_S):
        loads.append(_load_s())
        start = time.perf_counter()
        with serving(settings) as server:
            opens.append(time.perf_counter() - start)
            if number + 1 < starts:
                continue
            time.sleep(_SETTLED_S)
            searched = beside_bare(questions, server.search, embedder.embed_query)
            memory_mb = server.memory_mb()
    return {
        "cold_start": {
            "server_s": round(median(opens), 2),
            "embedder_s": round(median(loads), 2),
            "ratio": round(median(opens) / median(loads), 2),
        },
        "http_search": searched,
        "memory_mb": memory_mb,
    }


def _load_s() -> float:
    """Seconds until a fresh process has imported, opened and used the bare embedder."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _LOAD], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return time.perf_counter() - start


def environment(data_dir: Path) -> dict[str, str]:
    """This process's, without its own settings of the copilot, for a server on this folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPILOT_")}
    return {**kept, "COPILOT_DATA_DIR": str(data_dir)}
