"""What this machine has and lacks for speaking, and the command that mends each lack.

Works before the set-up as well, with what the standard library can see.
"""

from __future__ import annotations

import ctypes.util
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from engine import environment, hub, models
from engine.errors import UserError
from engine.system import system_command

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
_SPACE = 8 * 2**30  # bytes: PyTorch with CUDA, and one checkpoint


@dataclass(frozen=True)
class Finding:
    """One fact. mend: the command or action for what is lacking; "" where all is well."""

    name: str
    value: str
    mend: str = ""


def examine(root: Path) -> list[Finding]:
    """Look at everything, in the order in which a newcomer meets it. Takes a few seconds."""
    return [
        Finding("Python", f"{platform.python_version()} at {sys.executable}"),
        Finding("system", platform.platform()),
        *_processor(),
        _memory(),
        _disk(root),
        _packages(),
        *_accelerator(),
        *_sound(),
        *_models(),
    ]


def as_text(findings: list[Finding]) -> str:
    """A table for people; what is lacking is marked, with its remedy on the next line."""
    lines = []
    for finding in findings:
        lines.append(f"{'!' if finding.mend else ' '} {finding.name:<14} {finding.value}")
        if finding.mend:
            lines.append(f"{'':17}to mend it: {finding.mend}")
    lacking = sum(1 for finding in findings if finding.mend)
    lines.append(f"\n{lacking} to mend, marked with !" if lacking else "\nnothing is lacking")
    return "\n".join(lines)


def as_json(findings: list[Finding]) -> str:
    """The findings as one JSON object: name → value and, where something is lacking, mend."""
    return json.dumps(
        {f.name: {"value": f.value, **({"mend": f.mend} if f.mend else {})} for f in findings},
        indent=2,
    )


def machine() -> dict[str, str]:
    """The facts that a figure depends on: processor, instructions, compiler, memory."""
    return {finding.name: finding.value for finding in (*_processor(), _memory())}


def versions(*further: str) -> dict[str, str]:
    """The versions that a result depends on, those of further distributions among them."""
    found = {"python": platform.python_version()}
    names = ("bark-studio", "torch", "numpy", "tokenizers", "safetensors", "accelerate")
    for name in (*names, *further):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # a checkout that runs in another environment has no entry of its own
    return found


def _processor() -> list[Finding]:
    name, flags = platform.processor() or platform.machine(), set[str]()
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            if key.strip() in ("flags", "Features"):
                flags.update(value.split())
    elif sys.platform == "darwin":
        name = _output("sysctl", "-n", "machdep.cpu.brand_string") or name
        flags.update(_output("sysctl", "-n", "machdep.cpu.leaf7_features").lower().split())
    found = [label for flag, label in _INSTRUCTIONS.items() if flag in flags]
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))  # those this process may use
    else:
        cores = os.cpu_count() or 1
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), "")
    # The engine compiles its inner loop for processors that have these; elsewhere torch does it.
    wanted = sys.platform == "linux" and "avx512_vnni" in flags
    mend = system_command("compiler") if wanted and not compiler else ""
    return [
        Finding("processor", f"{name}, {cores} cores"),
        Finding("instructions", ", ".join(found) or "not known on this system"),
        Finding("C compiler", compiler or "none", mend),
    ]


def _memory() -> Finding:
    try:
        import psutil

        memory = psutil.virtual_memory()
        return Finding("memory", f"{_gib(memory.total)}, {_gib(memory.available)} of it free")
    except ImportError:
        if not hasattr(os, "sysconf"):
            return Finding("memory", "not known before the set-up")
        return Finding("memory", _gib(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    wanting = free < _SPACE and environment.missing()
    mend = f"free {_gib(_SPACE - free)} before the set-up" if wanting else ""
    return Finding("disk", f"{_gib(free)} free at {root}", mend)


def _packages() -> Finding:
    lacking = environment.missing()
    if not lacking:
        return Finding("packages", ", ".join(f"{k} {v}" for k, v in versions().items()))
    mend = "python3 main.py models list   (any command but --help and doctor sets up)"
    return Finding("packages", f"not installed: {', '.join(lacking)}", mend)


def _accelerator() -> list[Finding]:
    query = ("--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")
    cards = _output("nvidia-smi", *query).splitlines()
    try:
        import torch
    except ImportError:
        return [Finding("accelerator", "; ".join(cards) or "none that is seen before the set-up")]
    if torch.cuda.is_available():
        return [Finding("accelerator", "; ".join(cards) or torch.cuda.get_device_name())]
    if torch.backends.mps.is_available():
        return [Finding("accelerator", "Apple GPU (MPS)")]
    if cards:
        # A driver that works and a torch that does not see it: a CPU build, or CUDA too new.
        built = torch.version.cuda or "no CUDA"
        mend = f"{sys.executable} -m pip install --force-reinstall torch, or a newer driver"
        return [Finding("accelerator", f"{'; '.join(cards)}; torch has {built}", mend)]
    return [Finding("accelerator", "none; the processor computes")]


def _sound() -> list[Finding]:
    if "sounddevice" in environment.missing():
        library = ctypes.util.find_library("portaudio")
        brought = sys.platform in ("darwin", "win32")  # the package brings its own there
        mend = "" if library or brought else system_command("portaudio")
        return [Finding("PortAudio", library or "not found", mend)]
    from engine.audio.device import output_devices

    try:
        devices = output_devices()
    except UserError:
        return [Finding("PortAudio", "not found", system_command("portaudio"))]
    none = "connect a device, or write files with -o"
    return [
        Finding("PortAudio", "here"),
        Finding("sound output", ", ".join(devices) or "none", "" if devices else none),
    ]


def _models() -> list[Finding]:
    here = [name for name in models.PUBLISHED if hub.state(name) == "here"]
    if models.STARTER.is_dir():
        here.insert(0, models.STARTER.name)
    mend = "" if here else "python3 main.py models get suno/bark-small   (1.7 GB)"
    if hub.offline() and not here:
        mend = "unset HF_HUB_OFFLINE, then " + mend
    offline = " (offline: HF_HUB_OFFLINE is set)" if hub.offline() else ""
    return [
        Finding("models", ", ".join(here) or "none here, but any checkpoint folder will do", mend),
        Finding("Hub cache", f"{hub.cache_folder()}{offline}"),
    ]


def _output(*command: str) -> str:
    """What a system tool prints; "" where there is no such tool or it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _gib(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"


if __name__ == "__main__":
    print(as_text(examine(Path(__file__).resolve().parent.parent)))
