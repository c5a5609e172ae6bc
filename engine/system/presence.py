"""Whether something is there, also where the disk does not tell: pathlib's own questions raise for
a folder that may not be read and for a name that is too long."""

from __future__ import annotations

import os
from pathlib import Path


def is_there(path: Path) -> bool:
    """Whether a file or folder is known to be there."""
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: Path) -> bool:
    """Whether a file is known to be there."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Whether a folder is known to be there."""
    return os.path.isdir(path)  # noqa: PTH112
