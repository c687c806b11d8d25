"""Real sentences with the passages that hold them: our own knowledge, WixQA and TechQA.

A passage is a chunk as ingest cuts it, since that is what a checker sees beside a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from copilot.structure import plain
from copilot.types import Document
from ingest.chunk import cut
from ingest.walk import load, walk

_HOME = Path(__file__).parents[2]
_SHARED = _HOME.parent / "shared" / "data"
CORPORA = {
    "knowledge": _HOME / "knowledge",
    "wixqa": _SHARED / "wixqa" / "corpus.jsonl",
    "techqa": _SHARED / "techqa" / "corpus.jsonl",
}
# Only our Markdown: what a PDF or a DOCX loses on its way is not what is measured here.
_MARKDOWN = "text/markdown"
_FEWEST_WORDS, _MOST_WORDS = 5, 38
_LABEL = re.compile(r"(?:note|tip|important|notes|tips|warning|caution)s?:\s*", re.IGNORECASE)
# A log, a trace, a command, a path in place of words; a title; a list that lost its line ends.
_NO_PROSE = re.compile(
    r"[={}<>|\\~^»•]|::|\w\(|\.(?:java|jar|xml|exe)\b|[a-z]{3}\.[a-z]{3,}\.[a-z]{3}|__|\.\.|"
    r"\b[A-Z]{5,}\b|\d:\d\d:\d|^(?:Title|Text|at|Abstract|Defect|CVEID|CVSS)\b|\bAPAR\b.*\bAPAR\b|"
    r"(?<=[a-z])[.:!?]?[A-Z][a-z]+ [a-z]|[.!?] +[A-Z]|“|”",
)
_URL = re.compile(r"\[?https?://\S+")
_ITEM = re.compile(r"[\s*]*(\d{1,2})[.)][\s*]+")
_WORD = re.compile(r"[a-z]{4,}")
_LITTLE = frozenset(
    """
about above after again also another because been before being below between both cannot could
does doing done down each either else every from have having here into itself just like made make
many more most much must need next once only other over same should some such than that their them
then there these they this those through under until upon very want well were what when where
whether which while will with within without would your yours click select then
""".split()
)
_OPENING = re.compile(r"[A-Z“\"'\[][\w “\"'\[]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document; `sentences` are those in it, as a person would read them.

    `numbers` are those of the list items that they begin, 0 for sentences that begin none.
    """

    corpus: str
    document: str
    title: str
    heading: str
    text: str
    sentences: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    ordinal: int = 0

    def says(self, words: str) -> bool:
        """Whether the passage, its heading or its title has these words, in any case."""
        found = re.search(rf"(?<!\w){re.escape(words)}(?!\w)", self.everything, re.IGNORECASE)
        return found is not None

    @property
    def everything(self) -> str:
        return f"{self.title}\n{self.heading}\n{plain(self.text)}"


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence at its place: the `at`-th of its passage; `text` without "Note:" before it."""

    passage: Passage
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """What is checked against `sources`: `kind` is a kind of fault, `faithful`, or of small talk.

    `quote` is the sentence it was made of, `how` names what was done to it.
    """

    case_id: str
    corpus: str
    document: str
    kind: str
    text: str
    sources: tuple[Passage, ...] = ()
    quote: str = ""
    how: tuple[str, ...] = ()


def passages(name: str, path: Path | None = None) -> list[Passage]:
    """The passages of a corpus, in order; none where the corpus is not on this machine."""
    where = CORPORA[name] if path is None else path
    if not where.exists():
        return []
    return [one for document in read(where) for one in of_document(name, document)]


def read(where: Path) -> Iterator[Document]:
    """The documents of a folder or of a file of records."""
    for source in walk([where]):
        yield from (one for one in load(source) if isinstance(one, Document))


def of_document(name: str, document: Document) -> Iterator[Passage]:
    """The passages of one document."""
    for chunk in cut(document):
        text = document.text
        yield Passage(
            name,
            document.document_id,
            document.title,
            chunk.heading,
            chunk.text,
            tuple(plain(text[start:end]) for start, end in chunk.sentences),
            tuple(_number(text, start) for start, _ in chunk.sentences),
            chunk.ordinal,
        )


def _number(text: str, start: int) -> int:
    """The number of the list item whose first sentence starts here, or 0."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    match = _ITEM.fullmatch(line)
    return int(match.group(1)) if match else 0


def markdown(path: Path | None = None) -> list[Passage]:
    """The passages of our own Markdown."""
    found = read(CORPORA["knowledge"] if path is None else path)
    ours = (one for one in found if one.media_type == _MARKDOWN)
    return [one for document in ours for one in of_document("knowledge", document)]


def places(of: Sequence[Passage]) -> list[Place]:
    """The whole sentences of prose, each once."""
    found: dict[str, Place] = {}
    for passage in of:
        for at, sentence in enumerate(passage.sentences):
            text = _LABEL.sub("", sentence, count=1) if _LABEL.match(sentence) else sentence
            if is_prose(text):
                found.setdefault(text.casefold(), Place(passage, at, text))
    return list(found.values())


def is_prose(text: str) -> bool:
    """Whether this is one whole sentence that a colleague could have written."""
    count = len(text.split())
    if not (
        _FEWEST_WORDS <= count <= _MOST_WORDS
        and text.endswith(".")
        and not text.endswith(".g.")
        and _OPENING.match(text)
    ):
        return False
    balanced = all(text.count(left) == text.count(right) for left, right in ("()", "[]"))
    whole = balanced and text.count('"') % 2 == 0
    bare = _URL.sub("", text)
    letters = sum(letter.isalpha() or letter.isspace() for letter in bare) / max(len(bare), 1)
    return whole and letters > 0.85 and not _NO_PROSE.search(bare)


def content(text: str) -> frozenset[str]:
    """The words that carry meaning, roughly stemmed."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _LITTLE)


def share(words: frozenset[str], passage: Passage) -> float:
    """The share of these words that a passage has, its title and heading included."""
    return len(words & _content_of(passage)) / max(len(words), 1)


@cache
def _content_of(passage: Passage) -> frozenset[str]:
    return content(passage.everything)


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word
