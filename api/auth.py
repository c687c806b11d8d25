"""Who calls, and what each role may do. The one table of permissions stands here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api.local import is_local, refuse_foreign_pages
from api.parts import PartsOfApp
from api.problems import FORBIDDEN, UNAUTHENTICATED, Refused
from copilot.store.keys import ApiKey
from copilot.types import Role, Scope

_ASKING = frozenset({"search", "ask", "documents:read", "metrics"})
_ASSISTED = _ASKING | {"assist", "suggestions:own"}
_READING = _ASKING | {"assist", "documents:retired", "suggestions:own", "suggestions:all"}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.AGENT: _ASSISTED | {"customers:read"},
    Role.STAFF: _ASSISTED,
    Role.KNOWLEDGE: _ASKING | {"documents:retired", "documents:list", "documents:write"},
    Role.EVALUATOR: _READING,
    Role.SUPERVISOR: _READING | {"documents:list", "customers:read"},
    Role.ADMIN: _READING
    | {"documents:list", "documents:write", "customers:read", "customers:erase"},
}
EVERYTHING = frozenset[str]().union(*PERMISSIONS.values())

# What a role's key may see where the key itself names no roles; None is everything.
_SEES: dict[Role, tuple[str, ...] | None] = {
    Role.AGENT: ("agent",),
    Role.STAFF: ("staff",),
    Role.SUPERVISOR: ("supervisor", "agent", "staff"),
    Role.KNOWLEDGE: None,
    Role.EVALUATOR: None,
    Role.ADMIN: None,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """`caller_id` goes with each suggestion; it is the key's id, never the key."""

    caller_id: str
    scope: Scope
    permissions: frozenset[str]

    def may(self, action: str) -> bool:
        return action in self.permissions

    def require(self, action: str) -> None:
        """Raises Refused (403) where the caller's role does not include this."""
        if not self.may(action):
            remedy = "ask with a key whose role includes it"
            raise Refused(FORBIDDEN, f"this key may not {action}", place="key", remedy=remedy)


LOCAL_DEVELOPER = Caller("local", Scope(), EVERYTHING)

_bearer = HTTPBearer(auto_error=False, description="A key of `copilot keys add`: cpk_…")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key.")


def caller_of(
    request: Request,
    parts: PartsOfApp,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    header: Annotated[str | None, Security(_header)],
) -> Caller:
    """Who sends this request. Raises Refused: 401 without a key that stands, 403 if foreign."""
    if not parts.keyring.any_made() and is_local(request, parts.settings):
        refuse_foreign_pages(request)
        return LOCAL_DEVELOPER
    secret = bearer.credentials if bearer is not None else header
    key = parts.keyring.find(secret) if secret else None
    if key is None:
        raise Refused(
            UNAUTHENTICATED,
            "no such key, or it was revoked" if secret else "no key was sent",
            place="Authorization",
            remedy="send `Authorization: Bearer cpk_…`; `copilot keys add` makes a key",
            headers={"WWW-Authenticate": 'Bearer realm="copilot"'},
        )
    return _caller(key)


def allowed(action: str) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives the caller, who may do this."""
    if action not in EVERYTHING:
        raise ValueError(f"no role includes {action!r}")

    async def permitted(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        caller.require(action)
        return caller

    return permitted


def _caller(key: ApiKey) -> Caller:
    scope = key.scope
    if scope.roles is None:
        scope = replace(scope, roles=_SEES[key.role])
    return Caller(key.key_id, scope, PERMISSIONS[key.role])
