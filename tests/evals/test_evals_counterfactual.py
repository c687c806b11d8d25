"""Past points asked again with other settings: what would have been otherwise."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rig import Clock, Rig
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from copilot import compose
from copilot.errors import InvalidInput
from copilot.retrieval.hashing import HashingEmbedder
from copilot.settings import Settings
from copilot.store import Store
from copilot.store.tables import metadata
from copilot.types import Decision, Suggestion
from evals.counterfactual import AsOf, Point, Turned, command, counted, points, worth_a_look

REFUND, DOG = "How many working days does a refund to a card take?", "Are guide dogs welcome?"
DOGS = "Guide dogs are welcome everywhere."


@pytest.fixture
def shop(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> Iterator[Rig]:
    """The database that the command will find; its embedder is named by its size."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COPILOT_EMBEDDER", "512")
    monkeypatch.setattr(
        compose, "open_embedder", lambda settings: HashingEmbedder(int(settings.embedder))
    )
    (tmp_path / "data").mkdir()
    shutil.copy(empty_database, tmp_path / "data")
    rig = Rig(Store(Settings().store_url, clock), clock, tmp_path / "indexes")
    rig.put("refunds", "A refund to a card takes five working days.")
    rig.put("parcels", "A lost parcel is traced by its number.")
    rig.put("dogs", DOGS)
    clock.move(minutes=1)
    yield rig
    rig.close()
    rig.store.close()


@pytest.fixture
def ask(shop: Rig) -> Callable[..., str]:
    """Asks, and decides what was offered."""

    def do(question: str, decision: str | None = None, **fields: Any) -> str:
        made: Suggestion = shop.copilot.ask(question)
        shop.clock.move(minutes=1)
        if decision is not None:
            mine = Decision(made.suggestion_id, decision, shop.clock.now, "desk", **fields)
            shop.store.decisions.decide(mine)
        return made.suggestion_id

    return do


def called(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def told(shop: Rig, as_of: AsOf) -> dict[str, Point]:
    found = points(shop.copilot, shop.store.suggestions.newest(None), as_of)
    return {one.suggestion_id: one for one in found}


def test_the_same_settings_as_of_then_change_nothing(shop: Rig, ask: Callable[..., str]) -> None:
    ask(REFUND, "taken")
    ask(DOG)
    shop.put("refunds", "A refund to a card takes nine working days.")
    shop.clock.move(minutes=1)
    found = told(shop, AsOf.THEN)
    assert {one.turned for one in found.values()} == {Turned.SAME}
    assert counted(list(found.values()))["changed"]["reply"]["count"] == 0


def test_what_was_taken_and_would_be_silent_comes_first(shop: Rig, ask: Callable[..., str]) -> None:
    ask(REFUND)
    replaced = ask(REFUND, "edited", final_text="Five days.")
    silenced = ask(DOG, "taken")
    undone = ask(REFUND, "rejected", reason="wrong")
    repeated = ask("How is a lost parcel traced by its number?", "rejected", reason="tone")
    shop.put("refunds", "A refund to a card takes nine working days.")
    shop.put("dogs", "Hours: see the door.", title="Opening hours")
    shop.clock.move(minutes=1)
    found = told(shop, AsOf.NOW)
    assert found[silenced].turned is Turned.SILENCED
    assert found[replaced].turned is Turned.REPLACED
    assert found[undone].turned is Turned.UNDONE
    assert found[repeated].turned is Turned.REPEATED
    looked = worth_a_look(found.values())
    assert [one.suggestion_id for one in looked[:2]] == [silenced, replaced]
    assert repeated not in [one.suggestion_id for one in looked]
    assert found[silenced].changed[0] == "outcome"
    figures = counted(list(found.values()))
    assert figures["turned"][Turned.SILENCED] == 1
    assert figures["changed"]["reply"]["count"] == 4
    assert figures["changed"]["reply"]["share"] == 0.8


def test_other_settings_are_asked_and_nothing_is_stored(
    shop: Rig, ask: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    taken = ask(DOG, "taken", final_text=DOGS)
    ask(REFUND)
    before = rows(shop)
    out = tmp_path / "out"
    done = called("--set", "embedder=8", "--out", str(out))
    assert done.exit_code == 0
    assert rows(shop) == before
    result = json.loads((out / "result.json").read_text())
    assert (result["set"], result["settings"]["embedder"]) == ({"embedder": "8"}, "8")
    assert (result["points"], result["asked"], result["as_of"]) == (2, 2, "then")
    listed = [json.loads(line) for line in (out / "points.jsonl").read_text().splitlines()]
    assert {one["suggestion_id"] for one in listed} >= {taken}
    assert listed[0]["then"]["reply"]
    assert max(map(len, done.output.splitlines())) <= 100


def test_only_what_is_asked_for_is_looked_at(shop: Rig, ask: Callable[..., str]) -> None:
    ask(REFUND)
    shop.clock.move(days=1)
    last = ask(DOG)
    assert "1 points, 1 asked again" in called("--limit", "1").output
    since = shop.clock.now.replace(hour=0, minute=0).isoformat(timespec="seconds")[:19]
    assert "1 points" in called("--since", since).output
    assert last in {one.suggestion_id for one in shop.store.suggestions.newest(1)}


def test_what_cannot_be_asked_is_counted_apart(shop: Rig, ask: Callable[..., str]) -> None:
    shop.met("ada", "ada-1", "Hello?", "Hello.")
    made = shop.copilot.ask(REFUND, customer_id="ada").suggestion_id
    offered = shop.store.suggestions.offered(made)
    shop.store.customers.erase("ada")
    (only,) = points(shop.copilot, [offered], AsOf.THEN)
    assert (only.turned, only.now, only.why) == (Turned.UNASKED, None, "no such customer")
    assert only.masked == ()
    figures = counted([only])
    assert (figures["points"], figures["asked"]) == (1, 0)
    assert figures["changed"]["reply"]["share"] is None


def test_what_had_run_out_of_time_is_left_out(shop: Rig, ask: Callable[..., str]) -> None:
    from dataclasses import replace

    offered = shop.store.suggestions.offered(ask(REFUND))
    late = replace(offered, suggestion={**offered.suggestion, "reason": "deadline"})
    assert points(shop.copilot, [late], AsOf.NOW) == []


def test_no_one_is_named_in_what_is_told(shop: Rig, ask: Callable[..., str]) -> None:
    shop.put("desk", "Refund questions: write to jane.roe@example.com about a card.")
    shop.clock.move(minutes=1)
    made = ask("Whom do I write to with refund questions about a card?")
    point = told(shop, AsOf.NOW)[made]
    assert "[EMAIL]" in point.then["reply"]
    assert "jane.roe" not in str(point)


def test_what_was_asked_with_masked_words_is_counted(shop: Rig, ask: Callable[..., str]) -> None:
    ask(f"I am jane.roe@example.com. {REFUND}")
    ask(REFUND)
    done = called("--show", "0")
    assert "1 asked without what is kept masked" in done.output
    assert "jane.roe" not in done.output


@pytest.mark.parametrize("given", ["database_url=sqlite:///x", "nothing=1", "embedder"])
def test_only_models_may_be_set(shop: Rig, given: str) -> None:
    with pytest.raises(InvalidInput):
        called("--set", given)


def rows(shop: Rig) -> dict[str, int]:
    with shop.store.engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
