"""The libraries of the compiled step that come with the program: found, checked, loaded.

resources/libraries/build.py makes them, and SHA256SUMS beside it has the hashes of the libraries
and of the sources that they were made of: after a change to a source none of them counts.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
from pathlib import Path

from engine.bark.forms import FORMS, machine
from engine.system.c_library import Built
from engine.system.paths import ROOT

FOLDER = ROOT / "resources" / "libraries"
SOURCES = Path(__file__).with_name("c")
_SYSTEMS = {"linux": ("linux", ".so"), "win32": ("windows", ".dll"), "darwin": ("macos", ".dylib")}
# The bits of c/processor.c.
_WORDS = (
    *("fma", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"),
    "avx512_bf16",
)


def library_name(form: str) -> str:
    """The file of a form on this system; "" where this system has none."""
    system, suffix = _SYSTEMS.get(sys.platform, ("", ""))
    return f"{system}-{machine()}-{form}{suffix}" if system else ""


def load(form: str) -> Built:
    """The library of a form, or None and why not."""
    name = library_name(form)
    hashes = _hashes()
    if name not in hashes:
        return Built(None, "no library for this system comes with the program")
    if not of_these_sources(hashes):
        return Built(None, "its sources are others than those of the library beside them")
    path = FOLDER / name
    try:
        if hashlib.sha256(path.read_bytes()).hexdigest() != hashes[name]:
            return Built(None, f"{path} is damaged: install the program again")
        return Built(ctypes.CDLL(str(path)))
    except OSError as error:
        return Built(None, f"{path}: {(error.strerror or str(error)).lower()}")


def processor() -> set[str]:
    """What a library says of this processor: on systems without /proc/cpuinfo."""
    for form in reversed(FORMS.get(machine(), ())):
        library = load(form.name).library
        if library is not None:
            library.bark_processor.restype = ctypes.c_uint64
            bits = library.bark_processor()
            return {word for i, word in enumerate(_WORDS) if bits >> i & 1}
    return set()


def of_these_sources(hashes: dict[str, str]) -> bool:
    """Whether the sources are those of the libraries."""
    return source_hashes() == {
        name: value for name, value in hashes.items() if name.startswith("../")
    }


def source_hashes() -> dict[str, str]:
    """What SHA256SUMS has to say of the sources."""
    return {
        f"../../engine/bark/c/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(SOURCES.glob("*.[ch]"))
    }


def _hashes() -> dict[str, str]:
    try:
        text = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    lines = (line.partition("  ") for line in text.splitlines())
    return {name: value for value, _, name in lines}
