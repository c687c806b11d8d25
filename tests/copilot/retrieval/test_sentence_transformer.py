from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from copilot.errors import ConfigurationError
from copilot.retrieval.weights import identity, load, model_folder

TEXT = "Refunds take five days. The shop opens at nine."
SPANS = [(0, 23), (24, 47)]


def folder_with(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "model"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return folder


def test_a_folders_name_changes_with_its_weights_and_settings_only(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, model__safetensors="weights", config__json="{}")
    first = identity(str(folder))
    assert first.startswith("model/")
    assert len(first.removeprefix("model/")) == 16
    folder_with(tmp_path, README__md="Hello.")
    assert identity(str(folder)) == first
    folder_with(tmp_path, config__json='{"a": 1}')
    second = identity(str(folder))
    folder_with(tmp_path, model__safetensors="other weights")
    assert len({first, second, identity(str(folder))}) == 3


def test_a_folder_that_was_moved_keeps_the_end_of_its_name(tmp_path: Path) -> None:
    first = identity(str(folder_with(tmp_path, model__safetensors="weights")))
    shutil.move(tmp_path / "model", tmp_path / "elsewhere")
    assert identity(str(tmp_path / "elsewhere")).rpartition("/")[2] == first[-16:]


@pytest.mark.parametrize("name", ["/nowhere/model", "./model", "~/model", "a/b/c"])
def test_a_folder_that_does_not_exist_is_never_looked_for_elsewhere(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no model folder"):
        model_folder(name)


def test_a_hub_name_is_looked_for_on_the_disk_first() -> None:
    asked: list[bool] = []

    def kind(name: str, *, device: str, local_files_only: bool = False) -> str:
        asked.append(local_files_only)
        if local_files_only:
            raise OSError("not here")
        return name

    assert load(kind, "some/model", "cpu") == "some/model"
    assert asked == [True, False]


@pytest.mark.parametrize("failure", [OSError, ValueError, RuntimeError, ImportError])
def test_a_model_that_cannot_be_loaded_is_a_configuration_error(
    tmp_path: Path, failure: type[Exception]
) -> None:
    def kind(*_: object, **__: object) -> None:
        raise failure("broken")

    with pytest.raises(ConfigurationError, match="broken"):
        load(kind, str(tmp_path), "cpu")


@pytest.mark.model
def test_each_pool_computes_with_its_own_number_of_torch_threads() -> None:
    import torch

    from copilot.retrieval.threads import torch_pool

    usual = torch.get_num_threads()
    one, three = torch_pool(2, 1, "one"), torch_pool(1, 3, "three")
    found = [pool.submit(torch.get_num_threads).result() for pool in (one, three, one)]
    assert found == [1, 3, 1]
    assert torch.get_num_threads() == usual
    one.shutdown()
    three.shutdown()


@pytest.mark.model
def test_a_folder_without_a_model_is_a_configuration_error(tmp_path: Path) -> None:
    from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder

    with pytest.raises(ConfigurationError, match="cannot load"):
        SentenceTransformerEmbedder(str(tmp_path))
    with pytest.raises(ConfigurationError, match="cannot load"):
        SentenceTransformerEmbedder(str(tmp_path), device="no such device")


@pytest.fixture(scope="module")
def tiny(tiny_bert: Callable[..., Path]) -> Callable[..., Path]:
    """Writes a tiny random model that pools in the given way and has the given prompts."""

    def write(pooling: str, prompts: dict[str, str] | None = None) -> Path:
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

        encoder = Transformer(str(tiny_bert(f"encoder-{pooling}")))
        modules = [encoder, Pooling(32, pooling)]
        folder = encoder_folder(tiny_bert, pooling)
        SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder))
        return folder

    def encoder_folder(make: Callable[..., Path], pooling: str) -> Path:
        return make(f"whole-{pooling}").with_name(f"model-{pooling}")

    return write


@pytest.mark.model
def test_only_a_model_that_averages_its_tokens_gives_vectors_of_sentences(
    tiny: Callable[..., Path],
) -> None:
    from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder

    (first,) = SentenceTransformerEmbedder(str(tiny("cls"))).embed_passages([TEXT], [SPANS])
    (mean,) = SentenceTransformerEmbedder(str(tiny("mean"))).embed_passages([TEXT], [SPANS])
    assert first.spans is None
    assert mean.spans is not None
    for vector in (first.vector, mean.vector):
        assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)


@pytest.mark.model
def test_prompts_of_the_model_are_used_and_move_no_sentence(tiny: Callable[..., Path]) -> None:
    import torch

    from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder

    prompts = {"query": "question: ", "document": "passage of the handbook: "}
    embedder = SentenceTransformerEmbedder(str(tiny("mean", prompts)))
    (embedded,) = embedder.embed_passages([TEXT], [SPANS])
    assert embedded.spans is not None
    whole = prompts["document"] + TEXT
    tokens = embedder._st.tokenizer(whole, return_offsets_mapping=True, return_tensors="pt")
    offsets = tokens.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        hidden = embedder._st[0].auto_model(**tokens).last_hidden_state[0].numpy()
    for row, (start, end) in enumerate(SPANS):
        shift = len(prompts["document"])
        inside = [start + shift <= left < right <= end + shift for left, right in offsets]
        mean = hidden[inside].mean(axis=0)
        assert np.allclose(embedded.spans[row], mean / np.linalg.norm(mean), atol=1e-4)
    expected = embedder._st.encode(prompts["query"] + "How long?", normalize_embeddings=True)
    assert np.allclose(embedder.embed_query("How long?")[0], expected, atol=1e-4)


@pytest.mark.model
def test_a_long_question_is_cut_to_fit_the_window_between_words(tiny: Callable[..., Path]) -> None:
    from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder

    embedder = SentenceTransformerEmbedder(str(tiny("mean", {"query": "question: "})))
    question = "incomprehensibilities of words " * 60
    parts = embedder._parts(question)
    lengths = [len(embedder._st.tokenizer(f"question: {part}").input_ids) for part in parts]
    assert len(parts) > 3
    assert max(lengths) <= 64
    assert min(lengths) > max(lengths) // 2
    assert " ".join(parts).split() == question.split()


@pytest.mark.model
@pytest.mark.slow
def test_a_hub_model_that_was_fetched_before_is_loaded_offline(
    tiny: Callable[..., Path], tmp_path: Path
) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    cached = tmp_path / "hub" / "models--some--model"
    shutil.copytree(tiny("mean"), cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    code = (
        "from copilot.retrieval.sentence_transformer import SentenceTransformerEmbedder as E\n"
        "print(E('some/model').model)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == f"st/some/model/{commit[:16]}", done.stderr
