"""What ABCD's own files say about its 55 procedures, and how their names go together.

`guidelines.json` is what the Markdown was made from; `kb.json` has, for each intent, the names of
the actions in order. Which names mean the same is written down here, to be seen and disputed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from copilot.errors import InvalidInput

# kb.json calls procedures by their intents; where that is not the title in snake case:
INTENTS = {
    "Reset Two-Factor Auth": "reset_2fa",
    "Initiate Refund": "refund_initiate",
    "Update Refund": "refund_update",
    "Return Due to Stain": "return_stain",
    "Return Due to Color": "return_color",
    "Return Due to Size": "return_size",
    "Invalid Credit Card": "credit_card",
    "Cart Not Updating": "shopping_cart",
    "Search Not Working": "search_results",
    "Website Too Slow": "slow_speed",
    "Shipping Status": "status",
    "Manage Shipping": "manage",
    "Missing Item": "missing",
    "Shipping Cost": "cost",
}
_SUFFIX = " FAQ"
# The button's label on the left; its name in kb.json where that is not the label with hyphens.
# None: kb.json lists no such action in any procedure.
BUTTONS: dict[str, str | None] = {
    "membership privileges": "membership",
    "notify internal team": "notify-team",
    "select answer": "select-faq",
    "enter detail": "enter-details",
    "log out/in": "log-out-in",
    "end conversation": None,
    "hide faq": None,
    "boots": "search-boots",
    "shirt": "search-shirt",
    "jeans": "search-jeans",
    "jacket": "search-jacket",
    "pricing": "search-pricing",
    "membership": "search-membership",
    "timing": "search-timing",
    "policy": "search-policy",
}
# These documents say, in these words, that their steps have no order.
ANY_ORDER = {
    "Cart Not Updating": "Choose actions in any order you want.",
    "Invalid Credit Card": "Choose these in any order.",
    "Search Not Working": "Shuffle up the order in which you choose these actions.",
    "Website Too Slow": "Pick these actions in any order you wish.",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A procedure as guidelines.json has it: (text, button) of each step; button None for N/A."""

    title: str
    path: Path
    steps: tuple[tuple[str, str | None], ...]
    intent: str
    actions: tuple[str, ...]


def written(folder: Path) -> list[Written]:
    """The procedures of both files with the paths of their documents. Raises InvalidInput."""
    try:
        guidelines = json.loads((folder / "guidelines.json").read_text("utf-8"))
        intents = json.loads((folder / "kb.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"ABCD cannot be read: {error}",
            place=str(folder),
            remedy="name the folder with guidelines.json, kb.json and procedures/",
        ) from error
    found = []
    for flow, content in guidelines.items():
        for title, subflow in content["subflows"].items():
            steps = tuple((one["text"], _button(one["button"])) for one in subflow["actions"])
            path = folder / "procedures" / _slug(flow) / f"{_slug(title)}.md"
            intent = intent_of(title)
            found.append(Written(title, path, steps, intent, tuple(intents.get(intent, ()))))
    return found


def intent_of(title: str) -> str:
    """The name in kb.json of the procedure with this title."""
    return INTENTS.get(title) or _slug(title.removesuffix(_SUFFIX)).replace("-", "_")


def action_of(label: str) -> str | None:
    """The name in kb.json of the button with this label; None where it lists none."""
    return BUTTONS.get(label.lower(), label.lower().replace(" ", "-"))


def _button(label: str) -> str | None:
    return None if label == "N/A" else label


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")
