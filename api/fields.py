"""The kinds of field that requests are made of, each with what it refuses and why."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from copilot.errors import InvalidInput
from ingest.readers.moments import moment

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DEEPEST = 32
_WHOLE = 2**63


def _storable(text: str) -> str:
    if found := _UNSTORABLE.search(text):
        raise _unstorable(found[0], found.start())
    return text


def _unstorable(character: str, at: int, place: str = "") -> PydanticCustomError:
    name = "a NUL character" if character == "\x00" else "half of a surrogate pair"
    context = {"name": name, "at": at, "place": place}
    return PydanticCustomError("unstorable", "{name} at character {at}", context)


def _plain(value: Any) -> Any:
    """The value, if JSON and a database can keep all of it. Walks without recursion."""
    waiting: list[tuple[str, int, Any]] = [("", 0, value)]
    while waiting:
        place, depth, item = waiting.pop()
        if depth > _DEEPEST:
            raise PydanticCustomError("deep", "nested more than 32 deep", {"place": place})
        if isinstance(item, dict):
            for key, inner in item.items():
                if found := _UNSTORABLE.search(key):
                    raise _unstorable(found[0], found.start(), place)
                waiting.append((f"{place}.{key}".lstrip("."), depth + 1, inner))
        elif isinstance(item, list):
            waiting += [(f"{place}.{n}".lstrip("."), depth + 1, x) for n, x in enumerate(item)]
        elif isinstance(item, str):
            if found := _UNSTORABLE.search(item):
                raise _unstorable(found[0], found.start(), place)
        elif isinstance(item, int | float) and not -_WHOLE <= item < _WHOLE:
            raise PydanticCustomError("huge", "a number out of range", {"place": place})
    return value


def _without_controls(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("unstorable", "a control character")
    return text


def _pathlike(document_id: str) -> str:
    """A document's id stands in a path, so it must come through one as it is."""
    if set(document_id.split("/")) & {".", ".."}:
        raise PydanticCustomError("path", "a segment is . or ..")
    if document_id.startswith("/") or document_id.endswith("/"):
        raise PydanticCustomError("path", "begins or ends with a slash")
    return document_id


def _utc(value: Any) -> datetime:
    try:
        return moment(value, "")
    except InvalidInput as error:
        raise PydanticCustomError("moment", "{reason}", {"reason": error.reason}) from error


def _asked(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise PydanticCustomError("empty", "there are no words in it")
    if len(stripped) > 20_000:
        raise PydanticCustomError("long", "longer than 20,000 characters")
    return stripped


Text = Annotated[str, AfterValidator(_storable)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=512), AfterValidator(_storable)]
Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=512), AfterValidator(_without_controls)
]
DocumentId = Annotated[Identifier, AfterValidator(_pathlike)]
Moment = Annotated[datetime, BeforeValidator(_utc, json_schema_input_type=datetime)]
Plain = Annotated[Any, AfterValidator(_plain)]
Fields = Annotated[dict[str, Any], AfterValidator(_plain)]
Question = Annotated[
    str,
    AfterValidator(_storable),
    AfterValidator(_asked),
    Field(description="1 to 20,000 characters", json_schema_extra={"pattern": r"\S"}),
]
