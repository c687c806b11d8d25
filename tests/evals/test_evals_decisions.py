"""Cases from what agents decided: masked, reviewed by a person, and versioned."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from rig import Clock, Rig
from typer.testing import CliRunner, Result

from copilot.errors import InvalidInput
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import Customer, Decision, Turn
from evals.dataset import load
from evals.decisions import cases, command

QUESTION = "How many working days does a refund to a card take?"
ANSWER = "A refund to a card takes five working days."


@pytest.fixture
def shop(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> Iterator[Rig]:
    """The database that the command will find, with two documents and a customer."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    shutil.copy(empty_database, tmp_path / "data")
    rig = Rig(Store(Settings().store_url, clock), clock, tmp_path / "indexes")
    rig.put("refunds", ANSWER)
    rig.put("dogs", "Guide dogs are welcome everywhere.")
    rig.store.customers.put(Customer("ada", "Zephyrine Quill", attributes={"pet_name": "Bixby"}))
    yield rig
    rig.close()
    rig.store.close()


@pytest.fixture
def decide(shop: Rig) -> Callable[..., str]:
    """Asks, and decides what was offered."""

    def do(decision: str, asked: str = QUESTION, **fields: Any) -> str:
        customer = fields.pop("customer_id", None)
        said = fields.pop("said", None)
        if said is None:
            made = shop.copilot.ask(asked, customer_id=customer)
        else:
            made = shop.copilot.assist(said, customer_id=customer)
        shop.clock.move(minutes=1)
        shop.store.decisions.decide(
            Decision(made.suggestion_id, decision, shop.clock.now, "Desk of Mia", **fields)
        )
        return made.suggestion_id

    return do


