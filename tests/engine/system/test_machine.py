"""What the program finds out about the machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.system import machine
from engine.system.machine import Finding


def test_a_compiler_is_missed_where_it_would_be_used(
    programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(flags: str) -> Finding:
        text = f"model name : A processor\nflags : fpu {flags}\n"
        monkeypatch.setattr(Path, "read_text", lambda self, **_: text)
        return next(one for one in machine.processor() if one.name == "C compiler")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "exists", lambda self: True)
    programs("apt")
    assert found("avx2 avx512_vnni").mend.endswith("apt install build-essential")
    assert found("avx2").mend == ""
    folder = programs("cc")
    assert found("avx2 avx512_vnni") == Finding("C compiler", str(folder / "cc"))
