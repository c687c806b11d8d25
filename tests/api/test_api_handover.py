from __future__ import annotations

from pathlib import Path

from fake_copilot import app_around
from fastapi.testclient import TestClient
from rig import Rig

from copilot.settings import Settings


def test_a_hand_over_tells_what_was_said_and_where(rig: Rig, tmp_path: Path) -> None:
    rig.put("refunds", "A refund to a card takes five working days.")
    app = app_around(Settings(data_dir=tmp_path), rig.copilot)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 50_000)) as desk:
        desk.post("/v1/conversations", json={"conversation_id": "c1"})
        turn = {"turn_id": "t1", "role": "customer", "text": "How long does a refund take?"}
        desk.post("/v1/conversations/c1/turns", json=turn)
        told = desk.get("/v1/conversations/c1/handover").json()
        assert desk.get("/v1/conversations/c2/handover").status_code == 404
    assert told["sentences"] == [{"text": "How long does a refund take?", "turn_ids": ["t1"]}]
    assert (told["by"], told["failure"]) == ("said/1", None)
