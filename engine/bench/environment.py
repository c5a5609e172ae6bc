"""What figures depend on, beside what is measured: the machine, its versions, and who else uses it.

Figures of a busy machine mislead, so that is looked at before and after. Standard library only at
import.
"""

from __future__ import annotations

import datetime
import os
from contextlib import suppress
from pathlib import Path

from engine.bench.runner import Values
from engine.system.paths import ROOT

BUSY = 0.15  # of all processors: from here on others are heard in the figures
_GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
_LOOK = 1.0  # seconds


class Environment:
    """The surroundings of one benchmark: looked at when it is made, and again by `record`."""

    def __init__(self, *packages: str) -> None:
        """packages: further distributions whose version counts. Takes a second."""
        from engine.system.machine import facts, versions

        self._machine = {**facts(), **versions(*packages)}
        self._began = datetime.datetime.now(datetime.UTC)
        self._before = look()

    @property
    def warning(self) -> str:
        """A sentence where other programs keep the machine busy, or ""."""
        return busy(self._before["used"])

    def record(self, *, finished: bool = True) -> Values:
        """The record for a report, ready for JSON. finished: look again, which takes a second."""
        return {
            "date": self._began.isoformat(timespec="seconds"),
            "machine": self._machine,
            "governor": governor(),
            "commit": commit(),
            "before": self._before,
            "after": look() if finished else None,
        }


def look() -> Values:
    """How busy the machine is: load average of one minute (None where the system has none), and
    the part of all processors that is used. This process sleeps meanwhile."""
    import psutil

    used = psutil.cpu_percent(_LOOK) / 100
    return {"load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None, "used": used}


def governor() -> str:
    """How the system sets the processor's clock, as "performance"; "" where it does not say."""
    with suppress(OSError):
        return _GOVERNOR.read_text(encoding="utf-8").strip()
    return ""


def busy(used: float) -> str:
    """The warning for such a part of all processors, "" below BUSY."""
    if used < BUSY:
        return ""
    return (
        f"other programs use {used:.0%} of this machine's processors: figures will be unsteady; "
        "end them and measure again"
    )


def commit() -> str:
    """The commit that this checkout stands at, "" where it is none; "+" for changed files."""
    from engine.system.machine import output_of

    if not (ROOT / ".git").exists():
        return ""
    found = output_of("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    changed = output_of("git", "-C", str(ROOT), "status", "--porcelain", "-uno", "--", "engine")
    return found + "+" * bool(changed)