def called(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def waiting(out: Path) -> dict[str, dict[str, Any]]:
    return {one.stem: yaml.safe_load(one.read_text()) for one in (out / "review").glob("*.yaml")}


def counted(out: Path) -> list[dict[str, Any]]:
    path = out / "queries.jsonl"
    return [json.loads(one) for one in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "suite"


def test_each_decision_becomes_the_case_that_it_is(
    shop: Rig, decide: Callable[..., str], out: Path
) -> None:
    taken = decide("taken", final_text=ANSWER)
    edited = decide("edited", final_text="It takes five working days.")
    wrong = decide("rejected", reason="wrong")
    curt = decide("rejected", reason="tone")
    decide("ignored")
    done = called("--out", str(out))
    assert done.exit_code == 0
    assert "4 new; 4 wait for review" in done.output
    found = waiting(out)
    assert set(found) == {taken, edited, wrong, curt}
    assert all(one["text"] == QUESTION and one["reviewed"] is None for one in found.values())
    assert (found[taken]["documents"], found[taken]["answer"]) == (["refunds"], ANSWER)
    assert found[edited]["answer"] == "It takes five working days."
    assert found[edited]["source"]["shown"] == ANSWER
    assert found[wrong]["expect"] == {"must_not": [ANSWER]}
    assert "documents" not in found[wrong]
    assert found[curt]["answer"] is None
    assert counted(out) == []


def test_a_case_counts_only_once_somebody_has_accepted_it(
    shop: Rig, decide: Callable[..., str], out: Path, tmp_path: Path
) -> None:
    first, second, third = (decide("taken", final_text=ANSWER) for _ in range(3))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "refunds.md").write_text(ANSWER)
    called("--out", str(out), "--corpus", str(tmp_path / "docs"))
    with pytest.raises(InvalidInput, match="nobody is named"):
        called("--out", str(out), "--accept", first)
    done = called("--out", str(out), "--accept", first, "--reject", second, "--by", "Grace")
    assert "0 new; 1 wait for review" in done.output
    assert "1 count (version 1); 1 refused" in done.output
    assert [(one["_id"], one["reviewed"]) for one in counted(out)] == [(first, "Grace")]
    assert list(waiting(out)) == [third]
    suite = load(out)
    assert [one.question_id for one in suite.questions] == [first]
    assert suite.questions[0].answer == ANSWER
    before = suite.sha256()
    path = out / "review" / f"{third}.yaml"
    path.write_text(path.read_text().replace("reviewed: null", "reviewed: Alan"))
    assert "2 count (version 2)" in called("--out", str(out)).output
    assert load(out).sha256() != before
    history = json.loads((out / "review.json").read_text())["history"]
    assert [(one["version"], one["by"], one["added"]) for one in history] == [
        (1, ["Grace"], [first]),
        (2, ["Alan"], [third]),
    ]


def test_a_second_run_adds_only_what_is_new(decide: Callable[..., str], out: Path) -> None:
    first = decide("taken", final_text=ANSWER)
    refused = decide("rejected", reason="unsafe")
    called("--out", str(out))
    called("--out", str(out), "--accept", first, "--reject", refused, "--by", "Grace")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert "0 new" in called("--out", str(out)).output
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    again = decide("taken", final_text=ANSWER)
    assert "1 new" in called("--out", str(out)).output
    assert list(waiting(out)) == [again]


def test_nothing_personal_is_in_a_case(shop: Rig, decide: Callable[..., str], out: Path) -> None:
    said = [
        Turn("t1", "customer", "Quill here, and Bixby too. Mail me at z.quill@example.com."),
        Turn("t2", "agent", "Yes, Zephyrine?"),
        Turn("t3", "customer", f"My card is 4111 1111 1111 1111. {QUESTION}"),
    ]
    made = decide("edited", said=said, customer_id="ada", final_text=f"Dear Zephyrine, {ANSWER}")
    called("--out", str(out))
    path = out / "review" / f"{made}.yaml"
    text = path.read_text()
    unnamed = text.replace(made, "").lower()  # the letters of an id may spell a name
    for secret in ("quill", "zephyrine", "bixby", "4111", "mia", "ada"):
        assert secret not in unnamed
    assert [one["role"] for one in waiting(out)[made]["conversation"]] == [
        "customer", "agent", "customer",
    ]  # fmt: skip
    path.write_text(text.replace("answer: ", "answer: Call 212 555 0123. "))
    called("--out", str(out), "--accept", made, "--by", "Grace")
    assert "555" not in (out / "queries.jsonl").read_text()


def test_who_was_erased_leaves_no_case_behind(
    shop: Rig, decide: Callable[..., str], out: Path
) -> None:
    made = decide("taken", customer_id="ada", final_text=ANSWER)
    other = decide("taken", final_text=ANSWER)
    called("--out", str(out))
    assert set(waiting(out)) == {made, other}
    shop.store.customers.erase("ada")
    called("--out", str(out))
    assert list(waiting(out)) == [other]
    assert [one["_id"] for one in cases(shop.store)[0]] == [other]


def test_a_reply_from_a_customers_own_past_is_no_case(
    shop: Rig, decide: Callable[..., str], out: Path
) -> None:
    shop.met("ada", "ada-1", "Was a voucher promised?", "I promise you a voucher of 25 euros.")
    decide("taken", "What voucher did you promise me?", customer_id="ada")
    assert "1 left out: it cites a customer's own past" in called("--out", str(out)).output
    assert waiting(out) == {}


def test_what_expects_nothing_cannot_be_accepted_and_nothing_is_then(
    decide: Callable[..., str], out: Path
) -> None:
    good, curt = decide("taken", final_text=ANSWER), decide("rejected", reason="incomplete")
    called("--out", str(out))
    with pytest.raises(InvalidInput, match="nothing is expected") as error:
        called("--out", str(out), "--accept", good, "--accept", curt, "--by", "Grace")
    assert "write the answer" in error.value.remedy
    assert counted(out) == []
    assert set(waiting(out)) == {good, curt}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("_id: [", "not YAML"),
        ("_id: s_other\n", "not the case of its name"),
        ("_id: s_1\nreviewed: true\n", "reviewed is not a name"),
    ],
)
def test_a_file_that_was_spoilt_is_named_and_kept(
    shop: Rig, out: Path, text: str, reason: str
) -> None:
    called("--out", str(out))
    (out / "review" / "s_1.yaml").write_text(text)
    with pytest.raises(InvalidInput, match=reason) as error:
        called("--out", str(out))
    assert "s_1.yaml" in error.value.place
    assert (out / "review" / "s_1.yaml").read_text() == text


def test_a_case_that_is_not_there_cannot_be_accepted(shop: Rig, out: Path) -> None:
    for case_id in ("s_none", "../queries"):
        with pytest.raises(InvalidInput, match="waits for review"):
            called("--out", str(out), "--accept", case_id, "--by", "Grace")


def test_a_folder_is_of_one_database(shop: Rig, decide: Callable[..., str], out: Path) -> None:
    decide("taken", final_text=ANSWER)
    called("--out", str(out))
    called("--out", str(out), "--accept", next(iter(waiting(out))), "--by", "Grace")
    told = json.loads((out / "review.json").read_text())
    (out / "review.json").write_text(json.dumps({**told, "database": "another"}))
    with pytest.raises(InvalidInput, match="another database"):
        called("--out", str(out))


def test_an_edit_of_what_counts_is_a_version(decide: Callable[..., str], out: Path) -> None:
    decide("taken", final_text=ANSWER)
    called("--out", str(out))
    called("--out", str(out), "--accept", next(iter(waiting(out))), "--by", "Grace")
    path = out / "queries.jsonl"
    path.write_text(path.read_text().replace("five", "5"))
    assert "version 2" in called("--out", str(out)).output
    assert "version 2" in called("--out", str(out)).output
