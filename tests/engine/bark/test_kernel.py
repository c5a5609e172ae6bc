"""Under which name the compiled library is kept."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from engine.bark import forms, kernel, prebuilt
from engine.system.c_library import Built, library_path

find = kernel.Kernel.find.__wrapped__  # type: ignore[attr-defined]  # without its memory
pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="system: a script stands for the compiler"
)
AVX2 = {"avx2", "fma"}
AVX512 = {*AVX2, "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"}


class Compiler:
    """Builds nothing, and notes what it was asked for."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.asked: list[tuple[str, list[str]]] = []
        patch.setattr(kernel, "load_library", self._load)
        patch.setattr(prebuilt, "FOLDER", folder / "nothing comes with it")
        patch.setattr(forms, "machine", lambda: "x86_64")
        patch.delenv(forms.WITHOUT, raising=False)
        self.use("cc")
        self.source("int one;")
        self.processor(AVX512)

    def _load(self, source: Path, compiler: str, flags: list[str]) -> Built:
        self.asked.append((library_path(source, compiler, flags).name, flags))
        return Built(None, "nothing is built")

    def use(self, name: str) -> None:
        path = self.folder / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        self.patch.setenv("CC", str(path))

    def source(self, text: str) -> None:
        folder = self.folder / "sources"
        folder.mkdir(exist_ok=True)
        (folder / "kernel.c").write_text(text)
        self.patch.setattr(kernel, "SOURCES", folder)

    def processor(self, instructions: set[str]) -> None:
        self.patch.setattr(forms, "instructions", lambda _: instructions)

    def name(self) -> str:
        """Of the library that is asked for now."""
        assert find() == kernel.Found(None, "nothing is built")
        return self.asked[-1][0]


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compiler:
    return Compiler(tmp_path, monkeypatch)


def test_the_same_is_found_again(compiler: Compiler) -> None:
    assert compiler.name() == compiler.name()


def test_another_source_has_another_name(compiler: Compiler) -> None:
    before = compiler.name()
    compiler.source("int two;")
    assert compiler.name() != before


def test_another_header_has_another_name(compiler: Compiler) -> None:
    """What is included shapes the library as well, and so does a file that comes to it."""
    names = {compiler.name()}
    for text in ("", "int three;"):
        (kernel.SOURCES / "more.h").write_text(text)
        names.add(compiler.name())
    assert len(names) == 3


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
    compiler.processor({*AVX512, "avx512_bf16"})
    assert compiler.name() != before
    assert "-mavx512bf16" in compiler.asked[-1][1]
    assert "-mavx512bf16" not in compiler.asked[0][1]


@pytest.mark.parametrize("missing", sorted(AVX512 - AVX2))
def test_a_processor_gets_the_next_form(missing: str, compiler: Compiler) -> None:
    compiler.processor(AVX512 - {missing})
    compiler.name()
    assert compiler.asked[-1][1][-2:] == ["-mavx2", "-mfma"]


@pytest.mark.parametrize("missing", sorted(AVX2))
def test_a_processor_that_cannot_run_it_compiles_nothing(missing: str, compiler: Compiler) -> None:
    compiler.processor(AVX512 - {missing})
    assert find().kernel is None
    assert find().by_design
    assert f"lacks {missing})" in find().note
    assert compiler.asked == []


def test_without_a_compiler_the_sentence_says_what_brings_one(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "none-of-this-name")
    monkeypatch.setenv("PATH", str(compiler.folder / "empty"))
    found = find()
    assert (found.kernel, found.by_design) == (None, False)
    assert found.note.startswith("the compiled step needs a C compiler: ")
    assert compiler.asked == []


def test_a_library_that_is_another_is_not_used(
    compiler: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "load_library", lambda *_: Built(ctypes.CDLL(None)))
    assert find().kernel is None
    assert find().note.startswith("the compiled step is not used: ")
