"""What this machine has and lacks for speaking, and the command that mends each lack.

Works before the set-up as well, with what the standard library can see. Every word of a Finding
stands in its call, or in what `value` or `mend` is set to: there resources/translations/update.py
finds it.
"""

from __future__ import annotations

import ctypes.util
import json
import platform
import shutil
import sys
from pathlib import Path

from engine.errors import UserError
from engine.models import bark, hub
from engine.setup import packages, torch_build
from engine.system import compiled_code
from engine.system.machine import Finding, gib, memory, output_of, processor, versions
from engine.system.package_manager import system_command
from engine.system.paths import ROOT, cache_folder

_SPACE = 8 * 2**30  # bytes: PyTorch with CUDA, and one checkpoint


def examine(root: Path) -> list[Finding]:
    """Look at everything, in the order in which a newcomer meets it. Takes a few seconds."""
    return [
        Finding("Python", f"{platform.python_version()} ({sys.executable})"),
        Finding("system", platform.platform()),
        *processor(),
        memory(),
        _disk(root),
        _packages(),
        *_torch_build(),
        *_accelerator(),
        *_compiled_code(),
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


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(root).free
    wanting = free < _SPACE and packages.missing()
    mend = f"free {gib(_SPACE - free)} before the set-up" if wanting else ""
    return Finding("disk", f"{gib(free)} free at {root}", mend)


def _packages() -> Finding:
    lacking = packages.missing()
    if not lacking:
        return Finding("packages", ", ".join(f"{k} {v}" for k, v in versions().items()))
    mend = "python3 main.py models list   (any command but --help and doctor sets up)"
    return Finding("packages", f"not installed: {', '.join(lacking)}", mend)


def _torch_build() -> list[Finding]:
    """The build of PyTorch that is here, and the command for the other one."""
    try:
        import torch
    except ImportError:
        return []
    version, cuda = str(torch.__version__), torch.version.cuda
    if sys.platform == "darwin":
        return [Finding("PyTorch", version)]
    plain = version.partition("+")[0]
    other = torch_build.other_build(plain, cuda=cuda is None)
    if cuda is None:
        return [Finding("PyTorch", f"{version}, for processors; for NVIDIA cards: {other}")]
    return [Finding("PyTorch", f"{version}, with CUDA {cuda}; without its libraries: {other}")]


def _accelerator() -> list[Finding]:
    query = ("--query-gpu=name,driver_version,memory.total", "--format=csv,noheader")
    cards = output_of("nvidia-smi", *query).splitlines()
    try:
        import torch

        from engine.bark.device import find_device
    except ImportError:
        return [Finding("accelerator", "; ".join(cards) or "none that is seen before the set-up")]
    if torch.cuda.is_available():
        value = "; ".join(cards) or torch.cuda.get_device_name()
        try:
            find_device("cuda")
        except UserError as error:  # seen, and of no use to this torch
            return [Finding("accelerator", value, str(error))]
        return [Finding("accelerator", value)]
    if torch.backends.mps.is_available():
        return [Finding("accelerator", "Apple GPU (MPS)")]
    if cards:
        # A driver that works and a torch that does not see it: a CPU build, or CUDA too new.
        named, built = "; ".join(cards), torch.version.cuda
        plain = str(torch.__version__).partition("+")[0]
        value, mend = f"{named}; torch has no CUDA", torch_build.other_build(plain, cuda=True)
        if built is not None:
            value = f"{named}; torch has CUDA {built}"
            mend = f"a newer driver: this torch needs CUDA {built}"
        return [Finding("accelerator", value, mend)]
    return [Finding("accelerator", "none; the processor computes")]


def _compiled_code() -> list[Finding]:
    """What the engines compile here: whether it can be kept, and whether speaking uses it."""
    folder = cache_folder()
    open_to_others = compiled_code.make_private(folder)
    found = [Finding("compiled code", f"kept in {folder}")]
    if open_to_others:
        found = [Finding("compiled code", "compiled at each start", open_to_others)]
    try:
        from engine.bark.check import check
        from engine.bark.kernel import Kernel
    except ImportError:  # before the set-up
        return found
    kernel, note, by_design = Kernel.find()
    if kernel is None:
        value, mend = (f"not used; {note}", "") if by_design else ("not used", note)
        return [*found, Finding("compiled step", value, mend)]
    right, cases = check(kernel)
    value = f"{kernel.form}; {right} of {cases} results right to the bit"
    if kernel.why:
        value = f"{value}; faster forms cannot be had: {kernel.why}"
    mend = note
    if right < cases or cases == 0:
        mend = "choose --kernel torch, and install the program again: its results are wrong"
    return [*found, Finding("compiled step", value, mend)]


def _sound() -> list[Finding]:
    if "sounddevice" in packages.missing():
        library = ctypes.util.find_library("portaudio")
        brought = sys.platform in ("darwin", "win32")  # the package brings its own there
        mend = "" if library or brought else system_command("portaudio")
        return [Finding("PortAudio", library or "not found", mend)]
    from engine.audio.device import output_devices

    try:
        devices = output_devices()
    except UserError:
        return [Finding("PortAudio", "not found", system_command("portaudio"))]
    mend = "" if devices else "connect a device, or write files with -o"
    return [
        Finding("PortAudio", "here"),
        Finding("sound output", ", ".join(devices) or "none", mend),
    ]


def _models() -> list[Finding]:
    here = [name for name in bark.PUBLISHED if hub.state(name) == "here"]
    if bark.STARTER.is_dir():
        here.insert(0, bark.STARTER.name)
    mend = "" if here else "python3 main.py models get suno/bark-small   (1.7 GB)"
    if hub.offline() and not here:
        mend = f"unset HF_HUB_OFFLINE, then {mend}"
    value = f"{hub.cache_folder()}"
    if hub.offline():
        value = f"{value} (offline: HF_HUB_OFFLINE is set)"
    return [
        Finding("models", ", ".join(here) or "none here, but any checkpoint folder will do", mend),
        Finding("Hub cache", value),
    ]


if __name__ == "__main__":  # for the window, which says it in its own words
    print(as_json(examine(ROOT)))
