"""What requests may say. A field that is not here is refused, except in turns and metadata."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from api.fields import Fields, Identifier, Moment, Plain, Question, Text, Word
from api.tokens import DEFAULT_S, LONGEST_S, SHORTEST_S
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

    def turn(self, otherwise: str) -> Turn:
        """The same as the library has it; without an id it is called otherwise."""
        return Turn(
            turn_id=self.turn_id or otherwise,
            role=self.role,
            text=self.text,
            at=self.at,
            is_final=self.is_final,
            channel=self.channel,
            action=None if self.action is None else ActionDone(**self.action.model_dump()),
        )


class LiveTurnRequest(TurnRequest):
    """One utterance of a live conversation; by its id it is known when it comes again."""

    turn_id: Word
    text: Annotated[Text, Field(max_length=20_000)] = ""


class LiveTurnsRequest(_Body):
    """Several utterances at once."""

    turns: Annotated[list[LiveTurnRequest], Field(min_length=1, max_length=500)]


SpokenRequest = Annotated[
    Annotated[LiveTurnRequest, Tag("one")] | Annotated[LiveTurnsRequest, Tag("several")],
    Discriminator(lambda body: "several" if isinstance(body, dict) and "turns" in body else "one"),
]


def final_turns(conversation: list[TurnRequest]) -> list[Turn]:
    """The turns that count, in their order; those without an id are called by their place."""
    return [
        turn.turn(f"t{number}")
        for number, turn in enumerate(conversation, start=1)
        if turn.is_final
    ]


def spoken_turns(request: LiveTurnRequest | LiveTurnsRequest) -> list[Turn]:
    """The turns of a live conversation's request, partial ones too."""
    several = request.turns if isinstance(request, LiveTurnsRequest) else [request]
    return [turn.turn(turn.turn_id) for turn in several]


class AudienceRequest(_Body):
    """Whom a document is for; an empty dimension means everyone."""

    roles: list[Word] = []
    groups: list[Word] = []
    stores: list[Word] = []
    regions: list[Word] = []
    channels: list[Word] = []


class _Limits(_Body):
    roles: list[Word] | None = None
    groups: list[Word] | None = None
    stores: list[Word] | None = None
    regions: list[Word] | None = None
    channels: list[Word] | None = None
    language: Word | None = None

    def scope(self) -> Scope:
        """The limits that are named, as the library has them."""
        named = {field.name for field in fields(Scope)}
        limits: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self
            if name in named
        }
        return Scope(**limits)


class ScopeRequest(_Limits):
    """Narrows what the caller's key may see; never widens it."""

    as_of: Moment | None = None


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


class ConversationRequest(_Body):
    conversation_id: Identifier | None = None
    customer_id: Identifier | None = None
    channel: Word | None = None
    scope: ScopeRequest | None = None


class DecisionRequest(_Body):
    """What a person did with a suggestion.

    `taken` as it was offered, `edited` with `final_text`, `rejected` with a `reason`, `ignored`.
    """

    decision: Literal["taken", "edited", "rejected", "ignored"]
    reason: (
        Literal["wrong", "incomplete", "not_relevant", "out_of_date", "unsafe", "tone"] | None
    ) = None
    final_text: Annotated[Text, Field(min_length=1, max_length=20_000)] | None = None
    took_ms: Annotated[
        int | None, Field(ge=0, le=2**31 - 1, description="From its showing to the decision")
    ] = None
    opened: Annotated[
        list[Word], Field(max_length=100, description="The passages that were opened")
    ] = []


class TokenRequest(_Limits):
    """Who sits at a page, and what the page may see of what the key may."""

    agent: Word
    conversation_id: Identifier | None = None
    customer_id: Identifier | None = None
    ttl_s: Annotated[int, Field(ge=SHORTEST_S, le=LONGEST_S)] = DEFAULT_S


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
