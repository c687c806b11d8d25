"""What a suggestion was made for, as it is kept with it: masked, and read again for a replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from copilot import __version__
from copilot.privacy.mask import mask
from copilot.retrieval.search import Question
from copilot.scoping import scope_of
from copilot.types import ActionDone, Scope, Turn

# Turns of one conversation come again with each suggestion.
_masked = lru_cache(maxsize=4096)(mask)
# Characters of a conversation that are kept, of the latest turns that fit.
_MOST = 40_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was kept. `turn_ids` name the turns of a conversation that is stored itself;
    `whole` is False where the context or the conversation was not kept as it was searched with.
    """

    question: Question | None
    conversation: tuple[Turn, ...]
    turn_ids: tuple[str, ...]
    scope: Scope
    embedder: str
    version: str
    follows: bool
    whole: bool


def kept(
    question: Question | None,
    conversation: Sequence[Turn],
    scope: Scope,
    at: datetime,
    embedder: str,
    *,
    live: bool,
    follows: bool,
) -> dict[str, Any]:
    """A request as JSON has it, asked at a moment.

    Of a `live` conversation, which is stored itself, only the turns' ids. `follows` says that the
    steps were those of the conversation, and not of the question.
    """
    turns = conversation if live else _latest(conversation)
    return {
        "question": None if question is None else _question(question),
        "conversation": [one.turn_id if live else masked_turn(one) for one in turns],
        "cut": len(turns) < len(conversation),
        "follows": follows,
        "scope": {**asdict(scope), "as_of": (scope.as_of or at).astimezone(UTC).isoformat()},
        "embedder": embedder,
        "version": __version__,
    }


def read(request: Mapping[str, Any]) -> Asked:
    """The inverse of `kept`, also for requests of earlier versions, which kept less."""
    asked = request.get("question")
    turns = request.get("conversation", [])
    limits = {name: value for name, value in request.get("scope", {}).items() if value is not None}
    return Asked(
        question=None if asked is None else _read_question(asked),
        conversation=tuple(_read_turn(one) for one in turns if isinstance(one, dict)),
        turn_ids=tuple(one for one in turns if isinstance(one, str)),
        scope=scope_of(limits),
        embedder=request.get("embedder", ""),
        version=request.get("version", ""),
        follows=request.get("follows", True),
        whole="conversation" in request and not request.get("cut", False),
    )


def _question(question: Question) -> dict[str, Any]:
    return {
        "text": _masked(question.text),
        "context": _masked(question.before),
        "said": [_masked(one) for one in question.context],
        "context_weight": question.context_weight,
    }


def _read_question(asked: Mapping[str, Any]) -> Question:
    if "said" not in asked:
        return Question(asked["text"], (asked["context"],) if asked.get("context") else ())
    return Question(asked["text"], tuple(asked["said"]), asked["context_weight"])


def _latest(conversation: Sequence[Turn]) -> Sequence[Turn]:
    room = _MOST
    for at in range(len(conversation) - 1, -1, -1):
        room -= len(conversation[at].text)
        if room < 0:
            return conversation[at + 1 :]
    return conversation


def masked_turn(turn: Turn, known_names: Sequence[str] = ()) -> dict[str, Any]:
    """A final turn as records have it, without personal data."""
    names = tuple(known_names)
    return {
        "turn_id": turn.turn_id,
        "role": turn.role,
        "text": _masked(turn.text, known_names=names),
        "at": None if turn.at is None else turn.at.isoformat(),
        "channel": turn.channel,
        "action": None if turn.action is None else _action(turn.action, names),
    }


def _action(done: ActionDone, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": done.name,
        "parameters": _masked_within(done.parameters, names),
        "result": _masked_within(done.result, names),
    }


def _read_turn(fields: Mapping[str, Any]) -> Turn:
    at, action = fields["at"], fields["action"]
    return Turn(
        turn_id=fields["turn_id"],
        role=fields["role"],
        text=fields["text"],
        at=None if at is None else datetime.fromisoformat(at),
        channel=fields["channel"],
        action=None if action is None else ActionDone(**action),
    )


def _masked_within(value: Any, names: tuple[str, ...]) -> Any:
    """The value with every text in it masked; the names of fields stay."""
    if isinstance(value, dict):
        return {name: _masked_within(one, names) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked_within(one, names) for one in value]
    return _masked(value, known_names=names) if isinstance(value, str) else value
