"""The server under load: `copilot-serve` in a process of its own, which may be killed and started
again at the same port.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from copilot.settings import Settings
from evals.bench.server import Server as Measured
from evals.bench.server import environment

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A server on one data folder and one port of the loopback."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = _free_port()
        self._log = settings.data_dir / "server.log"
        self._log.unlink(missing_ok=True)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns once it answers. Raises RuntimeError where it does not start."""
        command = [sys.executable, "-m", "api", "--host", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("a") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment(self.settings.data_dir),
            )
        said = self._process.stdout.readline() if self._process.stdout else ""
        if "http" not in said:
            raise RuntimeError(f"the server did not start: {self._log.read_text()[-2000:]}")
        with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=60):
            pass

    def kill(self) -> None:
        """Without a chance to finish anything."""
        self._running.kill()
        self._bury()

    def stop(self) -> None:
        """As an operator stops it; nothing where it does not run."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._bury()

    def memory_mb(self) -> float | None:
        """Resident memory in 2**20 bytes; None where the system does not tell."""
        return Measured(self._running, f"http://127.0.0.1:{self.port}").memory_mb()

    def processor_s(self) -> float:
        """Seconds of processor time so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self._running.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def errors(self) -> list[str]:
        """The lines of its log that tell of an error."""
        return [line for line in self._log.read_text().splitlines() if '"level": "error"' in line]

    def _bury(self) -> None:
        with self._running as process:  # closes its pipe
            process.wait(timeout=60)

    @property
    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process


@contextmanager
def prepared(
    paths: Sequence[Path] = (KNOWLEDGE,), data_dir: Path | None = None
) -> Iterator[Server]:
    """A server that has not started yet, on a folder into which these paths were ingested.

    Without a folder it is a temporary one. What was ingested before is not embedded again.
    """
    with tempfile.TemporaryDirectory(prefix="copilot-load-") as temporary:
        folder = Path(temporary) if data_dir is None else data_dir.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "ingest", *map(str, paths)],
            check=True,
            stdout=subprocess.DEVNULL,
            env=environment(folder),
        )
        settings = Settings(
            data_dir=folder, database_url="", chroma_url="", embedder="minilm", reranker=""
        )
        server = Server(settings)
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running(paths: Sequence[Path] = (KNOWLEDGE,), data_dir: Path | None = None) -> Iterator[Server]:
    """The same, once it answers and has settled."""
    with prepared(paths, data_dir) as server:
        server.start()
        time.sleep(1.0)
        yield server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
