"""What the system's own package manager brings, and the command for it. Standard library only."""

from __future__ import annotations

import os
import sys

from engine.system.programs import find_program

_MANAGERS = {
    "apt": "apt install",
    "dnf": "dnf install",
    "pacman": "pacman -S",
    "zypper": "zypper install",
    "brew": "brew install",
}
# What we may miss: its name for people, and for each package manager.
_SYSTEM_PACKAGES = {
    "portaudio": (
        "PortAudio",
        {
            "apt": "libportaudio2",
            "dnf": "portaudio",
            "pacman": "portaudio",
            "zypper": "libportaudio2",
            "brew": "portaudio",
        },
    ),
    "compiler": (
        "a C compiler",
        {"apt": "build-essential", "dnf": "gcc", "pacman": "gcc", "zypper": "gcc", "brew": "gcc"},
    ),
    "venv": (
        "Python's venv module",
        {"apt": f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"},
    ),
}


def system_command(what: str) -> str:
    """The command that installs "portaudio", "compiler" or "venv" here, or plain words."""
    words, names = _SYSTEM_PACKAGES[what]
    for manager, verb in _MANAGERS.items():
        if manager in names and find_program(manager):
            as_root = hasattr(os, "geteuid") and os.geteuid() != 0 and manager != "brew"
            return f"{'sudo ' if as_root else ''}{verb} {names[manager]}"
    return f"install {words}"
