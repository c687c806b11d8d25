"""Checks the procedures in files, and says where in them something is wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from copilot.errors import UnreadableFile
from copilot.procedures.lint import Finding, lint
from copilot.structure import Kind, blocks, plain
from copilot.types import Document
from ingest.explain import documents, line_of
from ingest.walk import Source


def check(paths: Sequence[Path]) -> tuple[list[str], bool]:
    """One line a finding, `path:line: what, remedy`, and whether any of them is an error."""
    told: list[str] = []
    found: dict[str, tuple[Source, Document]] = {}
    for source, one in documents(paths):
        if isinstance(one, UnreadableFile):
            told.append(f"error: {one}, {one.remedy}")
        else:
            found[one.document_id] = source, one
    links = _Links(found)
    findings = lint([one for _, one in found.values()], links.resolve)
    lines = [_line(one, *found[one.document_id]) for one in findings]
    return told + lines, bool(told) or any(one.error for one in findings)


def _line(finding: Finding, source: Source, document: Document) -> str:
    kind = "error: " if finding.error else ""
    line = line_of(document.text, finding.start)
    return f"{source.place}:{line}: {kind}{finding.what}, {finding.remedy}"


class _Links:
    """Which links lead somewhere: to a file, to a document of this run, or to a heading."""

    def __init__(self, found: dict[str, tuple[Source, Document]]) -> None:
        self._found = found

    def resolve(self, document: Document, link: str) -> bool:
        if "://" in link:
            return True  # nothing is fetched
        address, _, anchor = unquote(link).partition("#")
        if not address:
            return anchor in _anchors(document)
        source, _ = self._found[document.document_id]
        target = Path(os.path.normpath(source.path.parent / address))
        return target.exists() or self._is_document(document.document_id, address)

    def _is_document(self, document_id: str, address: str) -> bool:
        """Whether a link without an ending names a document, as a wiki writes it."""
        beside = os.path.normpath(PurePosixPath(document_id).parent / address)
        return beside in self._found or address.strip("/") in self._found


def _anchors(document: Document) -> set[str]:
    """The headings as links write them: in small letters, with hyphens."""
    return {
        "-".join(
            "".join(c for c in word if c.isalnum() or c in "-_")
            for word in plain(document.text[slice(*block.content)]).lower().split()
        )
        for block in blocks(document.text)
        if block.kind is Kind.HEADING
    }
