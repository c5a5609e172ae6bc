"""Which packages the program needs, as pyproject.toml says, and which this Python lacks.

Standard library only. Looks without importing: milliseconds.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import re
import tomllib

from engine.system.paths import ROOT

# Distribution → its module, where that is not the same name in small letters.
_MODULES = {
    "PySide6-Essentials": "PySide6",
    "import-linter": "importlinter",
    "markdown-it-py": "markdown_it",
    "pyopenjtalk-plus": "pyopenjtalk",
    "python-docx": "docx",
    "pytest-qt": "pytestqt",
    "pytest-xdist": "xdist",
}
_NAME = re.compile(r"[\w.-]+")
_EXTRA = re.compile(r"extra\s*==\s*[\"'](\w+)[\"']")
OLDEST_TORCH = (2, 6)  # as in pyproject.toml, which says why


def missing(*, tests: bool = False, text: bool = False) -> list[str]:
    """The distributions that this interpreter lacks."""
    wanted = needed(*["text"] * (text or tests), *["test"] * tests)
    lacking = [name for module, name in wanted.items() if importlib.util.find_spec(module) is None]
    if "torch" not in lacking and _torch_version() < OLDEST_TORCH:
        lacking.append(f"torch>={'.'.join(map(str, OLDEST_TORCH))}")
    return lacking


def needed(*extras: str) -> dict[str, str]:
    """Module → distribution, of the program and of some of its extras, "text" and "test"."""
    found = {}
    for extra in ("", *extras):
        for requirement in requirements(extra):
            name = _NAME.match(requirement)[0]  # type: ignore[index]
            if name != "bark-studio":  # an extra that needs another one
                found[_MODULES.get(name, name.lower().replace("-", "_"))] = name
    return found


def requirements(extra: str) -> list[str]:
    """What an extra asks of pip, "" for the program itself."""
    return _requirements().get(extra, [])


def release(distribution: str) -> tuple[int, ...]:
    """The first two numbers of a version, () where there is none."""
    try:
        numbers = importlib.metadata.version(distribution).split("+")[0].split(".")[:2]
        return tuple(int(part) for part in numbers)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return ()


@functools.cache
def _requirements() -> dict[str, list[str]]:
    """By extra: from pyproject.toml in a checkout, else from what pip wrote down."""
    file = ROOT / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        return {"": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, list[str]] = {}
    for line in importlib.metadata.requires("bark-studio") or []:
        requirement, _, marker = line.partition(";")
        extra = _EXTRA.search(marker)
        found.setdefault(extra[1] if extra else "", []).append(requirement.strip())
    return found


def _torch_version() -> tuple[int, ...]:
    return release("torch") or OLDEST_TORCH  # built from source, perhaps: let it try
