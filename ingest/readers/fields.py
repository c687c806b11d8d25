"""The named fields of a document, as front matter, a JSON record or a request gives them.

Checks and settles them; where they were written is the caller's to know.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from copilot.errors import InvalidInput
from copilot.types import Audience
from ingest.readers.moments import begins, ends

AUDIENCE = ("roles", "groups", "stores", "regions", "channels")
_ONE_VALUE = {"title", "language", "owner", "url", "effective_from", "effective_to"}
NAMED = frozenset(AUDIENCE) | _ONE_VALUE | {"scope", "supersedes"}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_UNSAFE_URL = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)
_WORDS = "write one value, or a list: [one, two]"


def settled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments that a Document takes from `fields`, with UTC moments.

    Fields without a name of their own go to `metadata`. Raises InvalidInput whose place is the
    field.
    """
    given = {key: value for key, value in fields.items() if value is not None}
    first, last = given.get("effective_from"), given.get("effective_to")
    starts = begins(first, "effective_from") if first else None
    stops = ends(last, "effective_to") if last else None
    if starts and stops and stops <= starts:
        raise InvalidInput(
            "the document would end before it begins to hold",
            place="effective_to",
            remedy="put effective_to after effective_from",
        )
    return {
        "title": " ".join((_word(given.get("title"), "title") or "").split()),
        "language": _language(given.get("language")),
        "owner": _word(given.get("owner"), "owner"),
        "url": _url(given.get("url")),
        "audience": _audience(given),
        "effective_from": starts,
        "effective_to": stops,
        "supersedes": _words(given.get("supersedes"), "supersedes"),
        "metadata": {
            str(key): _plain(value, str(key)) for key, value in given.items() if key not in NAMED
        },
    }


def language_or_none(value: str | None) -> str | None:
    """The language code that a file gives, or None where what it gives is not one."""
    return _language(value) if value and _LANGUAGE.fullmatch(value.strip()) else None


def _word(value: Any, field: str) -> str | None:
    """One value as a string without outer white space; None for none, or for an empty one."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidInput(
            f"{value!r:.60} is not one line of text", place=field, remedy="write one value"
        )
    return str(value).strip() or None


def _words(value: Any, field: str) -> tuple[str, ...]:
    """One value or a list of values as strings, each once, in their order."""
    if isinstance(value, str) and "," in value:
        raise InvalidInput(f"{value!r:.60} is one value with a comma", place=field, remedy=_WORDS)
    values = value if isinstance(value, list | tuple) else [] if value is None else [value]
    words = []
    for item in values:
        if isinstance(item, list | tuple | dict) or (word := _word(item, field)) is None:
            raise InvalidInput(f"{item!r:.60} is not a value", place=field, remedy=_WORDS)
        words.append(word)
    return tuple(dict.fromkeys(words))


def _language(value: Any) -> str | None:
    language = _word(value, "language")
    if language and not _LANGUAGE.fullmatch(language):
        raise InvalidInput(
            f"{language!r:.60} is not a language code",
            place="language",
            remedy="write a code such as en or fr-CA",
        )
    return language.replace("_", "-") if language else None


def _url(value: Any) -> str | None:
    url = _word(value, "url")
    if url and _UNSAFE_URL.match(url):
        raise InvalidInput(
            f"{url!r:.60} would run code", place="url", remedy="give an http or https address"
        )
    return url


def _audience(given: Mapping[str, Any]) -> Audience:
    """Whom the document is for, from `scope` and from the same names beside it."""
    scope = given.get("scope", {})
    if not isinstance(scope, Mapping):
        raise InvalidInput(
            f"{scope!r:.60} is not a mapping",
            place="scope",
            remedy=f"write keys under scope: {', '.join(AUDIENCE)}",
        )
    if unknown := sorted(str(key) for key in scope if key not in AUDIENCE):
        raise InvalidInput(
            f"{unknown[0]!r} is no dimension of scope",
            place="scope",
            remedy=f"use {', '.join(AUDIENCE)}",
        )
    if twice := [name for name in AUDIENCE if name in scope and name in given]:
        raise InvalidInput("given twice", place=twice[0], remedy="keep the one under scope")
    chosen = {**given, **scope}
    return Audience(**{name: _words(chosen.get(name), name) for name in AUDIENCE})


def _plain(value: Any, field: str) -> Any:
    """The value as JSON can write it; dates become strings."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item, field) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item, field) for key, item in value.items()}
    raise InvalidInput(
        f"a value of type {type(value).__name__} cannot be kept",
        place=field,
        remedy="use text, numbers, lists and mappings",
    )
