"""Which build of PyTorch comes: the ordinary Linux one brings some 3 GB of CUDA libraries, which
only a machine with an NVIDIA card can use.

Where none answers, PyTorch's own index of builds for processors is asked first, and the ordinary
one comes where that index does not answer. Where pip was told of another index, that one says what
there is. Standard library only.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.metadata import Distribution
from pathlib import Path

from engine.system.machine import output_of
from engine.system.programs import MODULE

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CUDA_INDEX = "https://download.pytorch.org/whl/cu130"  # of Windows, whose ordinary build has none
CUDA_SIZE = "about 3 GB"  # of CUDA libraries, unpacked; builds for processors take 0.7 in all
_VARIABLE = "BARK_STUDIO_TORCH_INDEX"  # a mirror of CPU_INDEX; asked whatever pip was told
_SECONDS = 3.0  # within which the index has to answer
_INDEX_OPTIONS = ("index-url", "extra-index-url", "no-index", "find-links")
_INDEX_VARIABLES = tuple(f"PIP_{name.upper().replace('-', '_')}" for name in _INDEX_OPTIONS)
_PINNED = re.compile(r"^torch\s*==\s*([\w.]+)", re.MULTILINE)


def cards() -> list[str]:
    """The NVIDIA cards whose driver answers."""
    return output_of("nvidia-smi", "--query-gpu=name", "--format=csv,noheader").splitlines()


def bring(pip: Sequence[str], home: Path, root: Path) -> None:
    """Let pip put the build for processors into an environment, where that is right and can be had
    quickly; pip itself brings the ordinary one afterwards. Says what it does.

    pip: the command up to "install" and its options. home: the environment. root: where
    constraints.txt is.
    """
    version = pinned(root)
    if sys.platform != "linux" or not version or _is_here(home, version):
        return
    index = os.environ.get(_VARIABLE, "")
    if not index and _has_own_index(pip[0]):
        return
    if found := cards():
        _say(f"PyTorch comes with CUDA ({CUDA_SIZE}): {', '.join(found)} answers.")
        return
    index = index or CPU_INDEX
    if answers(index):
        _say(f"No NVIDIA card answers: PyTorch comes without CUDA, from {index}.")
        environment = {k: v for k, v in os.environ.items() if k not in _INDEX_VARIABLES}
        what = ["--no-deps", "--index-url", index, f"torch=={version}"]
        if not subprocess.call([*pip, *what], env=environment, stdout=sys.stderr, cwd=root):
            return
        _say(f"{index} has no PyTorch {version} for this computer.")
    else:
        _say(f"{index} does not answer.")
    _say(f"The ordinary PyTorch comes, which may bring {CUDA_SIZE} of CUDA libraries.")


def pinned(root: Path) -> str:
    """The version that constraints.txt names, "" where it names none. root: where that is."""
    found = _PINNED.search((root / "constraints.txt").read_text(encoding="utf-8"))
    return found[1] if found else ""


def needs(home: Path) -> set[str]:
    """The packages, in small letters with hyphens, that the build in an environment asks for."""
    found = set()
    for info in _infos(home):
        for line in Distribution.at(info).requires or []:
            requirement, _, marker = line.partition(";")
            elsewhere = "linux" in marker.lower() and sys.platform != "linux"
            if "extra" not in marker and not elsewhere:
                name = re.match(r"[\w.-]+", requirement.strip())
                found.add(re.sub(r"[-_.]+", "-", name[0]).lower() if name else "")
    return found - {""}


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _is_here(home: Path, version: str) -> bool:
    """Whether an environment has this version, of whatever build."""
    names = (info.name.removeprefix("torch-").removesuffix(".dist-info") for info in _infos(home))
    return any(name.split("+")[0] == version for name in names)


def _infos(home: Path) -> Iterator[Path]:
    for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
        yield from home.glob(f"{pattern}/torch-*.dist-info")


def _has_own_index(python: str) -> bool:
    """Whether pip was told where to look, by a variable or in a file."""
    if any(os.environ.get(name) for name in _INDEX_VARIABLES):
        return True
    with suppress(OSError, subprocess.TimeoutExpired):
        told = subprocess.run(
            [python, *MODULE, "pip", "config", "list"],
            capture_output=True,
            text=True,
            timeout=20,
        ).stdout
        return any(f".{option}=" in told for option in _INDEX_OPTIONS)
    return False


def answers(index: str) -> bool:
    """Whether an index has PyTorch, within a few seconds."""
    found = threading.Event()

    def ask() -> None:
        with (
            suppress(OSError, ValueError),
            urllib.request.urlopen(f"{index.rstrip('/')}/torch/", timeout=_SECONDS) as answer,
        ):
            if answer.status == 200:
                found.set()

    # A thread: to look a name up has no time limit.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_SECONDS)
    return found.is_set()


def other_build(version: str, *, cuda: bool) -> str:
    """The command that brings the build with CUDA, or the one for processors, in place of what is
    here. version: of PyTorch, without its build."""
    index = CPU_INDEX if not cuda else CUDA_INDEX if sys.platform == "win32" else ""
    where = f" --index-url {index}" if index else ""
    # The libraries that a build with CUDA needs are packages of their own.
    alone = "" if cuda else " --no-deps"
    return f"{sys.executable} -m pip install --force-reinstall{alone} torch=={version}{where}"
