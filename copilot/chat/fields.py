"""What is asked of a server beyond the messages, and what it may say that it does not know."""

from __future__ import annotations

import re
from typing import Any

# The same question should get the same answer, as far as a server can do that.
_SEED = 7
# What servers may not know, by its name on the wire. `max_tokens` is what llama.cpp, vLLM and
# Ollama read; OpenAI's newer models turn it down and want `max_completion_tokens`.
OPTIONAL = ("temperature", "seed", "stream_options", "max_tokens", "max_completion_tokens")
_NAME = re.compile(r"[a-z_]+")
_TOO_MUCH = re.compile(r"context[ _](?:length|window)", re.IGNORECASE)


def fields_without(refused: frozenset[str], max_tokens: int) -> dict[str, Any]:
    """What is asked for beyond the messages, without what the server turned down."""
    values = (0.0, _SEED, {"include_usage": True}, max_tokens, max_tokens)
    fields = dict(zip(OPTIONAL, values, strict=True))
    if "max_tokens" not in refused:
        del fields["max_completion_tokens"]
    return {name: value for name, value in fields.items() if name not in refused}


def as_langchain(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as ChatOpenAI takes them: it would rename `max_tokens`."""
    named = {name: value for name, value in fields.items() if name != "max_tokens"}
    named["stream_usage"] = named.pop("stream_options", None) is not None
    if "max_tokens" in fields:
        named["extra_body"] = {"max_tokens": fields["max_tokens"]}
    return named


def unknown_fields(error: Exception, fields: dict[str, Any]) -> frozenset[str]:
    """Which of the fields a server says that it does not take."""
    said = str(getattr(error, "body", ""))
    if getattr(error, "status_code", None) not in (400, 422) or _TOO_MUCH.search(said):
        return frozenset()
    named = {str(getattr(error, "param", None))} & fields.keys()
    return frozenset(named or fields.keys() & set(_NAME.findall(said)))
