"""C → a library in this process: compiled once, kept where only we can write, else for this start.

Where the cache is no safe place, or takes nothing, the library is compiled into a private folder
that goes again as soon as it is loaded: a second or two at each start, and a sentence that says so.
"""

from __future__ import annotations

import ctypes
import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from engine.system import compiled_code
from engine.system.paths import cache_folder

_SECONDS = 120  # that a compiler may take


class Built(NamedTuple):
    """library: None where it cannot be had. note: why, or why it is compiled at each start, as a
    sentence; "" where all is well."""

    library: ctypes.CDLL | None
    note: str = ""


def load_library(sources: Path, compiler: str, flags: Sequence[str]) -> Built:
    """Compile a folder of .c and .h, or load what was compiled of it before by this compiler and
    these flags."""
    path = library_path(sources, compiler, flags)
    why = compiled_code.make_private(path.parent)
    if not why:
        if compiled_code.read(path) is not None and (library := _load(path)) is not None:
            return Built(library)
        try:
            compiled_code.keep(path, _compile(sources, compiler, flags, path.parent))
            return Built(ctypes.CDLL(str(path)))
        except (OSError, subprocess.SubprocessError) as error:
            why = _reason(error)
    try:
        with tempfile.TemporaryDirectory(prefix="bark-studio-") as name:
            folder = Path(name)
            if shared := compiled_code.why_open(folder):
                return Built(None, f"the compiled step is not used: {shared}")
            path = folder / path.name
            path.write_bytes(_compile(sources, compiler, flags, folder))
            library = ctypes.CDLL(str(path))
    except (OSError, subprocess.SubprocessError) as error:
        return Built(None, f"the compiled step is not used: {_reason(error)}")
    return Built(library, f"the compiled step is compiled at each start: {why}")


def library_path(sources: Path, compiler: str, flags: Sequence[str]) -> Path:
    """Where the library is kept: the name covers all that shapes it."""
    key = hashlib.sha256(" ".join([compiler, *flags]).encode())
    for path in sorted(sources.glob("*.[ch]")):
        content = path.read_bytes()
        key.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return cache_folder() / f"kernel-{key.hexdigest()[:16]}.so"


def _load(path: Path) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(str(path))
    except OSError:  # of another system in the same home, or on a disk where nothing may run
        return None


def _compile(sources: Path, compiler: str, flags: Sequence[str], folder: Path) -> bytes:
    """The library. folder: for what the compiler writes, and what it finds around it.

    Raises OSError, SubprocessError.
    """
    with tempfile.TemporaryDirectory(dir=folder) as name:
        built = Path(name, "kernel.so")
        files = sorted(str(path.absolute()) for path in sources.glob("*.c"))
        _run([compiler, *flags, "-shared", *files, "-o", str(built), "-lm"], name)
        return built.read_bytes()


def _run(command: list[str], folder: str) -> None:
    subprocess.run(
        command, cwd=folder, check=True, timeout=_SECONDS, capture_output=True, errors="replace"
    )


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = str(error.stderr).strip().splitlines()
        return f"{error.cmd[0]} failed ({said[-1] if said else f'exit code {error.returncode}'})"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"{error.cmd[0]} did not end in {_SECONDS} seconds"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the disk'}: {error.strerror.lower()}"
    return str(error)
