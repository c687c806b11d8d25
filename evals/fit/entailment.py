"""Teaches the claim checker to read a sentence beside the words that it is taken from:
copilot/answer/claims/entailment.npz.

A low-rank change to the packaged network and a linear head, learnt by cross-entropy from the claims
by hand of `evals/claims/fit`, and from faults and paraphrases by script of one half of our
documents, WixQA's and TechQA's. Domains are held out by name, the other half of the documents
is too: on them the weights of `copilot-evals fit claims` are fitted next.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from copilot.answer.claims import Checker, Source
from copilot.answer.claims.entailment import BIAS, WEIGHT, WINDOW
from evals.claims import hand, plant
from evals.claims.figures import FAITHFUL
from evals.claims.texts import Case
from evals.fit.lowrank import LowRank
from evals.parting import part
from evals.timing import BAR_AFTER_S

# One domain in so many is held out.
_HELD_OUT = 6
_RANK = 32
_EPOCHS = 3
_BATCH = 32
_RATE = 5e-4
_HEAD_RATE = 1e-3
_WARM_UP = 0.06
_DROP = 0.1
_SEED = 1
# Of what is planted by script; each gives 450 faults and as many paraphrases.
_SEEDS = (11, 12, 13)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, the words that it is taken from, and the kind of its fault or FAITHFUL."""

    sentence: str
    words: str
    kind: str
    is_held_out: bool

    @property
    def is_faithful(self) -> bool:
        return self.kind == FAITHFUL


def is_held_out(domain: str) -> bool:
    """By the SHA-256 of the domain's name."""
    return part(domain, _HELD_OUT) == 0


def pairs(checker: Checker) -> list[Pair]:
    """Claims with what the checker would read beside them; those that a fact decides left out."""
    found = []
    for case, held_out in tqdm(_cases(), desc="claims", unit="claim", delay=BAR_AFTER_S):
        sources = [Source(one.text, one.heading, one.title) for one in case.sources]
        read = checker.reading(case.text, sources)
        if read is not None:
            found.append(Pair(*read, case.kind, held_out))
    return found


def _cases() -> list[tuple[Case, bool]]:
    """By hand, and by script of the documents that are taught with; whether each is held out."""
    found = [(case, is_held_out(path.stem)) for path in hand.domains() for case in hand.cases(path)]
    of = plant.pools(taught=True)
    for seed in _SEEDS:
        faults = plant.planted(of, seed=seed)
        found += [(case, False) for case in (*faults, *plant.faithful(of, len(faults), seed))]
    return found


def fit(of: Sequence[Pair], model_folder: Path) -> tuple[dict[str, Any], list[str]]:
    """The change and the head, as arrays by name, and what was seen on the way, a line each."""
    import torch

    torch.manual_seed(_SEED)
    chance = random.Random(_SEED)  # noqa: S311 - an order, no secret
    reader = _Reader(model_folder)
    training = [one for one in of if not one.is_held_out]
    held_out = [one for one in of if one.is_held_out]
    parameters = list(reader.learnt.changes.parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": parameters, "lr": _RATE},
            {"params": reader.head.parameters(), "lr": _HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    steps = _EPOCHS * -(-len(training) // _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / (_WARM_UP * steps), 1.0) * max(0.02, 1 - step / steps),
    )
    told = [f"{len(training)} pairs learnt from, {len(held_out)} held out"]
    for epoch in range(_EPOCHS):
        batches = list(_batches(training, chance))
        for batch in tqdm(batches, desc=f"epoch {epoch + 1}", delay=BAR_AFTER_S):
            truth = torch.tensor([float(one.is_faithful) for one in batch])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(reader.logits(batch), truth)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
        told.append(f"after {epoch + 1}: {_table(held_out, reader.read(held_out))}")
    return reader.arrays(), told


def _batches(of: Sequence[Pair], chance: random.Random) -> Iterator[list[Pair]]:
    """Pairs of about one length together, in a random order."""
    order = sorted(of, key=lambda one: len(one.words) + 80 * chance.random())
    batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
    chance.shuffle(batches)
    yield from batches


def _table(of: Sequence[Pair], logits: NDArray[np.float64]) -> str:
    """The area under the ROC curve of faithful sentences against each kind of fault."""
    faithful = np.array([one.is_faithful for one in of])
    kinds = np.array([one.kind for one in of])
    told = [f"all {_area(logits[faithful], logits[~faithful]):.3f}"]
    for kind in ("negation", "condition", "merged", "unsupported"):
        told.append(f"{kind} {_area(logits[faithful], logits[kinds == kind]):.3f}")
    return ", ".join(told)


def _area(above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    """How often one of `above` is over one of `below` (Mann and Whitney's U), 0 to 1."""
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu(above, below).statistic) / (len(above) * len(below))


class _Reader:
    """The network with a change and a head."""

    def __init__(self, folder: Path) -> None:
        import torch

        self.learnt = LowRank(folder, rank=_RANK)
        width = 5 * self.learnt.model.config.hidden_size
        self.drop, self.head = torch.nn.Dropout(_DROP), torch.nn.Linear(width, 1)

    def logits(self, of: Sequence[Pair]) -> Any:
        """(of,), as `Entailment.logit` weighs them."""
        import torch

        batch = self.learnt.tokenizer(
            [one.sentence for one in of],
            [one.words for one in of],
            padding=True,
            truncation="only_second",
            max_length=WINDOW,
            return_tensors="pt",
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.learnt.model(**batch).last_hidden_state
        hidden = hidden.float()
        seconds = batch["token_type_ids"]
        sides = []
        for mask in ((1 - seconds) * batch["attention_mask"], seconds):
            kept = mask[..., None].float()
            sides.append((hidden * kept).sum(1) / kept.sum(1))
        u, v = sides
        seen = torch.cat([hidden[:, 0], u, v, (u - v).abs(), u * v], dim=1)
        return self.head(self.drop(seen)).squeeze(1)

    def read(self, of: Sequence[Pair]) -> NDArray[np.float64]:
        """The logits of pairs, without learning from them."""
        import torch

        found = np.zeros(len(of))
        order = sorted(range(len(of)), key=lambda at: len(of[at].words))
        self.learnt.model.eval()
        self.drop.eval()
        with torch.no_grad():
            for start in range(0, len(order), 2 * _BATCH):
                places = order[start : start + 2 * _BATCH]
                found[places] = self.logits([of[at] for at in places]).numpy()
        self.learnt.model.train()
        self.drop.train()
        return found

    def arrays(self) -> dict[str, Any]:
        """The change, the head's weight, (5 x 384,), and its bias."""
        head = {
            WEIGHT: self.head.weight.detach().numpy()[0].astype(np.float16),
            BIAS: np.float32(self.head.bias.item()),
        }
        return {**self.learnt.arrays(), **head}
