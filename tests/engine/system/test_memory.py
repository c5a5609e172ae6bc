"""Memory given back: buffers of the C library, pages of libraries."""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.system import memory
from engine.system.memory import keep_buffers, return_buffers, return_libraries


def test_buffers_of_a_system_without_these_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another C library: nothing happens."""

    def missing(name: object) -> object:
        return SimpleNamespace()

    monkeypatch.setattr(memory.ctypes, "CDLL", missing)
    keep_buffers(True)
    return_buffers()
    monkeypatch.setattr(memory.sys, "platform", "win32")
    monkeypatch.setattr(memory.ctypes, "CDLL", None)
    keep_buffers(False)
    return_buffers()


@pytest.mark.skipif(sys.platform != "linux", reason="system: madvise is used on Linux only")
def test_pages_of_libraries_are_given_back_and_nothing_is_lost(tmp_path: Path) -> None:
    size = 64 * mmap.PAGESIZE
    library = tmp_path / "package" / "lib" / "library.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"x" * size)

    def resident(mapped: mmap.mmap) -> int:
        start = address_of(mapped)
        lines = iter(Path("/proc/self/smaps").read_text().splitlines())
        for line in lines:
            if line.startswith(f"{start:x}-"):
                return next(int(fact.split()[1]) for fact in lines if fact.startswith("Rss:"))
        raise AssertionError("the mapping is gone")

    def address_of(mapped: mmap.mmap) -> int:
        return int(np.frombuffer(mapped, np.uint8).ctypes.data)

    with library.open("rb") as file:
        clean = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE, mmap.PROT_READ)
        relocated = mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE)
    relocated[:3] = b"abc"
    libc = ctypes.CDLL(None)
    libc.mprotect(ctypes.c_void_p(address_of(relocated)), ctypes.c_size_t(size), mmap.PROT_READ)
    assert clean[:] == b"x" * size
    assert resident(clean) > 0
    return_libraries(tmp_path / "other")
    assert resident(clean) > 0
    return_libraries(tmp_path / "package")
    assert resident(clean) == 0
    assert clean[:] == b"x" * size
    assert relocated[:4] == b"abcx"
