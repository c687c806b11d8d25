"""Reads what the packaged embedder was taught of customers' requests: docs/decisions/0009."""

from __future__ import annotations

from copilot.retrieval.encoder import Change, packaged_arrays

FILE = "requests.npz"


def load_change() -> Change:
    """The low-rank change to its weights, named by its hash."""
    arrays, sha256 = packaged_arrays("copilot.procedures", FILE)
    return Change(f"requests/{sha256}", arrays)
