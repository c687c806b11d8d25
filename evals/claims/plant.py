"""Plants faults in real sentences and sets faithful paraphrases beside them, by a seed.

Each kind is drawn in equal parts from each corpus that is there; what one lacks (TechQA has no
money, WixQA hardly a date) the others make up for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from copilot.structure import plain
from evals.claims.facts import LINK, Fault, amounts, dates, numbers
from evals.claims.logic import conditions, negations
from evals.claims.merge import merged
from evals.claims.mixing import Mixing
from evals.claims.naming import known_names, links, names
from evals.claims.paraphrase import paraphrase, tidy
from evals.claims.texts import CORPORA, Case, Passage, Place, markdown, passages, places
from evals.parting import part

SEED = 20261122
PER_KIND = 45
FAITHFUL = 420
KINDS = (
    "number",
    "date",
    "amount",
    "name",
    "link",
    "negation",
    "condition",
    "citation",
    "merged",
    "unsupported",
)
# No way of making a fault fills more than this share of its kind, while there are others.
_MOST_ALIKE = 0.4
# So many sentences of one document at most.
_ROUNDS = 4
_FEWEST_RULES = 2
_SLIGHT = frozenset({"lead-in", "synonyms", "contractions", "order", "fillers", "spelling"})


@dataclass(frozen=True, slots=True)
class Pool:
    """The sentences of one corpus, and what makes faults of them."""

    name: str
    places: tuple[Place, ...]
    mixing: Mixing
    names: tuple[str, ...]


Made = tuple[Fault, tuple[Passage, ...]]
Maker = Callable[[Place, Random], Iterator[Made]]


def pools(*, taught: bool = False) -> list[Pool]:
    """One for each corpus that is on this machine, of the half of its documents that the checker
    was not taught with, or of the other."""
    found = []
    for name in CORPORA:
        whole = markdown() if name == "knowledge" else passages(name)
        held = [passage for passage in whole if _is_taught(passage) == taught]
        if held:
            found.append(pool(name, held))
    return found


def _is_taught(passage: Passage) -> bool:
    return part(f"{passage.corpus}/{passage.document}", 2) == 1


def pool(name: str, held: Sequence[Passage]) -> Pool:
    """The pool of these passages."""
    whole = tuple(places(held))
    return Pool(name, whole, Mixing(whole, held), tuple(known_names(whole)))


def planted(
    of: Sequence[Pool], per_kind: int = PER_KIND, seed: int = SEED, kinds: Sequence[str] = KINDS
) -> list[Case]:
    """`per_kind` faults of each kind, or as many as the corpora give; half of them reworded."""
    found = []
    for kind in kinds:
        streams = {
            one.name: _faults(one, kind, per_kind / len(of), _random(seed, kind, one.name))
            for one in of
        }
        found += _in_parts(streams, per_kind)
    return found


def faithful(of: Sequence[Pool], how_many: int = FAITHFUL, seed: int = SEED) -> list[Case]:
    """`how_many` sentences said in other words, by two rules or more where they allow it."""
    streams = {one.name: _reworded(one, _random(seed, "faithful", one.name)) for one in of}
    return _in_parts(streams, how_many)


def _random(*of: object) -> Random:
    """Each corpus and kind has chances of its own, so that none moves when another does."""
    return Random("/".join(map(str, of)))  # noqa: S311 - which sentences, no secret


def _in_parts(streams: Mapping[str, Iterator[Case]], most: int) -> list[Case]:
    """Takes from the streams in turn, so that each gives the same as long as it lasts."""
    found: list[Case] = []
    open_streams = list(streams.values())
    while open_streams and len(found) < most:
        for stream in tuple(open_streams):
            case = next(stream, None)
            if case is None:
                open_streams.remove(stream)
            elif len(found) < most:
                found.append(case)
    return sorted(found, key=lambda case: case.case_id)


def _faults(of: Pool, kind: str, wanted: float, rng: Random) -> Iterator[Case]:
    """Faults of one kind; the commonest ways of making one only where there is no other."""
    make, ways = _maker(of, kind), Counter[str]()

    def attempt(place: Place, limit: int) -> Case | None:
        most = limit * _MOST_ALIKE * wanted if limit < _ROUNDS else math.inf
        made = [one for one in make(place, rng) if is_fault(one[0].text, place, one[1])]
        fitting = [one for one in made if ways[one[0].how] < most]
        if not fitting:
            return None
        fault, sources = rng.choice(fitting)
        ways[fault.how] += 1
        number = ways.total()
        said, rules = paraphrase(fault.text, rng, 2) if number % 2 else (tidy(fault.text), ())
        return _case(of, kind, number, place, said, (fault.how, *rules), sources)

    among = rng.sample(of.places, len(of.places))
    if kind == "link":  # changed before they are invented
        among.sort(key=lambda place: LINK.search(place.text) is None)
    return _drawn(among, attempt)


def _reworded(of: Pool, rng: Random) -> Iterator[Case]:
    """Paraphrases; a lead-in alone is none."""
    given = Counter[str]()

    def attempt(place: Place, limit: int) -> Case | None:
        said, how = paraphrase(place.text, rng)
        few = len(how) < (_FEWEST_RULES if limit == 1 else 1) or how[:1] == ("lead-in",)
        # Two of three have more than words changed, as long as there are such.
        if few or (limit < 3 and given.total() % 3 and _SLIGHT.issuperset(how)):
            return None
        given["all"] += 1
        return _case(of, "faithful", given.total(), place, said, how, (place.passage,))

    return _drawn(rng.sample(of.places, len(of.places)), attempt)


def _drawn(among: Sequence[Place], attempt: Callable[[Place, int], Case | None]) -> Iterator[Case]:
    """One case of each document, then a second, and so on to the fourth."""
    given, used = Counter[str](), set[int]()
    for limit in range(1, _ROUNDS + 1):
        for at, place in enumerate(among):
            if at in used or given[place.passage.document] >= limit:
                continue
            if (case := attempt(place, limit)) is not None:
                given[place.passage.document] += 1
                used.add(at)
                yield case


def is_fault(text: str, place: Place, sources: Sequence[Passage]) -> bool:
    """Whether the words differ from the sentence's, and no source has them as they stand."""
    said = " ".join(text.split()).casefold()
    if not sources or (said == place.text.casefold() and place.passage in sources):
        return False
    return not any(
        said.rstrip(".") in " ".join(plain(one.text).split()).casefold() for one in sources
    )


