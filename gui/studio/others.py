"""How much of the processors other programs had while we worked: what a speed is worth."""

from __future__ import annotations

import psutil


class Others:
    """Between its making and `share`. Any thread; a fraction of a millisecond."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began = self._look()

    def share(self) -> float:
        """0 … 1 of all processors, up to now."""
        all_then, idle_then, own_then = self._began
        all_now, idle_now, own_now = self._look()
        whole = all_now - all_then
        if whole <= 0:
            return 0.0
        others = whole - (idle_now - idle_then) - (own_now - own_then)
        return min(max(others / whole, 0.0), 1.0)

    def _look(self) -> tuple[float, float, float]:
        """Seconds of all processors together, of them idle, and ours."""
        times, own = psutil.cpu_times(), self._process.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        whole = sum(getattr(times, name) for name in times._fields if not name.startswith("guest"))
        return whole, idle, own.user + own.system
