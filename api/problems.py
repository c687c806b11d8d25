"""The one wire shape of an error, RFC 9457 problem documents, and which error becomes which."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import Scope as Connection

from copilot.errors import (
    AlreadyDecided,
    CopilotError,
    EmbedderError,
    Ended,
    InvalidInput,
    NotFound,
    NotPermitted,
    NotReady,
    Overloaded,
    ScopeTooWide,
    UnknownAction,
    UnknownCard,
    UnknownConversation,
    UnknownCustomer,
    UnknownDocument,
    UnknownSuggestion,
    VersionGone,
)

_PREFIX = "urn:copilot:problem:"
_LONGEST = 300
_MOST = 20
_SEE = "see /openapi.json for what this takes"
_REASONS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "string_unicode": "half of a surrogate pair",
}
_REMEDIES = {
    "string_unicode": "remove the character",
    "missing": "add it",
    "extra_forbidden": "leave it out, or see /openapi.json for the name that was meant",
    "unstorable": "remove the character",
    "moment": "write a time with its offset, such as 2026-03-01T09:30:00Z",
}


class Place(BaseModel):
    """One thing that is wrong: where, why, and what to do instead."""

    place: str
    reason: str
    remedy: str


class ProblemResponse(BaseModel):
    """What every error of this API looks like."""

    type: str = Field(description="A URN that names this kind of problem and does not change.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked for.")
    errors: list[Place]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem. `detail` stands in for the error's own words where those must not show."""

    status: int
    name: str
    title: str
    detail: str = ""


class Refused(HTTPException):
    """A request that is refused for a reason only HTTP knows."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        place: str = "",
        remedy: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.status, detail, headers)
        self.kind = kind
        self.errors = [Place(place=place, reason=detail, remedy=remedy)]


INVALID = Kind(422, "invalid-input", "The request cannot be taken")
NOT_JSON = Kind(400, "not-json", "The body is not JSON")
UNAUTHENTICATED = Kind(401, "unauthenticated", "A key is needed")
FORBIDDEN = Kind(403, "not-permitted", "This is not permitted")
TOO_LARGE = Kind(413, "too-large", "The body is too large")
UNSUPPORTED = Kind(415, "unsupported-media-type", "The body's media type is not taken")
UNEXPECTED = Kind(
    500, "unexpected", "Something went wrong", "The server failed. The log says more."
)

_KINDS: dict[type[Exception], Kind] = {
    InvalidInput: INVALID,
    NotFound: Kind(404, "not-found", "Nothing is here", "There is nothing here."),
    UnknownDocument: Kind(404, "unknown-document", "No such document", "There is no such document"),
    VersionGone: Kind(
        404, "version-gone", "No such version", "The document is there, this version of it is not."
    ),
    UnknownCustomer: Kind(404, "unknown-customer", "No such customer", "There is none of this id."),
    UnknownSuggestion: Kind(404, "unknown-suggestion", "No such suggestion", "There is none here."),
    UnknownConversation: Kind(
        404, "unknown-conversation", "No such conversation", "There is none here."
    ),
    UnknownAction: Kind(404, "unknown-action", "No such action", "There is none of this name."),
    UnknownCard: Kind(404, "unknown-card", "No such card", "There is none here."),
    AlreadyDecided: Kind(409, "already-decided", "This can no longer be decided"),
    Ended: Kind(409, "conversation-ended", "The conversation has ended"),
    Overloaded: Kind(503, "overloaded", "More is waiting than can be answered in time"),
    NotPermitted: FORBIDDEN,
    ScopeTooWide: Kind(403, "scope-too-wide", "The scope is wider than this key's"),
    NotReady: Kind(503, "not-ready", "Not able to answer now"),
    EmbedderError: Kind(
        503, "embedder-failed", "Not able to answer now", "The text could not be embedded."
    ),
}


def install(app: FastAPI) -> None:
    """Has every error that a route or the router raises come out as a problem document."""
    app.add_exception_handler(CopilotError, _on_error)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


def problem(
    connection: Connection,
    kind: Kind,
    detail: str = "",
    errors: Sequence[Place] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The response for a problem; strings that UTF-8 cannot write are mended."""
    content = {
        "type": _PREFIX + kind.name,
        "title": kind.title,
        "status": kind.status,
        "detail": _shown(kind.detail or detail or kind.title),
        "instance": quote(connection["path"], errors="replace")[:_LONGEST],
        "errors": [
            {name: _shown(value) for name, value in error.model_dump().items()}
            for error in errors[:_MOST]
        ],
    }
    return _Problem(content, kind.status, headers)


