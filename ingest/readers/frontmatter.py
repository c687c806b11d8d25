"""Front matter: YAML between `---` lines at the very start of a text, and Documents from fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from copilot.errors import InvalidInput, UnreadableFile
from copilot.types import Document
from ingest.readers.decode import refuse_unstorable
from ingest.readers.fields import NAMED, settled
from ingest.readers.title import title_of

_END = r"[ \t]*(?:\r\n|\r|\n|\Z)"
_OPENING = re.compile(r"---" + _END)
_CLOSING = re.compile(r"(?:(?<=[\r\n])|\A)---" + _END)
_KEY = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*[\w-]+[ \t]*:(?:\s|\Z)")
_MISPLACED = re.compile(rf"\s+---[ \t]*[\r\n]+(?:{'|'.join(sorted(NAMED))})[ \t]*:")
_AS_IN_JSON = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d+)?([eE][-+]?\d{1,2})?|true|false", re.ASCII)
_LONGEST = 64 * 1024
_FORM = "write `key: value` lines between two lines of three dashes"
_READ_AS_WORDS = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "timestamp")}


class _Loader(yaml.SafeLoader):
    """YAML without aliases, because a few of them can unfold into gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        events: Any = self
        if events.check_event(yaml.AliasEvent):
            mark = events.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="aliases are not taken", problem_mark=mark)
        return super().compose_node(parent, index)


def body_start(text: str) -> int:
    """Where the body begins: after the front matter, 0 where there is none. Reads no YAML."""
    block = _block(text)
    return block[1] if block else 0


def parse(text: str, place: str) -> tuple[dict[str, Any], int]:
    """The fields of the front matter, and the offset in `text` at which the body starts.

    ({}, 0) where there is none. The named fields are words as they were written, so that a store
    `0017` or a region `no` stays what it says. Raises UnreadableFile with the line, also for
    fields that no Document would take.
    """
    if _MISPLACED.match(text):
        reason = "front matter after a blank line would be ignored"
        raise UnreadableFile(reason, place=place, remedy="begin the file with the line `---`")
    if (block := _block(text)) is None:
        if (opening := _OPENING.match(text)) and _KEY.match(text, opening.end()):
            reason = "the front matter has no closing line"
            raise UnreadableFile(reason, place=f"{place}:1", remedy=_FORM)
        return {}, 0
    start, body, source = block
    if body - start > _LONGEST:
        reason = f"the front matter is longer than {_LONGEST} characters"
        raise UnreadableFile(reason, place=f"{place}:1", remedy=_FORM)
    fields, lines = _loaded(source, place)
    try:
        refuse_unstorable(fields, f"{place}:1")
        settled(fields)
    except UnreadableFile:
        raise
    except InvalidInput as error:
        line = lines.get(error.place, lines.get("scope", 1))
        raise _named(error, f"{place}:{line}") from error
    return fields, body


def document_from(
    fields: Mapping[str, Any],
    *,
    document_id: str,
    text: str,
    media_type: str,
    place: str,
    fallback_title: str,
) -> Document:
    """A Document of `text` as it is, with what `fields` say of it.

    Without a title it is called by its first heading of level 1, its first short line, or
    `fallback_title`. Raises UnreadableFile for a field or a text that cannot be stored.
    """
    refuse_unstorable([document_id, text, fallback_title, dict(fields)], place)
    body = text[body_start(text) :] if media_type.startswith("text/") else text
    if not body.strip():
        reason = "there is no text" if body == text else "there is no text after the front matter"
        raise UnreadableFile(reason, place=place, remedy="write a body, or leave the file out")
    try:
        named = settled(fields)
    except InvalidInput as error:
        raise _named(error, place) from error
    named["title"] = named["title"] or title_of(body, fallback_title)
    return Document(document_id=document_id, text=text, media_type=media_type, **named)


def _named(error: InvalidInput, place: str) -> UnreadableFile:
    return UnreadableFile(f"{error.place}: {error.reason}", place=place, remedy=error.remedy)


def _block(text: str) -> tuple[int, int, str] | None:
    """Where the YAML starts, where the body starts, and the YAML; None without two lines."""
    if not (opening := _OPENING.match(text)):
        return None
    if not (closing := _CLOSING.search(text, opening.end())):
        return None
    return opening.end(), closing.end(), text[opening.end() : closing.start()]


def _loaded(source: str, place: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The fields of a block of YAML, and the line of the file on which each stands."""
    try:
        return _fields(source, place)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        reason = f"front matter is not YAML: {error.problem or error.context}"
        raise UnreadableFile(reason, place=f"{place}:{line}", remedy=_FORM) from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        reason = f"front matter is not YAML: {str(error).splitlines()[0]}"
        raise UnreadableFile(reason, place=f"{place}:1", remedy=_FORM) from error


def _fields(source: str, place: str) -> tuple[dict[str, Any], dict[str, int]]:
    loader: Any = _Loader(source)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        if not isinstance(node, yaml.MappingNode):
            reason = "front matter is not a mapping"
            raise UnreadableFile(reason, place=f"{place}:2", remedy=_FORM)
        fields: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 2
            if key in fields:
                reason = f"{key}: given twice, first on line {lines[key]}"
                raise UnreadableFile(reason, place=f"{place}:{line}", remedy="keep one of them")
            _keep_words(value_node, all_of_them=key in NAMED)
            fields[key], lines[key] = loader.construct_object(value_node, deep=True), line
        return fields, lines
    finally:
        loader.dispose()


def _keep_words(node: Any, *, all_of_them: bool) -> None:
    """Have YAML read `no`, `0017`, `12:30` and `2026-03-01` as the words they are written as.

    Numbers and truth values as JSON writes them are kept as such, unless all are to be words.
    """
    if isinstance(node, yaml.ScalarNode):
        if node.tag in _READ_AS_WORDS and (all_of_them or not _AS_IN_JSON.fullmatch(node.value)):
            node.tag = "tag:yaml.org,2002:str"
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _keep_words(item, all_of_them=all_of_them)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _keep_words(key, all_of_them=True)
            _keep_words(value, all_of_them=all_of_them)
