"""A folder of strangers: modules and programs of well-known names that note that they were run."""

from __future__ import annotations

from pathlib import Path

MODULES = (
    *("pip", "venv", "ensurepip", "runpy", "site", "sitecustomize", "usercustomize", "encodings"),
    *("json", "subprocess", "logging", "tempfile", "threading", "ctypes", "importlib", "typing"),
    *("torch", "numpy", "tensorflow", "safetensors", "soundfile", "sounddevice", "psutil"),
    *("main", "pyproject_hooks", "setuptools", "backend", "_distutils_hack"),
)
PACKAGES = ("engine", "gui", "resources", "transformers", "huggingface_hub", "scipy")
PROGRAMS = (
    *("cc", "gcc", "clang", "as", "ld", "nvidia-smi", "sysctl", "powershell", "ldconfig", "sudo"),
    *("notify-send", "update-desktop-database", "xdg-open", "apt", "xterm", "python", "python3"),
    *("x-terminal-emulator", "git", "lscpu", "objdump", "uname"),
)


class Hostile:
    """path: the folder. ran: what of it was run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ran = path.parent / f"{path.name} ran"
        path.mkdir()
        self._ran.mkdir()
        for name in MODULES:
            (path / f"{name}.py").write_text(self._module(name))
        for name in PACKAGES:
            (path / name).mkdir()
            (path / name / "__init__.py").write_text(self._module(name))
        for name in PROGRAMS:
            (path / name).write_text(f"#!/bin/sh\ntouch '{self._ran}/{name}'\n")
            (path / name).chmod(0o755)

    def _module(self, name: str) -> str:
        return f"open({str(self._ran / name)!r}, 'w').close()\n"

    @property
    def ran(self) -> list[str]:
        return sorted(path.name for path in self._ran.iterdir())
