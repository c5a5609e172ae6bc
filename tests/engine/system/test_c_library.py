"""The compiled library: what may be loaded, what is made again, and what is said of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from engine.system import c_library
from engine.system.c_library import Built, library_path, load_library
from engine.system.programs import find_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system: the kernel is for Linux")
CC = find_program("cc", "gcc") or ""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the library; it is not there yet."""
    assert CC, "install a C compiler (Debian: gcc libc6-dev)"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "bark-studio"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "answer"
    folder.mkdir()
    (folder / "answer.h").write_text("enum { ANSWER = 42 };")
    (folder / "answer.c").write_text('#include "answer.h"\nint answer(void) { return ANSWER; }')
    return folder


def load(source: Path, compiler: str = CC) -> Built:
    return load_library(source, compiler, ["-O0", "-fPIC"])


def answer(built: Built) -> int:
    assert built.library is not None
    return int(built.library.answer())


def library(cache: Path) -> Path:
    (path,) = cache.glob("*.so")
    return path


def planted(tmp_path: Path, ran: Path, name: str = "planted") -> bytes:
    """A library that writes a file when it is loaded."""
    source = tmp_path / name
    source.mkdir()
    (source / "answer.c").write_text(
        "#include <stdio.h>\n"
        "int answer(void) { return 1; }\n"
        f'__attribute__((constructor)) void run(void) {{ fclose(fopen("{ran}", "w")); }}'
    )
    return c_library._compile(source, CC, ["-fPIC"], tmp_path)


def test_it_is_compiled_once(
    source: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = load(source)
    assert (answer(built), built.note) == (42, "")
    monkeypatch.setattr(c_library, "_compile", lambda *_: pytest.fail("compiled again"))
    assert load(source).note == ""
    assert library(cache) == library_path(source, CC, ["-O0", "-fPIC"])
    assert {path.name for path in cache.iterdir()} == {
        library(cache).name,
        f"{library(cache).name}.sha256",
    }


def test_a_planted_library_does_not_run(source: Path, cache: Path, tmp_path: Path) -> None:
    """In a cache that others may write, nothing is loaded: not even what looks whole."""
    ran = tmp_path / "ran"
    data = planted(tmp_path, ran)
    load(source)
    c_library.compiled_code.keep(library(cache), data)
    cache.chmod(0o777)
    built = load(source)
    assert answer(built) == 42
    assert built.note.startswith("the compiled step is compiled at each start: others may write")
    assert str(cache) in built.note
    assert not ran.exists()


def test_a_planted_library_without_its_hash_does_not_run(
    source: Path, cache: Path, tmp_path: Path
) -> None:
    """So it is with one of another version, which wrote no hash."""
    ran = tmp_path / "ran"
    cache.mkdir(parents=True, mode=0o700)
    library_path(source, CC, ["-O0", "-fPIC"]).write_bytes(planted(tmp_path, ran))
    built = load(source)
    assert (answer(built), built.note) == (42, "")
    assert not ran.exists()


@pytest.mark.parametrize("left", [0.0, 0.5, 0.99])
def test_half_a_library_is_made_again(source: Path, cache: Path, left: float) -> None:
    """It was mapped and ended every start with SIGBUS; an empty one kept all starts slow."""
    expected = answer(load(source))
    whole = library(cache).read_bytes()
    half = cache / "half"
    half.write_bytes(whole[: int(left * len(whole))])
    half.chmod(0o600)
    half.replace(library(cache))  # not in place: this very process has the whole one mapped
    built = load(source)
    assert (answer(built), built.note) == (expected, "")
    assert library(cache).read_bytes() == whole


def test_what_is_whole_and_cannot_be_loaded_is_made_again(source: Path, cache: Path) -> None:
    load(source)
    c_library.compiled_code.keep(library(cache), b"of another system")
    built = load(source)
    assert (answer(built), built.note) == (42, "")


@pytest.mark.parametrize("where", ["file", "nowhere"])
def test_a_cache_that_cannot_be_made_costs_a_compilation(
    source: Path, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    place = {"file": tmp_path / "file", "nowhere": Path("/proc/none")}[where]
    monkeypatch.setenv("XDG_CACHE_HOME", str(place))
    built = load(source)
    assert answer(built) == 42
    assert built.note.startswith("the compiled step is compiled at each start: ")


def test_a_full_disk_costs_a_compilation_and_leaves_nothing(
    source: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(c_library.compiled_code, "_write", full)
    built = load(source)
    assert answer(built) == 42
    assert "no space left on device" in built.note
    assert list(cache.iterdir()) == []


def test_nothing_remains_of_a_compilation_for_one_start(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    monkeypatch.setattr(c_library.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert answer(load(source)) == 42
    assert list((tmp_path / "temporary").iterdir()) == []


def test_no_place_is_private(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is loaded, and the sentence says so."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setattr(c_library.tempfile, "tempdir", str(shared))
    assert load(source).library is None
    assert load(source).note.startswith("the compiled step is not used: others may write")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "failed (exit code 3)"),
        ("echo 'cc: no such option' >&2; exit 1", "failed (cc: no such option)"),
    ],
)
def test_a_compiler_that_fails_is_told(
    source: Path, cache: Path, script: str, said: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    built = load(source, str(broken))
    assert built.library is None
    assert built.note == f"the compiled step is not used: {broken} {said}"
    assert list(cache.iterdir()) == []


def test_the_compiler_finds_nothing_in_the_current_folder(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it starts itself, "as" and "ld", it looks for in a PATH that may hold "."."""
    hostile = tmp_path / "books"
    hostile.mkdir()
    for name in ("as", "ld", "cc1", "collect2", "specs"):
        program = hostile / name
        program.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'ran'}'\n")
        program.chmod(0o755)
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    assert answer(load(source)) == 42
    assert not (tmp_path / "ran").exists()
