"""Are the tests strict? Faults are put into the engine, one at a time, and a test has to notice.

    python tests/mutants.py --count 300 --seed 1
    python tests/mutants.py --count 40 --module engine/script/quality.py
    python tests/mutants.py --kept build/mutants --minutes 4   # and again, until all were tried

The faults are mutmut's (another operator, number, string, argument or value), without its runner. A
copy of the tree is mutated, never the tree itself. The tests run once in it, and coverage.py sees
which of them runs which line; those then run against a fault in that line. A mutant that none of
them notices is listed: either a test is missing, or the change means nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import json
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from xml.etree import ElementTree

import libcst as cst
import psutil
from coverage import CoverageData
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).resolve().parent.parent
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
_SENTENCE = re.compile(r"[^\W\d_][,:;]? \w")
_TYPE = re.compile(r"[A-Z]+[a-z]\w*")  # the name of a type, where a constant is in capitals


@dataclass(frozen=True)
class Site:
    """Where one operator can put a fault. lines: first and last. inside: the body of a function,
    which runs when it is called and not when the file is imported. faults: other nodes for node."""

    path: str
    operator: str
    lines: tuple[int, int]
    inside: bool
    module: cst.Module
    node: cst.CSTNode
    faults: Sequence[cst.CSTNode]


@dataclass(frozen=True)
class Mutant:
    """A site with one of its faults. source: the whole mutated file."""

    site: Site
    source: str

    def __str__(self) -> str:
        old, new = self.site.module.code.splitlines(), self.source.splitlines()
        lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]  # less the heading
        at = f"{self.site.path}:{self.site.lines[0]}: {self.site.operator}"
        return "\n    ".join([at, *(line for line in lines if line[0] in "-+")])


def sites_of(path: str, source: str) -> list[Site]:
    """All places of a file where a fault can be put, from the top. path: as it will be shown."""
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    places, found = wrapper.resolve(PositionProvider), list[Site]()
    for node, inside in _walk(wrapper.module, False):
        for kind, operator in mutation_operators:
            faults = tuple(operator(node)) if isinstance(node, kind) and node in places else ()
            if faults:
                lines = (places[node].start.line, places[node].end.line)
                name = operator.__name__.removeprefix("operator_")
                found.append(Site(path, name, lines, inside, wrapper.module, node, faults))
    return sorted(found, key=lambda site: site.lines[0])


def _walk(node: cst.CSTNode, inside: bool) -> Iterator[tuple[cst.CSTNode, bool]]:
    """All nodes whose change would be a fault, and whether they are in the body of a function."""
    if _means_nothing(node, inside):
        return
    yield node, inside
    for child in node.children:
        body = isinstance(node, (cst.FunctionDef, cst.Lambda)) and child is node.body
        yield from _walk(child, inside or body)


def _means_nothing(node: cst.CSTNode, inside: bool) -> bool:
    """Types, imports, words for people, and what is only read while debugging."""
    match node:
        case cst.Annotation() | cst.Import() | cst.ImportFrom() | cst.Decorator() | cst.Raise():
            return True
        case cst.Expr(value=cst.BaseString()) | cst.Arg(keyword=cst.Name("encoding")):
            return True  # docstrings; "UTF-8" is "utf-8"
        case cst.If(test=cst.Name("TYPE_CHECKING")) | cst.FunctionDef(name=cst.Name("__repr__")):
            return True
        case cst.Lambda(body=cst.Name("None")):
            return True  # that does nothing: nobody reads what it gives
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return not inside and _TYPE.fullmatch(name) is not None
        case cst.SimpleString(value=value):
            return _SENTENCE.search(value) is not None
    return False


def draw(sites: Sequence[Site], count: int, seed: int) -> list[Mutant]:
    """So many mutants, spread evenly over the sites; fewer where there are not enough. Among sites
    that are near each other, operators have equal chances: half of all sites could only become
    None, which nearly every test notices."""
    stream, drawn = random.Random(seed), list[Mutant]()
    for part in range(count := min(count, len(sites))):
        near = sites[part * len(sites) // count : (part + 1) * len(sites) // count]
        operators = sorted({site.operator for site in near})
        order = stream.sample(operators, len(operators))
        shuffled = stream.sample(near, len(near))
        for site in sorted(shuffled, key=lambda site: order.index(site.operator)):
            if mutant := _mutant(site, stream):
                drawn.append(mutant)
                break
    return drawn


def _mutant(site: Site, stream: random.Random) -> Mutant | None:
    """One of the faults of a site that can be compiled, and into something else."""
    before = _shape(compile(site.module.code, site.path, "exec"))
    for fault in stream.sample(site.faults, len(site.faults)):
        source = site.module.deep_replace(site.node, fault).code
        with contextlib.suppress(SyntaxError), warnings.catch_warnings(action="ignore"):
            if _shape(compile(source, site.path, "exec")) != before:
                return Mutant(site, source)
    return None


def _shape(code: CodeType) -> tuple[object, ...]:
    """What compiled code does, wherever its lines stand."""
    constants = [_shape(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)
    return code.co_code, code.co_exceptiontable, constants, names


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
    start, sites, copies = time.monotonic(), list[Site](), queue.SimpleQueue[Copy]()
    found = sorted(file for folder in FOLDERS for file in (root / folder).glob("*.py"))
    for file in [root / name for name in args.module] if args.module else found:
        path = file.resolve().relative_to(root.resolve()).as_posix()
        sites += sites_of(path, file.read_text(encoding="utf-8"))
    mutants = draw(sites, args.count, args.seed)
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