class _Problem(JSONResponse):
    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content).encode()


def _shown(words: str) -> str:
    return words.encode("utf-8", "replace").decode()[:_LONGEST]


async def _on_error(request: Request, error: Exception) -> JSONResponse:
    """Raises the error again where it is nothing that a caller can be told."""
    for cls in type(error).__mro__:
        if kind := _KINDS.get(cls):
            break
    else:
        raise error
    headers = None
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        after_s = error.retry_after_s if isinstance(error, Overloaded) else 5
        headers = {"Retry-After": str(after_s)}
    if isinstance(error, EmbedderError):
        structlog.get_logger("api").error("the embedder failed", exc_info=error)
    errors = []
    if isinstance(error, InvalidInput):
        errors = [Place(place=error.place, reason=error.reason, remedy=error.remedy or _SEE)]
    return problem(request.scope, kind, str(error), errors, headers)


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    error = cast(HTTPException, error)
    headers = dict(error.headers or {})
    if isinstance(error, Refused):
        return problem(request.scope, error.kind, error.detail, error.errors, headers)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(request.scope, NOT_JSON, "The body cannot be read as JSON.", (), headers)
    phrase = HTTPStatus(error.status_code).phrase
    kind = Kind(error.status_code, phrase.lower().replace(" ", "-"), phrase)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request) or headers.get("Allow", "")
    return problem(request.scope, kind, f"{request.method} {request.url.path}", (), headers)


async def _on_validation(request: Request, error: Exception) -> JSONResponse:
    error = cast(RequestValidationError, error)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        at = found[0]["loc"][-1]
        reason = f"not JSON at character {at}: {found[0]['ctx']['error']}"
        place = Place(place="body", reason=reason, remedy="send one JSON object")
        return problem(request.scope, NOT_JSON, reason, [place])
    if isinstance(error.body, bytes):
        reason = "the body is taken as application/json only"
        place = Place(place="Content-Type", reason=reason, remedy="send application/json")
        return problem(request.scope, UNSUPPORTED, reason, [place])
    places = [place_of(one) for one in found]
    detail = "; ".join(f"{place.place}: {place.reason}" for place in places[:3])
    return problem(request.scope, INVALID, detail, places)


async def _on_disconnect(request: Request, _error: Exception) -> JSONResponse:
    """Nobody reads this; it only keeps a caller who left from looking like a failure."""
    return problem(request.scope, NOT_JSON, "The body broke off.")


def place_of(found: Mapping[str, Any]) -> Place:
    """One of pydantic's errors in this API's words; what was sent is never repeated."""
    where = [str(part) for part in found["loc"]]
    inner = found.get("ctx", {}).get("place")
    where = where[1:] if len(where) > 1 else where
    return Place(
        place=".".join([*where, inner] if inner else where),
        reason=_REASONS.get(found["type"], found["msg"]),
        remedy=_REMEDIES.get(found["type"], _SEE),
    )


def _allowed(request: Request) -> str:
    """The methods that the contract has at this path; the router names only its first match's."""
    route = request.scope.get("route")
    operations = request.app.openapi()["paths"].get(getattr(route, "path_format", ""), {})
    return ", ".join(sorted(method.upper() for method in operations))
