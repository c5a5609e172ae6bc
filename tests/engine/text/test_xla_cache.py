"""Where XLA's machine code is kept: whose folder, what is read, and what a disk refuses."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from engine.api import Greedy, Progress, Text, TextRequest
from engine.errors import UserError
from engine.system import compiled_code
from engine.system.paths import ROOT
from engine.text import xla_cache
from engine.text.process import TextProcess
from engine.text.xla_cache import Cache, seal_new, use_persistent_cache

posix = pytest.mark.skipif(sys.platform == "win32", reason="system: it has no modes of files")


@pytest.fixture(autouse=True)
def no_flags_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "")


def flags() -> str:
    return os.environ["TF_XLA_FLAGS"]


def folder_in(cache: Cache) -> Path:
    assert cache.folder is not None
    return cache.folder


def test_a_path_with_spaces_is_one_word(tmp_path: Path) -> None:
    cache = use_persistent_cache(tmp_path / 'Anna Maria\'s "cache"')
    assert cache.note == ""
    assert shlex.split(flags()) == [f"--tf_xla_persistent_cache_directory={cache.folder}"]


@pytest.mark.parametrize(
    "given", ["--tf_xla_persistent_cache_directory=/elsewhere", "/a/file/with/flags"]
)
def test_who_named_a_folder_means_it(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", given)
    use_persistent_cache(tmp_path)
    assert flags() == given


def test_other_flags_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=2")
    use_persistent_cache(tmp_path)
    assert flags().startswith("--tf_xla_auto_jit=2 --tf_xla_persistent_cache_directory=")


@posix
def test_a_folder_of_others_keeps_nothing(tmp_path: Path) -> None:
    folder = folder_in(use_persistent_cache(tmp_path / "cache"))
    os.environ["TF_XLA_FLAGS"] = ""
    folder.chmod(0o777)
    cache = use_persistent_cache(tmp_path / "cache")
    assert cache.folder is None
    assert cache.note.startswith("compiled functions are not kept: others may write")
    assert flags() == ""


def test_only_what_is_whole_and_ours_is_left_for_xla(tmp_path: Path) -> None:
    folder = folder_in(use_persistent_cache(tmp_path))
    for name in ("good", "short", "planted"):
        (folder / f"{name}.pb").write_bytes(name.encode())
    compiled_code.keep(folder / "f.function", b"a function")
    seal_new(folder)
    (folder / "short.pb").write_bytes(b"sho")
    (folder / "planted.pb.sha256").unlink()
    (folder / "new.tmp").write_bytes(b"")  # another process writes at the moment
    (folder / "left.tmp").write_bytes(b"")
    long_ago = time.time() - 2 * xla_cache._OLD
    os.utime(folder / "left.tmp", (long_ago, long_ago))
    assert folder_in(use_persistent_cache(tmp_path)) == folder
    assert {path.name for path in folder.iterdir() if not compiled_code.is_hash(path)} == {
        "good.pb",
        "f.function",
        "new.tmp",
    }


@posix
def test_what_cannot_be_removed_is_not_left_to_xla(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_in(use_persistent_cache(tmp_path))
    (folder / "planted.pb").write_bytes(b"")
    os.environ["TF_XLA_FLAGS"] = ""

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    cache = use_persistent_cache(tmp_path)
    assert cache.folder is None
    assert "planted.pb is not whole" in cache.note
    assert flags() == ""


# ── a disk that refuses, and TensorFlow itself ────────────────────────────────────────────────


def write(place: Path, cache: Path) -> Text:
    """A text of the real engine, in a process of its own: its flags are read once."""
    process = TextProcess(place, device="cpu", cache=cache, batch_size=1)
    try:
        request = TextRequest(prompts=("to be",), search=Greedy(), max_new_tokens=8)
        return process.generate(request)
    finally:
        process.close()


@pytest.fixture
def place(folder_of: Callable[[str], Path]) -> Path:
    return folder_of("qwen2")


@pytest.mark.slow
def test_files_land_in_a_folder_with_a_space(place: Path, tmp_path: Path) -> None:
    cache = tmp_path / "Anna Maria's cäche"
    text = write(place, cache)
    assert text.compiled.note == ""
    kept = [*cache.rglob("*.pb"), *cache.rglob("*.function")]
    assert {path.suffix for path in kept} == {".pb", ".function"}
    assert all(compiled_code.read(path) is not None for path in kept)
    assert [path.name for path in tmp_path.iterdir()] == [cache.name]  # and none in "Anna"
    before = {path: path.stat().st_mtime_ns for path in kept}
    assert write(place, cache).texts == text.texts
    assert {path: path.stat().st_mtime_ns for path in before} == before  # read, not made again


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Makes a small disk of its own with these options."""
    made: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"disk {len(made)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("system: no disk may be mounted here")
        made.append(folder)
        return folder

    yield mount
    for folder in made:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.slow
def test_a_full_disk_and_a_read_only_one_cost_a_compilation(
    place: Path, mounted: Callable[[str], Path]
) -> None:
    expected = write(place, mounted("size=64m")).texts
    full = write(place, mounted("size=8k,mode=0700"))
    assert full.texts == expected
    assert full.compiled.note.startswith("newly compiled functions are not kept: ")
    assert "no space left" in full.compiled.note
    read_only = write(place, mounted("size=8k,mode=0700,ro"))
    assert read_only.texts == expected
    assert "read-only file system" in read_only.compiled.note


@pytest.mark.slow
def test_a_disk_that_fills_up_meanwhile_is_a_sentence_and_the_next_request_is_written(
    place: Path, mounted: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = write(place, mounted("size=64m")).texts
    disk = mounted("size=2m,mode=0700")
    process = TextProcess(place, device="cpu", cache=disk, batch_size=1)
    request = TextRequest(prompts=("to be",), search=Greedy(), max_new_tokens=8)

    def fill(progress: Progress) -> None:
        if progress.stage == "compile" or (progress.stage, progress.done) == ("load", 1):
            with suppress(OSError), (disk / "filler").open("ab", buffering=0) as file:
                file.write(bytes(2**21))

    try:
        with pytest.raises(UserError, match="no space left on device; write again"):
            process.generate(request, fill)
        text = process.generate(request)
    finally:
        process.close()
    assert text.texts == expected
    assert text.compiled.note.startswith("newly compiled functions are not kept: ")


@pytest.mark.slow
def test_the_command_says_why_nothing_is_kept(place: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [
            *(sys.executable, ROOT / "main.py", "write", "to be", "--model", place),
            *("--max-new-tokens", "4", "--device", "cpu"),
        ],
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "file")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "bark-studio: compiled functions are not kept: " in done.stderr
