"""The Pareto front: results than which no other one is both quicker and smaller."""

from __future__ import annotations

from collections.abc import Iterable

from engine.figures.run import Result


def front(results: Iterable[Result]) -> list[Result]:
    """Those that are worth a thought, the quickest first: whoever wants less memory than one of
    them takes the next. The time is that of a call, for which its speaker waits."""
    best: list[Result] = []
    for result in sorted(
        (result for result in results if result.is_measured),
        key=lambda result: (result.latency, result.bytes),
    ):
        if not best or result.bytes < best[-1].bytes:
            best.append(result)
    return best
