"""What responses say, where a type of the library does not say it already."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from copilot.types import (
    Audience,
    Conversation,
    Interaction,
    Outcome,
    Passage,
    Reply,
    State,
    Version,
)


class SearchResponse(BaseModel):
    """`degraded` names what the search did without."""

    passages: list[Passage]
    took_ms: dict[str, float]
    degraded: list[str]


class EvidenceResponse(BaseModel):
    """What a suggestion will stand on; the first event of a stream, before the answer is ready."""

    suggestion_id: str
    passages: list[Passage]
    took_ms: float


class DraftResponse(BaseModel):
    """What a draft has become: every sentence in it was checked. More may follow, or none of it be
    left: the suggestion says what it came to.
    """

    suggestion_id: str
    reply: Reply


class PutResponse(BaseModel):
    """What putting a document did."""

    document_id: str
    version: int
    outcome: Outcome
    state: State


class VersionResponse(BaseModel):
    """A version, without its words."""

    version: int
    state: State
    sha256: str
    created_at: datetime
    effective_from: datetime | None
    effective_to: datetime | None


class ListedResponse(BaseModel):
    """A document, without its words."""

    document_id: str
    version: int
    state: State
    title: str
    media_type: str
    language: str | None
    owner: str | None
    url: str | None
    scope: Audience
    effective_from: datetime | None
    effective_to: datetime | None
    supersedes: list[str]
    metadata: dict[str, Any]
    sha256: str
    created_at: datetime
    replaced_at: datetime | None


class DocumentResponse(ListedResponse):
    """A document version with its words and its history."""

    text: str
    versions: list[VersionResponse]


class PageResponse(BaseModel):
    """A page may hold fewer than its limit; it is the last when `next` is null."""

    documents: list[ListedResponse]
    next: str | None


class TimelineResponse(BaseModel):
    """Newest first; there is more before `next`."""

    customer_id: str
    interactions: list[Interaction]
    next: datetime | None


class CaseTurnResponse(BaseModel):
    """A turn without its person; `action` is the name of what was done in it."""

    role: str
    text: str
    action: str | None


class CaseResponse(BaseModel):
    """A past conversation without its person: every text is masked."""

    interaction_id: str
    channel: str
    started_at: datetime
    outcome: str | None
    turns: list[CaseTurnResponse]


class OfferedResponse(BaseModel):
    """A suggestion as it was offered, with all its fields, and what produced it."""

    model_config = ConfigDict(extra="allow")

    suggestion_id: str
    status: str
    reason: str | None
    confidence: float
    created_at: datetime
    caller: str
    customer_id: str | None
    request: dict[str, Any]


class ConversationResponse(BaseModel):
    """A live conversation."""

    conversation_id: str
    created_at: datetime
    ended_at: datetime | None
    customer_id: str | None
    channel: str | None


class ToldResponse(BaseModel):
    """A sentence of a summary, and the turns that it is taken from."""

    text: str
    turn_ids: list[str]


class HandoverResponse(BaseModel):
    """`by` is the model that wrote it; `failure` says why none did, where one was asked."""

    sentences: list[ToldResponse]
    by: str
    prompt_sha256: str | None
    failure: str | None


class TakenResponse(BaseModel):
    """`stored` counts from now on, `partial` once it is final, `duplicate` counted before."""

    turn_id: str
    state: Literal["stored", "partial", "duplicate"]


class TurnsResponse(BaseModel):
    turns: list[TakenResponse]


class DecisionResponse(BaseModel):
    """The decision that stands."""

    suggestion_id: str
    decision: str
    reason: str | None
    final_text: str | None
    difference: list[tuple[str, str, str]]
    decided_at: datetime
    decided_by: str
    took_ms: int | None
    opened: list[str]


class TokenResponse(BaseModel):
    token: str
    expires_at: datetime


class HealthResponse(BaseModel):
    status: str


class ReadyResponse(BaseModel):
    ready: bool
    checks: dict[str, str]
    degraded: list[str]


def conversation_response(conversation: Conversation) -> ConversationResponse:
    """Without its scope and its caller, which are nobody's business."""
    return ConversationResponse(
        conversation_id=conversation.conversation_id,
        created_at=conversation.created_at,
        ended_at=conversation.ended_at,
        customer_id=conversation.customer_id,
        channel=conversation.channel,
    )


def listed(version: Version) -> dict[str, Any]:
    """The fields of a ListedResponse."""
    document = version.document
    return {
        "document_id": document.document_id,
        "version": version.version,
        "state": version.state,
        "title": document.title,
        "media_type": document.media_type,
        "language": document.language,
        "owner": document.owner,
        "url": document.url,
        "scope": document.audience,
        "effective_from": document.effective_from,
        "effective_to": document.effective_to,
        "supersedes": list(document.supersedes),
        "metadata": document.metadata,
        "sha256": version.sha256,
        "created_at": version.created_at,
        "replaced_at": version.replaced_at,
    }


def brief(version: Version) -> VersionResponse:
    """A version in a document's history."""
    return VersionResponse(
        version=version.version,
        state=version.state,
        sha256=version.sha256,
        created_at=version.created_at,
        effective_from=version.document.effective_from,
        effective_to=version.document.effective_to,
    )


class DisagreementResponse(BaseModel):
    """A step whose action is mostly another one in practice; `seen` counts suggestions."""

    document_id: str
    version: int
    step_id: str
    written: str
    done: str
    share: float
    seen: int
    cases: list[str]


class DisagreementsResponse(BaseModel):
    """Commonest first."""

    disagreements: list[DisagreementResponse]
