"""What pip is asked for: every package at one version and with the hashes of its files, for all
systems and Pythons; torch by its version alone, as there are many builds; the program itself.

`locks/NAME.txt` are requirements that locks/update.py makes. Together they name all that is needed,
so pip looks for nothing by itself. Standard library only.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from engine.setup import torch_build

FOLDER = "locks"
PARTS = (
    "build",  # what builds packages: first of all, so that no other one is fetched for it
    "source",  # packages without a wheel, built with that
    "program",
    "text",  # what writing needs beside the program
    "japanese",  # what reading Japanese needs beside the program and writing
    "test",  # and the tests, beside all of these
    "cuda",  # what a torch with CUDA needs
)
UNHASHED = "BARK_STUDIO_UNHASHED"  # set: what the package index gives is taken as it is
_ENTRY = re.compile(
    r"^([\w.-]+)==([\w.+!]+)(?: ; ([^\n]*?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)


class Entry(NamedTuple):
    """A package of a lock. marker: for which Pythons and systems, "" for all. text: its lines."""

    name: str
    version: str
    marker: str
    text: str


def read(text: str) -> list[Entry]:
    """The packages of a lock; one that differs among Pythons is there more than once."""
    return [Entry(found[1], found[2], found[3] or "", found[0]) for found in _ENTRY.finditer(text)]


def content(root: Path) -> bytes:
    """All that the locks say. root: the folder of main.py."""
    return b"".join(path.read_bytes() for path in _files(root, PARTS))


def is_hashed(say: Callable[[str], object]) -> bool:
    """Whether files of packages are held against hashes; says so where they are not."""
    if not os.environ.get(UNHASHED):
        return True
    say(f"{UNHASHED} is set: packages are taken from the package index whatever their hashes are.")
    return False


def of(root: Path, *parts: str) -> list[str]:
    """What pip is told, after "install", for some parts; [] where there are none."""
    files = [f"--requirement={path}" for path in _files(root, parts)]
    return ["--no-deps", "--require-hashes", *files] if files else []


def steps(home: Path, root: Path, extras: Sequence[str]) -> Iterator[list[str]]:
    """What pip is told, after "install", call by call; the next is asked for when that ended well.

    home: the environment. root: the folder of main.py. extras: "text" or "test", which needs the
    former.
    """
    wanted = ["text"] * bool(extras) + ["japanese", "test"] * ("test" in extras)
    alone = "--no-build-isolation"  # builds with what is here, and fetches nothing for it
    if build := of(root, "build"):
        yield build
    if source := of(root, "source"):
        yield [*source, alone]
    if packages := of(root, "program", *wanted):
        yield packages
    torch = f"torch=={torch_build.pinned(root)}"
    yield ["--no-deps", alone, torch, "--editable", "."]
    needed = torch_build.needs(home)
    if unknown := needed - _names(root, *PARTS):
        named = ", ".join(sorted(unknown))
        print(f"This build of PyTorch needs what has no hashes here: {named}.", file=sys.stderr)
        yield ["--constraint", "constraints.txt", torch]
    elif needed & _names(root, "cuda"):
        yield of(root, "cuda")


def _files(root: Path, parts: Sequence[str]) -> list[Path]:
    paths = (root / FOLDER / f"{part}.txt" for part in parts)
    return [path for path in paths if path.is_file()]


def _names(root: Path, *parts: str) -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in _files(root, parts))
    return {entry.name for text in texts for entry in read(text)}
