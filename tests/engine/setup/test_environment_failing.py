"""A set-up that ends in the middle: a sentence, and the second try goes on."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import zipfile
from collections import namedtuple
from contextlib import suppress
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.setup import environment, packages
from tests.engine.setup.checkout import Checkout, write_wheel

LARGE = 60 * 2**20  # bytes of a file that a small disk does not hold


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.slow
def test_an_interrupted_set_up_is_taken_up_again(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # accepts, and never answers
        index = f"http://127.0.0.1:{server.getsockname()[1]}/"
        environment_ = checkout.environment(PIP_INDEX_URL=index, PIP_NO_INDEX="0")
        process = subprocess.Popen(
            checkout.command("say"),
            env=environment_,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        server.settimeout(60)
        asked, _ = server.accept()  # pip waits for the index
        os.killpg(process.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
        process.communicate(timeout=20)
        asked.close()
    assert process.returncode != 0
    assert checkout.stamp.read_text().startswith(environment.UNFINISHED)
    # Half an installation can hold every module's name, also for the environment's own Python.
    site = next(checkout.root.glob(".venv/lib/*/site-packages"))
    for module in packages.needed():
        (site / f"{module}.py").touch()
    inside = environment.python_of(checkout.root / ".venv")
    done = subprocess.run(
        [inside, checkout.root / "main.py", "say"],
        env=checkout.environment(),
        capture_output=True,
        text=True,
    )
    assert "Setting up" in done.stderr
    assert done.stdout == "ran torch ['say'] .venv\n"
    assert not checkout.stamp.read_text().startswith(environment.UNFINISHED)


@pytest.mark.slow
def test_no_network_is_a_sentence(checkout: Checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}/"  # refused, once closed
    done = checkout.run(
        "say", PIP_INDEX_URL=closed, PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_RETRIES="0"
    )
    assert done.stderr.splitlines()[-1].startswith(
        "sentence: the set-up failed: there is no network"
    )
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [4, 40])  # full while the environment is made; full in pip
def test_a_full_disk_is_a_sentence_and_the_second_try_goes_on(
    megabytes: int, checkout: Checkout
) -> None:
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("system: a small disk can be had by root alone")
    (torch,) = checkout.wheels.glob("torch-*.whl")
    with zipfile.ZipFile(torch, "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("torch_weights", bytes(LARGE))
    home = checkout.root / ".venv"
    home.mkdir()
    tries = (
        f'mount -t tmpfs -o size={megabytes}m tmpfs "$0" || exit 99; "$@"; echo "first: $?"; '
        'ls "$0/bark-studio.stamp"; mount -o remount,size=300m "$0"; "$@"; echo "second: $?"; '
        'stat -c %s "$0"/lib/*/site-packages/torch_weights'
    )
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", tries, home, *checkout.command("say")],
        env=checkout.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.splitlines() == [
        "first: 1",
        *([str(home / environment.STAMP)] if megabytes == 40 else []),
        "ran torch ['say'] .venv",
        "second: 7",
        str(LARGE),  # the package that did not fit was not taken for installed
    ]
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("sentence: ")]
    assert "the disk is full" in sentence
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_another_or_a_withdrawn_file_is_named_and_the_next_try_goes_on(checkout: Checkout) -> None:
    (numpy,) = checkout.wheels.glob("numpy-*.whl")
    whole = numpy.read_bytes()
    with zipfile.ZipFile(numpy, "a") as wheel:
        wheel.writestr("numpy_more.py", "")  # built anew, or with something in it
    done = checkout.run("say")
    assert done.stderr.splitlines()[-1].startswith(
        "sentence: the set-up failed: the file of numpy 9.9 that came is not the one that was"
    )
    assert "Traceback" not in done.stderr
    assert not list(checkout.root.glob(".venv/lib/*/site-packages/numpy*"))
    numpy.write_bytes(whole)
    (torch,) = checkout.wheels.glob("torch-*.whl")
    torch.rename(checkout.root / torch.name)
    write_wheel(checkout.wheels, "torch", "torch", "9.8")
    done = checkout.run("say")
    assert done.stderr.splitlines()[-1].startswith(
        "sentence: the set-up failed: the package index has no torch==9.9 that fits"
    )
    assert "Traceback" not in done.stderr
    assert checkout.stamp.read_text().startswith(environment.UNFINISHED)
    (checkout.root / torch.name).rename(torch)
    done = checkout.run("say")
    assert done.stdout == "ran torch ['say'] .venv\n"


@pytest.mark.slow
def test_a_connection_that_breaks_is_a_sentence_and_the_second_try_goes_on(
    checkout: Checkout,
) -> None:
    (torch,) = checkout.wheels.glob("torch-*.whl")
    torch.rename(kept := checkout.root / torch.name)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        page = f'<a href="{address}/{torch.name}">{torch.name}</a>'.encode()

        def serve() -> None:
            with suppress(OSError):  # closed
                while True:
                    client, _ = server.accept()
                    with client:
                        asked = client.recv(65536)
                        whole = asked.split()[1].endswith(b"/torch/")
                        body, length = (page, len(page)) if whole else (b"PK", 1000)
                        head = f"Content-Type: text/html\r\nContent-Length: {length}"
                        client.sendall(f"HTTP/1.0 200 OK\r\n{head}\r\n\r\n".encode() + body)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            settings = {"PIP_INDEX_URL": address, "PIP_NO_INDEX": "0", "PIP_RETRIES": "0"}
            done = checkout.run("say", **settings)
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
    assert done.stderr.splitlines()[-1].startswith(
        "sentence: the set-up failed: a download broke off"
    )
    kept.rename(torch)
    assert checkout.run("say").stdout == "ran torch ['say'] .venv\n"


@pytest.mark.slow
def test_an_environment_whose_pip_is_half_there_is_mended(checkout: Checkout) -> None:
    assert checkout.run("say").returncode == 7
    checkout.stamp.write_text(environment.UNFINISHED)
    (site,) = checkout.root.glob(".venv/lib/*/site-packages")
    for file in ("pip-*.dist-info/INSTALLER", "pip/_vendor/urllib3/__init__.py"):
        next(site.glob(file)).unlink()  # the last file, and one that --version does not read
    next(site.glob("torch-*/INSTALLER")).unlink()
    (site / "torch.py").write_text("__name__ = 'half a torch'")
    assert checkout.run("say").stdout == "ran torch ['say'] .venv\n"


def test_a_file_of_another_hash_is_told_from_a_broken_download(tmp_path: Path) -> None:
    log = tmp_path / "set-up.log"
    said = (
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. …",
        "    lxml-html-clean==0.4.6 from https://an.index/a.whl (from -r /a/b.txt (line 3)):",
        "        Expected sha256 00",
    )
    for begin in ("2026-11-28T14:00:00,123 ", ""):
        log.write_text("".join(f"{begin}{line}\n" for line in said))
        told = environment._why_pip_failed(log, tmp_path)
        assert "the file of lxml-html-clean 0.4.6 that came is not the one" in told
        assert "BARK_STUDIO_UNHASHED=1" in told
    log.write_text(log.read_text().replace("(from -r /a/b.txt (line 3))", ""))  # the index's own
    assert "a download broke off" in environment._why_pip_failed(log, tmp_path)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "set-up.log"
    log.write_text("ERROR: Could not install packages due to an OSError: [Errno 28] No space left")
    assert "the disk is full" in environment._why_pip_failed(log, tmp_path)
    log.write_text("[WinError 112] There is not enough space on the disk")
    assert "the disk is full" in environment._why_pip_failed(log, tmp_path)
    # A disk too full even for the log.
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 0))
    assert "the disk is full" in environment._why_pip_failed(tmp_path / "none", tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="system: needs /dev/full")
def test_a_disk_too_full_for_the_stamp_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / environment.STAMP).symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"the set-up failed: the disk is full; .*; run this again"):
        environment._write_stamp(tmp_path, environment.UNFINISHED)
