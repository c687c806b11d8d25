from __future__ import annotations

import os
from typing import Any

import pytest
from pydantic import SecretStr

from copilot.chat.served import served
from copilot.compose import open_chat
from copilot.errors import ConfigurationError
from copilot.settings import Settings

HERE = "http://127.0.0.1:11434/v1"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("COPILOT_")]:
        monkeypatch.delenv(name)


def read(model: str, **fields: Any) -> list[tuple[str, str, str, tuple[float, float]]]:
    key = SecretStr(fields.pop("llm_api_key", ""))
    found = served(Settings(llm_model=model, llm_api_key=key, **fields))
    return [(one.name, one.base_url, one.api_key, one.price) for one in found]


def test_without_a_model_nothing_is_drafted() -> None:
    assert read("") == read(" , ") == []
    assert open_chat(Settings()) is None


def test_models_are_read_in_their_order_each_with_its_address() -> None:
    assert read(f"@cf/a@b, qwen:1b@{HERE}", llm_base_url="https://x/v1", llm_api_key="k") == [
        ("@cf/a@b", "https://x/v1", "k", (0.0, 0.0)),
        ("qwen:1b", HERE, "", (0.0, 0.0)),
    ]


def test_a_single_key_goes_to_one_server_only() -> None:
    assert [key for _, _, key, _ in read(f"q@{HERE},gpt", llm_api_key="k")] == ["", "k"]
    assert [key for _, _, key, _ in read(f"q@{HERE},r@{HERE},s@http://x", llm_api_key="k")] == [
        "k",
        "k",
        "",
    ]


def test_keys_and_prices_can_be_one_for_each() -> None:
    found = read("a,b", llm_base_url=HERE, llm_api_key="k, l", llm_price="0.15/0.60, ")
    assert [(key, price) for _, _, key, price in found] == [("k", (0.15, 0.6)), ("l", (0.0, 0.0))]
    assert read("a,b", llm_base_url=HERE, llm_price="1/2")[1][3] == (1.0, 2.0)


@pytest.mark.parametrize(
    ("fields", "variable"),
    [
        ({"llm_api_key": "a,b,c"}, "COPILOT_LLM_API_KEY"),
        ({"llm_price": "1/2,1/2,1/2"}, "COPILOT_LLM_PRICE"),
        ({"llm_price": "0.15"}, "COPILOT_LLM_PRICE"),
        ({"llm_price": "cheap/dear"}, "COPILOT_LLM_PRICE"),
        ({"llm_price": "-1/2"}, "COPILOT_LLM_PRICE"),
        ({"llm_price": "nan/2"}, "COPILOT_LLM_PRICE"),
    ],
)
def test_what_does_not_fit_is_a_configuration_error(fields: dict[str, str], variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        read("a,b", llm_base_url=HERE, **fields)


def test_a_key_is_not_shown() -> None:
    (one,) = served(Settings(llm_model="m", llm_api_key=SecretStr("sk-very-secret")))
    assert "sk-very-secret" not in repr(one)


@pytest.mark.parametrize(
    "fields", [{}, {"llm_base_url": "example.com"}, {"llm_model": f"a@{HERE},gpt"}]
)
def test_a_model_without_an_address_and_a_key_is_a_configuration_error(
    fields: dict[str, Any],
) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_LLM_BASE_URL"):
        open_chat(Settings(**{"llm_model": "m", **fields}))
