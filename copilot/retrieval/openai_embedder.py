"""Embeddings from any server that speaks OpenAI's protocol. The one file that knows its client
for embeddings.

Personal data is masked before a text leaves this machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from copilot.errors import ConfigurationError, EmbedderError
from copilot.ports import Vectors
from copilot.retrieval.pool import unit
from copilot.store.vectors import Embedded

_DEFAULT_URL = "https://api.openai.com/v1"
# Somebody waits for a question; nobody for a passage.
_QUERY_TIMEOUT_S, _QUERY_RETRIES = 8.0, 1
_PASSAGE_TIMEOUT_S, _PASSAGE_RETRIES = 60.0, 5
_BATCH = 64
# Characters in one part of a long question: about 300 tokens, which every model reads.
_PART = 1200
_WORD = re.compile(r"\w")


class OpenAiEmbedder:
    """Safe to call from several threads. Gives no vectors of sentences."""

    def __init__(
        self, base_url: str, api_key: str, model: str, *, mask: Callable[[str], str]
    ) -> None:
        """`mask` takes personal data out of what is sent to another machine.

        Asks nothing yet. Raises ConfigurationError for a URL that is none, or a missing key.
        """
        url = base_url or _DEFAULT_URL
        host = _host(url)
        if not base_url and not api_key:
            raise ConfigurationError("set COPILOT_EMBEDDER_API_KEY, or COPILOT_EMBEDDER_BASE_URL")
        import openai

        self._failures = (openai.OpenAIError, ValueError, TypeError, AttributeError)
        self._client = openai.OpenAI(base_url=url, api_key=api_key or "none")
        self._name = model
        self._host = host
        self._mask = None if _is_loopback(host) else mask
        self.model = _identity(host, model, masked=self._mask is not None)
        self._dimension: int | None = None

    @property
    def dimension(self) -> int:
        """Known from the first answer; asks for one where there was none yet."""
        if self._dimension is None:
            self.embed_query("dimension")
        assert self._dimension is not None  # noqa: S101 - an answer sets it; tells mypy
        return self._dimension

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors, (parts, dimension): one for every 1,200 characters, evenly cut."""
        if not _WORD.search(text):
            raise EmbedderError("there is no word in the question")
        return self._embed(_parts(text), _QUERY_TIMEOUT_S, _QUERY_RETRIES)

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """A vector a text; `spans` are not used. Raises EmbedderError."""
        embedded: list[Embedded] = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            vectors = self._embed(batch, _PASSAGE_TIMEOUT_S, _PASSAGE_RETRIES)
            embedded += [Embedded(vector) for vector in vectors]
        return embedded

    def close(self) -> None:
        """Closes the connections to the server."""
        self._client.close()

    def _embed(self, texts: Sequence[str], timeout_s: float, retries: int) -> Vectors:
        sent = [self._mask(text) for text in texts] if self._mask else list(texts)
        client = self._client.with_options(timeout=timeout_s, max_retries=retries)
        try:
            answer = client.embeddings.create(model=self._name, input=sent, encoding_format="float")
            vectors = _read(answer, len(sent))
        except self._failures as error:  # its text may repeat what was sent, so it is not told
            status = getattr(error, "status_code", None)
            what = type(error).__name__ + (f", status {status}" if status else "")
            raise EmbedderError(f"the embedding server {self._host} failed: {what}") from error
        if self._dimension not in (None, vectors.shape[1]):
            raise EmbedderError(
                f"the embedding server {self._host} changed from {self._dimension} to "
                f"{vectors.shape[1]} dimensions"
            )
        self._dimension = vectors.shape[1]
        return vectors


def _read(answer: Any, count: int) -> Vectors:
    """The vectors of an answer in the order of the texts, (count, dimension), at length 1."""
    items = sorted(answer.data, key=lambda item: int(item.index))
    if [int(item.index) for item in items] != list(range(count)):
        raise ValueError(f"{len(items)} vectors for {count} texts")
    vectors = np.array([item.embedding for item in items], dtype=np.float32)
    if vectors.ndim != 2 or vectors.shape[1] == 0:
        raise ValueError("an answer without vectors")
    return np.stack([unit(vector) for vector in vectors])


def _parts(text: str) -> list[str]:
    """The question, whole or cut evenly between words."""
    text = text.strip()
    count = -(-len(text) // _PART)
    cuts = [0]
    for part in range(1, count):
        even = len(text) * part // count
        space = max(text.rfind(" ", cuts[-1] + 1, even), text.rfind("\n", cuts[-1] + 1, even))
        cuts.append(space if space > 0 else even)
    parts = [text[start:end] for start, end in pairwise([*cuts, len(text)])]
    return [part for part in parts if _WORD.search(part)]


def _host(url: str) -> str:
    """The host of a URL, with its port. Raises ConfigurationError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError("COPILOT_EMBEDDER_BASE_URL must begin with https:// or http://")
    return parts.netloc.rpartition("@")[2]


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _identity(host: str, model: str, *, masked: bool) -> str:
    """Vectors of masked texts are others, so the name says which they are."""
    name = f"openai/{host}/{model}/{'masked' if masked else 'plain'}"
    if len(name) > 100:
        name = f"{name[:80]}/{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return name
