from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from copilot.errors import InvalidInput
from copilot.store import Store
from copilot.store.tables import api_keys
from copilot.types import Role, Scope


def test_a_key_is_found_by_its_secret_with_its_role_and_scope(store: Store, clock: Any) -> None:
    scope = Scope(roles=("agent",), stores=("12", "7"), language="de", regions=())
    secret, made = store.keys.add("Desk 4", Role.AGENT, scope)
    assert store.keys.find(secret) == made
    assert (made.name, made.role, made.scope, made.created_at) == (
        "Desk 4",
        Role.AGENT,
        scope,
        clock.now,
    )


def test_a_secret_is_long_unlike_any_other_and_never_stored(store: Store) -> None:
    secrets = [store.keys.add("K", Role.STAFF)[0] for _ in range(5)]
    assert len(set(secrets)) == 5
    assert min(map(len, secrets)) > 40
    with store.engine.connect() as connection:
        stored = str(connection.execute(select(api_keys)).all())
    assert not any(secret in stored or secret.split("_", 2)[2] in stored for secret in secrets)


@pytest.mark.parametrize("change", [str.upper, lambda secret: secret[:-1], lambda secret: ""])
def test_no_other_secret_opens_anything(store: Store, change: Any) -> None:
    secret, _ = store.keys.add("K", Role.ADMIN)
    assert store.keys.find(change(secret)) is None


def test_a_revoked_key_opens_nothing_at_once_and_is_still_listed(store: Store, clock: Any) -> None:
    secret, made = store.keys.add("K", Role.AGENT)
    store.keys.add("Other", Role.AGENT)
    assert store.keys.count() == 2
    store.keys.revoke(made.key_id)
    assert store.keys.find(secret) is None
    assert store.keys.count() == 1
    assert store.keys.all()[made.key_id].revoked_at == clock.now


def test_revoking_what_is_not_open_says_where_the_ids_are(store: Store) -> None:
    _, made = store.keys.add("K", Role.AGENT)
    store.keys.revoke(made.key_id)
    for key_id in (made.key_id, "nothing"):
        with pytest.raises(InvalidInput) as caught:
            store.keys.revoke(key_id)
        assert "list" in caught.value.remedy


def test_a_key_cannot_fix_a_moment(store: Store) -> None:
    with pytest.raises(InvalidInput, match=r"scope\.as_of"):
        store.keys.add("K", Role.AGENT, Scope(as_of=datetime(2026, 1, 1, tzinfo=UTC)))
    assert store.keys.all() == {}


def test_keys_are_listed_oldest_first(store: Store, clock: Any) -> None:
    for name in ("one", "two", "three"):
        store.keys.add(name, Role.AGENT)
        clock.move(seconds=1)
    assert [key.name for key in store.keys.all().values()] == ["one", "two", "three"]
