"""Chooses the sentences that answer a question: one run of one document that reads as it stands.

Nothing is paraphrased or blended; every sentence is a span of the text it came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from copilot.ports import Vectors
from copilot.retrieval.exact import combined
from copilot.sentence import Span

# By token F1 against the reference answers of three sets; between 0.55 and 0.7 it is flat, and
# counting shared words beside the cosine did not help (docs/decisions/0005-answers.md).
_FLOOR = 0.62
_MAX_SENTENCES = 8
_MAX_CHARACTERS = 900
# Steps are shown from the first one on, as many as a person takes in at once. A list is about the
# question where its best sentence has this share of the document's best cosine.
_MAX_STEP_SENTENCES = 12
_MAX_STEP_CHARACTERS = 1400
_ABOUT_IT = 0.5


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence of a document version and its cosine to the question; `vector` is (d,)."""

    span: Span
    text: str
    cosine: float
    vector: Vectors = field(compare=False, repr=False)


def score(
    spans: Sequence[Span],
    texts: Sequence[str],
    vectors: Vectors,
    queries: Vectors,
    weights: Vectors,
) -> list[Scored]:
    """Each sentence with its cosine; `vectors` is (sentences, d), a zero vector has cosine 0."""
    if not spans:
        return []
    cosines = combined(vectors @ queries.T, weights)
    return [
        Scored(span, text, float(cosine), vector)
        for span, text, cosine, vector in zip(spans, texts, cosines, vectors, strict=True)
    ]


def best_run(sentences: Sequence[Scored]) -> list[Scored]:
    """The run of neighbouring sentences with the most cosine above the floor, in reading order.

    The floor is a share of the best sentence's cosine; a run keeps to the limits of length. A
    run that begins after a sentence ending in ":" takes it along: it introduces what follows.
    """
    if not sentences:
        return []
    floor = _FLOOR * max(one.cosine for one in sentences)
    best: tuple[float, int, int] = (-np.inf, 0, 0)
    for start in range(len(sentences)):
        total, characters = 0.0, 0
        for end in range(start, min(len(sentences), start + _MAX_SENTENCES)):
            characters += len(sentences[end].text)
            if characters > _MAX_CHARACTERS and end > start:
                break
            total += sentences[end].cosine - floor
            if total > best[0]:
                best = (total, start, end)
    _, start, end = best
    if start > 0 and sentences[start - 1].text.rstrip().endswith(":"):
        start -= 1
    return list(sentences[start : end + 1])


def nearest_list(sentences: Sequence[Scored], lists: Sequence[Span]) -> Span | None:
    """The list that is about the question: its three best sentences have the best mean cosine."""
    enough = _ABOUT_IT * max((one.cosine for one in sentences), default=0.0)
    best: tuple[float, Span] | None = None
    for start, end in lists:
        inside = [one for one in sentences if start <= one.span[0] < end]
        if max((one.cosine for one in inside), default=-1.0) < enough:
            continue
        if best is None or strength(inside) > best[0]:
            best = strength(inside), (start, end)
    return None if best is None else best[1]


def beginning(sentences: Sequence[Scored], steps: Span) -> list[Scored]:
    """The first sentences of a list, as many as a reply holds."""
    start, end = steps
    chosen: list[Scored] = []
    characters = 0
    for one in [one for one in sentences if start <= one.span[0] < end][:_MAX_STEP_SENTENCES]:
        characters += len(one.text)
        if characters > _MAX_STEP_CHARACTERS and chosen:
            break
        chosen.append(one)
    return chosen


def strength(sentences: Sequence[Scored]) -> float:
    """The mean cosine of the three best sentences; 0 without any."""
    best = sorted((one.cosine for one in sentences), reverse=True)[:3]
    return float(np.mean(best)) if best else 0.0
