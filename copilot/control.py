"""Actions by which the person steers the copilot: in a turn like any other action, so that what was
steered is stored, and told again, with the conversation.
"""

from __future__ import annotations

from copilot.types import Turn

TICK, UNTICK, SWITCH = "copilot.tick", "copilot.untick", "copilot.switch"
_PREFIX = "copilot."


def steers(turn: Turn) -> bool:
    """Whether a turn is for the copilot, and no part of the talk."""
    return turn.action is not None and turn.action.name.startswith(_PREFIX)
