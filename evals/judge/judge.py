"""Asks a language model which of two replies is better, or whether one is correct.

What it is sent is masked. What it answers is validated; an answer that is none is Unscored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.errors import ConfigurationError, ModelError
from copilot.ports import Completion
from copilot.privacy.mask import mask
from copilot.prompts import Prompt, load_prompt
from evals.measure import Unscored

# Of one judgement; the second try is for an answer that could not be read.
_TRIES = 2
_WITHIN_S = 60.0
_MAX_TOKENS = 200
_OPENAI = "https://api.openai.com/v1"
_FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)
_SWAPPED = {"first": "second", "second": "first", "neither": "neither"}


class Completes(Protocol):
    """The part of copilot.ports.Chat that a judge uses."""

    @property
    def model(self) -> str: ...

    def complete(
        self, system: str, user: str, *, within_s: float, max_tokens: int
    ) -> Completion: ...


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    why: str = Field(min_length=1, max_length=2_000)


class Better(_Answer):
    better: Literal["first", "second", "neither"]


class Correct(_Answer):
    verdict: Literal["correct", "partly", "wrong"]


A = TypeVar("A", bound=_Answer)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`label` is first, second or tie; or correct, partly or wrong. `whys` are the judge's words,
    one for each time that it was asked; `swayed` says that the order of the two decided.
    """

    label: str
    whys: tuple[str, ...]
    swayed: bool = False


class Judge:
    """One model. Safe to call from several threads where its chat is."""

    def __init__(self, chat: Completes) -> None:
        self._chat = chat
        self._pairwise = load_prompt("pairwise", "evals.judge")
        self._pointwise = load_prompt("pointwise", "evals.judge")

    @property
    def described(self) -> dict[str, str]:
        """Who judges, by which prompts."""
        return {
            "model": self._chat.model,
            "pairwise_sha256": self._pairwise.sha256,
            "pointwise_sha256": self._pointwise.sha256,
        }

    def better(
        self, question: str, first: str, second: str, reference: str = ""
    ) -> Judgement | Unscored:
        """Which reply is better, asked in both orders; where these disagree it is a tie."""
        told = {"question": question, "reference": reference or "(none)"}
        one = self._asked(self._pairwise, Better, **told, first=first, second=second)
        if isinstance(one, Unscored):
            return one
        two = self._asked(self._pairwise, Better, **told, first=second, second=first)
        if isinstance(two, Unscored):
            return two
        agree = one.better == _SWAPPED[two.better]
        label = one.better if agree and one.better != "neither" else "tie"
        return Judgement(label, (one.why, two.why), swayed=not agree)

    def correct(self, question: str, reply: str, reference: str) -> Judgement | Unscored:
        """Whether a reply is correct by a reference."""
        told = {"question": question, "reply": reply, "reference": reference}
        one = self._asked(self._pointwise, Correct, **told)
        return one if isinstance(one, Unscored) else Judgement(one.verdict, (one.why,))

    def _asked(self, prompt: Prompt, kind: type[A], **told: str) -> A | Unscored:
        system, user = prompt.fill(**{name: _as_data(text) for name, text in told.items()})
        for _ in range(_TRIES):
            try:
                answer = self._chat.complete(
                    system, user, within_s=_WITHIN_S, max_tokens=_MAX_TOKENS
                )
                return kind.model_validate_json(_bare(answer.text))
            except ModelError as error:
                return Unscored(f"the judge did not answer: {error.kind}")
            except ValidationError:
                continue
        return Unscored("the judge's answer was not the JSON that it was asked for")


def _as_data(text: str) -> str:
    """Masked, and unable to end the block that it stands in."""
    return mask(text).replace("<", "‹").replace(">", "›")


def _bare(text: str) -> str:
    """An answer without the fence that models like to put around JSON."""
    fenced = _FENCE.match(text.strip())
    return fenced.group(1) if fenced else text.strip()


def require_another(model: str, base_url: str, under_test: Iterable[tuple[str, str]]) -> None:
    """Raises ConfigurationError where the judge is a model under test: (model, base URL) each."""
    for tested, url in under_test:
        if (model.strip(), _address(base_url)) == (tested.strip(), _address(url)):
            raise ConfigurationError(
                f"{model} at {_address(base_url)} is the model under test and would judge itself; "
                "name another judge"
            )


def _address(base_url: str) -> str:
    """One spelling for each address; an empty one is OpenAI's."""
    parts = urlsplit(base_url.strip().rstrip("/") or _OPENAI)
    host = (parts.hostname or "").replace("localhost", "127.0.0.1")
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{host}:{port}{parts.path}"
