"""Where the parts of a data set lie: as BEIR has them, or as its dataset.yaml says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from copilot.errors import InvalidInput
from copilot.types import Scope
from evals.lines import Line, mapping
from ingest.readers.moments import begins

_KEYS = ("name", "corpus", "queries", "qrels", "as_of", "scope")
_DIMENSIONS = ("roles", "groups", "stores", "regions", "channels")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`qrels` None means that the questions name their own gold documents.

    `scope` is what the questions are asked with, its `as_of` included.
    """

    name: str
    corpus: Path
    queries: tuple[Path, ...]
    qrels: Path | None
    scope: Scope


def manifest(folder: Path) -> Manifest:
    """Raises InvalidInput for a dataset.yaml that cannot be taken, or a corpus that is not there.

    BEIR's own folders keep their judgements in `qrels/test.tsv`; that is found too.
    """
    path = folder / "dataset.yaml"
    line = mapping(path, _KEYS) if path.is_file() else Line(str(path), {})
    queries = _texts(line, "queries") or ("queries.jsonl",)
    corpus = folder / (line.word_or_none("corpus") or "corpus.jsonl")
    if not corpus.exists():
        raise InvalidInput(
            "no such corpus",
            place=str(corpus),
            remedy="add corpus.jsonl, or name a folder of documents in dataset.yaml",
        )
    return Manifest(
        name=line.word_or_none("name") or folder.resolve().name,
        corpus=corpus.resolve(),
        queries=tuple(folder / name for name in queries),
        qrels=_qrels(folder, line.word_or_none("qrels")),
        scope=_scope(line),
    )


def _qrels(folder: Path, named: str | None) -> Path | None:
    if named is not None:
        return folder / named
    usual = (folder / "qrels.tsv", folder / "qrels" / "test.tsv")
    return next((path for path in usual if path.is_file()), None)


def _scope(line: Line) -> Scope:
    given = line.fields.get("scope", {})
    known = (*_DIMENSIONS, "language")
    if not isinstance(given, dict):
        raise line.refused("scope is not a mapping", f"the keys are {', '.join(known)}")
    for key in given:
        if key not in known:
            raise line.refused(f"unknown key {key!r} in scope", f"use {', '.join(known)}")
    within = Line(line.place, given)
    return Scope(
        **{name: _texts(within, name) for name in _DIMENSIONS},
        language=within.word_or_none("language"),
        as_of=_moment(line),
    )


def _moment(line: Line) -> datetime | None:
    if line.fields.get("as_of") is None:
        return None
    try:
        return begins(line.fields["as_of"], "as_of")
    except InvalidInput as error:
        raise line.refused(f"as_of: {error.reason}", error.remedy) from error


def _texts(line: Line, name: str) -> tuple[str, ...] | None:
    """A list of texts, or one text alone."""
    value = line.fields.get(name)
    if isinstance(value, str):
        return (line.word(name),)
    return None if value is None else tuple(line.words(name))
