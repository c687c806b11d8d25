"""Reads a data set: questions with their gold documents, and where its corpus lies.

Two forms: BEIR (`queries.jsonl`, `qrels.tsv`, `corpus.jsonl`), or a folder whose `dataset.yaml`
names them; the documents of the corpus are read by ingest. evals/question.py has the lines' form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copilot.errors import InvalidInput
from copilot.types import Scope
from evals.lines import Line, json_lines, judgements
from evals.manifest import manifest
from evals.question import Question as Question
from evals.question import question

Grades = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """`corpus` is a file of records or a folder of documents; `files` are the others.

    `records` are files of customers and of what happened with them, if the questions need any.
    """

    name: str
    corpus: Path
    files: tuple[Path, ...]
    questions: tuple[Question, ...]
    scope: Scope
    records: tuple[Path, ...] = ()

    def sha256(self) -> str:
        """The hash of the names and the content of all its files, those of the corpus included."""
        digest = hashlib.sha256()
        own = ((path.name, path) for path in (*self.files, *self.records))
        for label, path in sorted([*own, *_corpus_files(self.corpus)]):
            digest.update(f"{label}\0".encode())
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    def limited(self, count: int | None) -> Dataset:
        """At most `count` questions, evenly spread over them all; the corpus stays whole."""
        total = len(self.questions)
        if count is None or count >= total:
            return self
        kept = tuple(self.questions[number * total // count] for number in range(count))
        return replace(self, questions=kept)

    def judged(self) -> Dataset:
        """Those single questions of which it is said whether they have an answer."""
        kept = (one for one in self.questions if not one.conversation)
        return replace(self, questions=tuple(one for one in kept if one.answerable is not None))

    def require_gold(self, document_ids: set[str]) -> None:
        """Raises InvalidInput for a gold document that is not one of these."""
        for asked in self.questions:
            for document_id in asked.grades:
                if document_id not in document_ids:
                    raise InvalidInput(
                        f"gold document {document_id!r} is not in the corpus",
                        place=asked.place,
                        remedy="correct the id, or add the document",
                    )


def load(folder: Path, more: Sequence[Path] = ()) -> Dataset:
    """The data set of a folder, with the questions of `more` files.

    Raises InvalidInput that names the file and line at fault.
    """
    if not folder.is_dir():
        raise InvalidInput("no such folder", place=str(folder), remedy="name a data set's folder")
    parts = manifest(folder)
    grades: Grades = {}
    places: dict[str, str] = {}
    for place, question_id, document_id, grade in judgements(parts.qrels) if parts.qrels else ():
        grades.setdefault(question_id, {})[document_id] = grade
        places.setdefault(question_id, place)
    paths = (*parts.queries, *more)
    lines = [line for path in paths for line in json_lines(path)]
    _require_ids(lines, places)
    found = (question(line, grades.get(line.word("_id"), {}), parts.scope) for line in lines)
    questions = tuple(one for one in found if one is not None)
    if not questions:
        raise InvalidInput(
            "there is no question", place=str(folder), remedy="add lines to queries.jsonl"
        )
    files = (*paths, *([parts.qrels] if parts.qrels else []))
    return Dataset(parts.name, parts.corpus, files, questions, parts.scope)


def _require_ids(lines: list[Line], judged: Mapping[str, str]) -> None:
    """Every question has an id of its own, and every judgement has a question."""
    met: dict[str, str] = {}
    for line in lines:
        question_id = line.word("_id")
        if question_id in met:
            raise line.refused(
                f"_id {question_id!r} is given twice, first at {met[question_id]}",
                "give every question an id of its own",
            )
        met[question_id] = line.place
    for question_id, place in judged.items():
        if question_id not in met:
            raise InvalidInput(
                f"no question {question_id!r}",
                place=place,
                remedy="correct the id, or add the question to queries.jsonl",
            )


def _corpus_files(corpus: Path) -> Iterator[tuple[str, Path]]:
    if corpus.is_file():
        yield "corpus", corpus
        return
    for path in corpus.rglob("*"):
        if path.is_file():
            yield f"corpus/{path.relative_to(corpus).as_posix()}", path
