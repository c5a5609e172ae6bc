"""The rings of tests: which one runs, on how many workers, how long it took, what it left out.

    fast    python3 main.py test            everything that takes seconds, on all cores
    slow    python3 main.py test -m slow    the real voice, sound servers, processes, on two cores
    long    python3 main.py test -m long    by hand: all properties searched at random, by thousands

A skip gives its reason behind one of KINDS ("processor: needs AVX-512 VNNI") where nothing that can
be installed would help; any other reason says what to install, and fails under `--skips=none`.
What is marked `alone` (it listens, or times) waits in the slow ring until the other worker is done,
and the other worker waits for it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

KINDS = ("processor: ", "system: ", "Python: ", "CUDA: ")
_MOST = 8  # workers
_GIB = 2**30
_TENSORFLOW = ("engine/text/", "cli/test_write.py", "bench/test_text.py")
_EXAMPLES = 10_000  # of each property, in the long ring
_started = time.monotonic()


def ring(config: pytest.Config) -> str:
    """The ring that was asked for."""
    return {"slow": "slow", "long": "long"}.get(config.option.markexpr, "fast")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--skips",
        choices=("any", "none"),
        default="any",
        help="none: fail where a test was skipped for want of something that can be installed",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Workers share the cores: threads that spin while they wait for each other would hold them up.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # The same examples everywhere, but for the long ring, which searches.
    hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None)
    hypothesis.settings.register_profile(
        "search", max_examples=_EXAMPLES, deadline=None, print_blob=True
    )
    hypothesis.settings.load_profile("search" if ring(config) == "long" else "same")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every property is searched with a large budget in the long ring, wherever it stands."""
    if ring(config) == "long":
        for item in items:
            if hasattr(getattr(item, "obj", None), "hypothesis"):
                item.add_marker("long")
                item.add_marker(pytest.mark.timeout(3600))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Which tests go to one worker together: those of a file, and all that need TensorFlow, whose
    import, and the functions that it compiles, are paid once that way."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "TensorFlow" if any(part in file for part in _TENSORFLOW) else file

        def remove_node(self, node: Any) -> str | None:
            """What a worker that died had ahead goes to the others: not what it did, an empty
            piece of work would hold them up for ever, nor what it died of."""
            work = self.assigned_work.pop(node)
            test = next((test for unit in work.values() for test in unit if not unit[test]), None)
            if test is not None:
                work[self._split_scope(test)][test] = True
            ahead = {scope: unit for scope, unit in work.items() if not all(unit.values())}
            self.workqueue.update(ahead)
            for other in self.assigned_work:
                self._reschedule(other)
            return test

        def _reschedule(self, node: Any) -> None:
            if node in self.registered_collections:  # one that is starting asks when it is there
                super()._reschedule(node)

    return Scheduling(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker a core for the whole fast ring and one more, as a sixth of its time tests wait for
    others, with the memory of both frameworks each, and two for the slow one; none for a few files,
    for the long ring, and on one core."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if ring(config) == "long" or not whole or os.name != "posix":
        return 0
    import psutil

    cores = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else 0
    cores = cores or os.cpu_count() or 1
    most = min(cores + 1, _MOST) if ring(config) == "fast" else 2
    workers = min(most, psutil.virtual_memory().available // (3 * _GIB))
    return workers if cores > 1 and workers > 1 else 0


@contextlib.contextmanager
def machine(*, alone: bool) -> Iterator[None]:
    """Share the machine with the other worker, or have it for oneself. Who waits for it is the
    next: the gate is his while he waits."""
    import fcntl

    folder = Path(__file__).parent
    with (folder / "rings.py").open() as gate, (folder / "conftest.py").open() as held:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(held, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)  # outside the clock of pytest-timeout
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if ring(item.config) != "slow" or not hasattr(item.config, "workerinput"):
        return (yield)
    with machine(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    seconds = round(time.monotonic() - _started)
    terminalreporter.write_line(f"the {ring(config)} ring took {seconds // 60}:{seconds % 60:02}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.option.skips == "any" or reporter is None:
        return
    for report in reporter.stats.get("skipped", ()):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        if not reason.startswith(KINDS):
            reporter.write_line(f"\nskipped, and should not have been: {report.nodeid}: {reason}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
