"""Which build of PyTorch the set-up brings: a local index in the place of PyTorch's own."""

from __future__ import annotations

import socket
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine.setup import torch_build
from tests.engine.setup.checkout import Checkout

PIP = [sys.executable, "-m", "pip", "install"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A package index in a folder, as PyTorch's own is: its address, and the folder of torch."""
    folder = tmp_path / "index"
    (folder / "torch").mkdir(parents=True)
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", folder / "torch"
        server.shutdown()
        thread.join()


def put(folder: Path, version: str) -> None:
    """Put a wheel of torch into the index."""
    name = f"torch-{version}-py3-none-any.whl"
    info = f"torch-{version}.dist-info"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        wheel.writestr("torch.py", "")
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    (folder / "index.html").write_text(f'<a href="{name.replace("+", "%2B")}">{name}</a>')


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a card; the folder of the program."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(torch_build, "cards", list)
    for name in torch_build._INDEX_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "constraints.txt").write_text("numpy==1\ntorch==9.9\n")
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip was asked for; it always can."""
    commands: list[list[str]] = []

    def call(command: list[str], **options: object) -> int:
        commands.append(command)
        return 0

    monkeypatch.setattr(torch_build.subprocess, "call", call)
    return commands


def test_without_a_card_the_index_of_processors_is_asked(
    linux: Path,
    index: tuple[str, Path],
    asked: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address, folder = index
    put(folder, "9.9+cpu")
    monkeypatch.setattr(torch_build, "CPU_INDEX", address)
    monkeypatch.setattr(torch_build, "_has_own_index", lambda python: False)
    torch_build.bring(PIP, linux / ".venv", linux)
    assert asked == [[*PIP, "--no-deps", "--index-url", address, "torch==9.9"]]
    said = capsys.readouterr().err
    assert said == f"No NVIDIA card answers: PyTorch comes without CUDA, from {address}.\n"


def test_an_index_that_does_not_answer_is_passed_by(
    linux: Path,
    asked: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Refused at once, or silent: after a moment the ordinary build comes, with its size."""
    monkeypatch.setattr(torch_build, "_has_own_index", lambda python: False)
    monkeypatch.setattr(torch_build, "_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for address in ("http://127.0.0.1:1", f"http://127.0.0.1:{silent.getsockname()[1]}"):
            monkeypatch.setattr(torch_build, "CPU_INDEX", address)
            torch_build.bring(PIP, linux / ".venv", linux)
            said = capsys.readouterr().err
            assert said.startswith(f"{address} does not answer.\n")
            assert "about 3 GB of CUDA libraries" in said
    assert asked == []


def test_a_card_brings_cuda_and_its_size_is_said(
    linux: Path,
    asked: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(torch_build, "_has_own_index", lambda python: False)
    monkeypatch.setattr(torch_build, "cards", lambda: ["NVIDIA H100"])
    torch_build.bring(PIP, linux / ".venv", linux)
    assert asked == []
    assert capsys.readouterr().err == "PyTorch comes with CUDA (about 3 GB): NVIDIA H100 answers.\n"


def test_nothing_is_asked_where_it_is_not_needed(
    linux: Path,
    asked: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is here stays; another system has one build; pip's own index says what there is."""

    def never(index: str) -> bool:
        raise AssertionError(index)

    monkeypatch.setattr(torch_build, "answers", never)
    site = linux / ".venv" / "lib" / "python3.11" / "site-packages"
    (site / "torch-9.9+cpu.dist-info").mkdir(parents=True)
    torch_build.bring(PIP, linux / ".venv", linux)
    for name in ("PIP_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "1")
            torch_build.bring(PIP, linux / "other", linux)
    monkeypatch.setattr(sys, "platform", "darwin")
    torch_build.bring(PIP, linux / "other", linux)
    assert asked == []
    assert capsys.readouterr().err == ""


def test_an_older_torch_makes_room_for_the_same_build(tmp_path: Path) -> None:
    site = tmp_path / "Lib" / "site-packages"
    (site / "torch-9.8+cpu.dist-info").mkdir(parents=True)
    assert not torch_build._is_here(tmp_path, "9.9")
    assert torch_build._is_here(tmp_path, "9.8")


def test_the_command_for_the_other_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "python")
    monkeypatch.setattr(sys, "platform", "linux")
    install = "python -m pip install --force-reinstall"
    assert torch_build.other_build("2.13.0", cuda=True) == f"{install} torch==2.13.0"
    cpu = f"{install} --no-deps torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"
    assert torch_build.other_build("2.13.0", cuda=False) == cpu
    monkeypatch.setattr(sys, "platform", "win32")
    assert torch_build.other_build("2.13.0", cuda=True).endswith("/whl/cu130")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="system: others have one build")
def test_the_set_up_takes_the_build_of_a_local_index(
    tmp_path: Path, index: tuple[str, Path]
) -> None:
    """The real pip: the build for processors comes from there, and stays when the rest comes; where
    that index has none that fits, the ordinary one."""
    address, folder = index
    put(folder, "9.9+cpu")
    mirror = {"BARK_STUDIO_TORCH_INDEX": address, "PATH": str(tmp_path)}  # and no nvidia-smi
    checkout = Checkout(tmp_path)
    done = checkout.run("say", **mirror)
    assert done.stdout == "ran torch ['say'] .venv\n", done.stderr
    assert list(checkout.root.glob(".venv/lib/*/site-packages/torch-9.9+cpu.dist-info"))
    assert f"PyTorch comes without CUDA, from {address}." in done.stderr

    (checkout.root / "constraints.txt").write_text("torch==9.9\n# again\n")
    assert "without CUDA" not in checkout.run("say", **mirror).stderr  # it is here

    put(folder, "1.0+cpu")
    (folder / "torch-9.9+cpu-py3-none-any.whl").unlink()
    (tmp_path / "second").mkdir()
    other = Checkout(tmp_path / "second")
    done = other.run("say", **mirror)
    assert done.stdout == "ran torch ['say'] .venv\n", done.stderr
    assert f"{address} has no PyTorch 9.9 for this computer." in done.stderr
    assert list(other.root.glob(".venv/lib/*/site-packages/torch-9.9.dist-info"))
