"""Who cannot reach a cluster hears one sentence, at once."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

import main
from engine.cluster import ray_address
from engine.errors import UserError


def test_without_ray_the_command_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    absent = lambda name, *rest: None if name == "ray" else found(name, *rest)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", absent)
    text = tmp_path / "a.txt"
    text.write_text("Hello there.")
    out = tmp_path / "out"
    assert main.main(["convert", str(text), "--out", str(out), "--cluster", "auto"]) == 2
    assert "pip install 'bark-studio[cluster]'" in capsys.readouterr().err
    assert not out.exists()


def test_an_address_that_answers_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_address, "check_installed", lambda: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UserError, match=f"nobody answers at {address} .connection refused.: start"):
        ray_address.connect(address)


@pytest.mark.parametrize("address", ["10.0.0.5", "ray://head:10001", ":6379", "head:port", ""])
def test_what_is_no_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_address, "check_installed", lambda: None)
    with pytest.raises(UserError, match="--cluster is auto or HOST:PORT"):
        ray_address.connect(address)
