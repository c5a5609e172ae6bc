"""The names that a script's files get: free ones, or those that the project wrote before.
Everything is looked at before any work."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from engine.audio.formats import FORMATS
from engine.errors import UserError
from engine.recordings.filenames import folded, inside, refuse_equal
from engine.recordings.ledger import Ledger
from engine.recordings.ownership import MOST, Permission, numbered
from engine.recordings.plan import Delivery, Part, files, manifest_path, plan, subtitles_of
from engine.recordings.subtitles import SUBTITLES
from engine.script.rows import Script, ScriptRow
from engine.system.outside import TEXT_BYTES, read_outside


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a script goes. parts: its recordings. manifest: the list of its rows. ledger: of its
    project, which knows what is there."""

    parts: tuple[Part, ...]
    manifest: PurePosixPath
    ledger: Ledger


def claim(
    script: Script,
    delivery: Delivery,
    ledger: Ledger,
    voice_of: Callable[[ScriptRow], str | None],
    permission: Permission,
    *,
    taken: Callable[[Path], str] = lambda path: "",
    before: Script | None = None,
) -> Targets:
    """The names of everything that will be written. taken: why a name belongs to another script of
    this run, as a sentence, or "". before: the script as the last run had it.

    Raises UserError for names that cannot be, and, unless a number helps, for those that are not
    ours.
    """
    parts = plan(script, delivery, voice_of)
    planned = files(script, delivery, parts)
    refuse_equal(planned)
    claimer = _Claimer(delivery, ledger, permission, taken, before or script)
    claimer.used = {folded(path) for path in planned.values()}
    named = tuple(
        dataclasses.replace(
            part, path=claimer.settle([part.path, *subtitles_of(part.path, delivery)])[0]
        )
        for part in parts
    )
    manifest = manifest_path(script, delivery)
    if delivery.manifest:
        (manifest,) = claimer.settle([manifest])
    return Targets(named, manifest, ledger)


def strangers(
    script: Script,
    delivery: Delivery,
    ledger: Ledger,
    voice_of: Callable[[ScriptRow], str | None],
) -> tuple[list[Path], list[Path]]:
    """The recordings that will be written, and everything that is there and not ours: the user is
    asked about it. Raises UserError for names that cannot be, and for what nobody can replace."""
    parts = plan(script, delivery, voice_of)
    planned = files(script, delivery, parts)
    refuse_equal(planned)
    claimer = _Claimer(delivery, ledger, Permission(), lambda path: "", script)
    targets = [claimer.place(path) for path in planned.values()]
    found = [path for path in targets if claimer.refusal_at(path)]
    for path in found:
        if why := Permission(overwrite=True).refusal(path, ours=False):  # no answer would help
            raise UserError(why)
    return [delivery.out / part.path for part in parts], found


class _Claimer:
    def __init__(
        self,
        delivery: Delivery,
        ledger: Ledger,
        permission: Permission,
        taken: Callable[[Path], str],
        before: Script,
    ) -> None:
        self._delivery, self._ledger, self._permission = delivery, ledger, permission
        self._taken, self._before = taken, before
        self.used: set[str] = set()  # names of this script, folded
        self._numbers = ledger.numbers() if permission.number else {}

    def place(self, name: PurePosixPath) -> Path:
        """Where a name lies. Raises UserError where a link leads out of the folder."""
        return inside(self._delivery.out, name)

    def settle(self, group: Sequence[PurePosixPath]) -> list[PurePosixPath]:
        """A recording and what lies beside it, with one number for all of them."""
        first = self._why(group)
        if not self._permission.number:
            if first:
                raise UserError(first)
            return list(group)
        for number in self._candidates(group[0]):
            names = [numbered(name, number) for name in group]
            mine = number == 1 or not any(folded(name) in self.used for name in names)
            if mine and not self._why(names):
                self.used |= {folded(name) for name in names}
                return names
        raise UserError(first)

    def _candidates(self, name: PurePosixPath) -> Iterator[int]:
        """Numbers to try: first the one that the last run found."""
        for number in self._numbers.get(name, []):
            old = numbered(name, number)
            if self._ledger.find(old, self.place(old)) is not None:
                yield number
        yield from range(1, MOST)

    def _why(self, names: Sequence[PurePosixPath]) -> str:
        for name in names:
            path = self.place(name)
            if why := self._taken(path) or self.refusal_at(path):
                return why
        return ""

    def refusal_at(self, path: Path) -> str:
        """Why a target must not be written; "" where it may."""
        if not self._permission.refusal(path, ours=False):
            return ""
        name = PurePosixPath(path.relative_to(self._delivery.out).as_posix())
        return self._permission.refusal(path, ours=self._is_ours(name, path))

    def _is_ours(self, name: PurePosixPath, path: Path) -> bool:
        return self._ledger.find(name, path) is not None or self._is_old_subtitle(name, path)

    def _is_old_subtitle(self, name: PurePosixPath, path: Path) -> bool:
        """Whether 0.1.0, which did not note them, wrote these subtitles: they are what the rows and
        the noted places of their recording give, word for word."""
        kind = name.suffix[1:]
        if kind not in SUBTITLES:
            return False
        recordings = [
            line
            for suffix in dict.fromkeys(format.suffix for format in FORMATS.values())
            for line in self._ledger.noted(name.with_suffix(suffix))
        ]
        if not any(not line.sha256 for line in recordings):
            return False
        with suppress(OSError, UserError, ValueError):
            data = read_outside(path, TEXT_BYTES)
            for line in recordings:
                places = line.about.get("places", {})
                cues = [
                    row.replace(start=places[row.id][0], end=places[row.id][1])
                    for row in self._before.rows
                    if row.id in places
                ]
                if cues and SUBTITLES[kind](cues).encode() == data:
                    self._ledger.adopt(name, data)
                    return True
        return False
