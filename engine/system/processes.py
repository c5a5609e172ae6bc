"""Which process made something, and whether that one is still at work. Standard library only.

A mark is short and without dots, so that it fits into a file's name: machine, number of the
process, and the moment of its start, since numbers are given out again.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import sys
from functools import lru_cache
from pathlib import Path

_MARK = re.compile(r"([0-9a-f]{4})-([0-9a-f]{1,8})-([0-9a-f]{1,16})")


def host_name() -> str:
    """What this machine is called."""
    return socket.gethostname() or "this machine"


def own_mark() -> str:
    """The mark of this process."""
    return f"{_host()}-{os.getpid():x}-{started(os.getpid()) or 0:x}"


def is_at_work(mark: str) -> bool | None:
    """Whether the process of a mark still runs; None where that cannot be known from here: another
    machine's, or no mark."""
    found = _MARK.fullmatch(mark)
    if found is None or found[1] != _host():
        return None
    now = started(int(found[2], 16))
    return now is not None and (now == int(found[3], 16) or not now or found[3] == "0")


def started(process: int) -> int | None:
    """When a process of this machine began, in a unit of the system's; 0 where that cannot be
    asked; None where there is no such process."""
    if sys.platform.startswith("linux"):
        try:
            stat = Path(f"/proc/{process}/stat").read_bytes()
        except OSError:  # also where it ended meanwhile: ESRCH
            return None
        state, *values = stat.rpartition(b")")[2].split()
        return None if state in (b"Z", b"X") else int(values[18])
    try:
        import psutil

        return int(psutil.Process(process).create_time() * 1000)
    except ImportError:  # before the packages are installed
        return 0
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return 0


@lru_cache(1)
def _host() -> str:
    return hashlib.sha256(host_name().encode()).hexdigest()[:4]
