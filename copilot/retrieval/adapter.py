"""Weights of MiniLM with a low-rank change to them, in the form in which the runtime holds them.

The change (LoRA: each matrix W becomes W + B A) is small enough to be kept beside the code; it is
merged into the packaged float weights and quantised as the packaged int8 ones are: one scale for
each output, round to nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LAYERS = 6
# The matrices of a layer, and where the packaged graph keeps them, layer by layer.
PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_PLACES = (
    (49, 57, 65, 105, 109, 118),
    (122, 130, 138, 176, 180, 189),
    (193, 201, 209, 247, 251, 260),
    (264, 272, 280, 318, 322, 331),
    (335, 343, 351, 389, 393, 402),
    (406, 414, 422, 460, 464, 473),
)
Arrays = dict[str, NDArray[np.generic]]


def name(layer: int, part: str) -> str:
    """What the float weights call a matrix, without `.weight`."""
    return f"encoder.layer.{layer}.{part}"


def merged(weights: Path, change: Mapping[str, NDArray[np.float16]]) -> Arrays:
    """The graph's initializers, by name, that differ from the packaged ones.

    `weights` is the safetensors file; `change` holds `NAME.A`, (rank, in), and `NAME.B`,
    (out, rank), for some matrices.
    """
    from safetensors import safe_open

    found: Arrays = {}
    with safe_open(str(weights), framework="numpy") as stored:
        for layer, places in enumerate(_PLACES):
            for part, place in zip(PARTS, places, strict=True):
                called = name(layer, part)
                if f"{called}.A" in change:
                    a, b = change[f"{called}.A"], change[f"{called}.B"]
                    whole = stored.get_tensor(f"{called}.weight")
                    whole = whole + b.astype(np.float32) @ a.astype(np.float32)
                    whole_q, scale = _quantised(whole.T)
                    found[f"val_{place}_q"], found[f"val_{place}_scale"] = whole_q, scale
    return found


def with_weights(graph: bytes, arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """The ONNX graph with other values in its initializers of these names, of the same sizes.

    The runtime folds constants before it takes other initializers, so they are put into the bytes:
    in a TensorProto the name (field 8) is followed by the raw data (field 9). Raises ValueError.
    """
    changed = bytearray(graph)
    for called, array in arrays.items():
        mark = b"\x42" + bytes([len(called)]) + called.encode() + b"\x4a"
        at = graph.index(mark) + len(mark)
        size, shift = 0, 0
        while True:
            size |= (graph[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if graph[at - 1] < 0x80:
                break
        if size != array.nbytes:
            raise ValueError(f"{called} has {size} bytes, not {array.nbytes}")
        changed[at : at + size] = array.tobytes()
    return bytes(changed)


def _quantised(whole: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """(in, out) as int8, and the scale of each output, (1, out)."""
    scale = np.abs(whole).max(axis=0, keepdims=True) / 127
    scale = np.maximum(scale, np.finfo(np.float32).tiny).astype(np.float32)
    return np.ascontiguousarray(np.rint(whole / scale), dtype=np.int8), scale
