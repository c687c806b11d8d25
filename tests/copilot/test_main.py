from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rig import Clock, Rig
from sqlalchemy import text
from typer.testing import CliRunner, Result

from copilot import __main__ as command
from copilot import compose
from copilot.retrieval.hashing import HashingEmbedder
from copilot.settings import Settings
from copilot.store import Store
from copilot.store.database import writer
from copilot.store.spend import Limits
from copilot.types import Customer, Interaction, Role, Scope, Turn, Usage

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder of this test's own, and the embedder that needs no model."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(compose, "open_embedder", lambda settings: HashingEmbedder(512))
    shutil.copy(empty_database, tmp_path)
    return Settings()


@pytest.fixture
def stored(settings: Settings) -> Callable[..., None]:
    """Fills the store as the command will find it."""

    def fill(**documents: str) -> None:
        store = Store(settings.store_url)
        rig = Rig(store, Clock(), settings.data_dir / "other")
        for name, words in documents.items():
            rig.put(name, words)
        rig.met("ada", "ada-0", "The voucher never came.", "I promise you a voucher of 25 euros.")
        rig.close()
        store.close()

    return fill


def called(*arguments: str) -> Result:
    return run(command.app, list(arguments), catch_exceptions=False)


def failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> str:
    """The one line that a command which failed on purpose ends with."""
    monkeypatch.setattr(sys, "argv", ["copilot", *arguments])
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


# Keys


def test_a_key_is_shown_once_and_opens_what_it_was_made_for(settings: Settings) -> None:
    done = called(
        "keys", "add", "Desk 3", "--role", "staff", "--store", "014", "--store", "015",
        "--region", "north",
    )  # fmt: skip
    assert done.exit_code == 0
    secret = done.stdout.strip()
    key = Store(settings.store_url).keys.find(secret)
    assert key is not None
    assert (key.name, key.role) == ("Desk 3", Role.STAFF)
    assert key.scope == Scope(stores=("014", "015"), regions=("north",))
    assert key.key_id in done.stderr
    assert secret not in done.stderr
    assert secret not in called("keys", "list").output


def test_keys_are_listed_with_their_state() -> None:
    assert called("keys", "list").output == ""
    called("keys", "add", "Ada's desk")
    called("keys", "add", "Measuring", "--role", "evaluator")
    first, second = called("keys", "list").output.splitlines()
    assert first.split(maxsplit=3)[1:] == ["agent", "open", "Ada's desk"]
    assert second.split(maxsplit=3)[1:] == ["evaluator", "open", "Measuring"]
    called("keys", "revoke", first.split()[0])
    assert "revoked" in called("keys", "list").output.splitlines()[0]


def test_a_revoked_key_opens_nothing(settings: Settings) -> None:
    secret = called("keys", "add", "Desk 3").stdout.strip()
    key_id = called("keys", "list").output.split()[0]
    assert called("keys", "revoke", key_id).exit_code == 0
    assert Store(settings.store_url).keys.find(secret) is None


def test_revoking_what_is_not_there_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = failed(monkeypatch, capsys, "keys", "revoke", "nobody")
    assert "no open key 'nobody'" in shown
    assert "copilot keys list" in shown


def test_a_role_that_does_not_exist_is_refused() -> None:
    done = called("keys", "add", "Desk 3", "--role", "emperor")
    assert done.exit_code == 2
    assert "supervisor" in done.stderr


# Erasure


@pytest.fixture
def ada(settings: Settings) -> Store:
    store = Store(settings.store_url)
    store.customers.put(Customer("ada", "Ada"))
    store.customers.put(Customer("ben", "Ben"))
    turns = (Turn("t", "customer", "Where is it?"),)
    for number, name in enumerate(("ada", "ada", "ben")):
        interaction = Interaction(
            f"i{number}", name, "chat", datetime(2026, 5, 1, tzinfo=UTC), turns=turns
        )
        store.customers.put_interaction(interaction, "customer: Where is it?", [], [], {}, "m")
    return store


def test_a_customer_is_erased_with_a_receipt(ada: Store) -> None:
    done = called("erase", "ada", "--yes")
    assert done.exit_code == 0
    assert done.output.startswith("erased ada at ")
    assert "2 interactions, 0 suggestions" in done.output
    assert called("erase", "ben", "--yes").output.endswith("1 interactions, 0 suggestions\n")


