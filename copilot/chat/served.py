"""Reads from the settings which models are served where, with which key and at which price."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from copilot.chat.answer import Price
from copilot.errors import ConfigurationError
from copilot.settings import Settings

# Names of models may have an @ themselves.
_PLACED = re.compile(r"(?P<name>.+?)@(?P<url>https?://.*)")


@dataclass(frozen=True, slots=True)
class Served:
    """A model at an address; an empty one is OpenAI's. `price`: for a million tokens in and out."""

    name: str
    base_url: str
    api_key: str = field(repr=False)
    price: Price


def served(settings: Settings) -> list[Served]:
    """The models of COPILOT_LLM_MODEL, in their order; none where it is empty.

    A single key goes to COPILOT_LLM_BASE_URL, or to the server of the first model where all have
    an address of their own, and to no other. Raises ConfigurationError.
    """
    named = [one.strip() for one in settings.llm_model.split(",") if one.strip()]
    if not named:
        return []
    base_url = settings.llm_base_url.strip()
    placed = [_placed(one, base_url) for one in named]
    keys = settings.llm_api_key.get_secret_value().split(",")
    if len(keys) == 1:
        urls = [url for _, url in placed]
        home = base_url if base_url in urls else urls[0]
        keys = [keys[0] if url == home else "" for url in urls]
    prices = settings.llm_price.split(",")
    if len(prices) == 1:
        prices *= len(named)
    for variable, given in (("COPILOT_LLM_API_KEY", keys), ("COPILOT_LLM_PRICE", prices)):
        if len(given) != len(named):
            raise ConfigurationError(
                f"{variable} must be one, or one for each of COPILOT_LLM_MODEL"
            )
    return [
        Served(name, url, key.strip(), _price(price))
        for (name, url), key, price in zip(placed, keys, prices, strict=True)
    ]


def _placed(one: str, base_url: str) -> tuple[str, str]:
    found = _PLACED.fullmatch(one)
    return (found["name"].strip(), found["url"]) if found else (one, base_url)


def _price(written: str) -> Price:
    """Raises ConfigurationError for anything but two amounts, or nothing."""
    if not written.strip():
        return (0.0, 0.0)
    try:
        sent, received = map(float, written.split("/"))
    except ValueError:
        sent = received = -1.0
    if not (0 <= sent < float("inf") and 0 <= received < float("inf")):
        raise ConfigurationError(
            "COPILOT_LLM_PRICE must be like 0.15/0.60: for a million tokens in, and out"
        )
    return (sent, received)
