"""Short-lived tokens for pages: what a host's server asks for with its key and hands over.

A token is a JWT (RFC 7519, HS256). It carries who sits at the desk and what they may see; it can
narrow its key, never widen it, and ends with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from copilot.scoping import limits_of, scope_of
from copilot.types import Scope

ALGORITHM = "HS256"
LONGEST_S = 12 * 3600
SHORTEST_S = 30
DEFAULT_S = 15 * 60
_AUDIENCE = "copilot-page"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token says: the key that it came from, the person, and their limits."""

    key_id: str
    agent: str
    scope: Scope
    conversation_id: str | None = None
    customer_id: str | None = None


def issue(grant: Grant, secret: str, instance: str, now: datetime, ttl_s: int) -> str:
    """A token for `ttl_s` seconds from now, of this database only."""
    claims = {
        "iss": instance,
        "aud": _AUDIENCE,
        "iat": now,
        "exp": now + timedelta(seconds=ttl_s),
        "sub": grant.agent,
        "key": grant.key_id,
        "scope": limits_of(grant.scope),
        "conversation": grant.conversation_id,
        "customer": grant.customer_id,
    }
    return jwt.encode(claims, secret, ALGORITHM)


def read(token: str, secret: str, instance: str) -> Grant | None:
    """What a token says, or None for one that is not ours, was changed, or has run out."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=instance,
            audience=_AUDIENCE,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.InvalidTokenError:
        return None
    return _grant(claims)


def _grant(claims: Mapping[str, Any]) -> Grant:
    return Grant(
        key_id=claims["key"],
        agent=claims["sub"],
        scope=scope_of(claims["scope"]),
        conversation_id=claims["conversation"],
        customer_id=claims["customer"],
    )
