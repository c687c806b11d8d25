from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.chat import tokens

TEXT = "You can bring it back within 30 days, with the receipt and in its box."


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    tokens._counter.cache_clear()
    yield
    tokens._counter.cache_clear()


def test_without_tiktokens_table_the_word_pieces_are_counted() -> None:
    assert tokens.counted_by() == "wordpiece"
    assert tokens.count("") == 0
    assert tokens.count("the cat sat") == round(3 * 1.16)
    assert 16 <= tokens.count(TEXT) <= 22


def test_a_run_that_is_one_word_piece_still_counts_for_its_length() -> None:
    assert tokens.count("x" * 8000) >= 1000


def test_without_a_tokenizer_characters_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_tokenizer", lambda: None)
    assert (tokens.counted_by(), tokens.count("a" * 9)) == ("characters", 3)


@pytest.mark.parametrize("content", [None, b"", b"not the table"])
def test_a_table_that_is_missing_or_another_is_neither_used_nor_replaced(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tiktoken would delete it and download: this test may open no socket."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    name = hashlib.sha1(tokens._TABLE.encode(), usedforsecurity=False).hexdigest()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert tokens.counted_by() == "wordpiece"
    assert tokens.count(TEXT) > 0
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [content] * (content is not None)


def test_the_table_that_is_looked_for_is_the_one_that_tiktoken_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tiktoken_ext import openai_public

    asked: list[tuple[str, str | None]] = []

    def load(url: str, expected_hash: str | None = None) -> dict[bytes, int]:
        asked.append((url, expected_hash))
        return {}

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", load)
    openai_public.o200k_base()
    assert asked == [(tokens._TABLE, tokens._TABLE_SHA256)]


def test_a_table_at_hand_counts_exactly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A table of single bytes in place of the real one, under its name and with its own hash."""
    import base64

    import tiktoken
    from tiktoken import registry
    from tiktoken_ext import openai_public

    table = b"".join(base64.b64encode(bytes([one])) + b" %d\n" % one for one in range(256))
    name = hashlib.sha1(tokens._TABLE.encode(), usedforsecurity=False).hexdigest()
    (tmp_path / name).write_bytes(table)
    sha256 = hashlib.sha256(table).hexdigest()
    load = openai_public.load_tiktoken_bpe
    monkeypatch.setattr(
        openai_public, "load_tiktoken_bpe", lambda url, expected_hash: load(url, sha256)
    )
    monkeypatch.setattr(tokens, "_TABLE_SHA256", sha256)
    monkeypatch.setattr(registry, "ENCODINGS", {})
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert tokens.counted_by() == "o200k_base"
    assert tokens.count("<|endoftext|> é") == len("<|endoftext|> é".encode())
    assert tiktoken.get_encoding("o200k_base").n_vocab > 256
