"""Panics of libraries in Rust."""

from __future__ import annotations

import pytest

from engine.errors import UserError
from engine.system.panics import panics_as_errors, told_of_tokenizer

PanicException = type("PanicException", (BaseException,), {})  # pyo3's cannot be imported


def test_a_panic_is_damage_and_nothing_else_is() -> None:
    with pytest.raises(ValueError, match="it is damaged: index out of bounds"), panics_as_errors():
        raise PanicException("index out of bounds")
    with pytest.raises(KeyboardInterrupt), panics_as_errors():
        raise KeyboardInterrupt


def test_what_a_tokenizer_raises_is_one_sentence() -> None:
    for error in (PanicException("chunk size"), Exception("chunk size")):
        with (
            pytest.raises(UserError, match=r"is damaged \(.*chunk size\): get"),
            told_of_tokenizer(),
        ):
            raise error
    with pytest.raises(UserError, match=r"^another$"), told_of_tokenizer():
        raise UserError("another")
