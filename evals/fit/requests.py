"""Teaches the packaged embedder what customers ask for: a low-rank change to its weights, learnt
from situations of many businesses (`situations/`, our own writing), by which a procedure is found
from words that it does not have.

A customer's opening is drawn to its situation's title and introduction and away from those of the
same business (cross-entropy over them, one business a batch). Businesses are held out by name.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from copilot.answer.utterance import is_courtesy
from copilot.errors import InvalidInput
from evals.fit.lowrank import LowRank
from evals.parting import part

SITUATIONS = Path(__file__).with_name("situations")
# The lower layers stay: what they make of words carries over.
_FIRST_LAYER = 1
_RANK = 8
_EPOCHS = 2
_BATCH = 28
_OTHERS = 12
_RATE = 4e-4
_SHARPNESS = 16.0
_LONGEST = 80
_SEED = 7
# One business in so many is held out.
_HELD_OUT = 10


@dataclass(frozen=True, slots=True)
class Situation:
    """What a procedure is called and introduced with, and how customers open it."""

    business: str
    title: str
    about: str
    openings: tuple[str, ...]

    @property
    def is_held_out(self) -> bool:
        return part(self.business, _HELD_OUT) == 0


def situations(folder: Path = SITUATIONS) -> list[Situation]:
    """All of them. Raises InvalidInput that names the file and the number."""
    return [one for path in sorted(folder.glob("*.yaml")) for one in _read(path)]


def _read(path: Path) -> Iterator[Situation]:
    for number, fields in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
        try:
            openings = tuple(_asked(one) for one in fields["openings"])
            yield Situation(fields["business"], fields["title"], fields["about"], openings)
        except (KeyError, TypeError) as error:
            place = f"{path}, situation {number}"
            remedy = "give it a business, a title, an about and openings"
            raise InvalidInput(f"lacks {error}", place=place, remedy=remedy) from error


def _asked(turns: Sequence[str]) -> str:
    """What is open after these turns: all that is no courtesy."""
    return " ".join([one for one in turns if not is_courtesy(one)] or turns)


def fit(found: Sequence[Situation], model_folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The change, as arrays by name, and what was seen on the way, a line each."""
    import torch

    torch.manual_seed(_SEED)
    chance = random.Random(_SEED)  # noqa: S311 - an order, no secret
    learner = _Learner(model_folder)
    optimizer = torch.optim.AdamW(learner.learnt.changes.parameters(), lr=_RATE, weight_decay=0.01)
    training = [one for one in found if not one.is_held_out]
    held_out = [one for one in found if one.is_held_out]
    told = [f"before: {_told(learner, held_out)}"]
    for epoch in range(_EPOCHS):
        for batch, others in _batches(training, chance):
            optimizer.zero_grad()
            learner.loss(batch, others).backward()
            optimizer.step()
        told.append(f"after {epoch + 1}: {_told(learner, held_out)}")
    return learner.learnt.arrays(), told


def _batches(
    training: Sequence[Situation], chance: random.Random
) -> Iterator[tuple[list[tuple[str, Situation]], list[Situation]]]:
    """Openings of one business, and situations of others beside them."""
    of: Mapping[str, list[tuple[str, Situation]]] = defaultdict(list)
    for one in training:
        of[one.business] += [(opening, one) for opening in one.openings]
    batches = []
    for asked in of.values():
        chance.shuffle(asked)
        batches += [asked[start : start + _BATCH] for start in range(0, len(asked), _BATCH)]
    chance.shuffle(batches)
    for batch in batches:
        neighbours = [one for one in training if one.business == batch[0][1].business]
        yield batch, [*neighbours, *chance.sample(list(training), _OTHERS)]


def _told(learner: _Learner, held_out: Sequence[Situation]) -> str:
    """How often an opening's own situation is first, and among three, of its business's."""
    first = among = total = 0
    for business in sorted({one.business for one in held_out}):
        those = [one for one in held_out if one.business == business]
        scores = learner.scores([o for one in those for o in one.openings], those)
        own = np.repeat(np.arange(len(those)), [len(one.openings) for one in those])
        places = (scores > scores[np.arange(len(own)), own][:, None]).sum(axis=1)
        first, among, total = (
            first + (places == 0).sum(),
            among + (places < 3).sum(),
            total + len(own),
        )
    return f"{first / total:.3f} first, {among / total:.3f} among three, n {total}, held out"


class _Learner:
    """The float model with a change to each matrix of its upper layers."""

    def __init__(self, folder: Path) -> None:
        self.learnt = LowRank(folder, rank=_RANK, first_layer=_FIRST_LAYER)

    def embed(self, texts: Sequence[str]) -> Any:
        import torch

        batch = self.learnt.tokenizer(
            list(texts), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt"
        )
        hidden = self.learnt.model(**batch).last_hidden_state
        kept = batch["attention_mask"][..., None].float()
        return torch.nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=-1)

    def loss(self, batch: Sequence[tuple[str, Situation]], others: Sequence[Situation]) -> Any:
        import torch

        offered = list(dict.fromkeys(others))
        right = torch.tensor([offered.index(one) for _, one in batch])
        asked = self.embed([opening for opening, _ in batch])
        return sum(
            torch.nn.functional.cross_entropy(_SHARPNESS * asked @ self.embed(texts).T, right)
            for texts in _texts(offered)
        )

    def scores(self, openings: Sequence[str], offered: Sequence[Situation]) -> Any:
        import torch

        with torch.no_grad():
            asked = self.embed(openings)
            return sum((asked @ self.embed(texts).T).numpy() for texts in _texts(offered))


def _texts(offered: Sequence[Situation]) -> tuple[list[str], list[str]]:
    """What is held against an opening: titles, and titles with introductions."""
    return [one.title for one in offered], [f"{one.title}\n{one.about}" for one in offered]
