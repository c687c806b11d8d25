"""How a message is held against the shape that its feed documents.

Fields keep the feed's own names. What a shape does not name is left aside; a value that has the
wrong type, is too long, or cannot be stored is InvalidInput that names its place.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.fields import Text
from api.problems import place_of
from copilot.errors import InvalidInput

# An hour-long monologue is about 60,000 characters; a transcription engine ends a turn long before.
Words = Annotated[Text, Field(max_length=20_000)]
# Up to the year 5138, which a datetime can still hold.
Milliseconds = Annotated[int, Field(ge=0, le=10**14)]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shape(BaseModel):
    """One object of a feed's messages."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


S = TypeVar("S", bound=BaseModel)


def loaded(message: bytes | str, place: str = "body") -> Any:
    """The JSON value of a message, or of one that is wrapped in another. Raises InvalidInput."""
    try:
        text = message.decode() if isinstance(message, bytes) else message
        return json.loads(text, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InvalidInput("not UTF-8", place=place, remedy="send JSON in UTF-8") from error
    except RecursionError as error:
        raise InvalidInput("nested too deep", place=place, remedy="send it as it came") from error
    except ValueError as error:
        reason = f"not JSON: {error}"
        raise InvalidInput(reason, place=place, remedy="send it as it came") from error


def unwrapped(data: str, place: str) -> Any:
    """The JSON value that stands in base64 inside another message. Raises InvalidInput."""
    try:
        decoded = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("not base64", place=place, remedy="send it as it came") from error
    return loaded(decoded, place)


def shaped(shape: type[S], value: Any, within: str = "") -> S:
    """The value as an object of this shape. Raises InvalidInput that names the first field at
    fault, below `within`.
    """
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        where = ("body", *within.split("."), *found["loc"]) if within else ("body", *found["loc"])
        wrong = place_of({**found, "loc": where})
        raise InvalidInput(wrong.reason, place=wrong.place, remedy=wrong.remedy) from error


def since_epoch(milliseconds: int) -> datetime:
    """The moment of a Unix time in milliseconds."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def after(start: datetime | None, milliseconds: int | None) -> datetime | None:
    """The moment so long after the start, where both are known. Raises InvalidInput."""
    if start is None or milliseconds is None:
        return None
    try:
        return start + timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        reason = "the moment is out of range"
        raise InvalidInput(reason, place="started_at", remedy="correct the time") from error


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
