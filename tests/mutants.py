"""Are the tests strict? Faults are put into the engine, one at a time, and a test has to notice.

    python tests/mutants.py --count 300 --seed 1
    python tests/mutants.py --count 40 --module engine/script/quality.py
    python tests/mutants.py --kept build/mutants --minutes 4   # and again, until all were tried

A copy of the tree is mutated (faults.py), never the tree itself. The tests run once in it, and
coverage.py sees which of them runs which line; those then run against a fault in that line. A
mutant that none of them notices is listed: either a test is missing, or the change means nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import psutil
from coverage import CoverageData

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.faults import Mutant, Site, draw, shares, sites_of  # noqa: E402  (not installed)

FOLDERS = tuple(f"engine/{room}" for room in ("script", "recordings", "audio", "models"))
TESTS = (  # the mirrors of those folders, and of what stands directly on them
    *(f"tests/{folder}" for folder in FOLDERS),
    *(f"tests/{name}" for name in ("engine/conversion", "engine/cli", "engine/test_backend.py")),
    "tests/test_left_by_0_1_0.py",
)
ONE_PROCESS = "addopts=--import-mode=importlib -m 'not slow and not long'"
QUIET = ("-q", "-p", "no:cacheprovider", "-o", "tmp_path_retention_policy=none", "-o", ONE_PROCESS)
ENOUGH = 20.0  # seconds of the tests' work against one mutant, in each of two steps
IDLE = 10  # times as long may a mutant take that only waits
# A plugin of pytest: the work of each test. By time a busy machine's tests would all be slow ones.
_CLOCK = """
import os
import pytest

def work():
    return sum(os.times()[:4])

@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    item.begun = work()
    return (yield)

@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    try:
        return (yield)
    finally:
        item.user_properties.append(("work", work() - item.begun))
