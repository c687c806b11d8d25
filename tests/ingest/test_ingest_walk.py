from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copilot.errors import UnreadableFile
from copilot.types import Customer, Document
from ingest.walk import Source, load, walk


def put(path: Path, content: str | bytes = "# Words\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def ids(*paths: Path) -> list[str]:
    return [source.document_id for source in walk(paths)]


def problem(source: Source, **options: int) -> UnreadableFile:
    (record,) = load(source, **options)
    assert isinstance(record, UnreadableFile)
    assert record.remedy
    return record


def only(*paths: Path) -> Source:
    (source,) = walk(paths)
    return source


def test_a_document_is_called_by_its_path_below_the_folder_without_its_ending(tmp_path: Path):
    put(tmp_path / "shop" / "till.count.md")
    put(tmp_path / "shop" / "deep" / "a b.TXT")
    put(tmp_path / "clinic.html", "<p>x")
    assert ids(tmp_path) == ["clinic", "shop/deep/a b", "shop/till.count"]
    source = next(walk([tmp_path]))
    assert source == Source(
        tmp_path / "clinic.html",
        "clinic",
        "text/html",
        (tmp_path / "clinic.html").as_posix(),
        tmp_path,
    )


def test_a_file_that_is_named_itself_is_called_by_its_stem(tmp_path: Path):
    source = only(put(tmp_path / "shop" / "till.md"))
    assert (source.document_id, source.root) == ("till", tmp_path / "shop")


def test_a_name_has_one_id_however_its_accents_are_written(tmp_path: Path):
    put(tmp_path / "cafe\u0301.md")
    assert ids(tmp_path) == ["caf\u00e9"]


def test_the_order_is_that_of_the_paths_and_below_them_of_the_names(tmp_path: Path):
    for name in ("b/2.md", "b/10.md", "a/z.md", "a.md", "c/x.md"):
        put(tmp_path / name)
    assert ids(tmp_path / "c", tmp_path) == ["x", "a/z", "a", "b/10", "b/2", "c/x"]


def test_hidden_files_are_passed_over_and_other_endings_are_counted(tmp_path: Path):
    put(tmp_path / ".git" / "a.md")
    put(tmp_path / ".hidden.md")
    put(tmp_path / "kept.md")
    put(tmp_path / "photo.png")
    put(tmp_path / "LICENSE")
    skipped: list[Path] = []
    sources = list(walk([tmp_path], on_skip=skipped.append))
    assert [source.document_id for source in sources] == ["kept"]
    assert [path.name for path in skipped] == ["LICENSE", "photo.png"]


def test_a_hidden_file_that_is_named_itself_is_read(tmp_path: Path):
    assert only(put(tmp_path / ".notes.md")).document_id == ".notes"


@pytest.mark.parametrize("name", ["photo.png", "LICENSE"])
def test_an_unknown_ending_that_was_named_is_reported_with_the_known_ones(
    tmp_path: Path, name: str
):
    found = problem(only(put(tmp_path / name)))
    assert "ending" in found.reason
    assert ".md" in found.remedy


def test_the_questions_of_a_beir_folder_are_no_documents(tmp_path: Path):
    line = '{"_id": "1", "text": "x"}'
    put(tmp_path / "corpus.jsonl", line)
    put(tmp_path / "queries.jsonl", line)
    put(tmp_path / "alone" / "queries.jsonl", line)
    skipped: list[Path] = []
    assert [s.document_id for s in walk([tmp_path], on_skip=skipped.append)] == [
        "alone/queries",
        "corpus",
    ]
    assert skipped == [tmp_path / "queries.jsonl"]


def test_the_records_of_a_file_are_loaded(tmp_path: Path):
    put(tmp_path / "a.md", "# Éclair\r\n")
    put(tmp_path / "b.ndjson", '{"customer_id": "c"}\n')
    made = [record for source in walk([tmp_path]) for record in load(source)]
    assert made == [Document("a", "Éclair", "# Éclair\r\n"), Customer("c")]


def test_two_files_of_one_id_are_reported_and_the_first_is_kept(tmp_path: Path):
    put(tmp_path / "a.html", "<p>first")
    put(tmp_path / "a.md", "second")
    put(tmp_path / "other" / "a.md", "third")
    first, second, _, third = walk([tmp_path, tmp_path / "other"])
    (kept,) = load(first)
    assert isinstance(kept, Document)
    assert kept.text == "first\n"
    for source in (second, third):
        assert "'a'" in problem(source).reason
        assert (tmp_path / "a.html").as_posix() in problem(source).reason


def test_a_file_that_is_named_twice_is_given_once(tmp_path: Path):
    put(tmp_path / "a.md")
    assert ids(tmp_path, tmp_path / "a.md", tmp_path) == ["a"]


def test_a_record_file_and_a_document_may_share_a_name(tmp_path: Path):
    put(tmp_path / "a.jsonl", '{"customer_id": "c"}')
    put(tmp_path / "a.md")
    assert not any(source.problem for source in walk([tmp_path]))


def test_a_path_that_is_not_there_is_reported(tmp_path: Path):
    put(tmp_path / "b.md")
    missing, there = walk([tmp_path / "gone.md", tmp_path / "b.md"])
    assert problem(missing).reason == "no such file or folder"
    assert isinstance(next(load(there)), Document)


def test_a_file_that_vanishes_after_the_walk_is_reported(tmp_path: Path):
    source = only(put(tmp_path / "a.md"))
    source.path.unlink()
    assert problem(source).reason == "no such file"


@pytest.mark.parametrize("content", [b"", b" \n\t"])
@pytest.mark.parametrize("ending", [".md", ".html", ".pdf", ".docx", ".jsonl"])
def test_an_empty_file_is_reported(tmp_path: Path, content: bytes, ending: str):
    assert problem(only(put(tmp_path / f"a{ending}", content))).reason == "the file is empty"


def test_a_file_that_is_too_large_is_reported_and_one_of_just_that_size_is_read(tmp_path: Path):
    source = only(put(tmp_path / "a.md", "x" * 100))
    assert isinstance(next(load(source, max_bytes=100)), Document)
    assert problem(source, max_bytes=99).reason == "larger than 99 bytes"


def test_a_bad_file_does_not_end_the_walk(tmp_path: Path):
    put(tmp_path / "a.md", b"\xff\xfe\x00")
    put(tmp_path / "b.pdf", b"no pdf")
    put(tmp_path / "c.docx", b"no docx")
    put(tmp_path / "d.jsonl", "[\n{}\n]")
    put(tmp_path / "e.md", "---\ntitle: [\n---\n")
    put(tmp_path / "f.md")
    made = [record for source in walk([tmp_path]) for record in load(source)]
    assert [isinstance(record, UnreadableFile) for record in made] == [True] * 5 + [False]
    assert [str(record).split(":")[0][-1] for record in made[:4]] == ["d", "f", "x", "l"]


def test_links_to_outside_the_folder_are_reported_and_links_inside_are_read(tmp_path: Path):
    put(tmp_path / "outside" / "secret.md")
    root = tmp_path / "root"
    put(root / "real.md")
    (root / "link.md").symlink_to("real.md")
    (root / "leak.md").symlink_to(tmp_path / "outside" / "secret.md")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "again").symlink_to(root)
    skipped: list[Path] = []
    sources = {s.document_id: s for s in walk([root], on_skip=skipped.append)}
    assert list(sources) == ["folder", "leak", "link", "real"]
    assert skipped == [root / "again"]
    assert isinstance(next(load(sources["link"])), Document)
    for name in ("folder", "leak"):
        assert problem(sources[name]).reason == "a link to outside the folder"


