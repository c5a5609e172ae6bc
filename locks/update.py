"""Bring the locks up to date: `pip install uv==0.13.9`, then `python locks/update.py`.

pyproject.toml says what is needed, constraints.txt which versions; where that names none, the
version in the locks of today stays, or the newest one comes with `--upgrade`. uv finds out what the
packages need in turn, for every system and Python, and the package index says the hashes of all
their files. engine/setup/locks.py tells what the parts are for.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

from engine.setup import locks, packages  # noqa: E402
from engine.setup.python_version import OLDEST  # noqa: E402

STORY = ROOT / "engine" / "bench" / "recipes" / "lock.txt"  # of the texts' own code
_BY_VERSION = "torch"
_LEFT_OUT = "sudachidict-core"  # what pyopenjtalk-plus asks for and is not used: 190 MB


def main() -> None:
    """Write all parts anew, or leave them as they are where something fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args().upgrade
    earlier = "" if upgrade else "\n".join(path.read_text() for path in HERE.glob("*.txt"))
    found = {HERE / f"{part}.txt": text for part, text in resolve(earlier).items()}
    wanted = STORY.with_name("wanted.txt").read_text(encoding="utf-8").splitlines()
    found[STORY] = compile_(wanted, "", "--no-deps", pinned=False)
    for path, text in found.items():
        path.write_text(text, encoding="utf-8", newline="\n")


def resolve(earlier: str) -> dict[str, str]:
    """The text of each part. earlier: locks whose versions are preferred."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    program = [*packages.requirements(""), *build]
    text = [*program, *packages.requirements("text")]
    japanese = packages.requirements("japanese")
    tests = (line for line in packages.requirements("test") if "bark-studio" not in line)
    test = [*text, *japanese, *tests]
    everything = compile_(test, earlier)
    names = {  # of a part and what it stands on
        "build": _names(compile_(build, everything)),
        "program": _names(compile_(program, everything)),
        "text": _names(compile_(text, everything)),
        "japanese": _names(compile_([*program, *japanese], everything)),
    }
    files = compile_(test, everything, "--constraint", "lock.txt", file="pylock.toml")
    sources = {one["name"] for one in tomllib.loads(files)["packages"] if not one.get("wheels")}
    without_torch = compile_(program, everything, "--override", "no-torch.in")
    for_torch = names["program"] - _names(without_torch)
    found: dict[str, list[str]] = {part: [] for part in locks.PARTS}
    for entry in locks.read(everything):
        if entry.name in for_torch and "sys_platform == 'linux'" in entry.marker:
            part = "cuda"
        elif entry.name in sources:
            part = "source"
        else:
            part = next((part for part in names if entry.name in names[part]), "test")
        found[part].append(entry.text)
    return {part: "".join(f"{text}\n" for text in texts) for part, texts in found.items()}


def compile_(
    requirements: Iterable[str],
    earlier: str,
    *options: str,
    file: str = "lock.txt",
    pinned: bool = True,
) -> str:
    """A lock of all that the requirements need. earlier: a lock whose versions are preferred.
    options: further ones of uv. file: its name tells in which format it is written. pinned: at the
    versions of constraints.txt."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "wanted.in").write_text("\n".join(requirements) + "\n")
        (folder / "lock.txt").write_text(earlier)
        (folder / "left-out.in").write_text(f"{_LEFT_OUT}; python_version < '3'\n")
        (folder / "no-torch.in").write_text(f"{_BY_VERSION}; python_version < '3'\n")
        command = [
            *("uv", "pip", "compile", "wanted.in", "--output-file", file, "--quiet"),
            *("--universal", "--python-version", f"{OLDEST[0]}.{OLDEST[1]}"),
            *(("--constraint", str(ROOT / "constraints.txt")) if pinned else ()),
            *("--no-emit-package", _BY_VERSION),
            *("--override", "left-out.in"),
            *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
        ]
        subprocess.run([*command, *options], cwd=folder, check=True)
        return (folder / file).read_text()


def _names(lock: str) -> set[str]:
    return {entry.name for entry in locks.read(lock)}


if __name__ == "__main__":
    main()