"""


@dataclass(frozen=True)
class Clean:
    """What the tests did without a fault. seconds: of work of each. runs: file → line → tests,
    for what ran while a test did."""

    seconds: dict[str, float]
    runs: dict[str, dict[int, set[str]]]

    def steps(self, site: Site) -> Iterator[list[str]]:
        """The tests that may notice a fault: those of the module's own file, then others, of each
        the fastest that are done in ENOUGH seconds. What runs at import, or in no test of this
        process, is looked for by all of its own file and by all that use the module."""
        lines, within = self.runs.get(site.path, {}), range(site.lines[0], site.lines[1] + 1)
        tests = set[str]().union(*(lines.get(n, ()) for n in within if site.inside))
        folder, _, name = f"tests/{site.path}".rpartition("/")
        own = {test for test in self.seconds if test.startswith(f"{folder}/test_{name}::")}
        tests = (tests or set[str]().union(*lines.values())) & self.seconds.keys()
        tests |= set() if site.inside else own  # who reads a table may run no line of its module
        tests = tests or {test for test in self.seconds if test.startswith(folder)}
        for part in (tests & own, tests - own):
            used, step = 0.0, list[str]()
            for test in sorted(part, key=lambda test: (self.seconds[test], test)):
                used += self.seconds[test]
                if not step or used <= ENOUGH:
                    step.append(test)
            yield from [step] if step else ()


class Kept:
    """What earlier calls found out, in a folder: what the tests did, as long as no file of engine
    and tests has changed, and which mutants they killed. Without a folder nothing is kept."""

    def __init__(self, root: Path, folder: Path | None) -> None:
        files = sorted(file for room in ("engine", "tests") for file in (root / room).rglob("*.py"))
        self.tree = hashlib.sha256(b"".join(map(Path.read_bytes, files))).hexdigest()
        self.folder, self.killed = folder, dict[str, bool]()
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "tried").touch()
            for line in (folder / "tried").read_text(encoding="utf-8").splitlines():
                mutant, killed, tree = json.loads(line)
                if killed or tree == self.tree:  # one that survived is tried again by other tests
                    self.killed[mutant] = killed

    def keep(self, mutant: Mutant, killed: bool) -> None:
        """Note what came of it."""
        if self.folder:
            with (self.folder / "tried").open("a", encoding="utf-8") as file:
                file.write(json.dumps([str(mutant), killed, self.tree]) + "\n")

    def clean(self, copy: Copy) -> Clean:
        """The tests without a fault: run, unless they were."""
        file = self.folder / "clean.json" if self.folder else None
        if file and file.is_file():
            tree, seconds, runs = json.loads(file.read_text(encoding="utf-8"))
            if tree == self.tree:
                for path, lines in runs.items():
                    runs[path] = {int(n): set(tests) for n, tests in lines.items()}
                return Clean(seconds, runs)
        clean = copy.clean()
        if file:
            kept = [self.tree, clean.seconds, clean.runs]
            file.write_text(json.dumps(kept, default=sorted), encoding="utf-8")
        return clean


class Copy:
    """A copy of the tree with a home of its own: no mutant that deletes finds the user's files."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.tree, self.folder = folder / "tree", folder
        left_out = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info")
        shutil.copytree(root, self.tree, symlinks=True, ignore=left_out)
        (home := folder / "home").mkdir()
        (folder / "clock.py").write_text(_CLOCK, encoding="utf-8")
        homes = ("HOME", "USERPROFILE", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP")
        foreign = ("XDG_", "HF_", "HUGGINGFACE_", "COV", "PYTEST_")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        self.environment |= {**dict.fromkeys(homes, str(home)), "PYTHONHASHSEED": "0"}
        self.environment["PYTHONPATH"] = str(folder)

    def pytest(self, *arguments: str, limit: float | None = None) -> tuple[int | None, str]:
        """Exit code, None after `limit` seconds of work, or IDLE times as long in all; what was
        printed. Work and not time: a busy machine is no mutant that hangs."""
        command = [sys.executable, "-m", "pytest", *QUIET, *arguments]
        settings = {"cwd": self.tree, "env": self.environment, "stdin": subprocess.DEVNULL}
        with (self.folder / "said").open("w+", encoding="utf-8", errors="replace") as said:
            process = psutil.Popen(command, stdout=said, stderr=subprocess.STDOUT, **settings)
            code, begin = None, time.monotonic()
            while code is None and (limit is None or _work(process) < limit):
                if limit is not None and time.monotonic() - begin > IDLE * limit:
                    break
                with contextlib.suppress(psutil.TimeoutExpired):
                    code = process.wait(0.5)
            if code is None:
                for one in (*process.children(recursive=True), process):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        one.kill()
                process.wait()
            said.seek(0)
            return code, said.read()

    def clean(self) -> Clean:
        """Run the tests as they are. Raises SystemExit where one fails."""
        report, seen = self.folder / "report.xml", self.folder / "seen"
        self.environment["COVERAGE_FILE"] = str(seen)
        options = [f"--cov={folder}" for folder in FOLDERS if (self.tree / folder).is_dir()]
        options += ["--cov-context=test", "--cov-report=", f"--junitxml={report}"]
        there = [test for test in TESTS if (self.tree / test).exists()]
        code, said = self.pytest(*options, "-p", "clock", "-o", "junit_family=xunit1", *there)
        if code:
            raise SystemExit(f"the tests fail without a fault:\n{said[-3000:]}")
        seconds = defaultdict[str, float](float)
        for case in ElementTree.parse(report).iter("testcase"):
            test = f"{case.get('file')}::{str(case.get('name')).partition('[')[0]}"
            for told in case.iter("property"):
                seconds[test] += float(str(told.get("value")))
        data, runs = CoverageData(str(seen)), {}
        data.read()
        for file in data.measured_files():
            lines = data.contexts_by_lineno(file)  # each is "" or "tests/test_x.py::test_y[1]|run"
            tests = {n: {re.split(r"[\[|]", name)[0] for name in lines[n]} - {""} for n in lines}
            runs[Path(file).relative_to(self.tree.resolve()).as_posix()] = tests
        return Clean(seconds, runs)

    def is_killed(self, mutant: Mutant, clean: Clean) -> bool:
        """Whether a test fails, or hangs twice: once, the machine itself may have stood still."""
        file = self.tree / mutant.site.path
        # Python tells stale bytecode by size and second, and mutants may share both.
        self.environment["PYTHONDONTWRITEBYTECODE"] = "1"
        file.write_text(mutant.source, encoding="utf-8")
        try:
            for tests in clean.steps(mutant.site):
                limit = 20 + 3 * sum(clean.seconds[test] for test in tests)
                for _ in range(2):
                    code, _ = self.pytest("-x", "--hypothesis-seed=0", *tests, limit=limit)
                    if code is not None:
                        break
                if code not in (0, 5):  # 5: no test was left
                    return True
            return False
        finally:
            file.write_text(mutant.site.module.code, encoding="utf-8")


def _work(process: psutil.Process) -> float:
    """Seconds that a process and its children have computed."""
    seconds = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                seconds += sum(one.cpu_times()[:4])
    return seconds


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """0 where enough mutants were killed, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=300, help="mutants (300)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other mutants (1)")
    parser.add_argument("--module", nargs="+", help="files, instead of " + ", ".join(FOLDERS))
    parser.add_argument("--jobs", type=int, default=1, help="mutants at the same time (1)")
    parser.add_argument("--least", type=float, default=0.85, help="share to be killed (0.85)")
    parser.add_argument("--only", nargs="+", metavar="FILE:LINE", help="of those that are drawn")
    parser.add_argument("--kept", type=Path, help="a folder: the next call goes on")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no mutant after so many")
    args = parser.parse_args(argv)
    start, copies = time.monotonic(), queue.SimpleQueue[Copy]()
    sites = dict[str, list[Site]]()
    found = sorted(file for folder in FOLDERS for file in (root / folder).glob("*.py"))
    for file in [root / name for name in args.module] if args.module else found:
        path = file.resolve().relative_to(root.resolve()).as_posix()
        sites[path] = sites_of(path, file.read_text(encoding="utf-8"))
    counts = shares({path: len(own) for path, own in sites.items()}, args.count)
    mutants = [one for path, own in sites.items() for one in draw(own, counts[path], args.seed)]
    if args.only:
        mutants = [one for one in mutants if str(one).partition(": ")[0] in args.only]
    if not mutants:
        parser.error("there is nothing to mutate")
    kept = Kept(root, args.kept)

    def is_killed(mutant: Mutant) -> bool | None:
        """None: not tried."""
        copy, begin = copies.get(), time.monotonic()
        try:
            killed = kept.killed.get(str(mutant))
            if killed is not None or begin > start + 60 * args.minutes:
                return killed
            killed = copy.is_killed(mutant, clean)
            kept.keep(mutant, killed)
        finally:
            copies.put(copy)
        said, _, _ = str(mutant).partition("\n")
        said = f"{'killed' if killed else 'SURVIVED':8} {time.monotonic() - begin:5.1f} s  {said}"
        print(said, file=sys.stderr, flush=True)
        return killed

    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as folder:
        first = Copy(root, Path(folder) / "0")
        clean = kept.clean(first)
        print(f"{time.monotonic() - start:.0f} s for the tests as they are", file=sys.stderr)
        copies.put(first)
        for n in range(1, args.jobs):
            copies.put(Copy(first.tree, Path(folder) / str(n)))
        with ThreadPoolExecutor(args.jobs) as pool:
            killed = list(pool.map(is_killed, mutants))
    tried = [pair for pair in zip(mutants, killed, strict=True) if pair[1] is not None]
    for survivor in (mutant for mutant, gone in tried if not gone):
        print(survivor)
    done, seconds = sum(bool(gone) for _, gone in tried), time.monotonic() - start
    share = done / max(len(tried), 1)
    print(f"{done}/{len(tried)} killed, {share:.1%}, seed {args.seed}, {seconds:.0f} s")
    if len(tried) < len(mutants):
        print(f"{len(mutants) - len(tried)} were not tried: call again, with the same --kept")
    return 0 if share >= args.least else 1


if __name__ == "__main__":
    sys.exit(main())
