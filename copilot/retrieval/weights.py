"""Finds the weights of a Sentence Transformers model, loads them and names them exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from copilot.errors import ConfigurationError

Model = TypeVar("Model")
# Where the library looks for a name without an owner.
_ORGANISATION = "sentence-transformers"
# Files of a model folder that do not change what it computes.
_IDLE = {".md", ".pdf", ".png"}
_FAILURES = (
    OSError, ValueError, RuntimeError, AssertionError, ImportError, AttributeError, KeyError,
    TypeError,
)  # fmt: skip


def load(kind: Callable[..., Model], name_or_path: str, device: str) -> Model:
    """A model from a folder, or by its hub name: from the disk if it was fetched before.

    Raises ConfigurationError, also for a folder that does not exist.
    """
    folder = model_folder(name_or_path)
    try:
        if folder is not None:
            return kind(str(folder), device=device, local_files_only=True)
        try:
            return kind(name_or_path, device=device, local_files_only=True)
        except OSError:  # not fetched yet
            return kind(name_or_path, device=device)
    except _FAILURES as error:
        raise ConfigurationError(f"cannot load the model {name_or_path!r}: {error}") from error


def model_folder(name_or_path: str) -> Path | None:
    """The folder that is meant, or None for a hub name. Raises ConfigurationError."""
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        return path
    if path.is_absolute() or name_or_path.startswith((".", "~")) or name_or_path.count("/") > 1:
        raise ConfigurationError(f"there is no model folder {name_or_path!r}")
    return None


def identity(name_or_path: str) -> str:
    """The model's name and 16 hex digits: of a folder's files, or of the commit on the hub.

    A hub model must have been loaded. Raises ConfigurationError where no commit is known.
    """
    folder = model_folder(name_or_path)
    if folder is not None:
        return f"{folder.resolve().name[:60]}/{_files_sha256(folder)[:16]}"
    return f"{name_or_path[-60:]}/{_commit(name_or_path)[:16]}"


def _commit(name: str) -> str:
    """The commit of a fetched hub model, which its folder in the cache is called by."""
    from huggingface_hub import try_to_load_from_cache

    for repository in (name, f"{_ORGANISATION}/{name}"):
        for file in ("modules.json", "config.json"):
            found = try_to_load_from_cache(repository, file)
            if isinstance(found, str):
                return Path(found).parent.name
    raise ConfigurationError(
        f"the hub told no commit of {name!r}; download the model into a folder"
    )


def _files_sha256(folder: Path) -> str:
    sha256 = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        inner = path.relative_to(folder)
        if path.suffix.lower() in _IDLE or any(part.startswith(".") for part in inner.parts):
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        sha256.update(f"{inner.as_posix()} {digest}\n".encode())
    return sha256.hexdigest()
