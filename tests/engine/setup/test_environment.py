"""The set-up, with the real venv and the real pip, and an index of tiny wheels in a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.setup import environment, locks, packages
from tests.conftest import ROOT
from tests.engine.setup.checkout import BACKEND, WHEEL, Checkout
from tests.strangers import Hostile


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.slow
def test_a_bare_python_sets_up_once_and_goes_on_inside(checkout: Checkout) -> None:
    first = checkout.run("say", "two words")
    assert first.stdout == "ran torch ['say', 'two words'] .venv\n"  # pip kept off stdout
    assert first.returncode == 7
    assert "Setting up" in first.stderr
    assert "torch" in first.stderr  # pip's own words can be seen
    # No index at all: the second run must not ask pip again.
    second = checkout.run("say", PIP_FIND_LINKS="/nowhere")
    assert (second.stdout, second.stderr) == ("ran torch ['say'] .venv\n", "")

    # The tests need more: only the rest is installed, and what is there counts for both.
    assert "Setting up" in checkout.run("test").stderr
    assert checkout.run("say", PIP_FIND_LINKS="/nowhere").stderr == ""
    assert checkout.run("test", PIP_FIND_LINKS="/nowhere").stderr == ""

    # New constraints: set up again, with the extras that were there, and without hashes.
    (checkout.root / "constraints.txt").write_text("torch==9.9\nnumpy==9.9\n")
    told = checkout.run("say", BARK_STUDIO_UNHASHED="1").stderr
    assert "Setting up" in told
    assert "BARK_STUDIO_UNHASHED is set: packages are taken from the package index" in told
    assert "unhashed" in checkout.stamp.read_text()
    assert checkout.run("test", PIP_FIND_LINKS="/nowhere").stderr == ""

    # A package that was lost is brought back.
    shutil.rmtree(next(checkout.root.glob(".venv/lib/*/site-packages/torch-9.9.dist-info")))
    next(checkout.root.glob(".venv/lib/*/site-packages/torch.py")).unlink()
    assert checkout.run("say").stdout == "ran torch ['say'] .venv\n"


@pytest.mark.slow
def test_a_set_up_runs_nothing_of_the_current_folder(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = Hostile(tmp_path / "books")
    monkeypatch.chdir(hostile.path)
    done = checkout.run("say", PATH=f".:{os.environ['PATH']}")
    assert done.stdout == "ran torch ['say'] .venv\n"
    assert hostile.ran == []


@pytest.mark.slow
def test_a_set_up_that_does_not_help_ends(checkout: Checkout) -> None:
    (checkout.root / "backend.py").write_text(f"NEEDED = TESTS = []\nWHEEL = {WHEEL!r}\n" + BACKEND)
    shutil.rmtree(checkout.root / locks.FOLDER)
    done = checkout.run("say")  # installs nothing, and must not try for ever
    assert "delete that folder" in done.stderr.splitlines()[-1]
    assert done.stdout == ""


# ── without a set-up ──────────────────────────────────────────────────────────────────────────


def test_an_environment_with_the_packages_is_used_as_it_is(tmp_path: Path) -> None:
    environment.ensure(tmp_path, ["say"], tests=True)  # returns: this very interpreter has them
    assert list(tmp_path.iterdir()) == []


def test_an_installed_program_without_packages_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "missing", lambda *, tests=False, text=False: ["torch"])
    with pytest.raises(UserError, match="torch missing: run pip install"):
        environment.ensure(tmp_path, ["say"])  # no pyproject.toml: no checkout


def test_an_installed_program_has_no_environment_of_its_own(tmp_path: Path) -> None:
    assert not environment.is_ready(tmp_path)


@pytest.mark.slow
def test_installed_with_pip_it_is_a_command(tmp_path: Path) -> None:
    """`pip install .` for real (it fetches setuptools), with the packages of this interpreter."""
    import sysconfig
    import venv

    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = environment.python_of(home)
    source = shutil.copytree(
        ROOT, tmp_path / "source", ignore=shutil.ignore_patterns(".*", "*.egg-info", "build")
    )
    subprocess.run([python, "-m", "pip", "install", "--no-deps", source], check=True)
    (site,) = home.glob("lib/*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python.parent / "bark-studio", *arguments], capture_output=True, text=True, cwd="/"
        )

    assert command("--help").stdout.startswith("usage: bark-studio ")
    assert str(home) in command("doctor").stdout
    assert "suno/bark-small" in command("models", "list").stdout
    (site / "packages.pth").unlink()
    lacking = command("models", "list")
    assert lacking.returncode == 2
    assert lacking.stderr.endswith("missing: run pip install --upgrade bark-studio\n")
    assert command("doctor").returncode == 0


def test_debian_without_venv_hears_the_command(
    tmp_path: Path, programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("sudo", "apt")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"sudo apt install python3\.\d+-venv"):
        environment._make_venv(tmp_path / ".venv")


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt", "apt install libportaudio2"),
        ("dnf", "dnf install portaudio"),
        ("pacman", "pacman -S portaudio"),
        ("brew", "brew install portaudio"),
    ],
)
def test_system_packages_have_the_names_of_their_system(
    manager: str, command: str, programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(manager)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert environment.system_command("portaudio") == command


# ── writing, added from the window ────────────────────────────────────────────────────────────


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Let the interpreter be a script that says what pip would; returns a file of its arguments."""

    def pip(script: str) -> Path:
        arguments = tmp_path / "arguments"
        interpreter = tmp_path / "python"
        interpreter.write_text(f'#!/bin/sh\necho "$@" > {arguments}\n{script}\n')
        interpreter.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(interpreter))
        return arguments

    return pip


