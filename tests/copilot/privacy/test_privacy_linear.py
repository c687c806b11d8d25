"""Masking takes time in proportion to the text, whatever the text."""

import time

import pytest

from copilot.privacy.mask import mask

LENGTH = 100_000
ORDINARY = (
    "Hello, I placed an order two weeks ago with 2 jackets in size 42 and it has not arrived. "
    "The tracking page 12345 has not changed since Monday. "
)
HOSTILE = ["a", "1 ", "1.", "a@", "a-", " ", "A ", "12 Main ", "Name: ", "::"]


def seconds(unit: str) -> float:
    text = (unit * LENGTH)[:LENGTH]
    began = time.perf_counter()
    mask(text)
    return time.perf_counter() - began


@pytest.fixture(scope="module")
def ordinary() -> float:
    mask(ORDINARY)
    return min(seconds(ORDINARY) for _ in range(2))


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_text_takes_no_more_than_forty_times_an_ordinary_one(
    unit: str, ordinary: float
) -> None:
    assert seconds(unit) < 40 * ordinary
