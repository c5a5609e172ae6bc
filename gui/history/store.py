"""The history: every take with all that made it, one folder each, that a later start finds again.

Everything here is plain files and may be used from any one thread; gui/history/list.py shows it.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.api import Speech, SpeechRow, SpeechSampling, StageSampling, Take
from engine.errors import UserError
from engine.script.take_file import MOST
from engine.settings import Settings
from engine.system.arrays import read_npz
from engine.system.atomic_files import atomic_folder, left_of, write_atomically
from engine.system.outside import Unfit, read_outside
from engine.system.processes import is_at_work, own_mark
from engine.system.untrusted_json import checked_as, fields_of, read_object

_ID = re.compile(r"\d{8}-\d{6}-\d{6}-\d+")  # day, time, microseconds, row: sorts by time (UTC)
_FACTS, _SOUND, _REMOVED = "take.json", "take.npz", ".removed"
_MOST_FACTS = 2**20  # bytes of a take.json


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeRecord:
    """What is known of a take without its sound.

    id: names its folder. created: ISO 8601, on the clock where it was made. stages: seconds of work
    by stage, of the whole request; real_time_factor: that work for one second of sound;
    host_bytes, device_bytes: its peaks. seconds: length of the sound. ended: the model ended the
    sentence itself. partial: the work was stopped, and this is what there was. busy: share of the
    processors that other programs had meanwhile, 0 … 1: what its speed is worth. numbers: figures
    were said in words; version 0.1.0 said them as they are written.
    """

    id: str
    created: str
    text: str
    voice: str | None
    model: str
    seed: int
    take: int
    settings: Settings
    sampling: SpeechSampling
    seconds: float
    real_time_factor: float
    stages: dict[str, float] = field(default_factory=dict)
    host_bytes: int = 0
    device_bytes: int = 0
    sample_rate: int = 24_000
    ended: bool = True
    favourite: bool = False
    partial: bool = False
    busy: float = 0.0
    numbers: bool = False

    @property
    def age(self) -> tuple[float, ...]:
        """Sorts by time, whatever the clock on the wall said: version 0.1.0 named by that one."""
        return datetime.fromisoformat(self.created).timestamp(), *map(int, self.id.split("-"))

    @property
    def peak_bytes(self) -> int:
        """The peak that decides: the accelerator's where there is one."""
        return self.device_bytes or self.host_bytes

    @property
    def row(self) -> SpeechRow:
        """What to ask for to get this take again."""
        return SpeechRow(text=self.text, voice=self.voice, seed=self.seed, take=self.take)

    @classmethod
    def of(
        cls,
        take: Take,
        row: SpeechRow,
        speech: Speech,
        *,
        model: str,
        settings: Settings,
        sampling: SpeechSampling,
        partial: bool = False,
        busy: float = 0.0,
        numbers: bool = False,
    ) -> TakeRecord:
        """The record of a take that was made just now."""
        now = datetime.now(UTC)
        return cls(
            id=f"{now:%Y%m%d-%H%M%S-%f}-{take.row}",
            created=now.astimezone().isoformat(timespec="seconds"),
            text=row.text,
            voice=row.voice,
            model=model,
            seed=row.seed,
            take=row.take,
            settings=settings,
            sampling=sampling,
            seconds=take.seconds,
            real_time_factor=speech.metrics.real_time_factor(take.seconds),  # as it is heard
            stages=dict(speech.metrics.stages),
            host_bytes=speech.metrics.host_bytes,
            device_bytes=speech.metrics.device_bytes,
            sample_rate=take.sample_rate,
            ended=take.ended,
            partial=partial,
            busy=round(busy, 2),
            numbers=numbers,
        )


