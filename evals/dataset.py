"""Reads a data set: questions with their gold documents, and where its corpus lies.

Two forms: BEIR (`queries.jsonl`, `qrels.tsv`, `corpus.jsonl`), or a folder whose `dataset.yaml`
names them; the documents of the corpus are read by ingest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from copilot.errors import InvalidInput
from copilot.types import Scope
from evals.lines import Line, json_lines, judgements
from evals.manifest import manifest

Grades = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Question:
    """`grades` has each gold document's grade, above 0; `place` is the question's file and line.

    `scope` is what it is asked with: the data set's, and the `groups` that its line names.
    """

    question_id: str
    text: str
    answerable: bool
    grades: Mapping[str, int]
    answer: str | None
    place: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Dataset:
    """`corpus` is a file of records or a folder of documents; `files` are the others."""

    name: str
    corpus: Path
    files: tuple[Path, ...]
    questions: tuple[Question, ...]
    scope: Scope

    def sha256(self) -> str:
        """The hash of the names and the content of all its files, those of the corpus included."""
        digest = hashlib.sha256()
        for label, path in sorted([*_labelled(self.files), *_corpus_files(self.corpus)]):
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

    def require_gold(self, document_ids: set[str]) -> None:
        """Raises InvalidInput for a gold document that is not one of these."""
        for question in self.questions:
            for document_id in question.grades:
                if document_id not in document_ids:
                    raise InvalidInput(
                        f"gold document {document_id!r} is not in the corpus",
                        place=question.place,
                        remedy="correct the id, or add the document",
                    )


def load(folder: Path) -> Dataset:
    """The data set of a folder. Raises InvalidInput that names the file and line at fault."""
    if not folder.is_dir():
        raise InvalidInput("no such folder", place=str(folder), remedy="name a data set's folder")
    parts = manifest(folder)
    grades: Grades = {}
    places: dict[str, str] = {}
    for place, question_id, document_id, grade in judgements(parts.qrels) if parts.qrels else ():
        grades.setdefault(question_id, {})[document_id] = grade
        places.setdefault(question_id, place)
    lines = [line for path in parts.queries for line in json_lines(path)]
    _require_ids(lines, places)
    questions = tuple(
        question for line in lines if (question := _question(line, grades, parts.scope)) is not None
    )
    if not questions:
        raise InvalidInput(
            "there is no question", place=str(folder), remedy="add lines to queries.jsonl"
        )
    files = (*parts.queries, *([parts.qrels] if parts.qrels else []))
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


def _question(line: Line, judged: Grades, scope: Scope) -> Question | None:
    """None where nothing says whether it can be answered: BEIR leaves out what is not judged."""
    question_id = line.word("_id")
    grades = dict.fromkeys(line.words("documents"), 1) | judged.get(question_id, {})
    answerable = line.flag_or_none("answerable")
    if answerable is None and not grades:
        return None
    gold = {document_id: grade for document_id, grade in grades.items() if grade > 0}
    return Question(
        question_id=question_id,
        text=line.word("text"),
        answerable=bool(gold) if answerable is None else answerable,
        grades=gold,
        answer=line.word_or_none("answer"),
        place=line.place,
        scope=replace(scope, groups=tuple(line.words("groups")) or scope.groups),
    )


def _labelled(paths: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        yield path.name, path


def _corpus_files(corpus: Path) -> Iterator[tuple[str, Path]]:
    if corpus.is_file():
        yield "corpus", corpus
        return
    for path in corpus.rglob("*"):
        if path.is_file():
            yield f"corpus/{path.relative_to(corpus).as_posix()}", path
