"""The rings of tests: which one runs, on how many workers, how long it took, what it left out.

    fast    python3 main.py test            everything that takes seconds, on all cores
    slow    python3 main.py test -m slow    the real voice, sound servers, processes
    long    python3 main.py test -m long    by hand: all properties searched at random, by thousands

A skip gives its reason behind one of KINDS ("processor: needs AVX-512 VNNI") where nothing that can
be installed would help; any other reason says what to install, and fails under `--skips=none`.
"""

from __future__ import annotations

import os
import time
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

    return Scheduling(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A worker a core for the whole fast ring, with the memory of both frameworks each; none for
    a few files, for the rings whose tests take the machine for themselves, and on one core."""
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if ring(config) != "fast" or not whole:
        return 0
    import psutil

    cores = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else 0
    cores = cores or os.cpu_count() or 1
    workers = min(cores, _MOST, psutil.virtual_memory().available // (3 * _GIB))
    return workers if workers > 1 else 0


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
