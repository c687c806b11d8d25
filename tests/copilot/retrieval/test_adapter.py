"""A low-rank change is merged, quantised, and put into the packaged graph, byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copilot.retrieval.adapter import LAYERS, PARTS, merged, name, with_weights


def tensor(called: str, data: bytes) -> bytes:
    """The end of a TensorProto: its name, then its raw data."""
    size, length = len(data), bytearray()
    while size >= 0x80:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    length.append(size)
    return b"\x42" + bytes([len(called)]) + called.encode() + b"\x4a" + bytes(length) + data


def test_only_the_named_initializers_change() -> None:
    graph = b"head" + tensor("val_1_q", bytes(300)) + tensor("val_1_scale", bytes(8)) + b"tail"
    values = np.arange(300, dtype=np.uint8).view(np.int8)
    changed = with_weights(graph, {"val_1_q": values})
    assert (
        changed
        == b"head"
        + tensor("val_1_q", values.tobytes())
        + graph[-len(tensor("val_1_scale", bytes(8)) + b"tail") :]
    )


def test_a_value_of_another_size_and_an_unknown_name_are_refused() -> None:
    graph = tensor("val_1_q", bytes(300))
    with pytest.raises(ValueError, match="300 bytes, not 4"):
        with_weights(graph, {"val_1_q": np.zeros(4, np.int8)})
    with pytest.raises(ValueError, match="not found"):
        with_weights(graph, {"val_2_q": np.zeros(300, np.int8)})


def test_a_change_is_added_and_quantised_by_output(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    rng = np.random.default_rng(1)
    whole = rng.normal(size=(6, 4)).astype(np.float32)
    called = name(0, PARTS[0])
    save_file(
        {f"{name(layer, part)}.weight": whole for layer in range(LAYERS) for part in PARTS},
        tmp_path / "model.safetensors",
    )
    a, b = rng.normal(size=(2, 4)).astype(np.float16), rng.normal(size=(6, 2)).astype(np.float16)
    found = merged(tmp_path / "model.safetensors", {f"{called}.A": a, f"{called}.B": b})
    assert sorted(found) == ["val_49_q", "val_49_scale"]
    back = found["val_49_q"].astype(np.float32) * found["val_49_scale"].astype(np.float32)
    wanted = (whole + b.astype(np.float32) @ a.astype(np.float32)).T
    assert back.shape == (4, 6)
    assert np.abs(back - wanted).max() <= np.abs(wanted).max() / 127
    assert found["val_49_q"].max() == 127 or found["val_49_q"].min() == -127


@pytest.mark.model
def test_no_change_gives_the_packaged_vectors_and_a_change_others() -> None:
    from copilot.retrieval.encoder import Change
    from copilot.retrieval.minilm import MiniLm

    called = name(2, PARTS[4])
    still = {f"{called}.A": np.zeros((1, 384)), f"{called}.B": np.zeros((1536, 1))}
    moved = {f"{called}.A": np.ones((1, 384)), f"{called}.B": np.ones((1536, 1))}
    plain, same, other = (
        MiniLm(None if arrays is None else Change(word, as_half(arrays)))
        for word, arrays in (("", None), ("still", still), ("moved", moved))
    )
    words = "my parcel never came"
    assert np.array_equal(plain.embed_query(words), same.embed_query(words))
    assert float(plain.embed_query(words)[0] @ other.embed_query(words)[0]) < 0.999
    assert (plain.model, same.model) == (MiniLm.model, f"{MiniLm.model}+still")


def as_half(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {key: value.astype(np.float16) for key, value in arrays.items()}
