"""Dates and times as records and front matter write them, as moments in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from copilot.errors import InvalidInput

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?\ ?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_EXAMPLE = "write a time with its offset, such as 2026-03-01T09:30:00Z"
_EXAMPLE_DATE = "write a date such as 2026-03-01, or a time such as 2026-03-01T09:30:00Z"


def moment(value: Any, field: str) -> datetime:
    """An RFC 3339 date-time in UTC. Raises InvalidInput that names `field`."""
    if isinstance(value, str) and _MOMENT.fullmatch(value.strip()):
        value = _from_iso(value.strip(), field)
    if not isinstance(value, datetime):
        raise InvalidInput(f"{value!r:.60} is not a date-time", place=field, remedy=_EXAMPLE)
    if value.tzinfo is None:
        raise InvalidInput("the time has no offset from UTC", place=field, remedy=_EXAMPLE)
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput("the time is out of range", place=field, remedy=_EXAMPLE) from error


def begins(value: Any, field: str) -> datetime:
    """When something starts to hold; a date means 00:00 UTC. Raises InvalidInput."""
    day = _day(value, field)
    return moment(value, field) if day is None else datetime.combine(day, time(), UTC)


def ends(value: Any, field: str) -> datetime | None:
    """The first moment at which something no longer holds. Raises InvalidInput.

    A date means the end of that day; the last day that there is means never, hence None.
    """
    day = _day(value, field)
    if day is None:
        return moment(value, field)
    if day == date.max:
        return None
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _day(value: Any, field: str) -> date | None:
    """The date, where the value is one; None where it is something else or also has a time."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        return _from_iso(value.strip(), field).date()
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value.strip())):
        return None
    raise InvalidInput(f"{value!r:.60} is not a date", place=field, remedy=_EXAMPLE_DATE)


def _from_iso(text: str, field: str) -> datetime:
    try:
        return datetime.fromisoformat(re.sub(r" (?=[Zz+-])", "", text).upper())
    except ValueError as error:
        raise InvalidInput(f"{text!r}: {error}", place=field, remedy=_EXAMPLE_DATE) from error
