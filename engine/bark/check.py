"""Whether a library computes what it should: cases that are made up, and the bits of their results.

Every form has to give the bits of resources/libraries/cases.txt (c/case.h).
tests/engine/bark/driver.c does the same without Python.
"""

from __future__ import annotations

import ctypes

from engine.bark.kernel import Kernel
from engine.bark.prebuilt import FOLDER

CASES = FOLDER / "cases.txt"


def read_cases() -> list[tuple[tuple[int, ...], int]]:
    """The sizes of each case, c/case.h's Case, and the bits that are expected.

    Raises OSError, ValueError where the file is not there or is damaged.
    """
    found = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            *sizes, bits = line.split()
            found.append((tuple(map(int, sizes)), int(bits, 16)))
    return found


def compute(kernel: Kernel, sizes: tuple[int, ...]) -> int:
    """The bits of one case."""
    return int(kernel.case((ctypes.c_int64 * len(sizes))(*sizes)))


def check(kernel: Kernel) -> tuple[int, int]:
    """How many cases are right, and how many there are; (0, 0) where their file cannot be read.
    It takes a tenth of a second."""
    try:
        cases = read_cases()
    except (OSError, ValueError):
        return 0, 0
    return sum(compute(kernel, sizes) == bits for sizes, bits in cases), len(cases)
