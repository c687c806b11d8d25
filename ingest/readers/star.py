"""STAR's dialogues as interactions: an example of a reader for past conversations with actions.

The data set is RasaHQ/STAR. Its agent ("Wizard") picked replies that have a name and asked a
knowledge base. Each of the two becomes an agent's turn with an action: what was picked, by its
name; what was asked, as `query` with what was asked for and what came back. What the agent wrote
freely is a turn without an action.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from copilot.errors import InvalidInput
from copilot.types import ActionDone, Interaction, Turn

QUERY = "query"
_REMEDY = "give a line of STAR's dialogues.jsonl as it is"
# What a result says of its own place in the knowledge base.
_OWN = ("APIName", "id")


def is_dialogue(fields: Mapping[str, Any]) -> bool:
    """Whether a JSON object is one of STAR's dialogues."""
    return "DialogueID" in fields and "Events" in fields


def interaction(fields: Mapping[str, Any]) -> Interaction:
    """The dialogue as an interaction, whose outcome is its CompletionLevel. Raises InvalidInput."""
    try:
        events = fields["Events"]
        tasks = [one["Task"].replace("_", " ") for one in fields["Scenario"]["WizardCapabilities"]]
        identity = f"star-{fields['DialogueID']:d}"
        moments = [_moment(one) for one in events if "UnixTime" in one]
        return Interaction(
            interaction_id=identity,
            customer_id=None,
            channel="chat",
            started_at=moments[0],
            ended_at=moments[-1],
            subject=", ".join(dict.fromkeys(tasks)).capitalize(),
            outcome=str(fields["CompletionLevel"]).lower(),
            turns=tuple(_turns(identity, events)),
        )
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
        place = f"DialogueID {fields.get('DialogueID')}"
        raise InvalidInput(f"no dialogue: {error!r:.80}", place=place, remedy=_REMEDY) from error


def _turns(identity: str, events: Sequence[Mapping[str, Any]]) -> Iterator[Turn]:
    for at, event in enumerate(events):
        role, action = None, None
        match event["Agent"], event["Action"]:
            case "User", "utter":
                role = "customer"
            case "Wizard", "utter":
                role = "agent"
            case "Wizard", "pick_suggestion":
                role, action = "agent", ActionDone(_words(event["ActionLabel"]))
            case "Wizard", "query":
                role, action = "agent", _query(event, events[at + 1 : at + 2])
        if role is not None:
            text = _words(event.get("Text") or "")
            yield Turn(f"{identity}-{at}", role, text, _moment(event), action=action)


def _query(asked: Mapping[str, Any], after: Sequence[Mapping[str, Any]]) -> ActionDone:
    wanted = {name: value for one in asked["Constraints"] for name, value in one.items()}
    result = None
    if after and after[0]["Action"] == "return_item":
        item = after[0].get("Item") or {}
        result = {name: value for name, value in item.items() if name not in _OWN}
        result["total"] = after[0].get("TotalItems")
    return ActionDone(QUERY, wanted, result)


def _words(given: Any) -> str:
    if not isinstance(given, str):
        raise TypeError(f"{given!r:.40} is not text")
    return given


def _moment(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["UnixTime"], UTC)