@pytest.mark.skipif(os.name == "nt", reason="system: a shell script stands for pip")
def test_writing_is_added_with_progress(tmp_path: Path, pip: Callable[[str], Path]) -> None:
    arguments = pip('echo "Collecting tensorflow"; echo "Progress 5 of 10"; echo "Installed"')
    (tmp_path / "constraints.txt").write_text("")
    lines: list[str] = []
    told: set[tuple[int, int]] = set()
    environment.add_text(tmp_path, lines.append, lambda done, total: told.add((done, total)))
    assert lines == ["Collecting tensorflow", "Installed"]
    assert (5, 10) in told
    said = arguments.read_text()
    assert "-m pip install" in said
    wanted = " ".join(packages.requirements("text"))
    assert f"--constraint {tmp_path / 'constraints.txt'} {wanted}" in said


@pytest.mark.skipif(os.name == "nt", reason="system: a shell script stands for pip")
def test_writing_is_added_by_its_hashes_where_the_program_was(
    tmp_path: Path, pip: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the program's own environment alone: its versions fit to no others."""
    arguments = pip("true")
    (tmp_path / "constraints.txt").write_text("")
    (tmp_path / "locks").mkdir()
    text = tmp_path / "locks" / "text.txt"
    text.write_text("")
    home = tmp_path / ".venv"
    home.mkdir()
    lines: list[str] = []

    def add() -> str:
        environment.add_text(tmp_path, lines.append, lambda *_: None)
        return arguments.read_text()

    assert "--require-hashes" not in add()
    monkeypatch.setattr(sys, "prefix", str(home))
    assert add().endswith(f"--no-deps --require-hashes --requirement={text}\n")
    assert (home / environment.STAMP).read_text().split() == ["text"]
    assert lines == []
    with monkeypatch.context() as patch:
        patch.setenv(locks.UNHASHED, "1")
        assert "--require-hashes" not in add()
    assert lines == [
        "BARK_STUDIO_UNHASHED is set: packages are taken from the package index whatever their "
        "hashes are."
    ]
    (home / environment.STAMP).write_text("0 unhashed\n")  # as the program itself was
    assert "--require-hashes" not in add()


@pytest.mark.skipif(os.name == "nt", reason="system: a shell script stands for pip")
def test_an_installed_program_asks_for_its_extra(
    tmp_path: Path, pip: Callable[[str], Path]
) -> None:
    arguments = pip("true")
    environment.add_text(tmp_path, lambda _: None, lambda *_: None)
    assert arguments.read_text().split()[-1] == "bark-studio[text]"


@pytest.mark.skipif(os.name == "nt", reason="system: a shell script stands for pip")
def test_adding_writing_can_be_stopped(tmp_path: Path, pip: Callable[[str], Path]) -> None:
    pip("exec tail -f /dev/null")  # never ends by itself

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        environment.add_text(tmp_path, lambda _: None, stop)


@pytest.mark.skipif(os.name == "nt", reason="system: a shell script stands for pip")
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("NewConnectionError: x", "there is no network"),
        ("ERROR: No matching distribution found for tensorflow", "the package index has no tensor"),
        ("ERROR: Something else", "Something else"),
    ],
)
def test_why_writing_was_not_added(
    said: str, told: str, tmp_path: Path, pip: Callable[[str], Path]
) -> None:
    pip(f'echo "{said}"; exit 1')
    with pytest.raises(UserError, match=f"TensorFlow was not installed: {told}"):
        environment.add_text(tmp_path, lambda _: None, lambda *_: None)
