"""XLA's compiled code on the disk: a private folder, and only what was written whole.

TensorFlow itself reads and writes the files, so they are looked through before it starts: what has
no hash of ours beside it goes. New ones get theirs as soon as a function is compiled.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from engine.errors import UserError, reason_of
from engine.system import compiled_code

_FLAGS = "TF_XLA_FLAGS"
_PROBE = 2**20  # bytes that a disk must take, to be worth a try
_REFUSALS = ("No space left on device", "Disk quota exceeded", "Read-only file system")
_OLD = 3600.0  # seconds after which a file that TensorFlow was writing is nobody's any more


class Cache(NamedTuple):
    """folder: None where nothing is kept between starts. note: why nothing is, or nothing new, as
    a sentence; "" where all is well."""

    folder: Path | None = None
    note: str = ""

    def refusal(self, error: Exception) -> DiskRefuses | None:
        """What to raise where XLA failed because it could not write its code down."""
        if self.folder is None or str(self.folder) not in str(error):
            return None
        why = next((word for word in _REFUSALS if word in str(error)), "it cannot be written")
        return DiskRefuses(f"{self.folder}: {why.lower()}; write again, and nothing is kept")


class DiskRefuses(UserError):
    """The disk filled up after the start. This process compiles nothing any more: XLA gives nothing
    that it cannot write down, and cannot be told to stop. The next one sees it in time."""


def use_persistent_cache(folder: Path) -> Cache:
    """Let XLA keep compiled code below a folder, and read it in later starts.

    Must be called before TensorFlow is imported. Machine code of another processor is kept apart,
    because XLA would load it all the same. What the folder or the disk refuses is no error.
    """
    about = f"{platform.machine()} {os.cpu_count()} {_processor()}"
    folder = folder / sha256(about.encode()).hexdigest()[:12]
    why = compiled_code.make_private(folder) or _sweep(folder)
    if why:
        return Cache(None, f"compiled functions are not kept: {why}")
    why = _why_not_writable(folder)
    given = os.environ.get(_FLAGS, "")
    ours = "tf_xla_persistent_cache_directory" not in given and given.lstrip()[:1] in ("", "-")
    if ours:  # else the user's own wish, or a file with flags
        flags = [given, f"--tf_xla_persistent_cache_directory={_quoted(folder)}"]
        flags += ["--tf_xla_persistent_cache_read_only=true"] if why else []
        os.environ[_FLAGS] = " ".join(flags).strip()
    if why:
        return Cache(folder, f"newly compiled functions are not kept: {why}")
    return Cache(folder)


def seal_new(folder: Path) -> None:
    """Put a hash beside what XLA wrote since; where the disk refuses, the next start pays."""
    with suppress(OSError):
        for path in folder.glob("*.pb"):
            if not compiled_code.has_hash(path):
                compiled_code.seal(path)


def _sweep(folder: Path) -> str:
    """Remove what is not whole and ours; "" or why the rest cannot be trusted."""
    try:
        for path in list(folder.iterdir()):
            if compiled_code.is_hash(path):
                continue
            if path.suffix in (".pb", ".function"):
                if compiled_code.read(path) is None and not compiled_code.remove(path):
                    return f"{path} is not whole and cannot be removed"
            elif time.time() - path.lstat().st_mtime > _OLD:
                compiled_code.remove(path)
    except FileNotFoundError:  # another start sweeps as well
        return ""
    except OSError as error:
        return f"{folder}: {reason_of(error)}"
    return ""


def _why_not_writable(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"{folder}: {reason_of(error)}"
    return ""


def _quoted(folder: Path) -> str:
    """As TensorFlow reads it: it splits its flags at spaces, except between quotes."""
    return '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _processor() -> str:
    """What tells processors with different instructions apart."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return platform.processor()
