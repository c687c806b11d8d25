"""The body of a PUT becomes a Document: JSON that describes one, or the file itself."""

from __future__ import annotations

import codecs
import json
from dataclasses import replace
from email.message import Message
from typing import Any, NoReturn, cast

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.problems import NOT_JSON, UNSUPPORTED, Refused
from api.schemas import DocumentRequest
from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers import frontmatter, read
from ingest.readers.fields import AUDIENCE, settled
from ingest.readers.title import readable

JSON = "application/json"
FILES = (
    "text/markdown",
    "text/plain",
    "text/html",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)


def document_from(body: bytes, content_type: str, document_id: str) -> Document:
    """The Document that a body of this media type holds.

    Raises Refused for a media type that is not taken and for what is not JSON,
    RequestValidationError for fields that are wrong, InvalidInput for text that is.
    """
    header = Message()
    header["Content-Type"] = content_type
    media_type = header.get_content_type() if content_type else ""
    charset = str(header.get_param("charset", "")).lower()
    if charset.replace("-", "") not in ("", "utf8", "usascii"):
        _refuse(f"the charset {charset[:40]!r} is not taken", "send it in UTF-8")
    if media_type == JSON:
        return _described(_request(body), document_id)
    if media_type not in FILES:
        named = f"{media_type[:80]!r} is not taken" if media_type else "it is not given"
        _refuse(named, f"send one of {', '.join((JSON, *FILES))}")
    if charset and media_type == "text/html":
        body = _marked(body)
    return _read(body, media_type, document_id, "body")


def _refuse(reason: str, remedy: str) -> NoReturn:
    raise Refused(UNSUPPORTED, reason, place="Content-Type", remedy=remedy)


def _request(body: bytes) -> DocumentRequest:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, json.JSONDecodeError) else "not UTF-8, or too deep"
        raise Refused(NOT_JSON, reason, place="body", remedy="send one JSON object") from error
    try:
        return DocumentRequest.model_validate(fields)
    except ValidationError as error:
        found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(found) from error


def _described(request: DocumentRequest, document_id: str) -> Document:
    """The text as it was given, or read from HTML, with the fields beside it; they win over those
    of its front matter.
    """
    given = request.model_dump(exclude_unset=True)
    text = given.pop("text")
    media_type = given.pop("media_type", request.media_type)
    metadata = given.pop("metadata", {})
    settled(given)
    standing: dict[str, Any] = {}
    if media_type == "text/html":
        page = _read(_marked(text.encode()), media_type, document_id, "text")
        text, standing = page.text, {"title": page.title, "language": page.language}
    else:
        standing, _ = frontmatter.parse(text, "text")
    if "scope" in given:
        standing = {name: value for name, value in standing.items() if name not in AUDIENCE}
    document = frontmatter.document_from(
        {**standing, **given},
        document_id=document_id,
        text=text,
        media_type=media_type,
        place="text",
        fallback_title=readable(document_id),
    )
    return replace(document, metadata={**document.metadata, **metadata})


def _read(data: bytes, media_type: str, document_id: str, place: str) -> Document:
    """The file's one Document. A part that cannot be read, such as a scanned page, refuses all."""
    records = list(read(data, media_type=media_type, document_id=document_id, place=place))
    for record in records:
        if isinstance(record, UnreadableFile):
            raise record
    return cast(Document, records[0])


def _marked(body: bytes) -> bytes:
    """With the byte order mark that outranks whatever encoding a page declares."""
    return body if body.startswith(codecs.BOM_UTF8) else codecs.BOM_UTF8 + body
