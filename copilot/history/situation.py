"""Where a conversation stands, as far as it tells what an agent does next: pure, and without the
person: of words only what masking leaves, and hashed.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.control import steers
from copilot.privacy.mask import mask
from copilot.types import Turn

Vector = NDArray[np.float32]
# What an agent did who only said something.
FREE = "~"
# Buckets that the words are hashed to.
WORDS, RESULTS = 1024, 256
_SAYS = re.compile(r"\w")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d")
_RESULT = re.compile(r"[^\W\d_]+|-?\d")
_LONGEST_RESULT = 4_000
# A live conversation is told again at each of its turns.
_masked = lru_cache(maxsize=4096)(mask)
# A desktop's own words, in which a tagger sees names that are none.
_masked_name = lru_cache(maxsize=4096)(partial(mask, tags=False))


@dataclass(frozen=True, slots=True)
class Situation:
    """`recent` is what the customer said since the agent last did something, `said` all of it,
    utterance by utterance; `done` are the agent's actions, oldest first, and `result` what the
    last one that brought something brought.
    """

    recent: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    result: str = ""

    def after(self, turn: Turn) -> Situation:
        """The situation once this turn was spoken, or done."""
        if not turn.is_final or steers(turn):
            return self
        words = turn.text.strip()
        if turn.role == "customer":
            said = (_masked(words),) if _SAYS.search(words) else ()
            return Situation(self.recent + said, self.said + said, self.done, self.result)
        if turn.role != "agent" or not (turn.action or words):
            return self
        if turn.action is None:
            return Situation((), self.said, (*self.done, FREE), self.result)
        brought = turn.action.result
        result = self.result if brought is None else _told(brought)
        return Situation((), self.said, (*self.done, _masked_name(turn.action.name)), result)


@dataclass(frozen=True, slots=True)
class Seen:
    """A situation as it is compared: `vectors` is (2, d), of what was said of late and in all.

    `words` and `result` are buckets; nothing that a person said can be read from them.
    """

    vectors: Vector
    done: tuple[str, ...]
    spoke: bool
    words: tuple[int, ...]
    result: tuple[int, ...]


def situation(turns: Sequence[Turn]) -> Situation:
    """The situation after these turns."""
    at = Situation()
    for turn in turns:
        at = at.after(turn)
    return at


def before_actions(turns: Sequence[Turn]) -> list[tuple[Situation, str]]:
    """Each action that an agent took, by its masked name, with the situation it was taken in."""
    at = Situation()
    found = []
    for turn in turns:
        if turn.role == "agent" and turn.action is not None and turn.is_final and not steers(turn):
            found.append((at, _masked_name(turn.action.name)))
        at = at.after(turn)
    return found


def seen(at: Situation, embed: Callable[[str], Vector], dimension: int) -> Seen:
    """`embed` gives an utterance's unit vector, (dimension,)."""
    vectors = np.stack([_mean(list(map(embed, some)), dimension) for some in (at.recent, at.said)])
    words = _buckets(_WORD, " ".join(at.recent).lower(), WORDS)
    return Seen(vectors, at.done, bool(at.recent), words, _buckets(_RESULT, at.result, RESULTS))


def _told(result: Any) -> str:
    told = (
        result if isinstance(result, str) else json.dumps(result, default=str, ensure_ascii=False)
    )
    return told[:_LONGEST_RESULT]


def _buckets(pattern: re.Pattern[str], text: str, count: int) -> tuple[int, ...]:
    return tuple(sorted({zlib.crc32(one.encode()) % count for one in pattern.findall(text)}))


def _mean(vectors: Sequence[Vector], dimension: int) -> Vector:
    """The unit vector in their middle; zeros for none."""
    if not vectors:
        return np.zeros(dimension, dtype=np.float32)
    total = np.sum(vectors, axis=0, dtype=np.float32)
    norm = float(np.linalg.norm(total))
    return np.asarray(total / norm if norm else total, dtype=np.float32)
