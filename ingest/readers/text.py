"""Markdown and plain text: stored exactly as they are, front matter included."""

from __future__ import annotations

from copilot.types import Document
from ingest.readers import frontmatter
from ingest.readers.decode import decoded
from ingest.readers.title import readable


def read(data: bytes, *, media_type: str, document_id: str, place: str) -> Document:
    """The file as a Document, so that an offset into its text is an offset into the file.

    Raises UnreadableFile for another encoding, for binary content and for bad front matter.
    """
    text = decoded(data, place)
    fields, _ = frontmatter.parse(text, place)
    return frontmatter.document_from(
        fields,
        document_id=document_id,
        text=text,
        media_type=media_type,
        place=place,
        fallback_title=readable(document_id),
    )
