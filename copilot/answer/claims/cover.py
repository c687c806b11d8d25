"""How much of a sentence's content a source says, word by word: by its stems, else by the nearest
word of the source in meaning, each word embedded by itself.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from copilot.answer.claims.wording import evened, words
from copilot.ports import Embedder, Vectors
from copilot.retrieval.pool import unit

Stems = Callable[[str], Iterable[str]]
_KEPT = 30_000
# Words that say nothing of the matter by themselves: function words, numbers and times of day
# (compared elsewhere), and verbs so common that they say any.
_EMPTY = frozenset(
    """
    a an the this that these those there here it its it's he she his her hers him they them
    their theirs we us our ours i me my mine you your yours you'll you're you've you'd we'll
    we're we've we'd i'm i'll i've i'd they'll they're they've that's there's who's what's
    here's let's who whom whose what which when where why how whoever whatever whenever wherever
    and or but nor so yet if then than as at by for from in into inside of off on onto out over
    to toward towards up upon with within without about above across after against along among
    around before behind below beneath beside besides between beyond despite down during except
    near outside per since through throughout till under until via while because although though
    unless whether once however therefore thus otherwise instead also too very really quite just
    simply only even still already again ever never always often usually sometimes soon now
    later earlier early late later ago back away straight both either neither each every all any
    some such no not none nothing something anything everything anybody somebody everybody
    anyone someone everyone one ones other others another same own more most less least few
    fewer many much several lot lots enough as well please sorry thank thanks sure is are was
    were be been being am do does did done doing have has had having can could may might must
    shall should will would ought let lets get gets got getting make makes made making take
    takes took taken taking give gives gave given giving go goes went gone going come comes came
    coming put puts putting keep keeps kept keeping say says said saying tell tells told telling
    ask asks asked asking see sees saw seen look looks know knows known need needs needed want
    wants wanted use uses used using find finds found think thing things way ways case cases
    matter matters kind kinds sort time times place point part fact like right set able need via
    etc afraid happen happens happened become becomes becoming begin begins mean means meant
    show shows turn turns turned run runs pick picks picked bring brings brought leave leaves
    left move stay stays hold holds holding stand stands sit sits try tries remain remains
    remaining seem seems help helps apply applies count counts zero two three four five six
    seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand first second
    third fourth fifth sixth half quarter past pm am o'clock noon midnight hour hours minute
    minutes day days week weeks weekday weekdays month months year years morning evening night
    afternoon today tomorrow yesterday annual yearly monthly weekly daily customer customers
    client clients caller callers person people at most from optionally free remember fine order
    """.split()
)


@dataclass(frozen=True, slots=True)
class Content:
    """The words of a text that carry content, each with its stem."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


class Cover:
    """Compares the content of texts. Safe to call from several threads."""

    def __init__(self, embedder: Embedder, stems: Stems) -> None:
        self._embedder = embedder
        self._together: Callable[[Sequence[str]], list[Vectors]] | None = getattr(
            embedder, "embed_queries", None
        )
        self._stems = stems
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def content(self, text: str) -> Content:
        """The content words of a text, in order, each once."""
        found: dict[str, str] = {}
        for word in words(evened(text)):
            if word in _EMPTY or word.isdigit():
                continue
            for part in re.sub(r"['’]s?$", "", word).split("-"):
                stem = "".join(self._stems(part))
                if stem and part not in _EMPTY:
                    found.setdefault(stem, part)
        return Content(tuple(found.values()), tuple(found))

    def said(self, claim: Content, source: Content, besides: frozenset[str]) -> Vectors:
        """How far each word of a claim is said, 0 to 1, (words,): 1 where its stem is there.

        `besides` are stems that count as said: those of the heading and the title.
        """
        there = {*source.stems, *besides}
        said = np.array([float(stem in there) for stem in claim.stems], dtype=np.float32)
        open_ = np.flatnonzero(said < 1)
        if len(open_) and source.words:
            mine = self._vectors([claim.words[at] for at in open_])
            said[open_] = np.clip((mine @ self._vectors(source.words).T).max(axis=1), 0, 1)
        return said

    def likeness(self, one: str, other: str) -> float:
        """The cosine of two sentences."""
        first, second = self._vectors([one, other])
        return float(first @ second)

    def learn(self, texts: Sequence[str]) -> None:
        """Embeds words or sentences that will be asked for soon, together."""
        if texts:
            self._vectors(texts)

    def _embedded(self, texts: Sequence[str]) -> list[Vectors]:
        if self._together is not None and texts:
            return self._together(texts)
        return [self._embedder.embed_query(text) for text in texts]

    def _vectors(self, of: Sequence[str]) -> Vectors:
        """Unit vectors of words or sentences, each embedded by itself, (of, d)."""
        with self._lock:
            missing = [text for text in dict.fromkeys(of) if text not in self._known]
        found = self._embedded(missing)
        made = {text: unit(of.mean(axis=0)) for text, of in zip(missing, found, strict=True)}
        with self._lock:
            self._known.update(made)
            rows = [self._known[text] for text in of]
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return np.asarray(np.stack(rows), dtype=np.float32)
