from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from copilot import compose
from copilot.retrieval.hashing import HashingEmbedder
from copilot.settings import Settings
from copilot.store import Store
from copilot.store.vectors import Embedded
from ingest import __main__ as command

Files = Callable[..., Path]


class Counting(HashingEmbedder):
    """Notes every text that it embeds."""

    def __init__(self) -> None:
        super().__init__(64)
        self.embedded: list[str] = []

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        self.embedded += texts
        return super().embed_passages(texts, spans)


@pytest.fixture(autouse=True)
def embedder(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """A data folder of this test's own, and an embedder that needs no model."""
    counting = Counting()
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(compose, "open_embedder", lambda settings: counting)
    (tmp_path / "data").mkdir()
    shutil.copy(empty_database, tmp_path / "data")
    return counting


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes files below a folder; None takes one away. Returns the folder."""

    def write(**texts: str | bytes | None) -> Path:
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            path = folder / name.replace("__", ".")
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return folder

    return write


def ingest(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command.app, [str(one) for one in arguments], catch_exceptions=False)


def store() -> Store:
    return Store(Settings().store_url)


def live() -> set[str]:
    return set(store().documents.hashes())


def test_it_says_what_was_added_changed_retired_and_left(files: Files) -> None:
    folder = files(one__md="# One\n\nText one.", two__md="Text two.", three__txt="Text three.")
    first = ingest(folder)
    assert (first.stdout, first.exit_code) == ("+3 ~0 -0 =0\n", 0)
    assert ingest(folder).stdout == "+0 ~0 -0 =3\n"
    files(one__md="# One\n\nText one, changed.", four__html="<p>Text four.</p>", two__md=None)
    assert ingest(folder).stdout == "+1 ~1 -0 =1\n"
    assert ingest(folder, "--prune").stdout == "+0 ~0 -1 =3\n"
    assert live() == {"one", "three", "four"}
    assert store().documents.version("one").version == 2


def test_a_second_run_embeds_nothing(files: Files, embedder: Counting) -> None:
    folder = files(one__md="Text one.", two__md="Text two.")
    ingest(folder)
    assert len(embedder.embedded) == 2
    ingest(folder)
    files(one__md=None, moved__md="# one\n\nText two.")
    ingest(folder)
    assert len(embedder.embedded) == 3  # the new title above the same text


def test_what_vanished_stays_unless_asked(files: Files) -> None:
    folder = files(one__md="Text one.", two__md="Text two.")
    ingest(folder)
    files(two__md=None)
    assert ingest(folder).stdout == "+0 ~0 -0 =1\n"
    assert live() == {"one", "two"}
    assert ingest(folder, "--prune").stdout == "+0 ~0 -1 =1\n"
    assert live() == {"one"}


def test_a_document_that_comes_back_is_added_again(files: Files) -> None:
    folder = files(one__md="Text one.", two__md="Text two.")
    ingest(folder)
    files(two__md=None)
    ingest(folder, "--prune")
    files(two__md="Text two.")
    assert ingest(folder).stdout == "+1 ~0 -0 =1\n"
    assert store().documents.version("two").version == 2


BROKEN = {
    "binary__md": (b"\x00\x01\x02\x03" * 50, "binary.md"),
    "empty__md": (b"", "empty.md"),
    "torn__pdf": (b"%PDF-1.7\n1 0 obj\n<<", "torn.pdf"),
    "torn__docx": (b"PK\x03\x04 not a zip", "torn.docx"),
    "front__md": (b"---\ntitle: [\n---\nText.", "front.md"),
    "dates__md": (b"---\neffective_from: someday\n---\nText.", "dates.md"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_file_is_named_while_all_others_go_on(files: Files, name: str) -> None:
    content, shown = BROKEN[name]
    folder = files(a_first__md="Text one.", z_last__md="Text two.", **{name: content})
    done = ingest(folder)
    assert done.exit_code == 1
    assert done.stdout == "+2 ~0 -0 =0\n"
    (line,) = done.stderr.splitlines()
    assert shown in line
    assert ";" in line  # with what to do about it
    assert live() == {"a_first", "z_last"}


def test_every_broken_file_is_named(files: Files) -> None:
    folder = files(**{name: content for name, (content, _) in BROKEN.items()})
    done = ingest(folder)
    assert done.stdout == "+0 ~0 -0 =0\n"
    assert len(done.stderr.splitlines()) == len(BROKEN)
    assert all(
        any(shown in line for line in done.stderr.splitlines()) for _, shown in BROKEN.values()
    )


def test_a_broken_line_of_records_is_named_while_the_others_go_on(files: Files) -> None:
    lines = ['{"_id": "a", "title": "A", "text": "Text a."}', "{torn", '{"_id": "b", "text": "B."}']
    folder = files(corpus__jsonl="\n".join(lines))
    done = ingest(folder)
    assert (done.exit_code, done.stdout) == (1, "+2 ~0 -0 =0\n")
    assert "corpus.jsonl:2" in done.stderr


def test_what_cannot_be_read_has_not_vanished(files: Files) -> None:
    folder = files(one__md="Text one.", two__md="Text two.", three__md="Text three.")
    ingest(folder)
    files(two__md=b"\x00\x01\x02\x03" * 50, three__md=None)
    done = ingest(folder, "--prune")
    assert (done.exit_code, done.stdout) == (1, "+0 ~0 -1 =1\n")
    assert live() == {"one", "two"}


def test_what_lies_below_a_folder_that_cannot_be_opened_has_not_vanished(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(one__md="Text one.")
    (folder / "shut").mkdir()
    (folder / "shut" / "two.md").write_text("Text two.")
    assert ingest(folder).stdout == "+2 ~0 -0 =0\n"
    scandir = os.scandir

    def refuse(path: Path) -> Any:
        if Path(path).name == "shut":
            raise PermissionError("not allowed")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    done = ingest(folder, "--prune")
    assert (done.exit_code, done.stdout) == (1, "+0 ~0 -0 =1\n")
    assert "shut" in done.stderr
    assert live() == {"one", "shut/two"}


def test_nothing_is_retired_while_some_records_cannot_be_read(files: Files) -> None:
    record = '{"_id": "%s", "text": "Text."}\n'
    folder = files(corpus__jsonl=record % "a" + record % "b", one__md="Text one.")
    ingest(folder)
    files(corpus__jsonl=record % "a" + "{torn\n")
    done = ingest(folder, "--prune")
    assert done.exit_code == 1
    assert "nothing is retired" in done.stderr
    assert live() == {"a", "b", "one"}


def test_pruning_one_folder_leaves_others_alone(files: Files, tmp_path: Path) -> None:
    folder = files(one__md="Text one.")
    other = tmp_path / "other"
    other.mkdir()
    (other / "two.md").write_text("Text two.")
    assert ingest(folder, other).stdout == "+2 ~0 -0 =0\n"
    files(one__md=None)
    (other / "two.md").unlink()
    assert ingest(folder, "--prune").stdout == "+0 ~0 -1 =0\n"
    assert live() == {"two"}


def test_a_file_that_is_named_alone_retires_nothing(files: Files) -> None:
    folder = files(one__md="Text one.", two__md="Text two.")
    ingest(folder)
    assert ingest(folder / "one.md", "--prune").stdout == "+0 ~0 -0 =1\n"
    assert live() == {"one", "two"}


def test_an_id_that_two_files_give_is_taken_once_and_named(files: Files) -> None:
    folder = files(one__md="Text one.", one__txt="Other text.")
    done = ingest(folder)
    assert (done.exit_code, done.stdout) == (1, "+1 ~0 -0 =0\n")
    assert "one.txt" in done.stderr


def test_files_of_other_kinds_are_passed_over_and_counted(files: Files) -> None:
    folder = files(one__md="Text one.", picture__png=b"\x89PNG", sheet__xlsx=b"PK")
    done = ingest(folder)
    assert (done.exit_code, done.stdout) == (0, "+1 ~0 -0 =0\n")
    assert "2 files of other kinds were passed over" in done.stderr


def test_a_path_that_is_not_there_is_named_while_others_go_on(files: Files) -> None:
    folder = files(one__md="Text one.")
    done = ingest(folder / "missing.md", folder)
    assert (done.exit_code, done.stdout) == (1, "+1 ~0 -0 =0\n")
    assert "missing.md: no such file or folder" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(files: Files) -> None:
    folder = files(one__md="Text one.", two__md="Text two.")
    (folder / "two.md").chmod(0)
    done = ingest(folder)
    assert (done.exit_code, done.stdout) == (1, "+1 ~0 -0 =0\n")
    assert "permission" in done.stderr


def test_customers_and_their_talks_are_taken_in(files: Files) -> None:
    customer = {"customer_id": "ada", "name": "Ada", "tier": "gold"}
    interaction = {
        "interaction_id": "i1",
        "customer_id": "ada",
        "channel": "call",
        "started_at": "2026-03-04T10:12:00Z",
        "turns": [{"turn_id": "t1", "role": "customer", "text": "Where is my parcel?"}],
    }
    folder = files(
        customers__jsonl=json.dumps(customer), interactions__jsonl=json.dumps(interaction)
    )
    assert ingest(folder).stdout == "+2 ~0 -0 =0\n"
    assert ingest(folder, "--prune").stdout == "+0 ~0 -0 =2\n"
    found = store().customers
    assert found.customer("ada").attributes == {"tier": "gold"}
    assert [one.interaction_id for one in found.timeline("ada")] == ["i1"]
    customer["tier"] = "silver"
    interaction["outcome"] = "resolved"
    files(customers__jsonl=json.dumps(customer), interactions__jsonl=json.dumps(interaction))
    assert ingest(folder).stdout == "+0 ~2 -0 =0\n"


def test_front_matter_says_whom_and_when_a_document_is_for(files: Files) -> None:
    text = "---\ntitle: Returns\nscope:\n  roles: [agent]\neffective_to: 2026-12-31\n---\nText."
    ingest(files(one__md=text))
    document = store().documents.version("one").document
    assert document.title == "Returns"
    assert document.audience.roles == ("agent",)
    assert document.effective_to is not None


def test_a_setting_that_contradicts_is_said_in_one_line(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = files(one__md="Text one.")
    monkeypatch.setenv("COPILOT_DATABASE_URL", "mysql://nowhere")
    monkeypatch.setattr(sys, "argv", ["copilot-ingest", str(folder)])
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 2
    shown = capsys.readouterr().err
    assert "COPILOT_DATABASE_URL" in shown
    assert shown.count("\n") == 1
