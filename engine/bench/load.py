"""`main.py bench load`: how fast beside programs that want the processor as well.

The load are busy loops, processes that count. On c cores beside n of them c threads have a fair
share of c / (n + c), so that work takes (n + c) / c times as long as alone: no program can ask for
more. Idle and loaded runs take turns in one sitting, and all figures are ratios to the idle median.
Standard library only at import.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.bench import results, runner
from engine.bench.environment import Environment
from engine.bench.runner import Contender, Values

LOOPS = (2, 4, 6)
MEDIAN, WORST = 1.2, 1.5  # of the fair share: what is aimed at
_MODULE = "engine.bench.load_contender"


def cores() -> int:
    """Processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def fair_share(loops: int, cores: int) -> float:
    """How many times as long work takes beside so many busy loops, if all get the same."""
    return (loops + cores) / cores


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Programs that do nothing else than to keep the processor busy."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()


def contenders(voice: Path, model: Path, rows: Sequence[int]) -> list[Contender]:
    """What is measured: the starter voice as `say` speaks, and int8 decode steps of a model."""
    steps = [
        Contender(f"int8 decode step, {count} row{'s' * (count > 1)}", _MODULE, described)
        for count in rows
        for described in [{"case": "step", "folder": str(model), "rows": count}]
    ]
    voices = [
        Contender(f"starter voice, say, {precision}", _MODULE, described)
        for precision in ("float32", "int8")
        for described in [{"case": "say", "folder": str(voice), "precision": precision}]
    ]
    return [*voices, *steps]


def measure(
    measured: Sequence[Contender],
    *,
    loops: Sequence[int] = LOOPS,
    runs: int = 10,
    tell: Callable[[str], None] = lambda _: None,
) -> Values:
    """Let all contenders run idle and beside the loops; the report, ready for JSON."""
    loads = (0, *(count for count in loops if count))

    def load_of(trial: int) -> int:
        return loads[(trial - 1) % len(loads)]

    environment = Environment()
    done = runner.take_turns(
        measured,
        runs * len(loads),
        needs=2 << 30,
        tell=tell,
        beside=lambda trial: busy_loops(load_of(trial)),
    )
    count = cores()
    figures = []
    for contender in measured:
        own = [run for run in done if run.contender == contender.name]
        seconds = {
            load: runner.spread([r.values["seconds"] for r in own if load_of(r.trial) == load])
            for load in loads
        }
        idle = seconds[0]["median"]
        figures.append(
            {
                "name": contender.name,
                "unit": own[0].values["unit"],
                "idle": seconds[0],
                "loads": [
                    {
                        "loops": load,
                        "fair_share": fair_share(load, count),
                        "seconds": seconds[load],
                        "median": seconds[load]["median"] / idle,
                        "worst": seconds[load]["max"] / idle,
                    }
                    for load in loads[1:]
                ],
            }
        )
    return results.report("load", environment, runs=runs, cores=count, contenders=figures)
