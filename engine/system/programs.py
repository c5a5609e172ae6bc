"""Other programs: found in the folders of PATH, never in the current one. Standard library only.

The current folder is whatever the user works in, books of strangers among it. Windows looks there
first for a program, and so does a PATH with an empty or a relative entry.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# What a child in the user's current folder is started with to run a module of this environment:
# "-m" alone would look for it, and for all that it imports, in that folder first.
MODULE = ("-P", "-m")


def find_program(*names: str) -> str | None:
    """The absolute path of the first program that is there, None where none is.

    A name with a folder in it, as CC may have, is taken as it is.
    """
    for name in names:
        path = Path(name)
        folders = _folders() if path.name == name else [path.parent]
        for folder in folders:
            for ending in _endings(path):
                file = folder / f"{path.name}{ending}"
                if file.is_file() and os.access(file, os.X_OK):
                    return str(file.absolute())
    return None


def leave_current_folder_out() -> None:
    """For what else this process starts, libraries included: PATH without the current folder."""
    os.environ["PATH"] = os.pathsep.join(map(str, _folders()))
    if sys.platform == "win32":
        os.environ["NODEFAULTCURRENTDIRECTORYINEXEPATH"] = "1"


def _folders() -> list[Path]:
    for path in (os.environ.get("PATH", ""), os.defpath):
        entries = path.split(os.pathsep)
        found = [Path(entry) for entry in entries if Path(entry).is_absolute()]
        if found:
            return found
    return []


def _endings(path: Path) -> list[str]:
    """What the system adds to the name of a program."""
    if sys.platform != "win32":
        return [""]
    known = os.environ.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(os.pathsep)
    return ["", *known] if path.suffix.upper() in map(str.upper, known) else known
