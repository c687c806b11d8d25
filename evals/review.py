"""The folder of cases from decisions: those that wait for a person, and those that count.

`review/*.yaml` wait, one file each; `queries.jsonl` has those that a person accepted; `review.json`
says which version of them it is, who accepted what when, and what was refused for good.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from copilot.errors import InvalidInput
from copilot.privacy.mask import mask
from copilot.types import Scope
from evals.lines import Line, json_lines
from evals.question import question
from evals.report import write_json, write_lines

Case = dict[str, Any]
_NONE: dict[str, Any] = {"version": 0, "refused": {}, "history": []}


class Review:
    """The folder of one database's cases. Raises InvalidInput where it is of another database."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self._waiting = folder / "review"
        self._queries = folder / "queries.jsonl"
        self._path = folder / "review.json"
        self._told = {**_NONE, "database": database, **self._read()}
        if self._told["database"] != database:
            raise InvalidInput(
                "these cases are of another database",
                place=str(folder),
                remedy="name a folder of its own for each database",
            )
        self._waiting.mkdir(parents=True, exist_ok=True)
        self._notice_edits()
        # Where a run ended between counting a case and taking it from those that wait.
        self.withdraw(self.counted().keys() & set(self.waiting()))

    @property
    def version(self) -> int:
        """Counts the changes of what counts."""
        return int(self._told["version"])

    def known(self) -> frozenset[str]:
        """The ids of every case that waits, counts or was refused."""
        return frozenset({*self.waiting(), *self.counted(), *self._told["refused"]})

    def waiting(self) -> list[str]:
        """The ids of the cases that nobody has reviewed yet."""
        return sorted(path.stem for path in self._waiting.glob("*.yaml"))

    def counted(self) -> dict[str, Case]:
        """The cases that count, by id."""
        if not self._queries.is_file():
            return {}
        return {line.word("_id"): line.fields for line in json_lines(self._queries)}

    def add(self, case: Case) -> None:
        """Has a case wait for a person."""
        text = yaml.safe_dump(case, allow_unicode=True, sort_keys=False, width=100)
        _replace(self._path_of(case["_id"]), text)

    def withdraw(self, case_ids: Collection[str]) -> None:
        """Takes back cases that wait, as those of a customer who was erased."""
        for case_id in case_ids:
            self._path_of(case_id).unlink()

    def settle(self, accept: Sequence[str], reject: Sequence[str], by: str | None) -> None:
        """Moves what was reviewed, here or in the files, to what counts or what was refused.

        All of it or, where one cannot be taken, nothing. Raises InvalidInput.
        """
        if (accept or reject) and not (by and by.strip()):
            raise InvalidInput(
                "nobody is named", place="--by", remedy="say who reviewed them: --by NAME"
            )
        named = dict.fromkeys(accept, by or "")
        read = {one: self._waiting_case(one) for one in {*self.waiting(), *accept, *reject}}
        in_files = {one: case["reviewed"] for one, case in read.items() if case.get("reviewed")}
        reviewers = {**in_files, **named}
        taken = {
            case_id: self._checked({**read[case_id], "reviewed": reviewer})
            for case_id, reviewer in sorted(reviewers.items())
            if case_id not in reject
        }
        if taken:
            self._write({**self.counted(), **taken}, sorted(set(reviewers.values())))
        for case_id in reject:
            self._told["refused"][case_id] = {"by": by, "at": _now()}
        if taken or reject:
            write_json(self._told, self._path)
        self.withdraw({*taken, *reject})

    def name_corpus(self, corpus: Path | None) -> None:
        """Says in the suite's dataset.yaml where the documents are."""
        path = self.folder / "dataset.yaml"
        if corpus is None:
            return
        if not corpus.exists():
            raise InvalidInput("no such corpus", place=str(corpus), remedy="name the documents")
        fields = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
        where = os.path.relpath(corpus.resolve(), self.folder.resolve())
        fields = {"name": self.folder.resolve().name, **fields, "corpus": where}
        _replace(path, yaml.safe_dump(fields, allow_unicode=True, sort_keys=False))

    def told(self, new: int) -> str:
        """What there is, in one line."""
        waiting, counted = len(self.waiting()), len(self.counted())
        refused = len(self._told["refused"])
        return (
            f"{new} new; {waiting} wait for review in {self._waiting}; {counted} count "
            f"(version {self.version}); {refused} refused"
        )

    def _path_of(self, case_id: str) -> Path:
        return self._waiting / f"{case_id}.yaml"

    def _waiting_case(self, case_id: str) -> Case:
        path = self._path_of(case_id)
        if path.parent != self._waiting or not path.is_file():
            raise InvalidInput(
                f"no case {case_id!r} waits for review",
                place=str(self._waiting),
                remedy="name a file that is there, without .yaml",
            )
        try:
            case = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InvalidInput(f"not YAML: {error}", place=str(path)) from error
        if not isinstance(case, dict) or case.get("_id") != case_id:
            raise InvalidInput(
                "not the case of its name", place=str(path), remedy=f"keep _id: {case_id}"
            )
        if not isinstance(case.get("reviewed"), str | None):
            raise InvalidInput(
                "reviewed is not a name", place=str(path), remedy="write who reviewed it"
            )
        return case

    def _checked(self, case: Case) -> Case:
        """A case that says what is expected, masked once more after people wrote in it."""
        masked: Case = _masked(case, ("_id", "reviewed", "documents", "groups", "source"))
        given = {name: value for name, value in masked.items() if value is not None}
        line = Line(str(self._path_of(case["_id"])), given)
        if question(line, {}, Scope()) is None:
            raise line.refused(
                "nothing is expected of it", "write the answer and its documents, or expect"
            )
        return given

    def _write(self, cases: dict[str, Case], by: Sequence[str]) -> None:
        """Writes what counts, and notes it as a new version."""
        before = self.counted()
        write_lines([cases[one] for one in sorted(cases)], self._queries.with_suffix(".new"))
        self._queries.with_suffix(".new").replace(self._queries)
        self._note(list(by), sorted(cases.keys() - before.keys()))

    def _note(self, by: Iterable[str], added: Sequence[str]) -> None:
        self._told["version"] += 1
        self._told["history"] = [
            *self._told["history"],
            {
                "version": self._told["version"],
                "at": _now(),
                "by": list(by),
                "added": list(added),
                "cases": len(self.counted()),
                "sha256": self._sha256(),
            },
        ]
        write_json(self._told, self._path)

    def _notice_edits(self) -> None:
        """What was changed in queries.jsonl by hand is a version too."""
        last = self._told["history"][-1]["sha256"] if self._told["history"] else None
        if self._queries.is_file() and self._sha256() != last:
            self._note(["an edit of the file"], [])

    def _sha256(self) -> str:
        return hashlib.sha256(self._queries.read_bytes()).hexdigest()

    def _read(self) -> dict[str, Any]:
        if not self._path.is_file():
            return {}
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InvalidInput(f"not JSON: {error}", place=str(self._path)) from error
        if not isinstance(told, dict):
            raise InvalidInput("not an object", place=str(self._path))
        return told


def _masked(value: Any, keep: Sequence[str] = ()) -> Any:
    if isinstance(value, dict):
        return {name: one if name in keep else _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return mask(value) if isinstance(value, str) else value


def _replace(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
