"""Who cannot reach a cluster hears one sentence, at once."""

from __future__ import annotations

import importlib.util
import socket
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

import main
from engine.cluster import ray_address
from engine.errors import UserError
from tests.engine.cluster.fake_ray import FakeRay, RayError


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


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", None])
def test_an_address_where_something_else_answers(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web server, one that hangs up, and one that says nothing."""
    monkeypatch.setattr(ray_address, "check_installed", lambda: None)
    monkeypatch.setattr(ray_address, "_PATIENCE", 5.0 if answer is not None else 0.05)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                heard = line.recv(100)
                assert heard.startswith(b"PRI * HTTP/2.0")
                if answer is not None:
                    line.sendall(answer)
                else:
                    line.recv(100)  # until the other side has gone

        thread = threading.Thread(target=serve)
        thread.start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(UserError, match=f"what answers at {address} is no Ray cluster: "):
            ray_address.connect(address)
        thread.join()


def test_a_head_is_known_by_its_first_frame() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(bytes((0, 0, 18, 4, 0, 0, 0, 0, 0)))
        assert ray_address._answers_as_ray(ours)


def test_a_ray_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_address, "check_installed", lambda: None)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match="Ray is installed, and cannot be imported"):
        ray_address.connect("auto")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RayError("of its own")])
def test_whatever_ray_fails_with_is_a_sentence(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def init(**options: object) -> None:
        raise error

    ray = SimpleNamespace(init=init, exceptions=FakeRay.exceptions)
    monkeypatch.setattr(ray_address, "check_installed", lambda: None)
    monkeypatch.setattr(ray_address, "_be_quiet", lambda: None)
    monkeypatch.setitem(sys.modules, "ray", ray)
    with pytest.raises(UserError, match="the Ray cluster at auto cannot be used from here: "):
        ray_address.connect("auto")


@pytest.mark.parametrize("address", ["10.0.0.5", "ray://head:10001", ":6379", "head:port", ""])
def test_what_is_no_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray_address, "check_installed", lambda: None)
    with pytest.raises(UserError, match="--cluster is auto or HOST:PORT"):
        ray_address.connect(address)
