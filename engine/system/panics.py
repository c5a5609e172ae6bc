"""Libraries in Rust (tokenizers, safetensors) panic over some damaged files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import UserError


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


@contextmanager
def told_of_tokenizer() -> Iterator[None]:
    """Within, whatever a tokenizer raises that was read without an error becomes a UserError: some
    faults of its description show with the first text."""
    try:
        with panics_as_errors():
            yield
    except UserError:
        raise
    except Exception as error:  # the library raises bare Exceptions
        raise UserError(
            f"the tokenizer of this model is damaged ({error!s:.200}): get the model again"
        ) from error
