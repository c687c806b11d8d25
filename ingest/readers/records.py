"""From one JSON object to the record that its fields say it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from copilot.errors import InvalidInput, UnreadableFile
from copilot.types import ActionDone, Customer, Document, Interaction, Turn
from ingest.readers import star
from ingest.readers.decode import refuse_unstorable
from ingest.readers.frontmatter import document_from
from ingest.readers.moments import moment

_ROLES = ("customer", "agent", "system")
_KINDS = "give it an interaction_id, a customer_id, or an _id with a text; one object on each line"
_CUSTOMER_FIELDS = frozenset(("customer_id", "name", "preferred_channel", "language"))


def record_from(fields: Any, place: str) -> Document | Customer | Interaction:
    """The record of one parsed line. Raises UnreadableFile that names the field at fault."""
    if not isinstance(fields, Mapping):
        raise UnreadableFile("not a JSON object", place=place, remedy=_KINDS)
    refuse_unstorable(fields, place)
    try:
        if "interaction_id" in fields:
            return _interaction(fields)
        if star.is_dialogue(fields):
            return star.interaction(fields)
        if "customer_id" in fields:
            return _customer(fields)
        if "_id" in fields and "text" in fields:
            return _document(fields, place)
    except UnreadableFile:
        raise
    except InvalidInput as error:
        reason = f"{error.place}: {error.reason}"
        raise UnreadableFile(reason, place=place, remedy=error.remedy) from error
    raise UnreadableFile(
        "neither a document nor a customer nor an interaction", place=place, remedy=_KINDS
    )


def _document(fields: Mapping[str, Any], place: str) -> Document:
    """A document in BEIR form. What stands beside the metadata counts before what is in it."""
    document_id = _identity(fields, "_id")
    text = fields["text"]
    if not isinstance(text, str):
        raise InvalidInput(f"{text!r:.60} is not text", place="text", remedy="write a string")
    extra = _mapping(fields, "metadata")
    named = {key: value for key, value in fields.items() if key not in ("_id", "text", "metadata")}
    return document_from(
        {**extra, **{key: value for key, value in named.items() if value not in (None, "")}},
        document_id=document_id,
        text=text,
        media_type="text/plain",
        place=place,
        fallback_title=document_id,
    )


def _customer(fields: Mapping[str, Any]) -> Customer:
    return Customer(
        customer_id=_identity(fields, "customer_id"),
        name=_string(fields, "name"),
        preferred_channel=_string(fields, "preferred_channel"),
        language=_string(fields, "language"),
        attributes={key: value for key, value in fields.items() if key not in _CUSTOMER_FIELDS},
    )


def _interaction(fields: Mapping[str, Any]) -> Interaction:
    interaction_id = _identity(fields, "interaction_id")
    started_at = moment(_required(fields, "started_at"), "started_at")
    ended_at = _moment(fields, "ended_at")
    if ended_at and ended_at < started_at:
        raise InvalidInput(
            "it would end before it started", place="ended_at", remedy="correct one of the times"
        )
    customer_id = fields.get("customer_id")
    return Interaction(
        interaction_id=interaction_id,
        customer_id=None if customer_id is None else _identity(fields, "customer_id"),
        channel=_identity(fields, "channel"),
        started_at=started_at,
        ended_at=ended_at,
        subject=_string(fields, "subject"),
        outcome=_string(fields, "outcome"),
        turns=_turns(fields, interaction_id),
    )


def _turns(fields: Mapping[str, Any], interaction_id: str) -> tuple[Turn, ...]:
    """The turns in their order. A later turn takes the place of a partial one of its id."""
    given = fields.get("turns", [])
    if not isinstance(given, list):
        raise InvalidInput("not a list", place="turns", remedy="write a list of turns")
    turns: dict[str, Turn] = {}
    for number, item in enumerate(given, start=1):
        field = f"turns[{number - 1}]"
        if not isinstance(item, Mapping):
            raise InvalidInput("not an object", place=field, remedy="write a turn as an object")
        try:
            turn = _turn(item, f"{interaction_id}-t{number}")
        except InvalidInput as error:
            raise InvalidInput(
                error.reason, place=f"{field}.{error.place}", remedy=error.remedy
            ) from error
        if turn.turn_id in turns and turns[turn.turn_id].is_final:
            raise InvalidInput(
                f"{turn.turn_id!r} is given twice",
                place=f"{field}.turn_id",
                remedy="give each final turn an id of its own",
            )
        turns[turn.turn_id] = turn
    return tuple(turns.values())


def _turn(fields: Mapping[str, Any], fallback_id: str) -> Turn:
    role = _required(fields, "role")
    if role not in _ROLES:
        raise InvalidInput(
            f"{role!r:.60} is no role", place="role", remedy=f"use {', '.join(_ROLES)}"
        )
    is_final = fields.get("is_final", True)
    if not isinstance(is_final, bool):
        raise InvalidInput(
            f"{is_final!r:.60} is not true or false", place="is_final", remedy="write true or false"
        )
    action = _action(fields)
    text = fields.get("text")
    if not isinstance(text, str) and not (text is None and action):
        raise InvalidInput("the turn has no words and no action", place="text", remedy="give one")
    return Turn(
        turn_id=fallback_id if fields.get("turn_id") is None else _identity(fields, "turn_id"),
        role=role,
        text=text or "",
        at=_moment(fields, "at"),
        is_final=is_final,
        channel=_string(fields, "channel"),
        action=action,
    )


def _action(fields: Mapping[str, Any]) -> ActionDone | None:
    given = fields.get("action")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise InvalidInput("not an object", place="action", remedy="give its name and parameters")
    parameters = _mapping(given, "parameters", within="action.")
    return ActionDone(_identity(given, "name", within="action."), parameters, given.get("result"))


def _required(fields: Mapping[str, Any], key: str, within: str = "") -> Any:
    value = fields.get(key)
    if value is None or value == "":
        raise InvalidInput("missing", place=within + key, remedy=f"give a {key}")
    return value


def _identity(fields: Mapping[str, Any], key: str, within: str = "") -> str:
    """A word that must be there; whole numbers are taken as they are written."""
    value = _required(fields, key, within)
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise InvalidInput(
            f"{value!r:.60} is not a string", place=within + key, remedy="write a string"
        )
    return str(value)


def _string(fields: Mapping[str, Any], key: str) -> str | None:
    value = fields.get(key)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{value!r:.60} is not a string", place=key, remedy="write a string")
    return value or None


def _mapping(fields: Mapping[str, Any], key: str, within: str = "") -> dict[str, Any]:
    value = fields.get(key)
    if value is not None and not isinstance(value, dict):
        raise InvalidInput(
            f"{value!r:.60} is not an object", place=within + key, remedy="write an object"
        )
    return value or {}


def _moment(fields: Mapping[str, Any], key: str) -> datetime | None:
    value = fields.get(key)
    return None if value is None else moment(value, key)
