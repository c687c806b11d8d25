"""What things are. Plain values, no behaviour beyond their own invariants.

Offsets are Unicode code points of the stored text of one document version, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why there is no suggestion."""

    NO_NEED = "no_need"
    NO_EVIDENCE = "no_evidence"
    WEAK_EVIDENCE = "weak_evidence"
    CONFLICTING = "conflicting"
    OUT_OF_DATE = "out_of_date"
    NOT_PERMITTED = "not_permitted"
    DEADLINE = "deadline"


class Status(StrEnum):
    SUGGESTED = "suggested"
    NO_SUGGESTION = "no_suggestion"


class State(StrEnum):
    """The state of a document version at a moment."""

    LIVE = "live"
    SCHEDULED = "scheduled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"
    RETIRED = "retired"


class Outcome(StrEnum):
    """What putting a document did."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Role(StrEnum):
    """What a caller is; `copilot keys` hands them out."""

    AGENT = "agent"
    STAFF = "staff"
    KNOWLEDGE = "knowledge"
    EVALUATOR = "evaluator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a document is for. An empty dimension means everyone."""

    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search may see.

    A dimension that is None is not limited; a tuple admits documents whose audience is
    empty in it or shares a value with it. `as_of` None means now.
    """

    roles: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    stores: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    language: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a reader or a caller gives it, before it has a version."""

    document_id: str
    title: str
    text: str
    media_type: str = "text/markdown"
    language: str | None = None
    owner: str | None = None
    url: str | None = None
    audience: Audience = Audience()
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    supersedes: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """A stored document version."""

    document: Document
    version: int
    sha256: str
    created_at: datetime
    replaced_at: datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a version that is indexed.

    `text` is the version's `[start:end]`; `sentences` are absolute (start, end) pairs in it.
    `heading` is the path of headings above it, joined by " › ".
    """

    ordinal: int
    heading: str
    start: int
    end: int
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk, as the wire contract has it."""

    passage_id: str
    document_id: str
    version: int
    title: str
    heading: str
    text: str
    start: int
    end: int
    score: float
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    document_id: str
    version: int
    start: int
    end: int
    quote: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a reply; start and end are offsets in the reply's text."""

    text: str
    start: int
    end: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ActionDone:
    """An action that the desktop reports as done in a turn."""

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    result: Any = None


@dataclass(frozen=True, slots=True)
class Turn:
    turn_id: str
    role: str
    text: str
    at: datetime | None = None
    is_final: bool = True
    channel: str | None = None
    action: ActionDone | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A live conversation; `scope` is what its suggestions may be made from."""

    conversation_id: str
    created_at: datetime
    customer_id: str | None = None
    channel: str | None = None
    scope: Scope = Scope()
    caller: str = "local"
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What is pushed to whoever watches a conversation; `event_id` counts from 1 in each."""

    event_id: int
    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person did with a suggestion. `final_text` is what they took, as they left it.

    `difference` is what they changed: [operation, before, after], words only where they differ.
    """

    suggestion_id: str
    decision: str
    decided_at: datetime
    decided_by: str
    reason: str | None = None
    final_text: str | None = None
    difference: tuple[tuple[str, str, str], ...] = ()
    took_ms: int | None = None
    opened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """`attributes` holds every field of the record that has no name of its own here."""

    customer_id: str
    name: str | None = None
    preferred_channel: str | None = None
    language: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interaction:
    interaction_id: str
    customer_id: str | None
    channel: str
    started_at: datetime
    ended_at: datetime | None = None
    subject: str | None = None
    outcome: str | None = None
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureRef:
    """A procedure of a document version; `position` is the ordinal of the next of its steps."""

    document_id: str
    version: int
    title: str
    position: int
    of: int
    procedure_id: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Characters of a document version."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step in the document's own words, and its `state`: done, next, open, or skipped.

    `detail` is what stands below it, `condition` when it applies, `parent` the step it is part of.
    """

    step_id: str
    document_id: str
    version: int
    start: int
    end: int
    text: str
    owner: str | None
    action: str | None
    mandatory: bool
    state: str
    number: str = ""
    parent: str | None = None
    condition: str | None = None
    detail: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class LikelyAction:
    """What was done next in past situations like this one.

    `share` is how likely it is, learnt from all of them; `of` is how many of those most alike were
    looked at. `cases` are conversations in which it was done, most alike first, and `outcomes` how
    often the nearest of those ended in which way.
    """

    action: str
    share: float
    of: int
    cases: tuple[str, ...]
    outcomes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the written procedure's next step names another action than is mostly done."""

    document_id: str
    version: int
    step_id: str
    written: str
    done: str
    share: float
    of: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call of a language model took. `counted` is `reported` by the server, else
    `estimated`; `cost` is in the currency of COPILOT_LLM_PRICE.
    """

    model: str
    prompt_tokens: int
    completion_tokens: int
    cost: float
    counted: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the copilot offers; the person decides. `took_ms` is by stage."""

    suggestion_id: str
    status: Status
    reason: Reason | None
    confidence: float
    reply: Reply | None
    procedure: ProcedureRef | None
    next_steps: tuple[NextStep, ...]
    likely_actions: tuple[LikelyAction, ...]
    passages: tuple[Passage, ...]
    drafter: str
    prompt_sha256: str | None
    took_ms: dict[str, float]
    degraded: tuple[str, ...] = ()
    # The procedures that it may be, best first; `procedure` is the first of them or the one that
    # the conversation is in.
    procedures: tuple[ProcedureRef, ...] = ()
    disagreement: Disagreement | None = None
    # What the language model took that drafted it, where one was asked.
    usage: Usage | None = None
