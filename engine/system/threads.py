"""How the threads of torch wait for each other. Standard library only."""

from __future__ import annotations

import os

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
