"""JSON Lines: one record a line. A bad line is reported, the others go on."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, NoReturn

from copilot.errors import UnreadableFile
from copilot.types import Customer, Document, Interaction
from ingest.readers.decode import decoded, split_mark
from ingest.readers.records import record_from

LONGEST_LINE = 5_000_000
_ONE_A_LINE = "write one JSON object on each line, without brackets or commas around them"


def read(data: bytes, place: str) -> Iterator[Document | Customer | Interaction | UnreadableFile]:
    """The records of a file in their order, one line at a time.

    A line yields an UnreadableFile that names `place:line` when it is longer than 5 MB, is not
    JSON, is no record, or gives an id that its kind of record had before. Raises UnreadableFile
    for a file in another encoding, and for JSON that is not in lines.
    """
    encoding, body = split_mark(data)
    if encoding not in (None, "utf-8"):
        body = decoded(data, place).encode()
    seen: dict[tuple[str, str], int] = {}
    for number, line in enumerate(io.BytesIO(body), start=1):
        if not line.strip():
            continue
        where = f"{place}:{number}"
        if number == 1 and line.strip() in (b"[", b"{"):
            raise UnreadableFile("JSON, but not in lines", place=place, remedy=_ONE_A_LINE)
        try:
            record = record_from(_parsed(line, where), where)
            _refuse_repeat(record, seen, number, where)
        except RecursionError:
            yield UnreadableFile("nested too deeply", place=where, remedy="write it flatter")
        except UnreadableFile as problem:
            yield problem
        else:
            yield record


def _parsed(line: bytes, where: str) -> Any:
    if len(line) > LONGEST_LINE:
        raise UnreadableFile(
            f"the line is longer than {LONGEST_LINE // 1_000_000} MB",
            place=where,
            remedy="split the record",
        )
    text = decoded(line, where)
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        reason = f"not JSON: {getattr(error, 'msg', error)}"
        if column := getattr(error, "colno", None):
            reason += f" at column {column}"
        raise UnreadableFile(reason, place=where, remedy=_ONE_A_LINE) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _refuse_repeat(
    record: Document | Customer | Interaction,
    seen: dict[tuple[str, str], int],
    number: int,
    where: str,
) -> None:
    match record:
        case Document(document_id=name):
            kind = "document"
        case Customer(customer_id=name):
            kind = "customer"
        case Interaction(interaction_id=name):
            kind = "interaction"
    if seen.setdefault((kind, name), number) != number:
        raise UnreadableFile(
            f"the {kind} {name!r:.80} stands on line {seen[kind, name]} already",
            place=where,
            remedy="keep one of the two",
        )
