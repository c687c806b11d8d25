"""The demo's back office: orders, stock and appointments of made-up places, in memory only.

It behaves as a system should behind an action: a key that comes again changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from copilot.errors import AlreadyDecided, InvalidInput, NotFound

FILE = "back-office.yaml"
_Row = dict[str, Any]


class BackOffice:
    """Starts from a file, and forgets what was changed when the server ends."""

    def __init__(self, data: Mapping[str, Any], now: Callable[[], datetime]) -> None:
        self._orders: dict[str, _Row] = {one["order_id"]: one for one in data["orders"]}
        self._stock: dict[str, _Row] = {one["style"]: one for one in data["stock"]}
        self._slots: dict[str, _Row] = {one["slot"]: one for one in data["slots"]}
        self._now = now
        self._done: dict[str, _Row] = {}
        self._lock = threading.Lock()

    def order(self, order_id: str) -> _Row:
        """An order with its state. Raises NotFound."""
        order: _Row = _held(self._orders, order_id)
        return order

    def web_stock(self, style: str) -> _Row:
        """What the web shop believes: last night's count. Raises NotFound."""
        held = _held(self._stock, style)
        counted = self._now().replace(hour=2, minute=0, second=0, microsecond=0)
        return {"style": style, "name": held["name"], "available": held["web"], **_at(counted)}

    def store_stock(self, store: str, style: str) -> _Row:
        """What a store's handset shows now. Raises NotFound."""
        held = _held(self._stock, style)
        there = _held(held["stores"], store)
        counts = {"floor": there[0], "stockroom": there[1], "reserved": there[2]}
        available = there[0] + there[1] - there[2]
        about = {"style": style, "name": held["name"], "store": store, "available": available}
        return {**about, **counts, **_at(self._now())}

    def slots(self, place: str) -> _Row:
        """The free appointments of a place, earliest first."""
        free = [self._slot(one) for one in self._slots.values() if one["place"] == place]
        return {"place": place, "slots": [one for one in free if one.pop("free")]}

    def refund(self, order_id: str, amount_eur: float, reason: str, key: str) -> _Row:
        """Books a refund of at most what was paid. Raises NotFound, InvalidInput."""

        def book() -> _Row:
            order = _held(self._orders, order_id)
            left = order["paid_eur"] - order.get("refunded_eur", 0)
            if amount_eur > left:
                raise InvalidInput(f"only {left:.2f} euros are left", place="amount_eur")
            order["refunded_eur"] = round(order.get("refunded_eur", 0) + amount_eur, 2)
            about = {"order_id": order_id, "amount_eur": amount_eur, "reason": reason}
            return {"refund_id": f"RF-{1001 + len(self._done)}", **about}

        return self._once(key, book)

    def resend(self, order_id: str, to: str, key: str) -> _Row:
        """Sends an order's parcel again. Raises NotFound."""

        def send() -> _Row:
            order = _held(self._orders, order_id)
            order["state"] = "sent again"
            return {"parcel_id": f"PX-{1001 + len(self._done)}", "order_id": order_id, "to": to}

        return self._once(key, send)

    def book(self, slot: str, customer_id: str, topic: str, key: str) -> _Row:
        """Books a free appointment. Raises NotFound, and AlreadyDecided for one that is taken."""

        def take() -> _Row:
            held = _held(self._slots, slot)
            if "taken_by" in held:
                raise AlreadyDecided("the appointment is taken")
            held["taken_by"] = customer_id
            about = {"customer_id": customer_id, "topic": topic}
            return {"booking_id": f"BK-{1001 + len(self._done)}", **self._slot(held), **about}

        return self._once(key, take)

    def _once(self, key: str, work: Callable[[], _Row]) -> _Row:
        with self._lock:
            if key not in self._done:
                self._done[key] = work()
            return self._done[key]

    def _slot(self, held: Mapping[str, Any]) -> _Row:
        hour, minute = held["at"].split(":")
        day = self._now() + timedelta(days=held["in_days"])
        at = day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        about = {"slot": held["slot"], "place": held["place"], "at": at.isoformat()}
        return {**about, "with": held["with"], "free": "taken_by" not in held}


def read_back_office(knowledge: Path | None, now: Callable[[], datetime]) -> BackOffice:
    """The back office of a knowledge folder. Raises NotFound where it has none."""
    path = None if knowledge is None else knowledge / FILE
    if path is None or not path.is_file():
        raise NotFound("there is no back office here")
    return BackOffice(yaml.safe_load(path.read_text(encoding="utf-8")), now)


def _held(rows: Mapping[str, Any], key: str) -> Any:
    if key not in rows:
        raise NotFound("the back office knows nothing of it")
    return rows[key]


def _at(moment: datetime) -> dict[str, str]:
    return {"counted_at": moment.isoformat()}
