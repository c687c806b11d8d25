"""How far words say a sentence: the packaged network reads both together, taught by claims that
people wrote with and without faults (`copilot-evals fit entailment`, docs/decisions/0013).

It knows English best and figures hardly at all: those are compared by `facts.py`.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from copilot.retrieval.encoder import Change, Encoder, Hidden, packaged_arrays

FILE = ("copilot.answer.claims", "entailment.npz")
# Tokens of both texts with the three special ones, of which the sentence has at most two thirds.
WINDOW = 160
_SENTENCE = 100
_SPECIAL = 3
WEIGHT, BIAS = "head.weight", "head.bias"


class Entailment:
    """Loads at the first reading. Safe to call from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Encoder, NDArray[np.float32], float] | None = None

    def logit(self, sentence: str, words: str) -> float:
        """The log odds that `words` say the sentence, by this reading alone."""
        encoder, weight, bias = self._load()
        first = encoder.tokens(sentence).ids[:_SENTENCE]
        second = encoder.tokens(words).ids[: WINDOW - _SPECIAL - len(first)]
        return float(pooled(*encoder.hidden_pair(first, second)) @ weight + bias)

    def _load(self) -> tuple[Encoder, NDArray[np.float32], float]:
        with self._lock:
            if self._loaded is None:
                arrays, _ = packaged_arrays(*FILE)
                weight, bias = arrays.pop(WEIGHT).astype(np.float32), float(arrays.pop(BIAS))
                self._loaded = Encoder(Change("claims", arrays)), weight, bias
            return self._loaded


def pooled(first: Hidden, second: Hidden) -> NDArray[np.float32]:
    """What is weighed, (5 x 384,): the first token, the mean of each side, how they differ and
    what they share (the last three as in InferSent: Conneau and others, 2017)."""
    u, v = first.mean(axis=0), second.mean(axis=0)
    return np.concatenate([first[0], u, v, np.abs(u - v), u * v])
