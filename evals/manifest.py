"""Where the parts of a data set lie: as BEIR has them, or as its dataset.yaml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from copilot.errors import InvalidInput
from copilot.types import Scope
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
    fields = _fields(path) if path.is_file() else {}
    queries = _texts(fields, "queries", path) or ("queries.jsonl",)
    corpus = folder / (_text(fields, "corpus", path) or "corpus.jsonl")
    if not corpus.exists():
        raise InvalidInput(
            "no such corpus",
            place=str(corpus),
            remedy="add corpus.jsonl, or name a folder of documents in dataset.yaml",
        )
    return Manifest(
        name=_text(fields, "name", path) or folder.resolve().name,
        corpus=corpus.resolve(),
        queries=tuple(folder / name for name in queries),
        qrels=_qrels(folder, _text(fields, "qrels", path)),
        scope=_scope(fields, path),
    )


def _qrels(folder: Path, named: str | None) -> Path | None:
    if named is not None:
        return folder / named
    usual = (folder / "qrels.tsv", folder / "qrels" / "test.tsv")
    return next((path for path in usual if path.is_file()), None)


def _fields(path: Path) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise _refused(f"not YAML: {str(error).splitlines()[0]}", f"{path}{line}") from error
    if not isinstance(fields, dict):
        raise _refused("not a mapping", str(path))
    for key in fields:
        if key not in _KEYS:
            raise _refused(f"unknown key {key!r}", str(path))
    return fields


def _scope(fields: Mapping[str, Any], path: Path) -> Scope:
    given = fields.get("scope", {})
    if not isinstance(given, dict):
        raise _refused("scope is not a mapping", str(path))
    for key in given:
        if key not in (*_DIMENSIONS, "language"):
            raise _refused(f"unknown key {key!r} in scope", str(path))
    return Scope(
        **{name: _texts(given, name, path) for name in _DIMENSIONS},
        language=_text(given, "language", path),
        as_of=_moment(fields, path),
    )


def _moment(fields: Mapping[str, Any], path: Path) -> datetime | None:
    if fields.get("as_of") is None:
        return None
    try:
        return begins(fields["as_of"], "as_of")
    except InvalidInput as error:
        raise InvalidInput(
            f"as_of: {error.reason}", place=str(path), remedy=error.remedy
        ) from error


def _text(fields: Mapping[str, Any], key: str, path: Path) -> str | None:
    value = fields.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise _refused(f"{key} is not a text", str(path))
    return value


def _texts(fields: Mapping[str, Any], key: str, path: Path) -> tuple[str, ...] | None:
    value = fields.get(key)
    if value is None:
        return None
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise _refused(f"{key} is not a list of texts", str(path))
    return tuple(values)


def _refused(reason: str, place: str) -> InvalidInput:
    return InvalidInput(reason, place=place, remedy=f"the keys are {', '.join(_KEYS)}")
