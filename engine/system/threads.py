"""How threads that compute share a machine with other programs. Standard library only."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

# Times that a thread of OpenMP looks for work before it sleeps: about a tenth of a millisecond. By
# itself it looks 300 000 times: milliseconds in which it keeps another program, or the very thread
# that it waits for, from the core. Asleep at once, it is woken thousands of times a second, which
# costs the starter voice a factor of two.
_SPIN = "10000"


def share_the_machine() -> None:
    """Have torch's threads wait politely, unless the user has said how they shall. It counts where
    torch is not imported yet."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPIN)


def in_background() -> None:
    """This thread, and those that it starts from now on, take nobody's core away when they wake: a
    window or a film that wants to draw comes first. Their share of a busy machine stays what it is,
    which a lower priority would take from them too (Linux; else nothing)."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
