"""Which form of the compiled step this processor runs: the fastest whose instructions it has.

All forms give the same bits (c/lanes.h).
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from typing import NamedTuple

from engine.system.instructions import WITHOUT, left_out, listed


class Form(NamedTuple):
    """needs: instructions, in the words of Linux. flags: of a compiler."""

    name: str
    label: str
    needs: tuple[str, ...]
    flags: tuple[str, ...]


_AVX2 = ("avx2", "fma")
_AVX512 = (*_AVX2, "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni")


def _flags(needs: tuple[str, ...]) -> tuple[str, ...]:
    """gcc's and clang's names for instructions, which have no line below."""
    return tuple(f"-m{name.replace('_', '')}" for name in needs)


# The fastest first.
FORMS = {
    "x86_64": tuple(
        Form(name, label, needs, _flags(needs))
        for name, label, needs in (
            ("avx512bf16", "AVX-512 with VNNI and BF16", (*_AVX512, "avx512_bf16")),
            ("avx512", "AVX-512 with VNNI", _AVX512),
            ("avxvnni", "AVX2 with AVX-VNNI", (*_AVX2, "avx_vnni")),
            ("avx2", "AVX2", _AVX2),
        )
    ),
    "arm64": (Form("neon", "NEON with dot product", ("asimddp",), ("-mcpu=generic+dotprod",)),),
}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


class Choice(NamedTuple):
    """form: None where no form runs here. why: the faster forms that do not, and what they lack."""

    form: Form | None
    why: str


def machine() -> str:
    """The kind of this processor: a key of FORMS, or the system's word for another."""
    word = platform.machine().lower()
    return _MACHINES.get(word, word)


def choose(kind: str, instructions: set[str]) -> Choice:
    """The form for a processor of this kind, less what BARK_STUDIO_WITHOUT names."""
    masked = left_out()
    passed: list[str] = []
    for form in FORMS.get(kind, ()):
        lacking = [name for name in form.needs if name not in instructions - masked]
        if not lacking:
            return Choice(form, " · ".join(passed))
        words = ", ".join(lacking)
        if set(lacking) <= instructions:
            passed.append(f"{form.label}: {WITHOUT} leaves out {words}")
        else:
            passed.append(f"{form.label}: the processor lacks {words}")
    return Choice(None, " · ".join(passed) or f"there is no form for {kind} processors")


def instructions(ask: Callable[[], set[str]]) -> set[str]:
    """What this processor can do. ask: a library, where the system has no words for it."""
    if sys.platform == "darwin" and machine() == "arm64":
        return {"asimd", "asimddp"}  # every processor of Apple's
    found = listed()
    return ask() if found is None else found
