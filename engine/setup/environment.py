"""The environment the program runs in: is it complete, and if not, make `.venv` and go on there.

Standard library only: this runs on a bare interpreter. An environment that already has the
packages (an active venv or conda, `pip install .`) is used as it is. Otherwise `.venv` beside
main.py is made and filled by pip, and the program starts again inside it.

A stamp file in `.venv` says how far that went. It is written before pip starts ("unfinished") and
again after everything else, with a hash of what was asked for: an interrupted or outdated set-up
is seen and taken up again.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NoReturn

from engine.errors import UserError
from engine.setup import locks, packages, torch_build
from engine.system.package_manager import system_command
from engine.system.programs import MODULE

STAMP = "bark-studio.stamp"
UNFINISHED = "unfinished"
_UNHASHED = "unhashed"  # no hashes were compared
_AGAIN = "BARK_STUDIO_JUST_SET_UP"  # set for the process that starts after an installation


def ensure(
    root: Path, arguments: Sequence[str], *, tests: bool = False, text: bool = False
) -> None:
    """Return where the packages are there; otherwise set up `root/.venv` and start again inside.

    root: the folder of main.py. arguments: what the program was called with. Does not return when
    it starts again. Raises UserError for what the user can mend.
    """
    just_set_up = os.environ.pop(_AGAIN, None) is not None
    home = root / ".venv"
    inside = Path(sys.prefix).resolve() == home.resolve()
    lacking = packages.missing(tests=tests, text=text)
    if not lacking and not (inside and _stamp(home)[:1] == [UNFINISHED]):
        return
    if not (root / "pyproject.toml").is_file():
        raise UserError(f"{', '.join(lacking)} missing: run pip install --upgrade bark-studio")
    if just_set_up:
        raise UserError(f"{home} lacks {', '.join(lacking)}: delete that folder and run this again")
    if inside or not is_ready(root, tests=tests, text=text):
        install(root, tests=tests, text=text)
        os.environ[_AGAIN] = "1"
    start_again(home, [str(root / "main.py"), *arguments])


def is_ready(root: Path, *, tests: bool = False, text: bool = False) -> bool:
    """Whether `root/.venv` was set up to the end, for what is asked for today."""
    home = root / ".venv"
    stamp = _stamp(home)
    return (
        (root / "pyproject.toml").is_file()  # else the program was installed, and has no .venv
        and stamp[:1] == [_fingerprint(root)]
        and (not tests or "test" in stamp)
        and (not text or "text" in stamp or "test" in stamp)
        and python_of(home).exists()
    )


def install(root: Path, *, tests: bool, text: bool = False) -> None:
    """Make `root/.venv` if need be and let pip fill it, in the open. May be interrupted."""
    home = root / ".venv"
    earlier = _stamp(home)
    wanted = {"test": tests, "text": text}
    extras = [name for name, needed in wanted.items() if needed or name in earlier]
    say = f"Setting up {home} (once; PyTorch is large, the download may take some minutes) …"
    print(say, file=sys.stderr, flush=True)
    _make_venv(home)
    _write_stamp(home, UNFINISHED, *extras)
    log = home / "set-up.log"
    log.unlink(missing_ok=True)
    python = str(python_of(home))
    pip = [python, *MODULE, "pip", "install", "--disable-pip-version-check", "--no-input"]
    torch_build.bring(pip, home, root)
    hashed = locks.is_hashed(lambda sentence: print(sentence, file=sys.stderr, flush=True))
    extra = f"[{','.join(extras)}]" if extras else ""
    unhashed = ["--constraint", "constraints.txt", "--editable", f".{extra}"]
    for what in locks.steps(home, root, extras) if hashed else [unhashed]:
        # pip speaks on our standard error: standard output belongs to the command's own result.
        if subprocess.call([*pip, "--log", str(log), *what], cwd=root, stdout=sys.stderr):
            raise UserError(_why_pip_failed(log, home))
    _write_stamp(home, _fingerprint(root), *extras, *[] if hashed else [_UNHASHED])


def add_text(root: Path, say: Callable[[str], None], tell: Callable[[int, int], None]) -> None:
    """Let pip put what writing needs into the environment that runs this, in a child process.

    say: hears pip's lines. tell: called ten times a second with the bytes of the file that is
    being fetched and its size, 0 and 0 where pip does not say; what it raises ends the child and
    passes. Raises UserError when pip fails.
    """
    home, constraints = root / ".venv", root / "constraints.txt"
    ours = Path(sys.prefix).resolve() == home.resolve()
    command = [sys.executable, *MODULE, "pip", "install", "--no-input"]
    command.append("--disable-pip-version-check")
    if packages.release("pip") >= (24, 1):
        command.append("--progress-bar=raw")
    # Its hashed packages fit to those of the program, and to no others.
    hashed = ours and _UNHASHED not in _stamp(home) and locks.is_hashed(say)
    if hashed and (text := locks.of(root, "text")):
        command += text
    elif constraints.is_file():
        command += ["--constraint", str(constraints), *packages.requirements("text")]
    else:
        command.append("bark-studio[text]")
    lines = SimpleQueue[str]()
    done = total = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        reader = threading.Thread(target=_pass_on, args=(pip.stdout, lines), daemon=True)
        reader.start()
        said = []
        try:
            while reader.is_alive() or not lines.empty():
                with suppress(Empty):
                    line = lines.get(timeout=0.1).strip()
                    if line.startswith("Progress "):
                        _, now, _, end = line.split()
                        done, total = int(now), int(end)
                    elif line:
                        done = total = 0
                        said.append(line)
                        say(line)
                tell(done, total)
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        errors = [line for line in said if line.startswith("ERROR")] or said[-1:]
        words = "\n".join(said)
        reason = _known_reason(words, Path(sys.prefix)) or "".join(errors[-1:]) or "pip failed"
        raise UserError(f"TensorFlow was not installed: {reason.removeprefix('ERROR: ')}")
    importlib.invalidate_caches()
    if ours and "text" not in (stamp := _stamp(home)):
        _write_stamp(home, *stamp, "text")


def _pass_on(stream: Iterable[str], lines: SimpleQueue[str]) -> None:
    for line in stream:
        lines.put(line)


def start_again(home: Path, arguments: Sequence[str]) -> NoReturn:
    """Go on as the Python of that environment, with the same terminal and exit code."""
    python = str(python_of(home))
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # Windows gives a program without a terminal none
            stream.flush()
    if os.name == "posix":
        os.execv(python, [python, *arguments])
    # Windows has no exec: wait, and let the child alone answer Ctrl-C.
    with subprocess.Popen([python, *arguments]) as child:
        while True:
            try:
                sys.exit(child.wait())
            except KeyboardInterrupt:
                continue


def python_of(home: Path) -> Path:
    """The interpreter of a virtual environment."""
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make_venv(home: Path) -> None:
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise UserError(f"this Python cannot make environments: {system_command('venv')}")
    python = python_of(home)
    _forget_half_packages(home)
    code = "import importlib.metadata, pip; importlib.metadata.version('pip')"
    if _runs(python, "-P", "-c", code):
        return
    # --clear only where the Python itself is broken: the folder may be the user's own.
    clear = ["--clear"] if home.exists() and not _runs(python, "--version") else []
    made = subprocess.run(
        [sys.executable, *MODULE, "venv", *clear, home],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if made.returncode:
        raise UserError(f"cannot make {home}: {_reason(made.stdout, home)}")


def _forget_half_packages(home: Path) -> None:
    """Let pip install again what it was unpacking when it was killed or the disk was full: it
    takes a package for complete as soon as that names itself, and says who installed it last."""
    for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
        for info in home.glob(f"{pattern}/*.dist-info"):
            if not (info / "INSTALLER").exists():
                shutil.rmtree(info, ignore_errors=True)


def _runs(*command: str | Path) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def _why_pip_failed(log: Path, home: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return f"the set-up failed: {_reason(text, home)}; run this again to go on where it stopped"


_NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "ReadTimeout")
_BROKEN_OFF = ("IncompleteRead", "ProtocolError", "DO NOT MATCH THE HASHES", "Wheel '")
# Another file than the lock knows. The lines of pip's log begin with the time.
_OTHER_FILE = re.compile(
    r"DO NOT MATCH THE HASHES[^\n]*\n(?:[\d:,T-]+ )?\s*([\w.-]+)==(\S+) from [^\n]*\(from -r "
)
# What the index does not have: asked for by itself, or by its line in constraints.txt.
_LACKING = re.compile(
    r"No matching distribution found for ([^\s;(]+)|The user requested \(constraint\) (\S+)"
)


def _reason(output: str, home: Path) -> str:
    return _known_reason(output, home) or f"pip's words are above and in {home / 'set-up.log'}"


def _known_reason(output: str, home: Path) -> str:
    near = home if home.exists() else home.parent
    full = ("No space left", "not enough space")  # the latter is Windows'
    if any(words in output for words in full) or shutil.disk_usage(near).free < 50 * 2**20:
        return "the disk is full; PyTorch needs up to 8 GB of free space"
    if any(word in output for word in _NO_NETWORK):
        return "there is no network, or no package index answers; connect or set PIP_INDEX_URL"
    if other := _OTHER_FILE.search(output):
        return (
            f"the file of {other[1]} {other[2]} that came is not the one that was tested: its hash "
            "differs, because the download broke off, or because the file was changed or built "
            f"anew; where you trust the package index, set {locks.UNHASHED}=1 to install without "
            "hashes"
        )
    if any(word in output for word in _BROKEN_OFF):
        return "a download broke off; see whether the network is reliable"
    if "Permission denied" in output:
        return f"{near} is not writable; give yourself the right or copy the program elsewhere"
    if lacking := _LACKING.search(output):
        package = lacking[1] or lacking[2]
        return (
            f"the package index has no {package} that fits this computer; get a newer Bark Studio"
        )
    return ""


def _fingerprint(root: Path) -> str:
    wanted = (root / "pyproject.toml").read_bytes() + (root / "constraints.txt").read_bytes()
    return hashlib.sha256(wanted + locks.content(root)).hexdigest()


def _write_stamp(home: Path, *lines: str) -> None:
    try:
        (home / STAMP).write_text("\n".join([*lines, ""]), encoding="utf-8")
    except OSError as error:
        reason = _known_reason(str(error), home) or str(error)
        raise UserError(f"the set-up failed: {reason}; run this again to go on") from error


def _stamp(home: Path) -> list[str]:
    """Lines of the stamp: the fingerprint or "unfinished", then the extras. [] without one."""
    try:
        return (home / STAMP).read_text(encoding="utf-8").split()
    except OSError:
        return []
