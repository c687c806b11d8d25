"""Declarations of actions as tests write them: a refund, and two sources of one stock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ORDER = {"type": "string", "title": "Order number", "pattern": r"^QW\d{8}$"}


def refund(**more: Any) -> dict[str, Any]:
    """A change, as its file holds it."""
    return {
        "name": "offer_refund",
        "title": "Refund",
        "effect": "change",
        "named": ["Push refund"],
        "parameters": {
            "type": "object",
            "required": ["order_id", "amount"],
            "properties": {
                "order_id": ORDER,
                "amount": {"type": "number", "exclusiveMinimum": 0, "x-labels": ["refund"]},
                "note": {"type": "string", "maxLength": 100},
            },
        },
        "request": {
            "method": "POST",
            "url": "/orders/{order_id}/refunds",
            "headers": {"X-Key": "Bearer ${COPILOT_ACTION_KEY}"},
            "timeout_s": 2,
        },
        **more,
    }


def stock(where: str, **more: Any) -> dict[str, Any]:
    """A read, one of several that tell the same fact."""
    return {
        "name": f"stock_{where}",
        "title": f"Stock, {where}",
        "effect": "read",
        "fact": "stock",
        "compare": ["available"],
        "parameters": {
            "type": "object",
            "required": ["style"],
            "properties": {"style": {"type": "string", "pattern": r"^\d{6}$"}},
        },
        "request": {"method": "GET", "url": f"/stock/{where}/{{style}}", "timeout_s": 2},
        **more,
    }


def write(folder: Path, *declared: dict[str, Any]) -> Path:
    """The folder, with a file for each declaration; without any, the three of this module."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in declared or (refund(), stock("web"), stock("store")):
        (folder / f"{one['name']}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder
