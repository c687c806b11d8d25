"""Bytes to text, exactly: only a byte order mark is dropped.

Owns what text may be stored at all; knows nothing of any format.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from copilot.errors import UnreadableFile

# The UTF-32 marks come first: one of them begins with a UTF-16 mark.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REMEDY = "save the file as UTF-8"


def split_mark(data: bytes) -> tuple[str | None, bytes]:
    """The encoding that a byte order mark names, if there is one, and the bytes after it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, data[len(mark) :]
    return None, data


def decoded(data: bytes, place: str) -> str:
    """The text of a UTF-8 file, or of a UTF-16 or UTF-32 file with a byte order mark.

    Line ends stay as they are. Raises UnreadableFile for another encoding and for binary content.
    """
    encoding, body = split_mark(data)
    if encoding is None and b"\x00" in data:
        raise UnreadableFile(
            "binary content under the name of a text file",
            place=place,
            remedy="give the file the ending of its real format, or leave it out",
        )
    try:
        text = body.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        reason = f"not valid {(encoding or 'utf-8').upper()} at byte {error.start}"
        raise UnreadableFile(reason, place=place, remedy=_REMEDY) from error
    refuse_unstorable(text, place)
    return text


def refuse_unstorable(value: Any, place: str) -> None:
    """Raise UnreadableFile when a string anywhere in a nested value cannot be stored.

    Databases refuse the NUL character, and UTF-8 cannot write half of a surrogate pair.
    """
    if isinstance(value, str):
        if found := _UNSTORABLE.search(value):
            name = "a NUL character" if found[0] == "\x00" else "half of a surrogate pair"
            raise UnreadableFile(
                f"{name} at character {found.start()}",
                place=place,
                remedy="remove the character from the source",
            )
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key, place)
            refuse_unstorable(item, place)
    elif isinstance(value, list | tuple):
        for item in value:
            refuse_unstorable(item, place)
