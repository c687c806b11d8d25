"""Claims written by hand: free rewordings of our own documents, each with what is wrong in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from copilot.errors import InvalidInput
from evals.claims.figures import FAITHFUL
from evals.claims.plant import KINDS
from evals.claims.texts import CORPORA, Case, Passage, of_document, read
from evals.parting import part

HOME = Path(__file__).parent
DEVELOPMENT, TEST = HOME / "development.yaml", HOME / "test.yaml"
# One passage in so many: all of them would take a quarter of an hour.
_MEASURED = 10
_LETTERS = re.compile(r"[^\W_]+")


def domains() -> list[Path]:
    """The files of claims that the reader is taught with; each brings its passages along."""
    return sorted((HOME / "fit").glob("*.yaml"))


def in_further_domains() -> list[Case]:
    """Claims of domains that nothing was taught with or fitted on: those of one passage in ten."""
    paths = sorted((HOME / "further").glob("*.yaml"))
    return [one for path in paths for one in cases(path) if part(one.document, _MEASURED) == 0]


def in_other_languages(*, measured: bool) -> list[Case]:
    """Claims in other languages than English, the corpus being the language's code: those of every
    second passage are measured, the others may be looked at and fitted on."""
    found = []
    for path in sorted((HOME / "languages").glob("*.yaml")):
        for case in cases(path):
            if int(case.document.rpartition("/")[2]) % 2 == measured:
                found.append(replace(case, corpus=path.stem))
    return found


def cases(path: Path, knowledge: Path | None = None) -> list[Case]:
    """The cases of a file, in order; the source of each is the passages that hold its quote.

    Raises InvalidInput for a file of another form, and for a quote that its document does not have.
    """
    held = _held(CORPORA["knowledge"] if knowledge is None else knowledge)
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [case for at, entry in enumerate(entries) for case in _of(path, at, entry, held)]
    except (yaml.YAMLError, OSError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(
            f"no claims: {error!r}",
            place=str(path),
            remedy="write a list of document, quote, faithful and faults",
        ) from error


@functools.cache
def _held(folder: Path) -> Mapping[str, list[Passage]]:
    """The passages of each document of a folder."""
    return {
        document.document_id: list(of_document("knowledge", document)) for document in read(folder)
    }


def _with_passage(path: Path, at: int, entry: Mapping[str, Any]) -> Iterator[Case]:
    """The cases of an entry that brings its passage along."""
    document, text = f"{path.stem}/{at}", entry["passage"].strip()
    source = Passage("hand", document, entry["title"] or "", entry["heading"] or "", text, ())
    told = [(FAITHFUL, one) for one in entry["faithful"]]
    told += [(fault["kind"], fault["text"]) for fault in entry["faults"]]
    for number, (kind, said) in enumerate(told):
        yield Case(f"{path.stem}-{at:03}-{number}", "hand", document, kind, said, (source,), text)


def _of(
    path: Path, at: int, entry: Mapping[str, Any], held: Mapping[str, list[Passage]]
) -> Iterator[Case]:
    if "passage" in entry:
        yield from _with_passage(path, at, entry)
        return
    document, stem = entry["document"] or "", f"{path.stem}-{at:03}"
    quote = " ".join(entry["quote"].split())
    if document:
        sources = _holding(quote, held.get(document, []))
        if not sources:
            raise InvalidInput(
                f"{document!r} does not have {quote[:60]!r}",
                place=f"{path}, entry {at + 1}",
                remedy="correct the quote",
            )
        told = [("faithful", text) for text in entry["faithful"]]
        told += [(fault["kind"], fault["text"]) for fault in entry["faults"]]
        if unknown := {kind for kind, _ in told} - {FAITHFUL, *KINDS}:
            raise InvalidInput(
                f"no such kind: {', '.join(sorted(unknown))}",
                place=f"{path}, entry {at + 1}",
                remedy=f"use one of {', '.join(KINDS)}",
            )
    else:
        sources = ()
        told = [("courtesy", text) for text in entry["courtesies"]]
        told += [("not_courtesy", text) for text in entry["not_courtesies"]]
    for number, (kind, text) in enumerate(told):
        yield Case(f"{stem}-{number}", "hand", document, kind, text, sources, quote)


def _holding(quote: str, among: list[Passage]) -> tuple[Passage, ...]:
    """The passages that have the quote, or a part of it where it goes on into the next one.

    Compared are letters and digits, since marks and line ends fall away when a quote is copied.
    """
    wanted = _letters(quote)
    for width in (1, 2, 3):
        for at in range(len(among) - width + 1):
            window = among[at : at + width]
            if wanted in "".join(_letters(passage.text) for passage in window):
                return tuple(window)
    return ()


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text.casefold()))
