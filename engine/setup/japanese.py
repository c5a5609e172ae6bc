"""What reads Japanese for voices that ask for moras: packages of their own, after a word about
their size. Standard library only.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from engine.errors import UserError
from engine.setup import locks, packages
from engine.system.programs import MODULE

SIZE = (
    "Reading Japanese needs pyopenjtalk-plus, kanalizer and onnxruntime: a download of about 70 "
    "MB, 240 MB on the disk"
)
_DICTIONARY = "pyopenjtalk-plus"  # asks for another dictionary, which is not used: 190 MB


def missing() -> list[str]:
    """The distributions that are lacking."""
    wanted = packages.needed("japanese").items()
    program = packages.needed()
    return [name for module, name in wanted if module not in program and find_spec(module) is None]


def add_japanese(root: Path) -> None:
    """Let pip bring what reads Japanese into this environment, in the open; nothing where it is
    there. root: the folder of main.py. Raises UserError when pip fails."""
    if not missing():
        print("What reads Japanese is installed.", file=sys.stderr)
        return
    print(f"{SIZE}. Installing …", file=sys.stderr, flush=True)
    pip = [sys.executable, *MODULE, "pip", "install", "--disable-pip-version-check", "--no-input"]
    for what in _steps(root):
        # pip speaks on our standard error, as in the set-up.
        if subprocess.call([*pip, *what], stdout=sys.stderr):
            raise UserError(
                "what reads Japanese was not installed: pip's words are above; run this again to "
                "go on where it stopped"
            )


def _steps(root: Path) -> list[list[str]]:
    """What pip is told, after "install"."""
    ours = Path(sys.prefix).resolve() == (root / ".venv").resolve()
    hashed = ours and locks.is_hashed(lambda sentence: print(sentence, file=sys.stderr))
    if hashed and (step := locks.of(root, "japanese")):
        return [step]
    wanted = packages.requirements("japanese")
    constraints = root / "constraints.txt"
    known = ["--constraint", str(constraints)] if constraints.is_file() else []
    others = [line for line in wanted if not line.startswith(_DICTIONARY)]
    alone = [line for line in wanted if line.startswith(_DICTIONARY)]
    return [[*known, *others, "pydantic>=2"], [*known, "--no-deps", *alone]]
