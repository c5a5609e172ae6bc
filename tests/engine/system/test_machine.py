"""What the program finds out about the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.system import machine
from engine.system.machine import Finding


def test_a_compiler_is_told_and_not_missed(programs: Callable[..., Path]) -> None:
    """What is compiled comes with the program."""

    def found() -> Finding:
        return next(one for one in machine.processor() if one.name == "C compiler")

    programs("apt")
    assert found() == Finding("C compiler", "none")
    folder = programs("cc")
    assert found() == Finding("C compiler", str(folder / "cc"))
