"""The app around a whole copilot without a model, and a client that reads its streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from rig import Rig

from api.app import create_app
from api.hub import Hub
from copilot.settings import Settings

LOOPBACK = ("127.0.0.1", 50000)


@dataclass(frozen=True, slots=True)
class Sent:
    """One server-sent event."""

    event_id: int
    kind: str
    data: dict[str, Any]


def live_client(rig: Rig, settings: Settings) -> TestClient:
    """A developer on this machine; the app takes live conversations while it is entered."""
    app = create_app(settings, rig.copilot)
    return TestClient(app, base_url="http://127.0.0.1", client=LOOPBACK)


def read(lines: Iterator[str]) -> Iterator[Sent]:
    """The events of a stream; comments are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line == "" and fields:
            yield Sent(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}
        elif name and line[0] != ":":
            fields[name] = value


def let_go(app: FastAPI) -> Hub:
    """The app's hub."""
    hub: Hub = app.state.parts.hub
    return hub
