"""What ties two clauses together: "if" or "unless", "before" or "after", first one and then the
other. Each must be tied in a sentence as it is in its source.
"""

from __future__ import annotations

import re

import numpy as np

from copilot.answer.claims.cover import Content, Cover
from copilot.answer.claims.passage import Match, Passage, Unit
from copilot.answer.claims.wording import DENIALS, evened, words

# A clause is said by a stretch of the source from this share on.
_SAID = 0.6
# Of two stretches the other one says this much less of it.
_APART = 0.25
_CLEARLY = 0.15
# Words that a stretch has at least, and those that open a sentence.
_FEWEST, _OPENING = 2, 6
_JOINING = frozenset("first then and the a an you your to please of now next after that".split())
_TIES = re.compile(
    r"\b(?:(?P<only>only if)|(?P<unless>unless|except if|except when|if not)|(?P<if>if|when|where|"
    r"whenever)|(?P<before>before|until)|(?P<after>after|once|as soon as))\b"
    r"(?P<rest>[^,.;:!?|\n]*)"
)
_SENSES = ("only", "unless", "if", "before", "after")
_AGAINST = {
    "if": {"unless"},
    "unless": {"if", "after"},
    "before": {"after"},
    "after": {"before", "unless"},
}
_ONLY = re.compile(r"\bonly\b")
_ALSO = re.compile(r"\balso\b|\bnot only\b")
_FIRST_THEN = re.compile(
    r"^(?P<one>.+?)[,;]? (?:and )?(?:then|after that|straight after that|afterwards|next|finally)\b"
    r"(?P<two>.+)$"
)
_LABELLED = re.compile(r"(?P<label>[A-Z][^:.!?]{1,50}): (?P<rest>.+)$", re.DOTALL)
_BEFORE = re.compile(
    r"^(?:before (?P<two>[^,]+), (?P<one>.+)|(?P<one_>.+?) before (?:you )?(?P<two_>.+))$"
)
_AFTER = re.compile(
    r"^(?:after (?P<one>[^,]+), (?P<two>.+)|(?P<two_>.+?) after (?:you )?(?P<one_>.+))$"
)


class Order:
    """Compares how clauses are tied together."""

    def __init__(self, cover: Cover) -> None:
        self._cover = cover

    def tied_otherwise(self, sentence: str, told: str) -> bool:
        """Whether a clause hangs on another word than in the source: "unless" for "if"."""
        mine, theirs = self._ties(sentence), self._ties(told)
        for sense, content in mine:
            same = [other for other, there in theirs if self._share(content, there) >= _SAID]
            if same and all(other in _AGAINST[sense] for other in same):
                return True
        there = evened(told)
        return bool(
            _ALSO.search(evened(sentence)) and _ONLY.search(there) and not _ALSO.search(there)
        )

    def swapped(self, sentence: str, passage: Passage) -> bool:
        """Whether it tells two things in the other order than the source."""
        pair = _first_and_second(evened(sentence))
        if pair is None:
            return False
        one, two = (frozenset(words(part)) - _JOINING for part in pair)
        first, second = _place(one, passage), _place(two, passage)
        if first is None or second is None:
            return False
        if first == second:
            return self._swapped_within(*pair, passage.units[first])
        return first > second

    def mislabelled(self, sentence: str, passage: Passage, match: Match) -> bool:
        """Whether "Label: …" or "Owner does …" is said of another item than in the source."""
        labels = {unit.item: unit.label for unit in passage.units if unit.label}
        own = {labels.get(unit.item, "") for unit in match.units} - {""}
        opening = f" {' '.join(words(evened(sentence))[:_OPENING])} "
        named = {label for label in labels.values() if f" {label} " in opening}
        if own and named and not named & own:
            return True
        labelled = _LABELLED.match(sentence)
        if labelled is None:
            return False
        label, rest = (self._cover.content(labelled[name]) for name in ("label", "rest"))
        if not label.words or not rest.words:
            return False
        shares = [self._exact_share(rest, unit) for unit in passage.units]
        best = max(shares, default=0.0)
        near = [unit for unit, share in zip(passage.units, shares, strict=True) if share == best]
        under = [unit for unit in passage.units if set(label.stems) <= set(unit.content.stems)]
        return best >= _SAID and bool(under) and not any(unit in under for unit in near)

    def _swapped_within(self, one: str, two: str, unit: Unit) -> bool:
        """The same, where one sentence of the source says both."""
        pair = _first_and_second(evened(unit.told))
        if pair is None:
            return False
        mine, other = (self._cover.content(part) for part in (one, two))
        first = self._cover.content(pair[0])
        return self._share(other, first) > self._share(mine, first) + _APART

    def _ties(self, text: str) -> list[tuple[str, Content]]:
        found = []
        for match in _TIES.finditer(evened(text)):
            sense = next(name for name in _SENSES if match[name])
            denied = bool(DENIALS & set(words(match["rest"])))
            if sense in ("if", "unless") and denied:
                sense = "unless" if sense == "if" else "if"
            content = self._cover.content(match["rest"])
            if content.words:
                found.append(("if" if sense == "only" else sense, content))
        return found

    def _share(self, mine: Content, theirs: Content) -> float:
        said = self._cover.said(mine, theirs, frozenset())
        return float(np.mean(said >= _SAID)) if len(said) else 0.0

    def _exact_share(self, content: Content, unit: Unit) -> float:
        there = set(unit.content.stems)
        return sum(stem in there for stem in content.stems) / len(content.stems)


def _place(said: frozenset[str], passage: Passage) -> int | None:
    """The sentence of a source that alone says most of these words."""
    if len(said) < _FEWEST or not passage.units:
        return None
    shares = [len(said & unit.words) / len(said) for unit in passage.units]
    best = max(shares)
    places = [at for at, share in enumerate(shares) if share > best - _CLEARLY]
    return places[0] if best >= _SAID and len(places) == 1 else None


def _first_and_second(text: str) -> tuple[str, str] | None:
    match = _FIRST_THEN.match(text)
    if match:
        return match["one"], match["two"]
    for pattern in (_BEFORE, _AFTER):
        match = pattern.match(text)
        if match:
            one, two = match["one"] or match["one_"], match["two"] or match["two_"]
            return one, two
    return None