def _maker(of: Pool, kind: str) -> Maker:
    """What gives the faults of this kind with the passages that are cited for them."""
    if kind == "citation":
        return lambda place, rng: _cited_elsewhere(of, place, rng)
    ways: dict[str, Callable[[Place, Random], Iterator[Fault]]] = {
        "number": numbers,
        "date": dates,
        "amount": amounts,
        "link": links,
        "name": lambda place, rng: names(place, rng, of.names),
        "negation": negations,
        "condition": conditions,
        "merged": merged,
        "unsupported": of.mixing.unsupported,
    }
    return lambda place, rng: ((one, (place.passage,)) for one in ways[kind](place, rng))


def _cited_elsewhere(of: Pool, place: Place, rng: Random) -> Iterator[Made]:
    """The sentence as it is, with a passage that does not say it."""
    other = of.mixing.elsewhere(place, rng)
    if other is not None:
        near = other.document == place.passage.document
        yield Fault(place.text, "neighbouring passage" if near else "another document"), (other,)


def _case(
    of: Pool,
    kind: str,
    number: int,
    place: Place,
    text: str,
    how: Sequence[str],
    sources: Sequence[Passage],
) -> Case:
    name = f"{kind}-{of.name}-{number:03}"
    return Case(
        name, of.name, place.passage.document, kind, text, tuple(sources), place.text, tuple(how)
    )
