"""Where rule and practice part: the next step names an action, and mostly another one is done."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.actions.names import same_action
from copilot.types import Disagreement, LikelyAction, NextStep

# Practice is another one where it does something else in most situations, of so many at least.
_MOSTLY = 0.5
_ENOUGH = 10


def disagreement(steps: Sequence[NextStep], likely: Sequence[LikelyAction]) -> Disagreement | None:
    """None where there is no rule, no clear practice, or no difference.

    What is mostly done counts as the rule's too where another step that is open names it: the
    colleagues went on in another order.
    """
    following = next((one for one in steps if one.state == "next"), None)
    if following is None or following.action is None or not likely:
        return None
    best = likely[0]
    if best.share < _MOSTLY or best.of < _ENOUGH:
        return None
    if any(one.action and same_action(one.action, best.action) for one in steps):
        return None
    return Disagreement(
        document_id=following.document_id,
        version=following.version,
        step_id=following.step_id,
        written=following.action,
        done=best.action,
        share=best.share,
        of=best.of,
        cases=best.cases,
    )
