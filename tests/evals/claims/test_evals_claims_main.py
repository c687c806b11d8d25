from __future__ import annotations

import math
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals.claims import figures, hand
from evals.claims.__main__ import claims
from evals.claims.figures import FAITHFUL, Row, Share
from evals.claims.texts import CORPORA, Case

DOCUMENT = """---
title: Lamps
---
# Lamps

Every **lamp** may come back within 30 days.
Bring the receipt.
"""
CLAIMS = """
- document: shop/lamps
  quote: >-
    Every lamp may come back
    within 30 days.
  faithful: ["You have 30 days to return a lamp."]
  faults:
    - {kind: number, text: "You have 40 days to return a lamp."}
- document: null
  quote: ""
  courtesies: ["I am sorry."]
  not_courtesies: ["You will get your money today."]
"""


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    (tmp_path / "knowledge" / "shop").mkdir(parents=True)
    (tmp_path / "knowledge" / "shop" / "lamps.md").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path / "knowledge"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def row(kind: str, supported: bool, courtesy: bool = False, fault: str = "") -> Row:
    return Row(Case("a", "hand", "d", kind, "Text."), supported, courtesy, fault, "", 1.0)


def test_claims_by_hand_have_the_passage_that_holds_their_quote(
    tmp_path: Path, knowledge: Path
) -> None:
    cases = hand.cases(written(tmp_path, CLAIMS), knowledge)
    assert [case.kind for case in cases] == ["faithful", "number", "courtesy", "not_courtesy"]
    assert "Bring the receipt." in cases[0].sources[0].text
    assert cases[0].sources == cases[1].sources
    assert cases[2].sources == ()


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("within 30 days", "within 31 days", "does not have"),
        ("shop/lamps", "shop/chairs", "does not have"),
        ("kind: number", "kind: mistake", "no such kind"),
        ("faithful:", "right:", "no claims"),
        ("- document: shop", "document: shop", "no claims"),
    ],
)
def test_claims_that_cannot_be_read_say_where(
    before: str, after: str, reason: str, tmp_path: Path, knowledge: Path
) -> None:
    path = written(tmp_path, CLAIMS.replace(before, after))
    with pytest.raises(InvalidInput, match=reason) as caught:
        hand.cases(path, knowledge)
    assert "claims.yaml" in str(caught.value)


def test_what_is_measured_of_further_domains_was_taught_to_nobody() -> None:
    measured = hand.in_further_domains()
    assert {FAITHFUL, "negation", "condition", "merged", "unsupported"} <= {
        case.kind for case in measured
    }
    taught = {path.stem for path in hand.domains()}
    assert taught.isdisjoint(case.document.partition("/")[0] for case in measured)


@pytest.mark.parametrize("path", [hand.DEVELOPMENT, hand.TEST], ids=lambda path: path.stem)
def test_our_claims_by_hand_can_be_read(path: Path) -> None:
    if not path.exists():
        pytest.skip("not written yet")
    kinds = {case.kind for case in hand.cases(path)}
    assert {"faithful", "courtesy", "not_courtesy"} < kinds


def test_what_is_right_depends_on_the_kind() -> None:
    assert row("faithful", True).right
    assert not row("faithful", False).right
    assert row("number", False).right
    assert not row("number", True).right
    assert not row("number", False, courtesy=True).right
    assert row("courtesy", False, courtesy=True).right
    assert not row("courtesy", True).right
    assert row("not_courtesy", False).right
    assert not row("not_courtesy", False, courtesy=True).right


def test_intervals_are_wilsons() -> None:
    low, high = Share(9, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert Share(10, 10).interval == pytest.approx((0.722, 1.0), abs=0.001)
    assert math.isnan(Share(0, 0).value)


def test_tables_count_by_kind_and_what_was_named() -> None:
    rows = [row("number", False, fault="number"), row("number", True), row("faithful", True)]
    assert figures.by_kind(rows) == {"number": Share(1, 2), "faithful": Share(1, 1)}
    assert figures.named(rows)["number"] == {"number": 1, "nothing": 1}
    assert figures.as_json(rows[0])["right"] is True


def test_the_cases_can_be_read_without_a_checker() -> None:
    app = typer.Typer()
    app.command()(claims)
    arguments = ["--dry", "--only", "amount", "--hand", str(hand.DEVELOPMENT)]
    if not hand.DEVELOPMENT.exists():
        pytest.skip("not written yet")
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "planted by script: 45" in result.output
    assert all(name in result.output for name in CORPORA if not CORPORA[name].exists())
