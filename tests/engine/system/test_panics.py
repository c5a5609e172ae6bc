"""Panics of libraries in Rust."""

from __future__ import annotations

import pytest

from engine.system.panics import panics_as_errors

PanicException = type("PanicException", (BaseException,), {})  # pyo3's cannot be imported


def test_a_panic_is_damage_and_nothing_else_is() -> None:
    with pytest.raises(ValueError, match="it is damaged: index out of bounds"), panics_as_errors():
        raise PanicException("index out of bounds")
    with pytest.raises(KeyboardInterrupt), panics_as_errors():
        raise KeyboardInterrupt
