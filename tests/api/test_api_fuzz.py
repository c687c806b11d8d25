"""The contract, fuzzed from its own OpenAPI: nothing fails, and every answer is as documented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from declared import stock, write
from fake_copilot import FakeCopilot, HashEmbedder, app_around
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.bodies import FILES
from copilot.compose import open_runner
from copilot.settings import Settings
from copilot.store import Store
from copilot.types import ActionDone, Customer, Document, Interaction, Role, Turn
from ingest.sync import Sync

pytestmark = pytest.mark.slow
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer(*FILES)
def as_bytes(_: schemathesis.SerializationContext, value: object) -> bytes:
    """A file of any type, as whatever bytes the fuzzer thinks of."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


# Only the contract is read here; the app that answers is opened by the fixture.
schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi())


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIClient]:
    """Calls an app as its administrator."""
    folder = tmp_path_factory.mktemp("fuzz")
    # Nobody listens behind the actions.
    chosen = Settings(data_dir=folder, actions_url="http://127.0.0.1:9")
    anything = {"type": "object", "properties": {"0": {}, "text": {"type": "string"}}}
    nowhere = {"method": "GET", "url": "/"}
    read = stock("web", title="0", fact=None, parameters=anything, request=nowhere)
    write(chosen.actions_folder, read)
    store = Store(chosen.store_url)
    secret, key = store.keys.add("fuzz", Role.ADMIN)
    # The fuzzer's favourite id, so that it finds something now and then.
    runner = open_runner(chosen, store)
    card = runner.propose(runner.actions.find("0", None), key.key_id)
    store.cards.propose(replace(card, card_id="0"))
    store.customers.put(Customer("0", "Ada Example"))
    sync = Sync(store, HashEmbedder())
    sync.put(Document("0", "Zero", "# Zero\n\nNothing at all.\n"))
    turns = (Turn("0", "agent", "Zero.", action=ActionDone("0")),)
    sync.put_interaction(Interaction("0", None, "call", store.now(), turns=turns))
    app: Any = app_around(chosen, FakeCopilot(store))
    with get_client(app) as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        yield client
    store.close()


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_the_server_fail_or_break_its_contract(
    case: schemathesis.Case[Any], session: ASGIClient
) -> None:
    case.headers.pop("Authorization", None)
    case.call_and_validate(base_url=session.base_url, session=session, checks=CHECKS)
