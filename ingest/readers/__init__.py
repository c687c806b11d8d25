"""One reader a format; each turns bytes into records."""

from __future__ import annotations

from collections.abc import Iterator

from copilot.errors import UnreadableFile
from copilot.types import Customer, Document, Interaction
from ingest.readers import docx, html, jsonl, pdf, text

Record = Document | Customer | Interaction

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES: dict[str, str] = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".pdf": "application/pdf",
    ".docx": _DOCX,
    ".txt": "text/plain",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
}


def is_record_file(media_type: str) -> bool:
    """Whether a file of this type holds many records, each with an id of its own."""
    return media_type in ("application/jsonl", "application/x-ndjson")


def read(
    data: bytes, *, media_type: str, document_id: str, place: str
) -> Iterator[Record | UnreadableFile]:
    """The records in the bytes of one file, and an UnreadableFile for each part that is none.

    `document_id` names a file's document; the records of JSON Lines bring their own ids. Raises
    UnreadableFile where the file as a whole cannot be read, and for an unknown media type.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if not data.strip():
        raise UnreadableFile("the file is empty", place=place, remedy="write it, or leave it out")
    if is_record_file(kind):
        yield from jsonl.read(data, place)
    elif kind in ("text/markdown", "text/plain"):
        yield text.read(data, media_type=kind, document_id=document_id, place=place)
    elif kind == "text/html":
        yield html.read(data, media_type=kind, document_id=document_id, place=place)
    elif kind == "application/pdf":
        yield from pdf.read(data, media_type=kind, document_id=document_id, place=place)
    elif kind == _DOCX:
        yield docx.read(data, media_type=kind, document_id=document_id, place=place)
    else:
        raise UnreadableFile(
            f"no reader for the media type {media_type!r}",
            place=place,
            remedy=f"use one of {', '.join(sorted(set(MEDIA_TYPES.values())))}",
        )
