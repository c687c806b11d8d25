"""Fills an action's parameters from a conversation, the customer's record and earlier results,
each value with its source. A value that cannot be traced stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from copilot.actions import schema as schemas
from copilot.actions.card import Found, Parameter, Source
from copilot.actions.declare import Action
from copilot.actions.names import same_action
from copilot.actions.said import said
from copilot.errors import InvalidInput
from copilot.types import ActionDone, Customer, Turn

_SPEAKERS = ("customer", "agent")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Known:
    """What parameters may be filled from. Turns and earlier actions stand oldest first.

    `run` holds actions that cards of this conversation ran, each with the card's id.
    """

    turns: Sequence[Turn] = ()
    customer: Customer | None = None
    run: Sequence[tuple[str, ActionDone]] = ()


def fill(
    action: Action, known: Known, given: Mapping[str, Any] = _NOTHING
) -> tuple[Parameter, ...]:
    """The action's parameters; what a person has given goes before everything that was found.

    Raises InvalidInput for a given parameter that the action does not have.
    """
    properties = action.parameters["properties"]
    for name in given:
        if name not in properties:
            reason, remedy = "there is no such parameter", "leave it out"
            raise InvalidInput(reason, place=f"parameters.{name}", remedy=remedy)
    return tuple(_parameter(action, name, known, given) for name in properties)


def _parameter(action: Action, name: str, known: Known, given: Mapping[str, Any]) -> Parameter:
    schema = action.parameters["properties"][name]
    mine = [Found(given[name], Source("person"))] if name in given else []
    found = _distinct([*mine, *_found(action, name, schema, known)])
    parameter = Parameter(name, schema, name in action.parameters.get("required", ()))
    if not found:
        return parameter
    first, *others = found
    return replace(parameter, value=first.value, source=first.source, alternatives=tuple(others))


def _distinct(found: Iterable[Found]) -> list[Found]:
    """The first of each value, in order."""
    kept: list[Found] = []
    for one in found:
        if all(one.value != other.value for other in kept):
            kept.append(one)
    return kept


def _found(action: Action, name: str, schema: schemas.Schema, known: Known) -> Iterator[Found]:
    """Everything that this parameter could be, the likeliest first: as `from` says, or what was
    said last, what was done last, and the customer's record.
    """
    for source in action.sources.get(name, ("turn", "*", f"customer.{name}")):
        if source == "turn":
            twins = _has_twins(name, action.parameters["properties"])
            yield from _from_turns(name, schema, known.turns, label_only=twins)
        elif source.startswith("customer."):
            yield from _from_customer(source.removeprefix("customer."), schema, known.customer)
        else:
            yield from _from_actions(source, name, schema, known)


def _has_twins(name: str, properties: Mapping[str, schemas.Schema]) -> bool:
    """Whether another parameter looks the same, so that only a label can tell them apart."""
    shapes = [
        [schema.get(key) for key in ("type", "format", "pattern", "enum")]
        for schema in (properties[name], *properties.values())
    ]
    return shapes.count(shapes[0]) > 2  # it is among them twice


def _from_turns(
    name: str, schema: schemas.Schema, turns: Sequence[Turn], *, label_only: bool
) -> Iterator[Found]:
    """What was said, the newest first; in one turn a value with its label before the others."""
    for turn in reversed(turns):
        if turn.role in _SPEAKERS and turn.text:
            values = said(name, schema, turn.text, label_only=label_only)
            for one in sorted(values, key=lambda one: (not one.is_labelled, -one.start)):
                source = Source("turn", turn_id=turn.turn_id, start=one.start, end=one.end)
                yield Found(one.value, source)


def _from_customer(
    field: str, schema: schemas.Schema, customer: Customer | None
) -> Iterator[Found]:
    if customer is not None:
        record = {**customer.attributes, **asdict(customer)}
        value = _fits(schema, record, field.split("."))
        if value is not None:
            yield Found(value, Source("customer", field=field))


def _from_actions(source: str, name: str, schema: schemas.Schema, known: Known) -> Iterator[Found]:
    """`ACTION.result.PATH`, `ACTION.parameters.PATH`, or `*`: any action's field of this name."""
    wanted, _, field = source.partition(".")
    fields = [f"parameters.{name}", f"result.{name}"] if source == "*" else [field]
    for done, at in _done(known):
        if wanted in ("*", done.name) or same_action(wanted, done.name):
            for one in fields:
                held = {"parameters": done.parameters, "result": done.result}
                value = _fits(schema, held, one.split("."))
                if value is not None:
                    yield Found(value, Source("action", field=one, action=done.name, **at))


def _done(known: Known) -> Iterator[tuple[ActionDone, dict[str, Any]]]:
    """What was done, the newest first: by cards, then as the desktop reported it."""
    for card_id, done in reversed(known.run):
        yield done, {"card_id": card_id}
    for turn in reversed(known.turns):
        if turn.action is not None:
            yield turn.action, {"turn_id": turn.turn_id}


def _fits(schema: schemas.Schema, held: Any, path: list[str]) -> Any:
    """What stands at a path, as the parameter takes it; None where nothing fitting does."""
    for part in path:
        if not isinstance(held, dict) or part not in held:
            return None
        held = held[part]
    if held is None or (isinstance(held, str) and schemas.MASKED.search(held)):
        return None
    return schemas.fitting(schema, held)
