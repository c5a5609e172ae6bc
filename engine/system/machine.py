"""What this machine is: processor, memory, versions. Works before the set-up as well."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import engine
from engine.system.programs import find_program

# What makes a processor fast at our matrix products, under the names of x86 and of ARM.
_INSTRUCTIONS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX-VNNI",
    "avx512_bf16": "AVX-512 BF16",
    "amx_bf16": "AMX BF16",
    "amx_int8": "AMX INT8",
    "asimd": "NEON",
    "asimddp": "dot product",
    "bf16": "BF16",
    "i8mm": "I8MM",
    "sve": "SVE",
}


@dataclass(frozen=True)
class Finding:
    """One fact. mend: the command or action for what is lacking; "" where all is well."""

    name: str
    value: str
    mend: str = ""


def facts() -> dict[str, str]:
    """The facts that a figure depends on: processor, instructions, compiler, memory."""
    return {finding.name: finding.value for finding in (*processor(), memory())}


def versions(*further: str) -> dict[str, str]:
    """The versions that a result depends on, those of further distributions among them."""
    found = {"python": platform.python_version(), "bark-studio": engine.__version__}
    names = ("torch", "numpy", "tokenizers", "safetensors")
    for name in (*names, *further):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def processor() -> list[Finding]:
    """The processor, its instructions, and the compiler for what the engine compiles."""
    name, flags = platform.processor() or platform.machine(), set[str]()
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            if key.strip() in ("flags", "Features"):
                flags.update(value.split())
    elif sys.platform == "darwin":
        name = output_of("sysctl", "-n", "machdep.cpu.brand_string") or name
        flags.update(output_of("sysctl", "-n", "machdep.cpu.leaf7_features").lower().split())
    found = [label for flag, label in _INSTRUCTIONS.items() if flag in flags]
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))  # those this process may use
    else:
        cores = os.cpu_count() or 1
    compiler = find_program("cc", "gcc", "clang") or ""
    # Nothing needs it where the libraries that come with the program can be used: the line of the
    # compiled step says where not.
    return [
        Finding("processor", f"{name}, {cores} cores"),
        Finding("instructions", ", ".join(found) or "not known on this system"),
        Finding("C compiler", compiler or "none"),
    ]


def memory() -> Finding:
    """Main memory, and what is free of it."""
    try:
        import psutil

        here = psutil.virtual_memory()
        return Finding("memory", f"{gib(here.total)}, {gib(here.available)} of it free")
    except ImportError:
        if not hasattr(os, "sysconf"):
            return Finding("memory", "not known before the set-up")
        return Finding("memory", gib(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))


def output_of(*command: str) -> str:
    """What a system tool prints; "" where there is no such tool or it fails."""
    program = find_program(command[0])
    if program is None:
        return ""
    command = (program, *command[1:])
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def gib(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 2**30:.1f} GiB"
