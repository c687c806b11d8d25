"""The procedures of document versions in memory: parsed once, since a version never changes, with
the vectors of what each is about and of what its steps say.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from tqdm import tqdm

from copilot.ports import Embedder, Vectors
from copilot.procedures.owner import own_words
from copilot.procedures.parse import procedures
from copilot.procedures.step import Procedure, Step
from copilot.procedures.successor import spoken
from copilot.retrieval.embedding import text_sha256
from copilot.retrieval.search import Question, Said, grouped
from copilot.sentence import split
from copilot.store.database import may_write, writer
from copilot.store.index import Candidate, indexed_versions, version_source
from copilot.store.vectors import text_vectors, write_vectors
from copilot.structure import plain

# The vectors of what is asked, (n, d), and the weights of its groups over them (groups, n).
Asked = tuple[Vectors, Vectors]
_KEPT = 2_000
# Characters of a document that steps are looked for in.
_LONGEST = 200_000
# Characters before the first step that tell what a procedure is about.
_INTRODUCTION = 600
_HEADING_MARKS = re.compile(r"^#+[ \t]*", re.MULTILINE)
# Headings that say only that steps follow.
_GENERIC = re.compile(
    r"(?:the )?(?:steps?|procedure|process|instructions?|what to do|how to|checklist|how it works|"
    r"step by step|workflow|actions?)(?: to (?:take|follow))?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Held:
    """One procedure of one document version. `vectors` are (2, d): of its title, and of that with
    its introduction; those of the steps are in `sentences`.
    """

    document_id: str
    version: int
    title: str
    text: str = field(repr=False)
    procedure: Procedure = field(repr=False)
    vectors: Vectors = field(repr=False, compare=False)
    embed: Callable[[Sequence[str]], Vectors] = field(repr=False, compare=False)

    @property
    def key(self) -> str:
        """Names it among all procedures of all versions."""
        return self.step_id(self.procedure.start)

    def step_id(self, start: int) -> str:
        return f"{self.document_id}@{self.version}#{start}"

    @cached_property
    def step_ids(self) -> dict[str, int]:
        """The ordinal of each step by its id."""
        return {self.step_id(step.start): step.ordinal for step in self.procedure.steps}

    @cached_property
    def sentences(self) -> tuple[Vectors, NDArray[np.intp]]:
        """What the steps say, (sentences, d), and where each step's sentences begin in it."""
        steps = [_sentences(step) for step in self.procedure.steps]
        firsts = np.cumsum([0, *map(len, steps[:-1])])
        return self.embed([one for sentences in steps for one in sentences]), firsts

    def near(self, said: Vectors) -> Vectors:
        """The cosine of each step with what is said, (d,) or (d, n): of its nearest sentence."""
        vectors, firsts = self.sentences
        return np.asarray(np.maximum.reduceat(vectors @ said, firsts), dtype=np.float32)


class Named(NamedTuple):
    """A document version, by what its procedures are called by."""

    version_key: int
    document_id: str
    version: int
    title: str


class Library:
    """The procedures of one database, the versions met last. Safe to call from several threads.

    `embedder` compares what is said with steps; `requests` what is asked with what a procedure is
    about, and may be the same.
    """

    def __init__(self, engine: Engine, embedder: Embedder, requests: Embedder) -> None:
        self._engine = engine
        self._embedder = embedder
        self._requests = requests
        self._said = Said()
        self._held: OrderedDict[int, tuple[Held, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, row: Candidate) -> tuple[Held, ...]:
        """The procedures of a candidate's version, in order; often none."""
        return self._of(Named(row.version_key, row.document_id, row.version, row.title))

    def prepare(self) -> None:
        """Has the procedures of the newest documents at hand, so that no question waits for it."""
        with self._engine.connect() as connection:
            newest = indexed_versions(connection, _KEPT)
        for one in tqdm(newest, desc="procedures", unit="document", delay=2, leave=False):
            for held in self._of(Named(*one)):
                held.sentences  # noqa: B018 - embedded now, and kept

    def _of(self, named: Named) -> tuple[Held, ...]:
        with self._lock:
            held = self._held.get(named.version_key)
            if held is not None:
                self._held.move_to_end(named.version_key)
                return held
        made = self._read(named)
        with self._lock:
            self._held[named.version_key] = made
            if len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return made

    def asked(self, question: Question) -> Asked:
        """A question in the terms in which procedures are compared with it.

        An utterance is embedded once: what was asked before is the context of what is now.
        """
        said = (question.text, *question.context)
        now, *before = (self._said.by(self._requests, one) for one in said)
        return grouped(now, before, question.context_weight)

    def _read(self, row: Named) -> tuple[Held, ...]:
        with self._engine.connect() as connection:
            text, metadata = version_source(connection, row.version_key, _LONGEST)
        found = procedures(text, metadata)
        if not found:
            return ()
        texts = [one for each in found for one in _about(row.title, text, each, found)]
        vectors = self._vectors(self._requests, texts).reshape(len(found), 2, -1)
        embed = partial(self._vectors, self._embedder)
        return tuple(
            Held(row.document_id, row.version, row.title, text, each, two, embed)
            for each, two in zip(found, vectors, strict=True)
        )

    def _vectors(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """One a text, (texts, d): those that were made before are in the database."""
        model, hashes = embedder.model, [text_sha256(one) for one in texts]
        with self._engine.connect() as connection:
            known = text_vectors(connection, model, hashes)
        new = {one: text for one, text in zip(hashes, texts, strict=True) if one not in known}
        if new:
            made = embedder.embed_passages(list(new.values()), [[] for _ in new])
            embedded = dict(zip(new, made, strict=True))
            if may_write(self._engine):
                with writer(self._engine).begin() as connection:
                    write_vectors(connection, model, embedded)
            known |= {one: each.vector for one, each in embedded.items()}
        return np.stack([known[one] for one in hashes])


def _sentences(step: Step) -> list[str]:
    """What a step says, without whose it is and where it goes on to."""
    said = plain(own_words(spoken(step), step.owner))
    return [said[start:end] for start, end in split(said, 0, len(said))] or [step.text]


def _about(
    title: str, text: str, procedure: Procedure, among: Sequence[Procedure]
) -> tuple[str, str]:
    """A procedure's name, and the name with what stands before its steps."""
    headings = [
        one for one in procedure.heading.split(" › ") if one and not _GENERIC.fullmatch(one)
    ]
    name = ", ".join(dict.fromkeys([title, *headings[-1:]]))
    before = max((one.end for one in among if one.end <= procedure.start), default=0)
    introduction = _HEADING_MARKS.sub("", text[before : procedure.start])[:_INTRODUCTION]
    return name, f"{name}\n{' '.join(introduction.split())}"
