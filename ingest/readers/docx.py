"""Word documents: paragraphs, lists and tables in the order of the body, Markdown-shaped."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, NamedTuple

from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers.blocks import one_line
from ingest.readers.fields import language_or_none
from ingest.readers.frontmatter import document_from
from ingest.readers.title import readable
from ingest.readers.word import Body

_NUMBERING = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_UNPACKED_MAX = 200 * 1024 * 1024
_ENTRIES_MAX = 20_000
# What python-docx calls a document whose properties it had to make up.
_NO_TITLE = {"", "Word Document"}


def read(data: bytes, *, media_type: str, document_id: str, place: str) -> Document:
    """The document with its headings, numbered and bulleted items and tables.

    Raises UnreadableFile for an encrypted, old, broken or empty file, and for one that would
    unpack to more than 200 MiB.
    """
    _refuse_other_containers(data, place)
    parts = _opened(data, place)
    text = Body(parts.body, parts.styles, parts.numbering).text()
    if not text:
        raise UnreadableFile(
            "no text in the document", place=place, remedy="save it in Word again, with its text"
        )
    title = one_line(parts.title)
    return document_from(
        {
            "title": None if title in _NO_TITLE else title,
            "language": language_or_none(parts.language),
        },
        document_id=document_id,
        text=text,
        media_type=media_type,
        place=place,
        fallback_title=readable(document_id),
    )


def _refuse_other_containers(data: bytes, place: str) -> None:
    """Look at the container before anything is unpacked."""
    if data.startswith(_OLE):
        raise UnreadableFile(
            "encrypted, or an old .doc file",
            place=place,
            remedy="remove the password, or save it in Word as .docx",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
        raise _broken(place, str(error)) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile("encrypted", place=place, remedy="remove the password")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _UNPACKED_MAX or len(entries) > _ENTRIES_MAX:
        raise UnreadableFile(
            f"it would unpack to {unpacked // 2**20} MiB in {len(entries)} parts",
            place=place,
            remedy="split the document, or take out its pictures",
        )


class _Parts(NamedTuple):
    body: Any
    styles: Any
    numbering: Any | None
    title: str
    language: str


def _opened(data: bytes, place: str) -> _Parts:
    """What is read of the package, by python-docx, whose parser resolves no entities."""
    import docx
    from docx.opc.exceptions import OpcError

    # What is missing or malformed inside a package surfaces as one of these.
    faults = (OpcError, SyntaxError, zipfile.BadZipFile, zlib.error, RuntimeError, TypeError)
    try:
        package = docx.Document(io.BytesIO(data))
        related = {link.reltype: link for link in package.part.rels.values()}
        numbering = related.get(_NUMBERING)
        properties = package.core_properties
        parts = _Parts(
            package.element.body,
            package.styles.element,
            numbering.target_part.element if numbering else None,
            properties.title,
            properties.language,
        )
    except (*faults, LookupError, ValueError, AttributeError, EOFError, OSError) as error:
        raise _broken(place, str(error)) from error
    if parts.body is None:
        raise _broken(place, "it has no body, or is Strict Open XML")
    return parts


def _broken(place: str, detail: str) -> UnreadableFile:
    return UnreadableFile(
        f"not a readable .docx file ({one_line(detail)[:100]})",
        place=place,
        remedy="open it in Word and save it as .docx again",
    )
