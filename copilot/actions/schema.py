"""What the JSON Schema (2020-12) of an action's parameters says. The one file that knows the
library which reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from copilot.errors import InvalidInput
from copilot.privacy.span import Kind

Schema = Mapping[str, Any]
MASKED = re.compile(rf"\[(?:{'|'.join(Kind)})\]")
# A card shows each parameter with its own schema, so that none may lean on another place.
_ELSEWHERE = ("$ref", "$dynamicRef", "$id", "$schema", "$defs")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a parameter, where, and what to do instead."""

    place: str
    reason: str
    remedy: str


def check(schema: Schema) -> None:
    """Raises InvalidInput for what is no schema of an object with named parameters."""
    from jsonschema import Draft202012Validator, SchemaError  # type: ignore[import-untyped]

    if found := next((key for key in _keys(schema) if key in _ELSEWHERE), None):
        raise InvalidInput(f"{found} is not taken", place=found, remedy="write the schema out")
    if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        remedy = "begin with `type: object` and `properties:`"
        raise InvalidInput("it describes no object", place="type", remedy=remedy)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = ".".join(str(part) for part in error.absolute_path)
        remedy = "see json-schema.org/draft/2020-12"
        raise InvalidInput(error.message[:200], place=place, remedy=remedy) from error
    for name, one in schema["properties"].items():
        _check_property(f"properties.{name}", one)
    unknown = set(schema.get("required", ())) - set(schema["properties"])
    if unknown:
        remedy = "name it under `properties` as well"
        raise InvalidInput(f"no such parameter {min(unknown)!r}", place="required", remedy=remedy)


def _check_property(place: str, schema: Any) -> None:
    """What a card shows and `said` looks for is in the parameter's own schema."""
    if not isinstance(schema, dict):
        raise InvalidInput("it is no schema", place=place, remedy="write {} for anything")
    labels = schema.get("x-labels", [])
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise InvalidInput("it is no list of words", place=f"{place}.x-labels")
    try:
        re.compile(rf"(?:{unanchored(schema.get('pattern', ''))})")
    except re.error as error:
        reason = f"it cannot be searched for: {error}"
        raise InvalidInput(reason, place=f"{place}.pattern") from error


def unanchored(pattern: str) -> str:
    """The pattern without the signs that tie it to a whole value, to look for it in words."""
    ends = pattern.endswith("$") and not pattern.endswith(r"\$")
    return pattern.removeprefix("^")[: -1 if ends else None]


def faults(schema: Schema, values: Mapping[str, Any]) -> list[Fault]:
    """What keeps these values from being sent, by parameter; empty when nothing does.

    Values are never repeated. What is missing altogether is told by `missing`.
    """
    found = [
        Fault(
            ".".join(str(part) for part in error.absolute_path),
            f"it does not fit `{error.validator}: {error.validator_value}`"[:200],
            "see the parameter's schema",
        )
        for error in _validator(schema).iter_errors(dict(values))
        if error.validator != "required" or error.absolute_path
    ]
    for name, value in values.items():
        if name not in schema["properties"]:
            found.append(Fault(name, "there is no such parameter", "leave it out"))
        elif isinstance(value, str) and MASKED.search(value):
            found.append(Fault(name, "this is a mask, and no value", "ask for the value again"))
    return found


def missing(schema: Schema, values: Mapping[str, Any]) -> list[str]:
    """The required parameters that have no value, in the schema's order."""
    return [name for name in schema.get("required", ()) if name not in values]


def fitting(schema: Schema, value: Any) -> Any:
    """The value as this one parameter's schema takes it, or None.

    A number may be a string's words and a string a number's; nothing else is changed.
    """
    candidates = [value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        candidates.append(str(value))
    elif isinstance(value, str):
        candidates += [value.upper(), *_numbers(value)]
    validator = _validator(schema)
    return next((one for one in candidates if one is not None and validator.is_valid(one)), None)


def _numbers(text: str) -> Iterator[int | float]:
    if re.fullmatch(r"-?\d{1,15}", text):
        yield int(text)
    elif re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text):
        yield float(text)


def _keys(schema: Any) -> Iterator[str]:
    """Every key, however deep, but for the names of parameters."""
    if isinstance(schema, dict):
        for key, inner in schema.items():
            yield str(key)
            named = key == "properties" and isinstance(inner, dict)
            for one in inner.values() if named else (inner,):
                yield from _keys(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _keys(one)


def _validator(schema: Schema) -> Any:
    """Formats (date, email …) are checked, which JSON Schema leaves open."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