def test_erasing_asks_first(ada: Store) -> None:
    done = run(command.app, ["erase", "ada"], input="n\n")
    assert done.exit_code == 1
    assert "for good?" in done.output
    assert ada.customers.customer("ada").name == "Ada"
    assert run(command.app, ["erase", "ada"], input="y\n").exit_code == 0


def test_erasing_nobody_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no such customer" in failed(monkeypatch, capsys, "erase", "eve", "--yes")


# Asking


def test_an_answer_comes_with_where_it_is_from(stored: Callable[..., None]) -> None:
    stored(refunds="A refund to a bank card takes five working days.")
    done = called("ask", "How many working days does a refund to a bank card take?")
    assert done.exit_code == 0
    answer, confidence, cited, *_ = [line for line in done.output.splitlines() if line]
    assert answer == "A refund to a bank card takes five working days."
    assert confidence.startswith("confidence 0.")
    assert cited.split() == ["refunds", "v1", "[0:48]", *answer.split()]


def test_silence_says_why_and_shows_what_was_found(stored: Callable[..., None]) -> None:
    stored(refunds="A refund to a bank card takes five working days.")
    done = called("ask", "Quel temps fera-t-il demain?")
    assert done.exit_code == 0
    assert done.output.startswith("No answer: no_evidence (confidence 0.")
    assert "refunds" in done.output


def test_a_customers_past_is_cited_where_it_is_asked_for(stored: Callable[..., None]) -> None:
    stored(refunds="A refund to a bank card takes five working days.")
    question = "What voucher did we promise you?"
    assert "25 euros" not in called("ask", question).output
    assert "voucher of 25 euros" in called("ask", question, "--customer", "ada").output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", " "], "question: is empty"),
        (["ask", "How?", "--customer", "eve"], "no such customer"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    assert words in failed(monkeypatch, capsys, *arguments)


def test_the_doctor_finds_nothing_wrong_with_what_is_right(stored: Callable[..., None]) -> None:
    stored(refunds="A refund to a bank card takes five working days.")
    done = called("doctor")
    assert done.exit_code == 0
    assert "database     ok" in done.output
    assert "documents    1" in done.output
    assert "degraded" not in done.output


def test_an_embedder_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("COPILOT_EMBEDDER", "word2vec")
    shown = failed(monkeypatch, capsys, "ask", "How?")
    assert "COPILOT_EMBEDDER is 'word2vec'" in shown


def test_the_trail_is_verified_and_one_that_was_touched_is_named(settings: Settings) -> None:
    store = Store(settings.store_url)
    with writer(store.engine).begin() as connection:
        for number in range(3):
            store.audit.append(connection, {"decision": "taken", "number": number})
    done = called("audit", "--show")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == '{"decision": "taken", "number": 0}'
    assert done.stderr.startswith("3 lines, the last ")
    with writer(store.engine).begin() as connection:
        connection.execute(text("UPDATE audit SET entry = '{}' WHERE seq = 2"))
    store.close()
    touched = called("audit")
    assert touched.exit_code == 1
    assert "line 2 does not fit" in touched.stderr


def test_what_models_took_is_printed_by_day_and_by_agent(settings: Settings) -> None:
    clock = Clock()
    clock.now = datetime.now(UTC)
    store = Store(settings.store_url, now=clock)
    for caller, ago_days in (("ada", 0), ("ben", 0), ("ada", 40)):
        clock.move(days=-ago_days)
        call = store.spend.reserve(caller, None, "reply", "m", 900, 0.5, Limits())
        store.spend.settle(call, Usage("m", 700, 50, 0.25, "reported"), "ok", 1)
    today = datetime.now(UTC).date()
    store.close()
    table = [line.split() for line in called("spend").output.splitlines()]
    assert table == [
        ["day", "calls", "in", "out", "cost"],
        [str(today), "2", "1400", "100", "0.5000"],
        ["agent", "calls", "in", "out", "cost"],
        ["ada", "1", "700", "50", "0.2500"],
        ["ben", "1", "700", "50", "0.2500"],
    ]
    assert "ada                            2" in called("spend", "--days", "60").output
