"""The situations that requests are learnt from are read, and wrong ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from copilot.errors import InvalidInput
from evals.fit.requests import Situation, situations
from evals.procedures.choice import openings


def test_each_of_our_situations_has_a_name_an_introduction_and_openings() -> None:
    found = situations()
    assert len(found) > 400
    assert all(one.title and one.about and len(one.openings) == 6 for one in found)
    assert 0 < sum(one.is_held_out for one in found) < len(found) / 4


def test_no_opening_that_is_measured_is_learnt_from() -> None:
    learnt = {opening for one in situations() for opening in one.openings}
    measured = {" ".join(turn.text for turn in turns) for _, turns in openings()}
    assert not learnt & measured


def test_a_courtesy_is_no_part_of_what_is_asked(tmp_path: Path) -> None:
    fields = {"business": "b", "title": "t", "about": "a", "openings": [["Hello!", "Where is it?"]]}
    (tmp_path / "1.yaml").write_text(yaml.safe_dump([fields]), encoding="utf-8")
    assert situations(tmp_path) == [Situation("b", "t", "a", ("Where is it?",))]


def test_a_situation_without_a_title_is_named(tmp_path: Path) -> None:
    (tmp_path / "1.yaml").write_text("- {business: b, about: a, openings: []}\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        situations(tmp_path)
    assert refused.value.place.endswith("1.yaml, situation 1")
