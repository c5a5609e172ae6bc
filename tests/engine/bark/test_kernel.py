"""Under which name the compiled library is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.bark import kernel

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="system: a script stands for the compiler"
)
NEEDED = {"avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"}


class Compiler:
    """Builds nothing, and notes what it was asked for."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.asked: list[tuple[str, list[str], Path]] = []
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setattr(kernel, "_compile", self._compile)
        self.use("cc")
        self.source("int one;")
        self.processor(NEEDED)

    def _compile(self, compiler: str, flags: list[str], library: Path) -> None:
        self.asked.append((compiler, flags, library))
        raise OSError

    def use(self, name: str) -> None:
        path = self.folder / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        self.patch.setenv("CC", str(path))

    def source(self, text: str) -> None:
        path = self.folder / "kernel.c"
        path.write_text(text)
        self.patch.setattr(kernel, "SOURCE", path)

    def processor(self, instructions: set[str]) -> None:
        self.patch.setattr(kernel, "_instructions", lambda: instructions)

    def name(self) -> str:
        """Of the library that is asked for now."""
        build = kernel.Kernel.build.__wrapped__  # type: ignore[attr-defined]
        assert build() is None
        return self.asked[-1][2].name


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compiler:
    return Compiler(tmp_path, monkeypatch)


def test_the_same_is_found_again(compiler: Compiler) -> None:
    assert compiler.name() == compiler.name()


def test_another_source_has_another_name(compiler: Compiler) -> None:
    before = compiler.name()
    compiler.source("int two;")
    assert compiler.name() != before


def test_another_compiler_has_another_name(compiler: Compiler) -> None:
    before = compiler.name()
    compiler.use("clang")
    assert compiler.name() != before


def test_another_flag_has_another_name(compiler: Compiler, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiler.name()
    monkeypatch.setattr(kernel, "_FLAGS", (*kernel._FLAGS, "-g"))
    assert compiler.name() != before


def test_another_processor_has_another_name(compiler: Compiler) -> None:
    """A folder of the user's may be shared by machines: one cannot run what the other compiled."""
    before = compiler.name()
    compiler.processor({*NEEDED, "avx512_bf16"})
    assert compiler.name() != before
    assert "-mavx512bf16" in compiler.asked[-1][1]
    assert "-mavx512bf16" not in compiler.asked[0][1]


@pytest.mark.parametrize("missing", sorted(NEEDED))
def test_a_processor_that_cannot_run_it_compiles_nothing(missing: str, compiler: Compiler) -> None:
    compiler.processor(NEEDED - {missing})
    assert kernel.Kernel.build.__wrapped__() is None  # type: ignore[attr-defined]
    assert compiler.asked == []
