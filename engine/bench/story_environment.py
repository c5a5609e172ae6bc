"""An environment for code of 2022 and 2023: made once, beside the program's own packages.

torch, TensorFlow and NumPy are the program's, found by a path file; only what has to be older is
installed, from recipes/lock.txt. So it takes 60 MB and not six GB. Standard library only.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from engine.bench.runner import Tell
from engine.errors import UserError
from engine.system.atomic_files import write_atomically
from engine.system.paths import cache_folder
from engine.system.programs import MODULE

LOCK = Path(__file__).parent / "recipes" / "lock.txt"
WANTED = LOCK.with_name("wanted.txt")  # the same without hashes: locks/update.py makes that of this
SIZE = "some 70 MB to download and 120 MB on the disk"
_STAMP = "bark-studio.stamp"  # written last: the lock and the Python that were used


def folder() -> Path:
    """Where it lies, or will lie."""
    return cache_folder() / "bench" / "story"


def python() -> Path:
    """Its interpreter."""
    return folder() / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def is_ready() -> bool:
    """Whether it was made to the end, for the lock and the program's environment of today."""
    try:
        return (folder() / _STAMP).read_text(encoding="utf-8") == _stamp() and python().exists()
    except OSError:
        return False


def make(tell: Tell, *, hashed: bool = True) -> None:
    """Make it anew. hashed: packages are held against the lock's hashes. Raises UserError where
    that fails; what was begun is taken up anew then."""
    home = folder()
    tell(f"making {home} for the texts' own code ({SIZE}) …")
    shutil.rmtree(home, ignore_errors=True)
    _run("cannot make", sys.executable, *MODULE, "venv", "--clear", str(home))
    (packages,) = (*home.glob("lib/python*/site-packages"), *home.glob("Lib/site-packages"))
    # Behind its own packages, which so come first.
    ours = [path for path in map(Path, sys.path) if path.name in ("site-packages", "dist-packages")]
    (packages / "program.pth").write_text("\n".join(map(str, ours)) + "\n", encoding="utf-8")
    # --ignore-installed: newer ones are in sight, and must not count.
    install = ("pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps")
    by_hash = ("--require-hashes", "--requirement", str(LOCK))
    which = by_hash if hashed else ("--requirement", str(WANTED))
    _run("cannot fill", str(python()), *MODULE, *install, "--quiet", "--ignore-installed", *which)
    write_atomically(home / _STAMP, _stamp().encode())


def _stamp() -> str:
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{lock} {sys.version_info[:2]} {sys.prefix}"


def _run(what: str, *command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
        why = errors[-1].removeprefix("ERROR: ") if errors else done.stdout.strip()[-200:]
        raise UserError(f"{what} {folder()}: {why or 'pip gave no reason'}")
