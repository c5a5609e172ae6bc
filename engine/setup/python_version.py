"""Which Pythons the packages are there for.

main.py asks before it imports what a Python since 3.7 may not be able to read: so this, and what it
imports, is written in the Python of that time. Standard library only.
"""

from __future__ import annotations

import sys

from engine.errors import UserError
from engine.system.programs import find_program

OLDEST, NEWEST = (3, 11), (3, 13)  # as requires-python in pyproject.toml


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Raise UserError where this Python is too old or too new for the packages."""
    if OLDEST <= version[:2] <= NEWEST:
        return
    fitting = (f"python{major}.{minor}" for major, minor in _newest_first())
    found = next((name for name in fitting if find_program(name)), None)
    advice = f"run it with {found}" if found else f"install Python {_dotted(NEWEST)}"
    raise UserError(
        f"Bark Studio needs Python {_dotted(OLDEST)} to {_dotted(NEWEST)} and this is "
        f"{_dotted(version)}: {advice}"
    )


def _newest_first() -> list[tuple[int, int]]:
    return [(3, minor) for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
