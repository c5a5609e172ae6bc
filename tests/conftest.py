"""What the tests share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.cli import models
from engine.engines import Engines
from tests.fake import FakeEngine

ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.rings", "tests.garbage"]

# Started in the background by a shell, this process and its children would ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Real windows, shown on no screen: the tests need none and do not flash over the user's.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

RunMain = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """The engine that main.py will use in this process."""
    engine = FakeEngine()
    monkeypatch.setattr(Engines, "_build", lambda self, request: engine)
    monkeypatch.setattr(models, "find_model", lambda name: Path("model"))
    return engine


@pytest.fixture
def run_main() -> RunMain:
    """Run main.py with the fake engine in a process of its own."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.fake_main", *map(str, arguments)]
        settings = {"cwd": ROOT, "capture_output": True, "text": True, "timeout": 60}
        return subprocess.run(command, **{**settings, **options})  # type: ignore[call-overload]

    return run


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a folder with programs of these names, which do nothing, the only one of PATH."""

    def have(*names: str) -> Path:
        folder = tmp_path / f"programs {'-'.join(names)}"
        folder.mkdir()
        for name in names:
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return folder

    return have


@pytest.fixture(scope="session", autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the program learns while it is tested stays out of the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        for folder in ("XDG_DATA_HOME", "LOCALAPPDATA"):
            patch.setenv(folder, str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test asks the Hub, and none is led by the settings of whoever runs it, or by what the
    program has learned."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for folder in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(folder, str(tmp_path_factory.mktemp("data")))
    for name in [name for name in os.environ if name.startswith("BARK_STUDIO_")]:
        monkeypatch.delenv(name)
