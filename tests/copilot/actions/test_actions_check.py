"""`copilot actions check`, and the settings that it reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from declared import refund, stock, write
from typer.testing import CliRunner

from copilot import __main__ as command
from copilot.settings import Settings, action_variables


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where actions are looked for."""
    monkeypatch.setenv("COPILOT_ACTIONS", str(tmp_path))
    monkeypatch.setenv("COPILOT_ACTION_KEY", "hunter2")
    return tmp_path


def check() -> tuple[int, str, str]:
    result = CliRunner().invoke(command.app, ["actions", "check"], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_what_can_be_used_is_listed(folder: Path) -> None:
    write(folder)
    code, listed, wrong = check()
    assert (code, wrong) == (0, "")
    assert [line.split()[:2] for line in listed.splitlines()] == [
        ["offer_refund", "change"],
        ["stock_store", "read"],
        ["stock_web", "read"],
    ]


def test_what_cannot_is_named_with_its_remedy(folder: Path) -> None:
    write(folder, stock("web"), {**refund(), "effect": "read"})
    code, listed, wrong = check()
    assert code == 1
    assert listed.startswith("stock_web")
    assert "offer_refund.json: request.method" in wrong
    assert "docs/actions.md" in wrong


def test_an_empty_folder_is_said_and_is_no_error(folder: Path) -> None:
    assert check() == (0, "", f"no action is declared in {folder}\n")


def test_relative_urls_begin_at_this_server_where_it_is_local() -> None:
    assert Settings(port=81).actions_origin == "http://127.0.0.1:81"
    assert Settings(host="::1", port=81).actions_origin == "http://[::1]:81"
    assert Settings(host="10.0.0.1").actions_origin == ""
    assert Settings(actions_url="https://api.example/v2/").actions_origin == (
        "https://api.example/v2"
    )


def test_headers_may_name_only_variables_that_are_for_actions(folder: Path) -> None:
    assert action_variables() == {"COPILOT_ACTION_KEY": "hunter2"}


def test_actions_are_looked_for_in_the_data_folder_unless_another_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().actions_folder == folder
    monkeypatch.delenv("COPILOT_ACTIONS")
    assert Settings(data_dir=tmp_path / "data").actions_folder == tmp_path / "data" / "actions"
