"""Memory that the C library keeps or gives back, and pages of libraries that are not needed."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

# glibc gives every large buffer back to the system when it is freed, and the next one is mapped and
# cleared page by page again: a third of the time of a matrix product with 384 rows. While a model
# is loaded that is right, though: what the conversion leaves behind would stay for good.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_buffers(keep: bool) -> None:
    """Whether the C library keeps freed buffers for the next operation (glibc; else nothing)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_MMAP_THRESHOLD, 2**26 if keep else 2**18)
            libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1 if keep else 2**18)


def return_buffers() -> None:
    """Give freed memory back to the system, after a job or when an engine closes."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


_DONTNEED = 4  # of madvise


def return_libraries(folder: Path) -> None:
    """Give back what only the loading of a folder's libraries touched (Linux; else nothing).

    TensorFlow touches 0.35 GB of its own while it is imported and compiles, and works with a third
    of that. Only pages that are as they are in the file go, and come back from the system's cache
    when they are needed; what was relocated is memory of our own, though it is read-only too. The
    libraries must be such as are never unloaded, as Python's extensions are.
    """
    with suppress(OSError, AttributeError, TypeError):  # no such file, function or C library
        madvise = ctypes.CDLL(None).madvise
        clean: tuple[int, int] | None = None
        for line in Path("/proc/self/smaps").read_text().splitlines():
            words = line.split(maxsplit=5)
            if not words[0].endswith(":"):  # the first line of a mapping
                first, last = (int(end, 16) for end in words[0].split("-"))
                path = Path(words[5]) if len(words) > 5 else Path()
                fits = folder in path.parents and words[1] in ("r--p", "r-xp")
                clean = (first, last - first) if fits else None
            elif clean and words[:2] == ["Anonymous:", "0"]:
                madvise(ctypes.c_void_p(clean[0]), ctypes.c_size_t(clean[1]), _DONTNEED)
