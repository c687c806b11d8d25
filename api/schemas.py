"""What requests may say. A field that is not here is refused, except in turns and metadata."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.fields import Fields, Identifier, Moment, Plain, Question, Text, Word
from copilot.scoping import narrow
from copilot.types import ActionDone, Scope, Turn


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
