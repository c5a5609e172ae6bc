"""torch's threads wait politely: decided before torch comes, and left to a user who has decided."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from engine.system.threads import in_background
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("chosen", "spins"),
    [
        ({}, "10000"),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"OMP_WAIT_POLICY": "passive"}, "None"),
    ],
)
@pytest.mark.parametrize("first", ["engine.bark", "engine.bark.config"])
def test_before_torch(chosen: dict[str, str], spins: str, first: str) -> None:
    code = (
        f"import os, sys, {first}; assert 'torch' not in sys.modules; "
        "print(os.environ.get('GOMP_SPINCOUNT'))"
    )
    free = {k: v for k, v in os.environ.items() if not k.startswith(("GOMP_", "OMP_"))}
    done = subprocess.run(
        *([sys.executable, "-c", code],), cwd=ROOT, env={**free, **chosen}, capture_output=True
    )
    assert done.stdout.decode().strip() == spins, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="system: a policy of Linux")
def test_in_the_background_with_all_that_it_starts() -> None:
    """The thread itself and its children, and no other thread; with an ordinary share (nice 0)."""
    seen: list[tuple[int, int]] = []

    def look() -> None:
        seen.append((os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)))

    def work() -> None:
        in_background()
        look()
        child = threading.Thread(target=look)
        child.start()
        child.join()

    before = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(os.SCHED_BATCH, before[1])] * 2
    assert os.sched_getscheduler(0) == before[0]