def test_broken_links_and_links_in_a_circle_are_reported(tmp_path: Path):
    (tmp_path / "a.md").symlink_to("gone.md")
    (tmp_path / "b.md").symlink_to("b.md")
    broken, circle = walk([tmp_path])
    assert problem(broken).reason == "no such file"
    assert "link" in problem(broken).remedy
    assert "cannot be read" in problem(circle).reason


def test_a_folder_that_is_itself_a_link_may_be_named(tmp_path: Path):
    put(tmp_path / "real" / "a.md")
    (tmp_path / "link").symlink_to("real")
    assert isinstance(next(load(only(tmp_path / "link"))), Document)


def test_a_pipe_is_reported_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "a.md")
    assert problem(only(tmp_path)).reason == "not a regular file"


def test_a_folder_may_have_the_ending_of_a_file(tmp_path: Path):
    put(tmp_path / "a.md" / "b.md")
    assert ids(tmp_path) == ["a.md/b"]


def test_a_name_that_is_no_utf_8_is_reported(tmp_path: Path):
    raw = os.fsencode(tmp_path) + b"/\xff.md"
    try:
        Path(os.fsdecode(raw)).write_text("x")
    except OSError:
        pytest.skip("this file system takes no such names")
    found = problem(only(tmp_path))
    assert found.reason == "the name is not valid UTF-8"
    found.place.encode()


@contextmanager
def without_rights(path: Path) -> Iterator[None]:
    """Take the rights to a path away; root gives up its own for as long."""
    is_root = os.geteuid() == 0
    for parent in (path, *path.parents)[1:] if is_root else ():
        if parent.stat().st_uid == 0 and "pytest" in parent.as_posix():
            parent.chmod(0o755)
    path.chmod(0)
    try:
        if is_root:
            os.seteuid(65534)
        yield
    finally:
        if is_root:
            os.seteuid(0)
        path.chmod(0o755)


def test_a_file_without_read_permission_is_reported(tmp_path: Path):
    path = put(tmp_path / "a.md")
    with without_rights(path):
        found = problem(only(tmp_path))
    assert found.reason == "no permission to read it"


def test_a_folder_without_read_permission_is_reported_and_the_others_go_on(tmp_path: Path):
    put(tmp_path / "a" / "a.md")
    put(tmp_path / "b.md")
    with without_rights(tmp_path / "a"):
        closed, there = walk([tmp_path])
        assert problem(closed).reason == "no permission to read it"
        assert isinstance(next(load(there)), Document)
