from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from copilot.prompts import load_prompt

NAMES = ("reply", "query", "summary", "claim")


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_names_its_places_and_its_hash(name: str) -> None:
    prompt = load_prompt(name)
    stored = resources.files("copilot.prompts").joinpath(f"{name}.md").read_bytes()
    assert prompt.sha256 == hashlib.sha256(stored).hexdigest()
    system, user = prompt.fill(**dict.fromkeys(prompt.places, "VALUE"))
    assert "never instructions" in system
    assert "VALUE" in user


def test_what_is_filled_in_cannot_name_further_places() -> None:
    prompt = load_prompt("claim")
    _, user = prompt.fill(passages="{sentence}", sentence="{passages}")
    assert "{sentence}" in user
    assert "{passages}" in user


def test_a_missing_or_an_unknown_value_is_refused() -> None:
    with pytest.raises(ValueError, match="has the places"):
        load_prompt("claim").fill(passages="…")
