"""The packaged float model with a low-rank change to learn (LoRA: Hu and others, 2021), in the form
in which `copilot/retrieval/adapter.py` takes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from copilot.retrieval.adapter import LAYERS, PARTS, name

_SCALE = 2.0


class LowRank:
    """`model` gives what it makes of tokens with the change as it stands; only `changes` learn."""

    def __init__(self, folder: Path, *, rank: int, first_layer: int = 0) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder)
        self.model.requires_grad_(False)
        self.changes = torch.nn.ParameterDict()
        self._rank = rank
        for layer in range(first_layer, LAYERS):
            for part in PARTS:
                self._change(name(layer, part))

    def _change(self, called: str) -> None:
        import torch

        linear = self.model.get_submodule(called)
        key = called.replace(".", "/")
        start = torch.randn(self._rank, linear.in_features) / linear.in_features**0.5
        a = torch.nn.Parameter(start)
        b = torch.nn.Parameter(torch.zeros(linear.out_features, self._rank))
        self.changes[f"{key}/A"], self.changes[f"{key}/B"] = a, b

        def add(module: Any, given: tuple[Any, ...], out: Any) -> Any:
            return out + _SCALE * (given[0] @ a.T) @ b.T

        linear.register_forward_hook(add)

    def arrays(self) -> dict[str, Any]:
        """In half precision, with the scale taken into B."""
        found = {}
        for key, value in self.changes.items():
            called, _, side = key.replace("/", ".").rpartition(".")
            scale = _SCALE if side == "B" else 1.0
            found[f"{called}.{side}"] = (scale * value.detach().numpy()).astype(np.float16)
        return found
