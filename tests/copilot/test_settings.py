from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from copilot.errors import ConfigurationError
from copilot.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("COPILOT_")]:
        monkeypatch.delenv(name)


def test_everything_has_a_default_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.data_dir == tmp_path.resolve() / ".copilot"
    assert settings.store_url == f"sqlite:///{tmp_path.resolve()}/.copilot/copilot.sqlite"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.embedder == "minilm"
    assert settings.on_loopback


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("COPILOT_DATABASE_URL", "postgresql://u@h/d", "store_url", "postgresql://u@h/d"),
        ("COPILOT_PORT", "8080", "port", 8080),
        ("COPILOT_HOST", "10.0.0.1", "host", "10.0.0.1"),
        ("COPILOT_CHROMA_URL", "http://h:8000", "chroma_url", "http://h:8000"),
        ("COPILOT_EMBEDDER", "openai:small", "embedder", "openai:small"),
        ("COPILOT_RERANKER", "some/model", "reranker", "some/model"),
    ],
)
def test_the_environment_sets_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, expected: object
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(Settings(), field) == expected


def test_a_home_folder_is_written_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings(data_dir=Path("~/here")).data_dir == tmp_path.resolve() / "here"


def test_a_port_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPILOT_PORT", "http")
    with pytest.raises(ValidationError, match="port"):
        Settings()


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - that is what it is about
        ("::", False),
        ("10.0.0.1", False),
        ("example.com", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, local: bool) -> None:
    assert Settings(host=host).on_loopback is local


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_TIMEOUT_S", "0"),
        ("LLM_TIMEOUT_S", "inf"),
        ("LLM_TIMEOUT_S", "nan"),
        ("LLM_MAX_TOKENS", "-1"),
        ("LLM_CONTEXT_TOKENS", "0"),
        ("LLM_CONCURRENT", "0"),
        ("LLM_TOKENS_PER_DAY", "-1"),
        ("LLM_TOKENS_PER_AGENT", "-1"),
        ("LLM_COST_PER_DAY", "-0.01"),
    ],
)
def test_an_amount_that_makes_no_sense_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"COPILOT_{name}", value)
    with pytest.raises(ConfigurationError, match=f"COPILOT_{name} must be"):
        Settings()


@pytest.mark.parametrize("name", ["embedder_api_key", "llm_api_key"])
def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"COPILOT_{name.upper()}", "sk-very-secret")
    settings = Settings()
    assert "sk-very-secret" not in repr(settings) + str(settings)
    assert getattr(settings, name).get_secret_value() == "sk-very-secret"
