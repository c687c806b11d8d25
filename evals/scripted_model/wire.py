"""The bodies of OpenAI's Chat Completions as its servers send them; no socket, no behaviour."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NAME = "scripted"
DONE = b"data: [DONE]\n\n"
# Long since past, so that answers are the same each time.
_CREATED = 1_700_000_000
_TOKEN = re.compile(r"\s*(?:\w{1,8}|[^\w\s])|\s+\Z")


def tokens(text: str) -> list[str]:
    """The text in small pieces that join to it again."""
    return _TOKEN.findall(text)


def completion(number: int, text: str, asked: str, finish_reason: str) -> bytes:
    """A whole answer; `asked` is what the prompt tokens are counted in."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    body = _head(number, "chat.completion") | {"choices": [choice], "usage": usage(asked, text)}
    return json.dumps(body).encode()


def opening(number: int, *, counted: bool) -> bytes:
    """The first event of a stream; `counted` streams end with their usage."""
    return _event(number, {"role": "assistant", "content": "", "refusal": None}, None, counted)


def token(number: int, text: str, *, counted: bool) -> bytes:
    """The event of one token."""
    return _event(number, {"content": text}, None, counted)


def closing(
    number: int, finish_reason: str, used: Mapping[str, int], *, counted: bool
) -> Iterator[bytes]:
    """The events that end a stream."""
    yield _event(number, {}, finish_reason, counted)
    if counted:
        yield _sent(_head(number, "chat.completion.chunk") | {"choices": [], "usage": dict(used)})
    yield DONE


def usage(asked: str, answered: str) -> dict[str, int]:
    """Tokens counted in our own small pieces."""
    prompt, completed = len(tokens(asked)), len(tokens(answered))
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completed,
        "total_tokens": prompt + completed,
    }


def models(names: Sequence[str]) -> bytes:
    """The answer to GET /v1/models."""
    data = [
        {"id": name, "object": "model", "created": _CREATED, "owned_by": "evals"} for name in names
    ]
    return json.dumps({"object": "list", "data": data}).encode()


def error(message: str, kind: str, code: str | None = None) -> bytes:
    """An error in OpenAI's form."""
    body = {"message": message, "type": kind, "param": None, "code": code}
    return json.dumps({"error": body}).encode()


def _head(number: int, kind: str) -> dict[str, Any]:
    name = f"chatcmpl-{number:06d}"
    return {
        "id": name,
        "object": kind,
        "created": _CREATED,
        "model": NAME,
        "system_fingerprint": None,
    }


def _event(number: int, delta: dict[str, Any], finish_reason: str | None, counted: bool) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    usage_of_none = {"usage": None} if counted else {}
    return _sent(_head(number, "chat.completion.chunk") | {"choices": [choice]} | usage_of_none)


def _sent(body: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(body)}\n\n".encode()
