"""Reads a prompt back: its passages, what is said outside of them, and which answer it wants.

It is tolerant, as a model is: it wants `<passage id="1">` and little more of the prompt's form.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A line of what is only to be read begins with a number and a bar.
_LINE_MARK = re.compile(r"^[ \t]*\w{1,4}[ \t]?[|│¦][ \t]?", re.MULTILINE)
# Spotlighting (Hines et al. 2024, arXiv 2403.14720) puts a mark where the spaces of a text were.
_DATAMARK = re.compile(r"(?<=\S)[ˆ^▁␣¦\ue000-\uf8ff](?=\S)")
_PASSAGE = re.compile(
    r"<passage\s+id=\"(?P<id>[^\"]+)\"[^>]*>\s*(?P<text>.*?)\s*"
    r"(?:</passage>|(?=<passage\s+id=)|\Z)",
    re.DOTALL,
)
_MEMBER = re.compile(r"one JSON object[^{]*\{+\s*\"(?P<name>\w+)\"")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a prompt under the number that answers cite it by."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """`said` is the user's message without its passages: the conversation and the request.

    `wants` is the member of the JSON object that is asked for, empty where prose is.
    """

    passages: tuple[Passage, ...]
    said: str
    wants: str = ""


def read(body: Mapping[str, Any]) -> Prompt:
    """The prompt of a request's body; what is no text in it is passed over.

    A forged `</passage>` inside a passage ends it here too, as it might for a model.
    """
    rules = _said_by(body, ("system", "developer"))
    text = _said_by(body, ("user", "assistant"))
    passages = tuple(
        Passage(match["id"], unmarked(match["text"])) for match in _PASSAGE.finditer(text)
    )
    wanted = _MEMBER.search(rules)
    return Prompt(
        passages, unmarked(_PASSAGE.sub("\n", text)).strip(), wanted["name"] if wanted else ""
    )


def unmarked(text: str) -> str:
    """Datamarked and escaped text as it was written."""
    return html.unescape(_DATAMARK.sub(" ", _LINE_MARK.sub("", text)))


def _said_by(body: Mapping[str, Any], roles: Sequence[str]) -> str:
    messages = body.get("messages") or ()
    return "\n".join(_text(one) for one in messages if one.get("role") in roles)


def _text(message: Mapping[str, Any]) -> str:
    """The words of a message, which may come in parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    parts: Sequence[Any] = content if isinstance(content, list) else ()
    return "\n".join(part.get("text", "") for part in parts if isinstance(part, dict))
