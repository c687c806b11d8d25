"""Which files there are below the given paths, and what each of them holds.

Owns the ids of documents that come from files. Nothing here ends the walk: what cannot be read is
a value with its reason.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from copilot.errors import UnreadableFile
from ingest.readers import MEDIA_TYPES, Record, is_record_file, read

MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file to ingest. `place` names it in messages; `root` is the folder that was walked.

    A `problem` is what `load` reports in place of records.
    """

    path: Path
    document_id: str
    media_type: str
    place: str
    root: Path
    problem: UnreadableFile | None = None


def walk(
    paths: Sequence[Path], *, on_skip: Callable[[Path], None] | None = None
) -> Iterator[Source]:
    """The files at and below `paths`, each path in turn, a folder's files by their names.

    Hidden files and folders below a folder are passed over. A file there whose ending has no
    reader, and the questions of a BEIR folder, are handed to `on_skip`. What was named explicitly
    and cannot be taken comes as a Source with its problem; so does the second of two files that
    would have one document id.
    """
    skip = on_skip or (lambda path: None)
    taken: dict[str, Source] = {}
    for path in paths:
        for source in _below(path, skip) if _is_folder(path) else iter([_named(path)]):
            if (settled := _unless_taken(source, taken)) is not None:
                yield settled


def load(source: Source, max_bytes: int = MAX_BYTES) -> Iterator[Record | UnreadableFile]:
    """The records of a source, and an UnreadableFile for whatever could not be read. Never raises
    one.
    """
    try:
        if source.problem is not None:
            raise source.problem
        yield from read(
            _content(source, max_bytes),
            media_type=source.media_type,
            document_id=source.document_id,
            place=source.place,
        )
    except UnreadableFile as problem:
        yield problem


def _named(path: Path) -> Source:
    """The source for a file that was named explicitly."""
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "")
    problem = None
    if not media_type:
        problem = UnreadableFile(
            f"no reader for the ending {path.suffix!r}" if path.suffix else "no ending",
            place=_place(path),
            remedy=f"use one of {', '.join(MEDIA_TYPES)}",
        )
    if not os.path.lexists(path):
        problem = UnreadableFile(
            "no such file or folder", place=_place(path), remedy="check the path"
        )
    return _source(path, path.parent, media_type, problem)


def _below(root: Path, skip: Callable[[Path], None]) -> Iterator[Source]:
    """The sources in a folder and in those below it, depth first."""
    pending = [root]
    while pending:
        path = pending.pop()
        if not _is_folder(path):
            yield from _met(path, root, skip)
        elif path != root and path.is_symlink():
            if _is_inside(path, root):  # its files are met in their own place
                skip(path)
            else:
                yield _source(path, root, "", _outside(path))
        else:
            try:
                with os.scandir(path) as entries:
                    names = sorted(entry.name for entry in entries if entry.name[0] != ".")
            except OSError as error:
                yield _source(path, root, "", _unopened(path, error))
            else:
                pending += [path / name for name in reversed(names)]


def _met(path: Path, root: Path, skip: Callable[[Path], None]) -> Iterator[Source]:
    """The source for a file that was met below a folder."""
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "")
    questions = path.stem == "queries" and is_record_file(media_type)
    if not media_type or (questions and os.path.lexists(path.with_stem("corpus"))):
        skip(path)
    else:
        yield _source(path, root, media_type)


def _source(
    path: Path, root: Path, media_type: str, problem: UnreadableFile | None = None
) -> Source:
    relative = PurePath(os.path.relpath(path, root)).as_posix().removesuffix(path.suffix)
    document_id = unicodedata.normalize("NFC", relative)
    if problem is None and any("\ud800" <= letter <= "\udfff" for letter in document_id):
        problem = UnreadableFile(
            "the name is not valid UTF-8", place=_place(path), remedy="rename the file"
        )
    return Source(path, document_id, media_type, _place(path), root, problem)


def _unless_taken(source: Source, taken: dict[str, Source]) -> Source | None:
    """The source; with a problem when another file gave its document id before, and None when
    that is this same file.
    """
    if source.problem is not None or is_record_file(source.media_type):
        return source
    first = taken.setdefault(source.document_id, source)
    if first is source:
        return source
    if os.path.realpath(first.path) == os.path.realpath(source.path):
        return None
    problem = UnreadableFile(
        f"its document id {source.document_id!r} is that of {first.place}",
        place=source.place,
        remedy="rename one of the two, or ingest the folder above both",
    )
    return replace(source, problem=problem)


def _content(source: Source, max_bytes: int) -> bytes:
    """The bytes of a regular file inside its root. Raises UnreadableFile."""
    path, place = source.path, source.place
    if not _is_inside(path, source.root):
        raise _outside(path)
    try:
        # Without blocking, because opening a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableFile(
                    "not a regular file", place=place, remedy="copy its content into a file"
                )
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise _unopened(path, error) from error
    if len(data) > max_bytes:
        raise UnreadableFile(
            f"larger than {max_bytes:,} bytes", place=place, remedy="split the file"
        )
    return data


def _unopened(path: Path, error: OSError) -> UnreadableFile:
    if isinstance(error, PermissionError):
        return UnreadableFile(
            "no permission to read it", place=_place(path), remedy="grant read permission"
        )
    if isinstance(error, FileNotFoundError):
        remedy = "mend or remove the link" if path.is_symlink() else "check the path"
        return UnreadableFile("no such file", place=_place(path), remedy=remedy)
    return UnreadableFile(
        f"cannot be read: {error.strerror or error}", place=_place(path), remedy="check the disk"
    )


def _outside(path: Path) -> UnreadableFile:
    return UnreadableFile(
        "a link to outside the folder", place=_place(path), remedy="name its target instead"
    )


def _is_inside(path: Path, root: Path) -> bool:
    real_root = os.path.realpath(root)
    return os.path.commonpath([os.path.realpath(path), real_root]) == real_root


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder above it may be listed and not entered
        return False


def _place(path: Path) -> str:
    """The path as messages show it; bytes that are no UTF-8 are escaped."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()
