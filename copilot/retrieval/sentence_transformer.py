"""Any Sentence Transformers model, from a folder or from the Hugging Face hub, on CPU or GPU."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from copilot.errors import ConfigurationError, EmbedderError
from copilot.ports import Vectors
from copilot.retrieval.pool import span_means, unit
from copilot.retrieval.threads import torch_pool
from copilot.retrieval.weights import identity, load
from copilot.store.vectors import Embedded

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding

# Passages in one forward pass.
_BATCH = 32
# A part of a long question uses this much of the window, because cutting it may add tokens.
_FILL = 0.8
# Where a model does not say how much it reads.
_WINDOW = 512
# Some say that they read without end.
_LONGEST = 100_000


class SentenceTransformerEmbedder:
    """Safe to call from several threads; a question waits for no passage."""

    def __init__(self, name_or_path: str, device: str = "cpu") -> None:
        """Loads the model; only a hub name may be fetched. Raises ConfigurationError."""
        import torch
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer

        self._st = load(SentenceTransformer, name_or_path, device)
        self.model = f"st/{identity(name_or_path)}"
        backend = getattr(self._st.tokenizer, "backend_tokenizer", None)
        if backend is None:
            raise ConfigurationError(f"the model {name_or_path!r} has no fast tokenizer")
        # Copies: the library's own changes its settings while others use it.
        self._tokenizer = Tokenizer.from_str(backend.to_str())
        self._truncating = Tokenizer.from_str(backend.to_str())
        self._window = min(int(self._st.max_seq_length or _WINDOW), _LONGEST)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._truncating.enable_truncation(self._window)
        self._truncating.no_padding()
        self._pools_by_mean = _pools_by_mean(self._st)
        self._asking = torch_pool(os.cpu_count() or 1, 1, "embed-query")
        self._reading = torch_pool(1, torch.get_num_threads(), "embed-passages")
        self.dimension = self.embed_query("dimension").shape[1]

    def embed_query(self, text: str) -> Vectors:
        """Unit vectors, (parts, dimension): a question beyond the window is cut evenly."""
        parts = self._parts(text)
        return self._asking.submit(self._queries, parts).result()

    def embed_passages(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> list[Embedded]:
        """A vector a text, and a span's where the model averages its tokens.

        What exceeds the window is not seen; a span beyond it, or of fewer than three tokens, gets
        the zero vector. Raises EmbedderError.
        """
        if not texts:
            return []
        return self._reading.submit(self._passages, list(texts), list(spans)).result()

    def _queries(self, parts: list[str]) -> Vectors:
        found = self._encode(self._st.encode_query, parts, convert_to_numpy=True)
        return np.stack([unit(np.asarray(vector, dtype=np.float32)) for vector in found])

    def _passages(self, texts: list[str], spans: list[Sequence[tuple[int, int]]]) -> list[Embedded]:
        if not self._pools_by_mean:
            found = self._encode(self._st.encode_document, texts, convert_to_numpy=True)
            return [Embedded(unit(np.asarray(vector, dtype=np.float32))) for vector in found]
        embedded: list[Embedded] = []
        for start in range(0, len(texts), _BATCH):  # token vectors are large: a batch at a time
            batch = slice(start, start + _BATCH)
            items = self._encode(self._st.encode_document, texts[batch], output_value=None)
            embedded += map(self._pooled, items, texts[batch], spans[batch])
        return embedded

    def _encode(self, encode: Any, texts: list[str], **options: Any) -> Any:
        try:
            return encode(texts, batch_size=_BATCH, show_progress_bar=False, **options)
        except (RuntimeError, ValueError, IndexError) as error:
            raise EmbedderError(f"the model failed: {error}") from error

    def _pooled(
        self, item: dict[str, Any], text: str, spans: Sequence[tuple[int, int]]
    ) -> Embedded:
        """The vectors of one text; its spans have none where its tokens cannot be told apart."""
        vector = unit(item["sentence_embedding"].float().cpu().numpy())
        seen = item["attention_mask"].bool()
        prompt = self._st.prompts.get("document") or ""
        encoding: Encoding = self._truncating.encode(prompt + text)
        if item["input_ids"][seen].tolist() != encoding.ids:
            return Embedded(vector)
        words = np.array(encoding.special_tokens_mask) == 0
        tokens = item["token_embeddings"][seen].float().cpu().numpy()[words]
        offsets = np.array(encoding.offsets, dtype=np.int64)[words] - len(prompt)
        return Embedded(vector, span_means(tokens, offsets, spans))

    def _parts(self, text: str) -> list[str]:
        """The question, whole or cut evenly between words into parts that fit the window."""
        encoding: Encoding = self._tokenizer.encode(text, add_special_tokens=False)
        if not encoding.ids:
            raise EmbedderError("there is no word in the question")
        prompt = self._tokenizer.encode(self._st.prompts.get("query") or "")
        room = max(8, int(_FILL * (self._window - len(prompt.ids))))
        count = -(-len(encoding.ids) // room)
        size = -(-len(encoding.ids) // count)
        cuts = [0]
        for token in range(size, len(encoding.ids), size):
            start = encoding.offsets[token][0]
            space = max(text.rfind(" ", cuts[-1], start), text.rfind("\n", cuts[-1], start))
            cuts.append(space if space > cuts[-1] else start)
        parts = [text[left:right].strip() for left, right in pairwise([*cuts, len(text)])]
        return [part for part in parts if part]


def _pools_by_mean(model: SentenceTransformer) -> bool:
    """Whether a text's vector is the mean of its tokens' and nothing else happens to it."""
    kinds = [type(module).__name__ for module in model]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        return False
    return bool(getattr(model[1], "pooling_mode", None) == "mean")
