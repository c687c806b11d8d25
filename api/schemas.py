"""What requests may say. A field that is not here is refused, except in turns and metadata."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from copilot.errors import InvalidInput
from copilot.scoping import narrow
from copilot.types import ActionDone, Scope, Turn
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


class _Body(BaseModel):
    """What JSON says is taken as it is: no `"5"` for 5, no unknown names."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ActionRequest(BaseModel):
    """An action that the desktop reports as done."""

    model_config = ConfigDict(extra="ignore", strict=True)

    name: Word
    parameters: Fields = {}
    result: Plain = None


class TurnRequest(BaseModel):
    """One utterance. Feeds add fields of their own; they are left aside."""

    model_config = ConfigDict(extra="ignore", strict=True)

    turn_id: Word | None = None
    role: Literal["customer", "agent", "system"]
    text: Text = ""
    at: Moment | None = None
    is_final: bool = True
    channel: Word | None = None
    action: ActionRequest | None = None


def final_turns(conversation: list[TurnRequest]) -> list[Turn]:
    """The turns that count, in their order; those without an id are called by their place."""
    return [
        Turn(
            turn_id=turn.turn_id or f"t{number}",
            role=turn.role,
            text=turn.text,
            at=turn.at,
            channel=turn.channel,
            action=None if turn.action is None else ActionDone(**turn.action.model_dump()),
        )
        for number, turn in enumerate(conversation, start=1)
        if turn.is_final
    ]


class AudienceRequest(_Body):
    """Whom a document is for; an empty dimension means everyone."""

    roles: list[Word] = []
    groups: list[Word] = []
    stores: list[Word] = []
    regions: list[Word] = []
    channels: list[Word] = []


class ScopeRequest(_Body):
    """Narrows what the caller's key may see; never widens it."""

    roles: list[Word] | None = None
    groups: list[Word] | None = None
    stores: list[Word] | None = None
    regions: list[Word] | None = None
    channels: list[Word] | None = None
    language: Word | None = None
    as_of: Moment | None = None

    def scope(self) -> Scope:
        """The same as the library has it."""
        asked: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self
        }
        return Scope(**asked)


def narrowed(allowed: Scope, request: ScopeRequest | None) -> Scope:
    """What a request may see of what its caller may. Raises ScopeTooWide."""
    return allowed if request is None else narrow(allowed, request.scope())


class SearchRequest(_Body):
    query: Question
    conversation: list[TurnRequest] = []
    k: Annotated[int, Field(ge=1, le=100)] = 10
    scope: ScopeRequest | None = None
    customer_id: Identifier | None = None


class AskRequest(_Body):
    question: Question
    conversation: list[TurnRequest] = []
    scope: ScopeRequest | None = None
    stream: Annotated[bool, Field(description="Answer with server-sent events.")] = False


class AssistRequest(_Body):
    conversation: Annotated[list[TurnRequest], Field(min_length=1)]
    customer_id: Identifier | None = None
    scope: ScopeRequest | None = None


class DocumentRequest(_Body):
    """A document as JSON. What is left out is taken from the text's front matter, if it has any."""

    title: Word | None = None
    text: Annotated[Text, Field(min_length=1)]
    media_type: Literal["text/markdown", "text/plain", "text/html"] = "text/markdown"
    language: Word | None = None
    owner: Word | None = None
    url: Annotated[Text, Field(max_length=4096)] | None = None
    scope: AudienceRequest | None = None
    effective_from: Annotated[
        Word | None, Field(description="An RFC 3339 time with its offset, or a date (UTC).")
    ] = None
    effective_to: Annotated[
        Word | None, Field(description="The first moment it no longer holds, or its last date.")
    ] = None
    supersedes: Word | list[Word] | None = None
    metadata: Fields = {}


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PageQuery(_Query):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[Text, Field(description="`next` of the page before; empty for the first")] = ""


class VersionQuery(_Query):
    version: Annotated[int | None, Field(ge=1, description="Which; without it, the live one")] = (
        None
    )


class TimelineQuery(_Query):
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[
        Moment | None, Field(description="Only what began before; `next` of the page before")
    ] = None
