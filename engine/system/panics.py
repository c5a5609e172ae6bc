"""Libraries in Rust (tokenizers, safetensors) panic over some damaged files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Within, a PanicException becomes a ValueError: it is no Exception, so that nothing that looks
    for damage would catch it, and it has no name that could be imported."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"it is damaged: {error}") from error
