"""The libraries that come with the program: which are loaded, and what is said of the others."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from engine.bark import forms, prebuilt

FOLDER = prebuilt.FOLDER
pytestmark = pytest.mark.skipif(
    not prebuilt.library_name("") or forms.machine() not in forms.FORMS,
    reason="system: no library for this one",
)
FORM = forms.FORMS.get(forms.machine(), (None,))[-1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the library for every processor of this kind, and of the hashes."""
    assert FORM is not None
    for name in ("SHA256SUMS", prebuilt.library_name(FORM.name)):
        shutil.copy(FOLDER / name, tmp_path / name)
    monkeypatch.setattr(prebuilt, "FOLDER", tmp_path)
    return tmp_path


def load() -> prebuilt.Built:
    assert FORM is not None
    return prebuilt.load(FORM.name)


def test_all_libraries_are_of_these_sources_and_whole() -> None:
    """After a change to the C: python resources/libraries/build.py"""
    hashes = prebuilt._hashes()
    assert prebuilt.of_these_sources(hashes), "run resources/libraries/build.py"
    libraries = {name: value for name, value in hashes.items() if not name.startswith("../")}
    assert len(libraries) == 11
    for name, value in libraries.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == value, name


def test_what_is_whole_is_loaded(folder: Path) -> None:
    library, note = load()
    assert library is not None
    assert note == ""


def test_what_is_damaged_is_not(folder: Path) -> None:
    assert FORM is not None
    path = folder / prebuilt.library_name(FORM.name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    library, note = load()
    assert library is None
    assert note == f"{path} is damaged: install the program again"


def test_what_is_not_there_is_told(folder: Path) -> None:
    assert FORM is not None
    (folder / prebuilt.library_name(FORM.name)).unlink()
    assert load().note.endswith("no such file or directory")
    (folder / "SHA256SUMS").unlink()
    assert load().note == "no library for this system comes with the program"


def test_other_sources_have_no_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = folder / "c"
    shutil.copytree(prebuilt.SOURCES, sources)
    monkeypatch.setattr(prebuilt, "SOURCES", sources)
    assert load().library is not None
    (sources / "more.h").write_text("")
    assert load().note == "its sources are others than those of the library beside them"


@pytest.mark.skipif(sys.platform != "linux", reason="system: Linux has words of its own to compare")
def test_the_library_and_the_system_say_the_same_of_the_processor() -> None:
    if forms.machine() == "x86_64":
        known = forms.instructions(set) & set(prebuilt._WORDS)
        assert prebuilt.processor() == known
