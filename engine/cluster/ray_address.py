"""How a Ray cluster is reached, and what it means where that fails."""

from __future__ import annotations

import importlib
import importlib.util
import os
import socket
from typing import Any

from engine.errors import UserError, reason_of

_PATIENCE = 5.0  # seconds in which somebody has to answer
_FRAME, _SETTINGS = 9, 4  # of HTTP/2: bytes of a frame's head, and the kind that comes first
_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0))


def check_installed() -> None:
    """Raise UserError where Ray is absent."""
    if importlib.util.find_spec("ray") is None:
        raise UserError(
            "--cluster needs Ray, which is not installed: pip install 'bark-studio[cluster]' on "
            "every machine of the cluster"
        )


def connect(address: str) -> Any:
    """Join a running cluster as its driver; the module `ray`. address: "auto", or HOST:PORT of its
    head. No cluster is started. Raises UserError."""
    check_installed()
    if address != "auto":
        _look_for(address)
    # Nothing of ours is told to anybody: neither what is used, nor what is installed.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise UserError(
            f"Ray is installed, and cannot be imported ({_first(error)}): install "
            "'bark-studio[cluster]' anew"
        ) from error
    _be_quiet()
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, TimeoutError) as error:
        where = "on this machine" if address == "auto" else f"at {address}"
        raise UserError(
            f"no Ray cluster answers {where}: start one with `ray start --head "
            "--node-ip-address=ADDRESS`, and join it from here and the others with `ray start "
            "--address=ADDRESS:6379`"
        ) from error
    except (RuntimeError, ValueError, OSError, ray.exceptions.RayError) as error:
        raise UserError(
            f"the Ray cluster at {address} cannot be used from here: {_first(error)}; every "
            "machine needs the same Ray and the same Python, and this one has to be part of it"
        ) from error
    return ray


def _be_quiet() -> None:
    """Ray prints the last words of its dead processes to standard output, where the paths of
    recordings go; we say ourselves who is lost. It has no option for that."""
    worker: Any = importlib.import_module("ray._private.worker")
    if hasattr(worker, "print_to_stdstream"):
        worker.print_to_stdstream = lambda *_, **__: None


def _look_for(address: str) -> None:
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or "/" in host or not host:
        raise UserError(f"--cluster is auto or HOST:PORT of the cluster's head, not {address!r}")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE) as line:
            is_ray = _answers_as_ray(line)
    except (OSError, OverflowError) as error:
        raise UserError(
            f"nobody answers at {address} ({reason_of(error)}): start the cluster there with `ray "
            f"start --head --node-ip-address={host} --port={port}`"
        ) from error
    if not is_ray:
        raise UserError(
            f"what answers at {address} is no Ray cluster: --cluster is the HOST:PORT that `ray "
            "start --head` names"
        )


def _answers_as_ray(line: socket.socket) -> bool:
    """Whether a server of gRPC answers, as a head's is: anything else Ray would ask for minutes."""
    if os.environ.get("RAY_USE_TLS", "0") not in ("", "0"):
        return True  # it says nothing before it knows who asks
    head = b""
    try:
        line.sendall(_HELLO)
        while len(head) < _FRAME and (more := line.recv(_FRAME - len(head))):
            head += more
    except OSError:
        return False
    return len(head) == _FRAME and head[3] == _SETTINGS


def _first(error: BaseException) -> str:
    words = " ".join(str(error).split())
    return words[:300].rstrip(". ")
