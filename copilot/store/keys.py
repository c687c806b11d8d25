"""API keys: handed out once, stored only as a SHA-256, revocable.

A key carries 256 random bits, so a plain hash is enough: there is no short secret to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update

from copilot.errors import InvalidInput
from copilot.scoping import limits_of, scope_of
from copilot.store.database import writer
from copilot.store.tables import api_keys, identity
from copilot.types import Role, Scope

PREFIX = "cpk"


@dataclass(frozen=True, slots=True)
class ApiKey:
    key_id: str
    name: str
    role: Role
    scope: Scope
    created_at: datetime
    revoked_at: datetime | None


class Keys:
    """The API keys of one database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    def add(self, name: str, role: Role, scope: Scope = Scope()) -> tuple[str, ApiKey]:
        """A new key: its secret, which is shown this once, and its record."""
        key_id = secrets.token_hex(4)
        secret = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
        if scope.as_of is not None:
            raise InvalidInput("a key's scope cannot fix a moment", place="scope.as_of")
        with writer(self._engine).begin() as connection:
            connection.execute(
                insert(api_keys).values(
                    key_id=key_id,
                    sha256=_sha256(secret),
                    name=name,
                    role=role.value,
                    scope=limits_of(scope),
                    created_at=self._now(),
                )
            )
        return secret, self.all()[key_id]

    def find(self, secret: str) -> ApiKey | None:
        """The key that this secret opens, if it was not revoked."""
        query = select(api_keys).where(
            api_keys.c.sha256 == _sha256(secret), api_keys.c.revoked_at.is_(None)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _key(row)

    def standing(self, key_id: str) -> ApiKey | None:
        """The key of this id, if it was not revoked."""
        query = select(api_keys).where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _key(row)

    def token_secret(self) -> str:
        """What signs the tokens of this database's keys, made at first use."""
        with self._engine.connect() as connection:
            found = connection.execute(select(identity.c.token_secret)).scalar()
        if found is not None:
            return str(found)
        with writer(self._engine).begin() as connection:
            connection.execute(
                update(identity)
                .where(identity.c.token_secret.is_(None))
                .values(token_secret=secrets.token_hex(32))
            )
            return str(connection.execute(select(identity.c.token_secret)).scalar_one())

    def revoke(self, key_id: str) -> None:
        """Closes a key at once. Raises InvalidInput when no open key has that id."""
        with writer(self._engine).begin() as connection:
            done = connection.execute(
                update(api_keys)
                .where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
                .values(revoked_at=self._now())
            )
        if done.rowcount == 0:
            raise InvalidInput(
                f"no open key {key_id!r}", remedy="`copilot keys list` shows the ids"
            )

    def all(self) -> dict[str, ApiKey]:
        """Every key by id, revoked ones too, oldest first."""
        query = select(api_keys).order_by(api_keys.c.created_at)
        with self._engine.connect() as connection:
            return {row.key_id: _key(row) for row in connection.execute(query)}

    def count(self) -> int:
        """How many keys are open; 0 means that only loopback may be served."""
        query = select(func.count()).select_from(api_keys).where(api_keys.c.revoked_at.is_(None))
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        row.key_id,
        row.name,
        Role(row.role),
        scope_of(row.scope),
        row.created_at,
        row.revoked_at,
    )
