"""Where practice departs from the written procedures: for supervisors, within what they may see."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.testclient import TestClient

from copilot.store import Store
from copilot.types import Disagreement, Role, Scope, Status, Suggestion

Keys = Callable[..., dict[str, str]]


def offer(store: Store, suggestion_id: str, document_id: str, done: str = "refund") -> None:
    differs = Disagreement(document_id, 1, f"{document_id}@1#0", "Call", done, 0.8, 40, ("case-1",))
    store.suggestions.add(
        Suggestion(
            suggestion_id,
            Status.NO_SUGGESTION,
            None,
            0.0,
            None,
            None,
            (),
            (),
            (),
            "extract/2",
            None,
            {},
            disagreement=differs,
        ),
        request={},
        caller="local",
        customer_id=None,
    )


def test_disagreements_are_grouped_commonest_first(client: TestClient, store: Store) -> None:
    client.put("/v1/documents/returns", json={"text": "# Returns\n\nA parcel can come back.\n"})
    for number, done in enumerate(["refund", "resend", "refund"]):
        offer(store, f"s{number}", "returns", done)
    offer(store, "s9", "nowhere")
    found = client.get("/v1/disagreements").json()["disagreements"]
    assert [(one["done"], one["seen"]) for one in found] == [("refund", 2), ("resend", 1)]
    assert found[0]["cases"] == ["case-1"]


def test_an_agent_may_not_list_them_and_a_supervisor_sees_what_is_theirs(
    client: TestClient, store: Store, key: Keys
) -> None:
    for name, audience in (("mine", ["12"]), ("theirs", ["99"])):
        body = {"text": "# Returns\n\nA parcel can come back.\n", "scope": {"stores": audience}}
        client.put(f"/v1/documents/{name}", json=body)
        offer(store, name, name)
    assert client.get("/v1/disagreements", headers=key(Role.AGENT)).status_code == 403
    supervisor = key(Role.SUPERVISOR, Scope(stores=("12",)))
    found = client.get("/v1/disagreements", headers=supervisor).json()["disagreements"]
    assert [one["document_id"] for one in found] == ["mine"]
