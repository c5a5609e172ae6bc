"""Where checkpoints come from: folders, and the real Hub client against a Hub of our own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from engine import models
from engine.errors import UserError
from tests.conftest import ROOT

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Serves one repository, small/bark, as the Hub does; counts what was asked of it."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer(body=False)

            def do_GET(self) -> None:
                self.answer(body=True)

            def answer(self, *, body: bool) -> None:
                hub.asked.append(f"{self.command} {self.path}")
                path = self.path.partition("?")[0]
                name = path.partition(f"/resolve/{COMMIT}/")[2]
                if path.startswith("/api/models/small/bark"):
                    listed = [{"rfilename": name} for name in hub.files]
                    if "/tree/" in path:
                        listed = [
                            {"type": "file", "path": n, "size": len(c), "oid": n}
                            for n, c in hub.files.items()
                        ]
                        self.reply(200, json.dumps(listed).encode(), body)
                        return
                    info = {"id": "small/bark", "sha": COMMIT, "siblings": listed}
                    self.reply(200, json.dumps(info).encode(), body)
                elif name in hub.files and path.startswith("/small/bark/"):
                    self.reply(200, hub.files[name], body)
                else:
                    self.reply(404, b"{}", body)

            def reply(self, status: int, content: bytes, body: bool) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
                if status == 404:
                    self.send_header("X-Error-Code", "RepoNotFound")
                self.end_headers()
                if body:
                    self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


FILES = {
    "config.json": b"{}",
    "generation_config.json": b"{ }",
    "vocab.txt": b"[UNK]",
    "README.md": b"words",
    "pytorch_model.bin": b"a pickle",
    "speaker_embeddings/one.npy": b"a voice",
}


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub({**FILES, "model.safetensors": b"weights"})
    yield hub
    hub.close()


def get(name: str, address: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """`main.py models get`: the Hub's address is read when its client is imported."""
    environment = {**os.environ, "HF_ENDPOINT": address, "HF_HOME": str(cache)}
    environment.pop("HF_HUB_OFFLINE", None)
    return subprocess.run(
        [sys.executable, "main.py", "models", "get", name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )


def test_a_model_is_downloaded_once_and_only_what_speaking_needs(hub: Hub, tmp_path: Path) -> None:
    first = get("small/bark", hub.address, tmp_path)
    assert first.returncode == 0, first.stderr
    folder = Path(first.stdout.strip())
    wanted = {"config.json", "generation_config.json", "vocab.txt", "model.safetensors"}
    assert {path.name for path in folder.iterdir()} == wanted
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    hub.asked.clear()
    again = get("small/bark", hub.address, tmp_path)
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert not any("small/bark" in asked for asked in hub.asked)


def test_weights_in_a_pickle_are_taken_where_there_are_no_others(hub: Hub, tmp_path: Path) -> None:
    del hub.files["model.safetensors"]
    done = get("small/bark", hub.address, tmp_path)
    assert (Path(done.stdout.strip()) / "pytorch_model.bin").read_bytes() == b"a pickle"


def test_an_unknown_model_is_a_sentence(hub: Hub, tmp_path: Path) -> None:
    done = get("nobody/nothing", hub.address, tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "bark-studio: the Hub has no open model nobody/nothing: check its name\n"
    )


def test_what_cannot_be_an_id_is_a_sentence(tmp_path: Path) -> None:
    done = get("two words", "http://127.0.0.1:9", tmp_path)
    assert done.returncode == 2
    assert "check its name" in done.stderr


def test_no_network_is_a_sentence(hub: Hub, tmp_path: Path) -> None:
    hub.files.pop("model.safetensors")
    hub.files.pop("pytorch_model.bin")
    half = get("small/bark", hub.address, tmp_path)  # leaves a part of the model in the cache
    hub.close()
    gone = get("small/bark", hub.address, tmp_path)
    never = get("other/bark", hub.address, tmp_path)
    for done in (half, gone, never):
        assert done.returncode == 2
        assert "connect to the network" in done.stderr.splitlines()[-1]
        assert "Traceback" not in done.stderr


def test_a_folder_is_itself(tmp_path: Path) -> None:
    assert models.find(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["nowhere", "./nowhere/here", "/nowhere/here", "a/b/c", ""])
def test_neither_folder_nor_id_is_a_sentence(name: str) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        models.find(name)
