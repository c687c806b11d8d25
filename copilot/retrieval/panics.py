"""Panics of Rust libraries, which pyo3 raises outside of Exception, as ordinary errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Panic(RuntimeError):
    """A Rust library gave up in the middle of a call; what it held may be damaged."""


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Raises Panic in place of a panic. pyo3 gives each library a PanicException of its own."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Panic(str(error)) from error
