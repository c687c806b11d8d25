"""What a text is called when nobody says: its first heading, its first short line, its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONGEST_LINE = 120
_LONGEST_MARKED = 2000
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
_MARKS = re.compile(r"^(?:#{1,6}[ \t]+|>[ \t]*|[-*+][ \t]+)+")
_FILE_NAME = re.compile(r"|(microsoft \w+ - .*)|untitled\b.*|\S*\.\w{2,5}", re.IGNORECASE)
_WRAPPED = re.compile(r"\*\*(.+?)\*\*|`(.+?)`|(?<!!)\[([^\]]+)\]\([^)]*\)")


def title_of(body: str, fallback: str) -> str:
    """The first heading of level 1 outside fences, else the first line with words when it has
    120 characters at most, else `fallback`.
    """
    first = ""
    previous = ""
    for line in _outside_fences(body):
        if heading := _HEADING.match(line):
            if words := _bare(re.sub(r"(?:^|(?<=[ \t]))#+$", "", line[heading.end() :].strip())):
                return words
        elif previous and _UNDERLINE.fullmatch(line):
            return _bare(previous)
        previous = line.strip()
        if not first and any(map(str.isalnum, line)) and not previous.startswith("<!--"):
            first = _bare(_MARKS.sub("", previous))
    return first if first and len(first) <= _LONGEST_LINE else fallback


def readable(document_id: str) -> str:
    """A name made from the last part of a document's id: `clinic/needle-stick` → Needle stick."""
    name = re.sub(r"[-_\s]+", " ", document_id.rsplit("/", 1)[-1]).strip()
    return name[:1].upper() + name[1:] or document_id


def is_file_name(title: str) -> bool:
    """Whether a title that a program put into a file says only how the file was made."""
    return bool(_FILE_NAME.fullmatch(title))


def _outside_fences(body: str) -> Iterator[str]:
    fence = ""
    for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", body):
        line = match[0].rstrip("\r\n")
        opening = _FENCE.match(line)
        if fence:
            if opening and opening[1].startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif opening:
            fence = opening[1]
        else:
            yield line


def _bare(words: str) -> str:
    """The words without the marks around them; very long lines keep theirs."""
    if len(words) < _LONGEST_MARKED:
        words = _WRAPPED.sub(lambda m: m[1] or m[2] or m[3], words)
    return " ".join(words.split())
