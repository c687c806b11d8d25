import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from copilot.errors import InvalidInput
from evals.page import command, report
from evals.page.view import page

app = typer.Typer()
app.command()(command)
HOSTILE = "<script>alert(1)</script><img src=//x.example/a.png> {{ 7*7 }} \x00\x1b\u202e&amp;\ud800"


def case(right: float, text: str | None, at: int = 0, words: str = "When?") -> dict[str, Any]:
    return {
        "cluster": f"d{at}",
        "text": words,
        "gold": {"answerable": True, "documents": ["refunds"], "answer": "5 days"},
        "took_ms": 30.0 + at,
        "measures": {
            "right": right,
            "false_silence": float(text is None),
            "confidence": 0.1 + at / 20,
            "evidenced": right,
            "answerable": 1.0,
            **({"cites_gold": right} if text else {}),
        },
        "output": {
            "status": "suggested" if text else "no_suggestion",
            "reason": None if text else "weak_evidence",
            "confidence": 0.7,
            "text": text,
            "sentences": [
                {
                    "text": text,
                    "citations": [
                        {
                            "document_id": "refunds",
                            "version": 1,
                            "start": 0,
                            "end": 7,
                            "quote": "Refunds",
                        }
                    ],
                }
            ],
        },
    }


def result(cases: dict[str, dict[str, Any]], right: float = 0.5) -> dict[str, Any]:
    """A result as `run` writes it, as far as the page looks."""
    figure = {"value": right, "low": right - 0.1, "high": right + 0.1, "n": 2, "unscored": {}}
    unscored = {"value": None, "low": None, "high": None, "n": 0, "unscored": {"no model": 2}}
    return {
        "kind": "suite",
        "made_at": "2026-11-22T09:00:00+00:00",
        "dataset": {"name": "small", "sha256": "abcdef0123456789"},
        "settings": {"k": 5, "model": "minilm", "llm_model": ""},
        "versions": {"python": "3.11"},
        "metrics": {"right outcomes": figure, "cost": unscored, "false silences": figure},
        "outcomes": {"answerable": {"suggested": 1, "weak_evidence": 1}},
        "questions": cases,
    }


ONE = result({f"c{at}": case(float(at % 2), "It takes 5 days.", at) for at in range(10)})
OTHER = result({f"c{at}": case(0.0, None, at) for at in range(10)}, right=0.2)


class Elements(HTMLParser):
    """Names of the elements, and the addresses that attributes hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.events: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.events += [name for name, _ in attrs if name.startswith("on")]


def test_a_page_of_one_result_has_its_figures_charts_and_failures():
    made = page([ONE])
    found = Elements(made)
    assert found.names.count("figure") == 5
    for part in ("right outcomes", "0.500", "0.400 to 0.600", "2 not scored: no model", "minilm"):
        assert part in made
    assert "What got worse" not in made
    assert "It takes 5 days." in made
    assert "answer: 5 days" in made
    assert "refunds v1, 0 to 7" in made


def test_a_page_of_two_lays_them_side_by_side():
    made = page([ONE, OTHER])
    assert "What got worse: 10" in made
    assert "What failed in the second" in made
    assert "false silence: 10" in made
    shown = made[made.index("What got worse") : made.index("What failed")]
    assert shown.index("<h4>first</h4>") < shown.index("It takes 5 days.")
    assert shown.index("<h4>second</h4>") < shown.index("weak evidence")
    assert "right outcomes 1.000 → 0.000" in shown
    assert re.search(r'<td>-0\.500</td><td>[-+0-9. to]+</td><td class="worse">worse</td>', made)


def test_a_page_holds_no_script_no_event_and_no_address():
    made = page([ONE, OTHER])
    found = Elements(made)
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(found.names)
    assert found.addresses == []
    assert found.events == []
    assert "@import" not in made
    assert "url(" not in made
    assert set(re.findall(r"https?://[^\s\"'<]+", made)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "default-src 'none'" in made


def test_hostile_words_are_shown_as_words_wherever_they_stand(tmp_path: Path):
    bad = case(0.0, HOSTILE, words=HOSTILE)
    bad["gold"] = {"answer": HOSTILE, "documents": [HOSTILE]}
    bad["output"]["sentences"][0]["citations"][0]["quote"] = HOSTILE
    bad["output"]["sentences"][0]["citations"][0]["document_id"] = HOSTILE
    bad["output"]["reason"] = HOSTILE
    one = result({HOSTILE: bad, "b": case(0.0, None)})
    one["dataset"]["name"] = one["dataset"]["sha256"] = one["kind"] = HOSTILE
    one["settings"]["model"] = one["made_at"] = HOSTILE
    one["versions"] = {HOSTILE: HOSTILE}
    one["metrics"][HOSTILE] = {**one["metrics"]["right outcomes"], "unscored": {HOSTILE: 1}}
    one["outcomes"] = {"answerable": {HOSTILE: 1}}
    two = json.loads(json.dumps(one))
    two["questions"][HOSTILE]["measures"]["right"] = -1.0
    for name, value in (("a", one), ("b", two)):
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    report([tmp_path / "a.json", tmp_path / "b.json"], tmp_path / "page.html")
    made = (tmp_path / "page.html").read_text(encoding="utf-8")
    found = Elements(made)
    assert not {"script", "img"} & set(found.names)
    assert found.addresses == []
    assert "{{ 7*7 }}" in made
    assert not {"\x00", "\x1b", "\u202e"} & set(made)


def test_a_page_is_the_same_again():
    assert page([ONE, OTHER]) == page([ONE, OTHER])


def test_an_older_result_without_outputs_has_a_page(tmp_path: Path):
    rows = {"q1": {"cluster": "d1", "measures": {"hit@1": 0.0}}}
    older = {**result(rows), "kind": "retrieval", "outcomes": {}, "metrics": {}}
    for name in ("made_at", "versions", "outcomes", "metrics"):
        del older[name]
    made = page([older])
    assert "first document is not a gold one: 1" in made
    assert "This result holds no outputs." in made


def test_outputs_of_searches_and_of_what_could_not_be_scored_are_shown():
    rows = {
        "q1": {
            "cluster": "d1",
            "text": "When?",
            "measures": {"hit@1": 0.0},
            "output": {"passages": [{"document_id": "returns", "text": "…"}]},
        },
        "q2": {
            "cluster": "d2",
            "text": "How?",
            "measures": {"hit@1": {"unscored": "refused"}},
            "output": {"unscored": "refused"},
        },
    }
    made = page([{**result(rows), "kind": "retrieval"}])
    assert '<dt>shown</dt><dd dir="auto">returns</dd>' in made
    assert "Could not be scored: refused" in made


def test_the_command_writes_a_page_and_refuses_a_third_result(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps(ONE))
    path, out = str(tmp_path / "a.json"), str(tmp_path / "new" / "page.html")
    done = CliRunner().invoke(app, [path, path, "--out", out])
    assert done.exit_code == 0, done.output
    assert Path(out).read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(InvalidInput, match="3 results"):
        report([Path(path)] * 3, Path(out))
