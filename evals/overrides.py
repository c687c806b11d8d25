"""Settings that a suite or a command may change for one run: models, and nothing that is secret or
says where data lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from copilot.errors import InvalidInput
from copilot.settings import Settings

_FAMILIES = ("embedder", "llm_", "reranker")


def changeable() -> list[str]:
    """The names of the settings that may be changed, sorted."""
    return sorted(
        name
        for name, field in Settings.model_fields.items()
        if name.startswith(_FAMILIES) and field.annotation is not SecretStr
    )


def assignments(given: Sequence[str]) -> dict[str, str]:
    """`name=value`, each, as a mapping. Raises InvalidInput."""
    pairs = [one.partition("=") for one in given]
    for name, sign, _ in pairs:
        if not sign or not name:
            raise InvalidInput(
                f"{name!r} is not an assignment", place="--set", remedy="write --set name=value"
            )
    return {name.strip().lower().removeprefix("copilot_"): value for name, _, value in pairs}


def overridden(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings with these in place of their own. Raises InvalidInput that names the setting."""
    for name in values:
        if name not in changeable():
            raise InvalidInput(
                "is no setting that may be changed here",
                place=name,
                remedy=f"those are {', '.join(changeable())}",
            )
    try:
        return Settings(**{**settings.model_dump(), **values})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            first["msg"], place=place, remedy="see the README for what it may be"
        ) from error


def described(settings: Settings) -> dict[str, Any]:
    """The changeable settings as a result shows them: without a name or password in an address."""
    return {name: _shown(getattr(settings, name)) for name in changeable()}


def _shown(value: Any) -> Any:
    if isinstance(value, str) and "://" in value:
        parts = urlsplit(value)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
