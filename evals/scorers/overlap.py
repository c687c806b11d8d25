"""How many words a reply shares with a reference answer.

A rough look: it sees neither order nor meaning, and an extracted reply is longer than a
reference, so that recall tells more than F1.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(("a", "an", "the"))
_LINK = re.compile(r"\]\([^)\s]*\)|https?://\S+")


class Overlap(NamedTuple):
    """Shares of words, from 0 to 1; `f1` is the harmonic mean of precision and recall."""

    precision: float
    recall: float
    f1: float


def overlap(reply: str, reference: str) -> Overlap | None:
    """Words in common, each as often as both have it; None for a reference without words.

    As SQuAD counts: lower case, without punctuation and articles (Rajpurkar et al., EMNLP
    2016); addresses of links are left out, because they are no words of an answer.
    """
    given, wanted = _words(reply), _words(reference)
    if not wanted:
        return None
    common = (given & wanted).total()
    if common == 0:
        return Overlap(0.0, 0.0, 0.0)
    precision, recall = common / given.total(), common / wanted.total()
    return Overlap(precision, recall, 2 * precision * recall / (precision + recall))


def _words(text: str) -> Counter[str]:
    words = _WORD.findall(_LINK.sub("]", text).lower())
    return Counter(word for word in words if word not in _ARTICLES)
