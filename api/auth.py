"""Who calls, and what each role may do. The one table of permissions stands here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api import tokens
from api.local import is_local, refuse_foreign_pages
from api.parts import Parts, PartsOfApp
from api.problems import FORBIDDEN, UNAUTHENTICATED, Refused
from copilot.errors import UnknownCustomer
from copilot.scoping import narrow
from copilot.store.keys import PREFIX, ApiKey
from copilot.types import Role, Scope

_ASKING = frozenset({"search", "ask", "documents:read", "metrics"})
_ASSISTED = _ASKING | {"assist", "suggestions:own", "conversations", "tokens:issue"}
_ASSISTED |= {"actions", "actions:confirm"}
_READING = _ASKING | {"assist", "documents:retired", "suggestions:own", "suggestions:all"}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.AGENT: _ASSISTED | {"customers:read", "conversations:feed"},
    Role.STAFF: _ASSISTED,
    Role.KNOWLEDGE: _ASKING
    | {"documents:retired", "documents:list", "documents:write", "disagreements"},
    Role.EVALUATOR: _READING | {"conversations"},
    Role.SUPERVISOR: _READING
    | {"documents:list", "customers:read", "conversations", "actions"}
    | {"disagreements"},
    Role.ADMIN: _READING
    | {"documents:list", "documents:write", "customers:read", "customers:erase"}
    | {"conversations", "conversations:feed", "tokens:issue", "actions", "actions:confirm"}
    | {"disagreements"},
}
EVERYTHING = frozenset[str]().union(*PERMISSIONS.values())
# What a page may do with a token, where its key may.
_OF_A_TOKEN = (_ASSISTED | {"customers:read"}) - {"metrics", "tokens:issue"}

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
    """`caller_id` goes with each suggestion; it is the key's id, never the key.

    A token's caller has the `agent` who sits at the desk, and may be held to one conversation and
    one customer. The developer at this machine has no `role`.
    """

    caller_id: str
    scope: Scope
    permissions: frozenset[str]
    agent: str | None = None
    conversation_id: str | None = None
    customer_id: str | None = None
    role: Role | None = None

    @property
    def name(self) -> str:
        """Who this is in the audit trail: the key, and the person where a token says who."""
        return self.caller_id if self.agent is None else f"{self.caller_id}:{self.agent}"

    def require_customer(self, customer_id: str) -> None:
        """Raises UnknownCustomer where a token is for somebody else's screen."""
        if self.customer_id is not None and self.customer_id != customer_id:
            raise UnknownCustomer("not of this token")

    def may(self, action: str) -> bool:
        return action in self.permissions

    def require(self, action: str) -> None:
        """Raises Refused (403) where the caller's role does not include this."""
        if not self.may(action):
            remedy = "ask with a key whose role includes it"
            raise Refused(FORBIDDEN, f"this key may not {action}", place="key", remedy=remedy)


LOCAL_DEVELOPER = Caller("local", Scope(), EVERYTHING)

bearer_scheme = HTTPBearer(auto_error=False, description="A key of `copilot keys add`: cpk_…")
header_scheme = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key.")


def caller_of(
    request: Request,
    parts: PartsOfApp,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
    header: Annotated[str | None, Security(header_scheme)],
) -> Caller:
    """Who sends this request. Raises Refused: 401 without a key that stands, 403 if foreign."""
    local = not parts.keyring.any_made() and is_local(request, parts.settings)
    if local:
        refuse_foreign_pages(request)
    secret = bearer.credentials if bearer is not None else header
    caller = _known(secret, parts, LOCAL_DEVELOPER if local else None) if secret else None
    if caller is None and local:
        return LOCAL_DEVELOPER
    if caller is None:
        raise Refused(
            UNAUTHENTICATED,
            "no such key or token, or it has ended" if secret else "no key was sent",
            place="Authorization",
            remedy="send `Authorization: Bearer cpk_…`; `copilot keys add` makes a key",
            headers={"WWW-Authenticate": 'Bearer realm="copilot"'},
        )
    return caller


def allowed(action: str) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that gives the caller, who may do this."""
    if action not in EVERYTHING:
        raise ValueError(f"no role includes {action!r}")

    async def permitted(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        caller.require(action)
        return caller

    return permitted


def _known(secret: str, parts: Parts, local: Caller | None) -> Caller | None:
    """Who a key or a token stands for; a token of the local developer's only where it is they."""
    if secret.startswith(f"{PREFIX}_"):
        key = parts.keyring.find(secret)
        return None if key is None else _caller(key)
    grant = tokens.read(secret, parts.keyring.token_secret, parts.store.instance)
    if grant is None:
        return None
    if grant.key_id == LOCAL_DEVELOPER.caller_id:
        of_key = local
    else:
        key = parts.keyring.standing(grant.key_id)
        of_key = None if key is None else _caller(key)
    if of_key is None:
        return None
    return Caller(
        of_key.caller_id,
        narrow(of_key.scope, grant.scope),
        of_key.permissions & _OF_A_TOKEN,
        grant.agent,
        grant.conversation_id,
        grant.customer_id,
        of_key.role,
    )


def _caller(key: ApiKey) -> Caller:
    scope = key.scope
    if scope.roles is None:
        scope = replace(scope, roles=_SEES[key.role])
    return Caller(key.key_id, scope, PERMISSIONS[key.role], role=key.role)
