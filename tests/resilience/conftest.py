"""Counts from the environment, and processes that may be killed."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

import pytest

Start = Callable[..., BaseProcess]


@pytest.fixture(scope="session")
def kills() -> int:
    """How often a writer is killed in each kill loop."""
    return int(os.environ.get("RESILIENCE_KILLS", "12"))


@pytest.fixture(scope="session")
def owner_kills() -> int:
    """The same for the owner of the index folder, who takes seconds to start."""
    return int(os.environ.get("RESILIENCE_KILLS", "4"))


@pytest.fixture(scope="session")
def near_duplicates() -> int:
    """How many documents are put after their near-duplicates were put and deleted."""
    return int(os.environ.get("RESILIENCE_NEAR_DUPLICATES", "30"))


@pytest.fixture(scope="session")
def context() -> ForkServerContext:
    """Forks processes from one that has everything imported and nothing opened."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["chromadb", "pytest", "reader", "second", "tantivy", "writer"])
    with pytest.MonkeyPatch.context() as patch:
        # Python 3.11 does not tell the server of this process's path.
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        forkserver.ensure_running()
    return found


@pytest.fixture
def start(context: ForkServerContext) -> Iterator[Start]:
    """Starts a function in a process of its own, which does not outlive the test."""
    started: list[BaseProcess] = []

    def begin(target: Callable[..., Any], *arguments: Any) -> BaseProcess:
        process = context.Process(target=target, args=arguments, daemon=True)
        process.start()
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.join()
        process.close()
