"""Who may see what: how a request narrows its caller's scope, and whom a document admits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar

from copilot.errors import ScopeTooWide
from copilot.types import Audience, Scope

_DIMENSIONS = tuple(field.name for field in fields(Audience))
_T = TypeVar("_T")


def narrow(allowed: Scope, asked: Scope) -> Scope:
    """What may be seen by a caller who is allowed one scope and asks for another.

    Raises ScopeTooWide, naming the place, when the request asks for more than it has.
    """
    narrowed: dict[str, tuple[str, ...] | None] = {}
    for name in _DIMENSIONS:
        has, wants = getattr(allowed, name), getattr(asked, name)
        if has is not None and wants is not None and not set(wants) <= set(has):
            raise ScopeTooWide(f"scope.{name} asks for more than this key allows")
        narrowed[name] = has if wants is None else wants
    return Scope(
        **narrowed,
        language=_same("language", allowed.language, asked.language),
        as_of=_same("as_of", allowed.as_of, asked.as_of),
    )


def limits_of(scope: Scope) -> dict[str, Any]:
    """What a scope limits, as JSON has it; `scope_of` reads it again."""
    limits = {name: value for name, value in asdict(scope).items() if value is not None}
    if scope.as_of is not None:
        limits["as_of"] = scope.as_of.isoformat()
    return limits


def scope_of(limits: Mapping[str, Any]) -> Scope:
    """The scope with these limits."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in limits.items()
    }
    if "as_of" in values:
        values["as_of"] = datetime.fromisoformat(values["as_of"])
    return Scope(**values)


def within(scope: Scope, allowed: Scope) -> bool:
    """Whether whoever is allowed this much may see all that was made under the other scope.

    What a scope does not limit is everything, which is within no limit.
    """
    for name in (*_DIMENSIONS, "language"):
        has, wants = getattr(allowed, name), getattr(scope, name)
        if has is None:
            continue
        if wants is None or not set(_several(wants)) <= set(_several(has)):
            return False
    return True


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _same(name: str, has: _T | None, wants: _T | None) -> _T | None:
    if has is not None and wants is not None and has != wants:
        raise ScopeTooWide(f"scope.{name} is fixed for this key")
    return has if wants is None else wants


def admits(scope: Scope, audience: Audience, language: str | None) -> bool:
    """Whether a document for this audience, in this language, may be seen.

    A document without a language is in every language; `en` admits `en-GB` and the reverse.
    """
    for name in _DIMENSIONS:
        has, needs = getattr(scope, name), getattr(audience, name)
        if has is not None and needs and not set(needs) & set(has):
            return False
    if scope.language is None or language is None:
        return True
    return _primary(scope.language) == _primary(language)


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-")[0].lower()
