"""A second look by a language model: at a sentence that was found to hold, and at what is searched
for. Both are asked for in the settings; the first look is always that of the claim checker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.answer.asking import Asking, Purpose
from copilot.answer.claims import Source
from copilot.answer.material import conversation_block, escaped, newest
from copilot.privacy.pseudonyms import Pseudonyms
from copilot.prompts import load_prompt
from copilot.types import Turn

_BUDGET = 1_500


class _Verdict(BaseModel):
    model_config = ConfigDict(strict=True)

    verdict: Literal["supported", "contradicted", "unsupported"]


class _Query(BaseModel):
    model_config = ConfigDict(strict=True)

    query: str = Field(min_length=3, max_length=400)


class Second:
    """Masked like every other call; an answer that is none counts as no."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._claim = load_prompt("claim")
        self._query = load_prompt("query")

    def agrees(self, sentence: str, sources: Sequence[Source], purpose: Purpose) -> bool:
        """Whether the model, too, finds that these sources say the sentence."""
        hidden = Pseudonyms()
        passages = "\n\n".join(
            f"<passage>\n{escaped(hidden.hide(source.text))}\n</passage>" for source in sources
        )
        said = escaped(hidden.hide(sentence))
        found = self._asking.answer(
            _Verdict, self._claim, purpose, passages=passages, sentence=said
        )
        return found is not None and found.verdict == "supported"

    def query(self, turns: Sequence[Turn], caller: str, names: Sequence[str] = ()) -> str | None:
        """What to search for in a conversation, in one line; None where the model gave none."""
        hidden = Pseudonyms(names)
        latest = newest(turns, _BUDGET, self._asking.count)
        found = self._asking.answer(
            _Query,
            self._query,
            Purpose("query", caller),
            conversation=conversation_block(latest, hidden.hide),
        )
        return None if found is None else " ".join(hidden.show(found.query).split())
