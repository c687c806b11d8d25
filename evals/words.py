"""Puts the words of cases on a terminal: what a case says is not trusted there either."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

# Controls could move the cursor or colour what follows, overrides could turn its direction, and
# what is no character is refused by XML.
_STEERING = ("Cc", "Cs", "Co")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NONE = frozenset("\ufffe\uffff")


def plain(text: str) -> str:
    """The text with line breaks kept, tabs as spaces, and whatever else steers a terminal as �."""
    return "".join(
        one if one == "\n" or not _steers(one) else "�"
        for one in text.replace("\r\n", "\n").replace("\t", " ")
    )


def _steers(one: str) -> bool:
    return one in _TURNING or one in _NONE or unicodedata.category(one) in _STEERING


def clipped(text: str, width: int) -> str:
    """The text on one line of at most `width` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def told_gold(gold: Any) -> Iterator[str]:
    """What a case expects, one thing a line; nothing where a result does not say."""
    for name, value in _fields(gold).items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        if shown not in (None, ""):
            yield plain(f"{name.replace('_', ' ')}: {shown}")


def told_output(output: Any) -> str:
    """What the copilot gave: the outcome, the words, and where they are from."""
    given = _fields(output)
    if not given:
        return "(this result holds no outputs)"
    if "unscored" in given:
        return plain(f"could not be scored: {given['unscored']}")
    lines = [f"{outcome(given)}{_sure(given)}", given.get("text") or ""]
    lines += [f"{name}: {told}" for name, told in sources(given).items() if told]
    return plain("\n".join(filter(None, lines)))


def outcome(output: Any) -> str:
    """The reason for silence, or that something was suggested; "" where an output says neither."""
    given = _fields(output)
    return str(given.get("reason") or given.get("status") or "").replace("_", " ")


def sources(output: Any) -> dict[str, str]:
    """What was cited, shown and taken for the procedure and its next step."""
    given = _fields(output)
    cited = [
        one.get("document_id", "")
        for sentence in given.get("sentences") or ()
        for one in sentence.get("citations") or ()
    ]
    shown = [one.get("document_id", "") for one in given.get("passages") or ()]
    return {
        "cited": ", ".join(dict.fromkeys(cited)),
        "shown": ", ".join(dict.fromkeys(shown)),
        "procedure": _fields(given.get("procedure")).get("document_id", ""),
        "next step": _fields(given.get("next_step")).get("text", ""),
    }


def _sure(given: Mapping[str, Any]) -> str:
    confidence = given.get("confidence")
    return f", confidence {confidence:.2f}" if isinstance(confidence, int | float) else ""


def _fields(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