class History:
    """Takes in a folder, newest first. Nothing is read before it is asked for.

    problems: a sentence for each thing in the folder that is no take; it is left alone.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.purge()  # nobody can undo that any more

    def scan(self) -> Iterator[TakeRecord]:
        """Every take that is there now, one file read for each."""
        self.problems.clear()
        try:
            names = sorted((path.name for path in self.folder.iterdir()), reverse=True)
        except FileNotFoundError:
            return
        except OSError as error:
            self.problems.append(f"the history {self.folder} cannot be read: {error.strerror}")
            return
        for name in names:
            if name.startswith("."):
                continue
            try:
                yield self._read(name)
            except _NotNow as error:
                self.problems.append(f"{self.folder / name} cannot be read now ({error})")
            except _NoTake as error:
                self.problems.append(
                    f"{self.folder / name} is no take ({error}); it was left alone"
                )

    def add(self, record: TakeRecord, take: Take) -> None:
        """Keep a take, whole or not at all. Raises UserError where the disk refuses."""
        with atomic_folder(self._place(record.id)) as folder:
            with (folder / _SOUND).open("wb") as file:
                np.savez(
                    file,
                    audio=take.audio,
                    semantic=take.semantic,
                    coarse=take.coarse,
                    fine=take.fine,
                )
            (folder / _FACTS).write_bytes(_as_json(record))

    def change(self, record: TakeRecord) -> None:
        """Write a record anew. Raises UserError where the disk refuses."""
        write_atomically(self._place(record.id) / _FACTS, _as_json(record))

    def load(self, record: TakeRecord) -> Take:
        """The sound and the tokens. Raises UserError where they are not there or damaged."""
        path = self._place(record.id) / _SOUND
        try:
            data = read_outside(path, MOST)  # from here on it is not the disk that fails
            names = ("audio", "semantic", "coarse", "fine")
            arrays = read_npz(io.BytesIO(data), names, MOST)
        except (FileNotFoundError, ValueError, KeyError, Unfit) as error:
            raise UserError(
                f"the sound of this take is damaged or gone ({path}): remove it from the history"
            ) from error
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or "there is not enough memory"
            raise UserError(
                f"the sound of this take cannot be read now ({path}: {reason}): try again"
            ) from error
        kinds = {"audio": ("f", 1), "semantic": ("i", 1), "coarse": ("i", 2), "fine": ("i", 2)}
        if any((arrays[name].dtype.kind, arrays[name].ndim) != kinds[name] for name in kinds):
            raise UserError(f"{path} holds something else than a take: remove it from the history")
        return Take(
            row=0,
            audio=arrays["audio"].astype(np.float32, copy=False),
            sample_rate=record.sample_rate,
            semantic=arrays["semantic"].astype(np.int32, copy=False),
            coarse=arrays["coarse"].astype(np.int32, copy=False),
            fine=arrays["fine"].astype(np.int32, copy=False),
            ended=record.ended,
        )

    def remove(self, record: TakeRecord) -> None:
        """Take it out of the list; `bring_back` undoes it as long as this process runs. Raises
        UserError where the disk refuses."""
        self._move(self._place(record.id), self._removed(record))

    def bring_back(self, record: TakeRecord) -> None:
        """Undo `remove`. Raises UserError where the disk refuses."""
        self._move(self._removed(record), self._place(record.id))

    def purge(self) -> None:
        """Delete for good what was removed, but by another window that is open, and what a killed
        process left half written."""
        with suppress(OSError):
            for removed in (self.folder / _REMOVED).iterdir():
                own = removed.name == own_mark() or _ID.fullmatch(removed.name)  # or of 0.1.0
                if own or is_at_work(removed.name) is False:
                    shutil.rmtree(removed, ignore_errors=True)
        with suppress(OSError):
            for left in self.folder.iterdir():
                if _ID.fullmatch(left_of(left.name) or ""):
                    shutil.rmtree(left, ignore_errors=True)

    def size(self) -> int:
        """Bytes on the disk; some milliseconds for hundreds of takes."""
        total = 0
        for path in self.folder.rglob("*"):
            with suppress(OSError):
                total += path.lstat().st_size
        return total

    def _place(self, id: str) -> Path:
        if not _ID.fullmatch(id):  # nothing leaves the folder
            raise ValueError(f"{id!r} is no take's id")
        return self.folder / id

    def _removed(self, record: TakeRecord) -> Path:
        """Where what this process removed waits: each window undoes its own."""
        self._place(record.id)  # an id
        return self.folder / _REMOVED / own_mark() / record.id

    def _move(self, old: Path, new: Path) -> None:
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            old.replace(new)
        except OSError as error:
            raise UserError(f"{old} cannot be moved: {(error.strerror or '').lower()}") from error

    def _read(self, name: str) -> TakeRecord:
        path = self.folder / name / _FACTS
        if not _ID.fullmatch(name):
            raise _NoTake("not named as one")
        try:
            return _as_record(name, read_object(path, _MOST_FACTS, infinity=True))
        except Unfit as error:
            raise _NoTake(str(error)) from error
        except FileNotFoundError as error:
            raise _NoTake(f"it has no {_FACTS}") from error
        except OSError as error:
            raise _NotNow(f"{_FACTS}: {(error.strerror or str(error)).lower()}") from error
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
            ArithmeticError,
        ) as error:
            raise _NoTake(f"{_FACTS}: {error}") from error


class _NoTake(Exception):
    """Why something is no take, in words."""


class _NotNow(Exception):
    """Why the disk does not tell whether something is a take, in words."""


# ── one record as JSON ────────────────────────────────────────────────────────────────────────


def _as_json(record: TakeRecord) -> bytes:
    return json.dumps(dataclasses.asdict(record), ensure_ascii=False, indent=1).encode() + b"\n"


def _as_record(id: str, stored: dict[str, Any]) -> TakeRecord:
    """Of another version: unknown keys are ignored, settings that are missing get defaults.

    Raises ValueError, TypeError, KeyError or AttributeError for anything that is no record.
    """
    sampling = stored["sampling"]
    row = SpeechRow(
        text=_a(str, stored["text"]),
        voice=None if stored["voice"] is None else _a(str, stored["voice"]),
        seed=_a(int, stored["seed"]),
        take=_a(int, stored["take"]),
    )
    return TakeRecord(
        id=id,
        created=_time(stored["created"]),
        text=row.text,
        voice=row.voice,
        model=_a(str, stored["model"]),
        seed=row.seed,
        take=row.take,
        settings=Settings(**_known(Settings, stored["settings"])),
        sampling=SpeechSampling(
            **{
                stage: fields_of(StageSampling, sampling[stage])
                for stage in ("semantic", "coarse", "fine")
            },
            min_eos_p=checked_as(float | None, sampling.get("min_eos_p")),
        ),
        seconds=_number(stored["seconds"]),
        real_time_factor=_number(stored["real_time_factor"], math.inf),
        stages={str(name): _number(value) for name, value in stored["stages"].items()},
        host_bytes=int(_number(stored["host_bytes"])),
        device_bytes=int(_number(stored["device_bytes"])),
        sample_rate=_rate(stored["sample_rate"]),
        ended=bool(stored["ended"]),
        favourite=bool(stored.get("favourite", False)),
        partial=bool(stored.get("partial", False)),
        busy=_number(stored.get("busy", 0.0)),
        numbers=stored.get("numbers") is True,
    )


def _a(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} where a {kind.__name__} belongs")
    return value


def _time(text: Any) -> str:
    time = datetime.fromisoformat(text)
    time.timestamp()  # one that the system can count
    return time.isoformat()


def _number(value: Any, most: float = 1e15) -> float:
    number = float(value)
    if not 0 <= number <= most:
        raise ValueError(f"{value!r} where a number of 0 or more belongs")
    return number


def _rate(value: Any) -> int:
    if not 1000 <= _a(int, value) <= 384_000:
        raise ValueError(f"{value} is no sample rate")
    return int(value)


def _known(kind: type, stored: dict[str, Any]) -> dict[str, Any]:
    names = {option.name for option in dataclasses.fields(kind)}
    return {name: value for name, value in stored.items() if name in names}
