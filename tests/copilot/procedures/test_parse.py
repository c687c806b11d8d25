from __future__ import annotations

from copilot.procedures.parse import Step, steps
from copilot.structure import numbered_lists

TEXT = """# Refund

Before:

1. **Agent:** Find the sale in [Find sale].
   - By card.
   - By [phone](tel).
2. **Back office (Accounts, ext. 4):** Check it.

   Only on weekdays.
3. Optionally, print the slip.
4. Ask: what is it?
5. Duty manager: Sign it.

Afterwards wait.
"""


def parsed(text: str) -> list[Step]:
    (numbered,) = numbered_lists(text)
    return steps(text, numbered)


def test_steps_are_the_documents_own_characters() -> None:
    found = parsed(TEXT)
    assert [one.ordinal for one in found] == [1, 2, 3, 4, 5]
    assert all(TEXT[one.start : one.end] == one.text for one in found)
    assert found[0].text.startswith("**Agent:** Find the sale")
    assert found[0].text.endswith("By [phone](tel).")
    assert found[1].text.endswith("Only on weekdays.")
    assert found[3].text == "Ask: what is it?"


def test_who_does_a_step_and_what_is_pressed_are_read_from_it() -> None:
    found = parsed(TEXT)
    assert [one.owner for one in found] == ["agent", "back_office", None, None, "duty_manager"]
    assert [one.action for one in found] == ["Find sale", None, None, None, None]
    assert [one.mandatory for one in found] == [True, True, False, True, True]
