"""The judge: one process that has everything imported, and a child of it for each case.

A child is ended after SECONDS of work or WAIT of waiting, notes what it writes and starts (Python's
audit events), and everything around its folder is looked at when it has ended. `python -m
tests.hostile.judge FOLDER` takes orders as lines of JSON and gives a line for each case.
"""

from __future__ import annotations

import json
import os
import resource
import select
import shutil
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SECONDS = 10  # of the processor
WAIT = 30  # of the clock, on a machine that does other things
MEMORY = 1.5 * 2**30  # bytes that a case may hold, the program among them
_ROOM = 6 * 2**30  # bytes of addresses that it may ask for, so that the machine survives it
_SENTENCE = 2000  # letters of an answer
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr",
}  # fmt: skip
_RUNS = {
    "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn",
    "subprocess.Popen", "pickle.find_class", "socket.connect", "socket.getaddrinfo", "socket.bind",
    "urllib.Request", "webbrowser.open", "shutil.unpack_archive",
}  # fmt: skip


@dataclass(frozen=True)
class Order:
    """of, plant: see Case and plants.py. first: end at the first fault. wait: seconds of the clock."""

    numbers: list[int]
    seed: int = 1
    of: str | None = None
    plant: str | None = None
    first: bool = False
    wait: int = WAIT


@dataclass
class Outcome:
    """faults: what must not be; () of a good program. answer: what the user would be told."""

    number: int
    kind: str
    damage: str
    faults: list[str] = field(default_factory=list)
    answer: str = ""
    seconds: float = 0.0
    bytes: int = 0


class Judge:
    """folder: a new one, which belongs to it."""

    def __init__(self, folder: Path) -> None:
        from tests.hostile import readers, samples

        self.folder, self.samples = folder, folder / "samples"
        self._around = folder / "around"
        for name in ("home", "tmp"):
            (folder / name).mkdir(parents=True)
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[name] = str(folder / "home")
        os.environ["TMPDIR"] = str(folder / "tmp")
        readers.preload()
        self._in_a_child(lambda: samples.write_all(self.samples))
        self._base = _virtual_bytes()

    def try_case(self, number: int, order: Order) -> Outcome:
        from tests.hostile.cases import Case

        case = Case(number, order.seed, order.of)
        around, inner = self._around, self._around / "case"
        shutil.rmtree(around, ignore_errors=True)
        (around / "cwd").mkdir(parents=True)
        (around / "precious.txt").write_text("precious\n")
        damage = case.make(self.samples, inner, around)
        outcome = Outcome(number, case.kind, damage)
        before = _listing(around)
        self._run(case.kind, order, outcome)
        if (after := _listing(around)) != before:
            outcome.faults.append(f"outside: {sorted(after.items() ^ before.items())[:3]}")
        return outcome

    def _run(self, kind: str, order: Order, outcome: Outcome) -> None:
        ours, theirs = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if not child:
            os.close(ours)
            self._be_the_child(kind, order.plant, theirs)
        os.close(theirs)
        said, ended = b"", False
        while not ended and time.monotonic() < started + order.wait:
            if select.select([ours], [], [], 0.5)[0]:
                piece = os.read(ours, 1 << 16)
                said, ended = said + piece, not piece
        os.close(ours)
        if not ended:
            os.kill(child, signal.SIGKILL)
            outcome.faults.append(f"hangs: {order.wait} seconds and more")
        _, status, used = os.wait4(child, 0)
        outcome.seconds, outcome.bytes = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
        if outcome.bytes > MEMORY:
            outcome.faults.append(f"memory: {outcome.bytes / 2**30:.1f} GB")
        if ended and os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            word = f"{SECONDS} seconds" if number == signal.SIGXCPU else signal.Signals(number).name
            outcome.faults.append(f"{'hangs' if number == signal.SIGXCPU else 'died'}: {word}")
        for line in said.splitlines():
            what, words = json.loads(line)
            if what == "answer":
                outcome.answer = words
            else:
                outcome.faults.append(f"{what}: {words}")

    def _be_the_child(self, kind: str, plant: str | None, out: int) -> None:
        from engine.errors import UserError
        from tests.hostile.plants import PLANTS
        from tests.hostile.readers import READERS

        def tell(what: str, words: str) -> None:
            os.write(out, json.dumps([what, words]).encode() + b"\n")

        try:
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            os.setsid()  # no terminal: a device that is one answers nothing
            os.chdir(self._around / "cwd")
            room = self._base + _ROOM
            resource.setrlimit(resource.RLIMIT_AS, (room, room))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if plant is not None:
                PLANTS[plant].plant()
            self._watch(tell)
            READERS[kind](self._around / "case", self.samples)
            tell("answer", "read")
        except UserError as error:
            tell("answer", str(error)[:_SENTENCE])
            if len(str(error)) > _SENTENCE:
                tell("no sentence", f"{len(str(error))} letters: {error!s:.200}")
        except BaseException:
            tell("traceback", traceback.format_exc()[-3000:])
        finally:
            os._exit(0)

    def _watch(self, tell: Any) -> None:
        """Tell what Python itself writes outside of the case, and what it starts."""
        allowed = [os.path.realpath(self._around / "case"), str(self.folder / "home"),
                   str(self.folder / "tmp"), "/dev/null", f"/proc/{os.getpid()}"]  # fmt: skip

        def outside(path: Any) -> bool:
            if isinstance(path, int) or path is None:
                return False
            # What is done to a link is done in its folder.
            parent, name = os.path.split(Path(os.fsdecode(path)).absolute())
            place = os.path.join(os.path.realpath(parent), name)  # noqa: PTH118
            return not any(place == one or place.startswith(one + "/") for one in allowed)

        def _is_within(path: Any) -> bool:
            return _is_path(path) and str(self._around) in os.path.realpath(path)

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "open":
                path, mode, flags = arguments
                writes = set(mode or "") & set("wax+") or (flags or 0) & _WRITES
                if writes and not isinstance(path, int) and outside(os.path.realpath(path)):
                    tell("outside", f"opens {path!s} to write")
            elif event in _CHANGES and any(
                outside(path) for path in arguments[:2] if _is_path(path)
            ):
                tell("outside", f"{event} {arguments[:2]}")
            elif event == "subprocess.Popen" and (
                arguments[0] == "uname" or "engine.text.render_template" in arguments[1]
            ):
                pass  # Python's own platform asks it; where templates are ended
            elif event in _RUNS or (event == "ctypes.dlopen" and _is_within(arguments[0])):
                tell("code", f"{event} {arguments!s:.200}")

        sys.addaudithook(hook)

    def _in_a_child(self, work: Any) -> None:
        """So that no thread of it is left in this process."""
        child = os.fork()
        if not child:
            try:
                work()
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("the samples could not be made")


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, bytes, os.PathLike))


def _listing(around: Path) -> dict[str, tuple[int, int]]:
    """What lies around a case, and when it was changed."""
    found = {}
    for place in (around, around / "cwd"):
        for path in place.iterdir():
            if path.name not in ("case", "cwd"):
                status = path.lstat()
                found[str(path.relative_to(around))] = (status.st_size, status.st_mtime_ns)
    return found


def _virtual_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def main() -> None:
    judge = Judge(Path(sys.argv[1]).resolve())
    print("ready", flush=True)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        for number in order.numbers:
            outcome = judge.try_case(number, order)
            print(json.dumps(asdict(outcome)), flush=True)
            if order.first and outcome.faults:
                break
        print("done", flush=True)


if __name__ == "__main__":
    main()
