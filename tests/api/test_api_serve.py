"""`copilot-serve`: where it listens, what it refuses, what it says."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

import api.__main__ as command
from api.listen import address, listen, require_keys
from copilot.errors import ConfigurationError
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Role


def opened(settings: Settings) -> Store:
    return Store(settings.store_url)


EVERYWHERE = "0.0.0.0"  # noqa: S104 - the tests bind nothing


@pytest.mark.parametrize("host", [EVERYWHERE, "192.168.0.7", "::", "a.example"])
def test_without_a_key_it_serves_this_machine_only(
    settings: Settings, store: Store, host: str
) -> None:
    wide = settings.model_copy(update={"host": host})
    with pytest.raises(ConfigurationError, match="copilot keys add"):
        require_keys(wide, opened)
    _, made = store.keys.add("Ada", Role.AGENT)
    require_keys(wide, opened)
    store.keys.revoke(made.key_id)
    with pytest.raises(ConfigurationError):
        require_keys(wide, opened)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_the_loopback_it_asks_for_no_key(settings: Settings, host: str) -> None:
    def never(_: Settings) -> Store:
        raise AssertionError("the store was opened")

    require_keys(settings.model_copy(update={"host": host}), never)


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (("127.0.0.1", 8000), "http://127.0.0.1:8000/"),
        ((EVERYWHERE, 80), "http://127.0.0.1:80/"),
        (("::1", 8000, 0, 0), "http://[::1]:8000/"),
        (("::", 8000, 0, 0), "http://[::1]:8000/"),
    ],
)
def test_it_says_an_address_that_a_person_here_can_open(bound: tuple[Any, ...], said: str) -> None:
    class Bound:
        def getsockname(self) -> tuple[Any, ...]:
            return bound

    assert address(Bound()) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EADDRINUSE, "8000 is taken"), (errno.EADDRNOTAVAIL, "8000 cannot be had")],
)
def test_an_address_that_cannot_be_had_comes_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, "from the system")

    monkeypatch.setattr("socket.create_server", refused)
    with pytest.raises(ConfigurationError, match=f"{words}.*--port"):
        listen("127.0.0.1", 8000)


def test_options_win_over_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Settings] = []
    monkeypatch.setattr(command, "_serve", seen.append)
    monkeypatch.setenv("COPILOT_HOST", "10.0.0.1")
    monkeypatch.setenv("COPILOT_PORT", "9000")
    command.serve(host=None, port=None)
    command.serve(host="127.0.0.2", port=0)
    assert [(one.host, one.port) for one in seen] == [("10.0.0.1", 9000), ("127.0.0.2", 0)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConfigurationError("there is no API key"), "there is no API key"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
    ],
)
def test_what_it_cannot_do_it_says_in_one_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def failing(_: Settings) -> None:
        raise error

    monkeypatch.setattr(command, "_serve", failing)
    app = Typer()
    app.command()(command.serve)
    done = CliRunner().invoke(app)
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_setting_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_PORT", "eighty")
    app = Typer()
    app.command()(command.serve)
    done = CliRunner().invoke(app)
    assert done.exit_code == 2
    assert "COPILOT_PORT" in done.stderr


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys, api.__main__\n"
        "heavy = 'torch fastapi uvicorn sqlalchemy chromadb onnxruntime pydantic structlog'\n"
        "print(sorted(set(heavy.split()) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(command.__file__).parents[1],
        timeout=30,
    )
    assert done.stdout == "[]\n", done.stderr
