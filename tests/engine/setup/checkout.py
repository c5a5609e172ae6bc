"""A tiny program with the real set-up, the real venv and pip, and an index of tiny wheels."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from engine.setup import environment, locks, packages
from tests.conftest import ROOT

WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

# A build backend of the standard library alone, so that `pip install --editable .` needs nothing.
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "bark_studio-0.1.0-py3-none-any.whl"
    info = "bark_studio-0.1.0.dist-info"
    requires = "".join(f"Requires-Dist: {name}\\n" for name in NEEDED)
    requires += "Provides-Extra: test\\n"
    requires += "".join(f"Requires-Dist: {name}; extra == 'test'\\n" for name in TESTS)
    head = f"Metadata-Version: 2.1\\nName: bark-studio\\nVersion: 0.1.0\\n{requires}"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", head)
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")
    return name
build_wheel = build_editable
"""
# What main.py does, with a result that can be seen.
PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from engine.setup import environment, packages
from engine.errors import UserError
try:
    environment.ensure(Path(__file__).parent, sys.argv[1:], tests="test" in sys.argv)
except UserError as error:
    sys.exit(f"sentence: {{error}}")
import torch
print("ran", torch.__name__, sys.argv[1:], Path(sys.prefix).name)
sys.exit(7)
"""


def write_wheel(folder: Path, distribution: str, module: str, version: str) -> None:
    name = distribution.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{module}.py", "")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")


class Checkout:
    """A tiny program with the real set-up, in a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "the program"
        self.wheels = folder / "wheels"
        self.root.mkdir()
        self.wheels.mkdir()
        needed, tests = packages.needed(), packages.needed("text", "test")
        for module, distribution in {**needed, **tests}.items():
            write_wheel(self.wheels, distribution, module, "9.9")
        (self.root / "main.py").write_text(PROGRAM.format(root=str(ROOT)))
        lists = f"NEEDED = {list(needed.values())!r}\nTESTS = {list(tests.values())!r}\n"
        lists += f"WHEEL = {WHEEL!r}\n"
        (self.root / "backend.py").write_text(lists + BACKEND)
        (self.root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        )
        (self.root / "constraints.txt").write_text("torch==9.9\n")
        (self.root / locks.FOLDER).mkdir()
        self.lock("program", needed.values())
        self.lock("test", set(tests.values()) - set(needed.values()))
        self.index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.wheels.as_uri()}

    def lock(self, part: str, distributions: Iterable[str]) -> None:
        """Note the hashes of the wheels, for a part of the lock; torch has none."""
        lines = []
        for distribution in sorted(set(distributions) - {"torch"}):
            (wheel,) = self.wheels.glob(f"{distribution.replace('-', '_')}-9.9-*.whl")
            sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
            lines.append(f"{distribution}==9.9 \\\n    --hash=sha256:{sha256}\n")
        (self.root / locks.FOLDER / f"{part}.txt").write_text("".join(lines))

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / environment.STAMP

    def command(self, *arguments: str) -> list[str]:
        # A bare interpreter: without site-packages, whatever this one has.
        return [sys.executable, "-S", str(self.root / "main.py"), *arguments]

    def environment(self, **changes: str) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
        return {**clean, **self.index, "PIP_CONFIG_FILE": os.devnull, **changes}

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=120,
        )
