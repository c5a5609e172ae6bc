"""Which text of a batch each project and each file belongs to; everything is looked at before any
work. Standard library only at import."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.recordings.ownership import Permission, identities, numbered
from engine.system.inner_files import read_inner
from engine.system.outside import VOICE_BYTES, Unfit, open_outside, read_outside

if TYPE_CHECKING:
    from engine.recordings.claim import Targets
    from engine.recordings.ledger import Ledger
    from engine.recordings.plan import Delivery
    from engine.script.rows import Script, ScriptRow

PROJECT = ".project"  # ending of the folder that keeps a script's takes

_COMPARED = 20  # rows by which a text of 0.1.0 is known again
# What lies in a project's folder before its project.json does.
_PARTS = {"script.json", "voices", "takes", "takes.jsonl", "delivered.jsonl", ".lock", ".owner"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text goes. project: the folder of its takes."""

    project: Path
    delivery: Delivery


class Owners:
    """Who owns what, for as long as a batch or a watched folder is worked on. One thread."""

    def __init__(self, delivery: Delivery, permission: Permission, reads: frozenset[Path]) -> None:
        """reads: files that the work reads besides the texts."""
        self._delivery, self._permission, self._reads = delivery, permission, set(reads)
        self._taken: dict[str, str] = {}  # path, folded → whose
        self._places: dict[Path, Place] = {}
        self._ledgers: dict[Path, Ledger] = {}  # as they are now

    @property
    def permission(self) -> Permission:
        """What may be replaced: never what is read."""
        return dataclasses.replace(self._permission, inputs=identities(self._reads))

    def read(self, *paths: Path) -> None:
        """These files are inputs from now on."""
        self._reads.update(paths)

    def take(self, path: Path, owner: str) -> None:
        """A file of this batch that belongs to no text. Raises UserError where it is taken."""
        if why := self._taken_by_another(path, owner):
            raise UserError(why)
        self._taken[_folded(path)] = owner

    def __getitem__(self, source: Path) -> Place:
        return self._places[source]

    def place(self, texts: Mapping[Path, Script], below: Mapping[Path, PurePosixPath]) -> None:
        """The projects of these texts, before their rows are known. below: as in `claim`. Raises
        UserError as that does."""
        before = dict(self._taken), dict(self._places)
        self._ledgers = {}
        try:
            for source in texts:
                self._forget(source)
            for source, script in texts.items():
                place = self._place(source, script, below.get(source, PurePosixPath()))
                self._places[source] = place
                self.take(place.project, str(source))
        except UserError:
            self._taken, self._places = before
            raise

    def claim(
        self,
        texts: Mapping[Path, Script],
        below: Mapping[Path, PurePosixPath],
        voice_of: Callable[[Path, ScriptRow], str | None],
    ) -> dict[Path, Targets]:
        """The names of all files of these texts. below: the sub-folder of the output folder that a
        text lies in. voice_of: of a row of a text. Raises UserError where one must not be written;
        then nothing has changed."""
        from engine.recordings.claim import claim
        from engine.recordings.plan import subtitles_of

        before = dict(self._taken), dict(self._places)
        found = {}
        self._ledgers = {}
        try:
            for source in texts:
                self._forget(source)
            for source, script in texts.items():
                place = self._place(source, script, below.get(source, PurePosixPath()))
                self._places[source] = place
                self.take(place.project, str(source))
                targets = claim(
                    script,
                    place.delivery,
                    self._ledger(place.project),
                    lambda row, source=source: _own_voice(voice_of(source, row)),  # type: ignore[misc]
                    self.permission,
                    taken=lambda path, owner=str(source): self._taken_by_another(path, owner),  # type: ignore[misc]
                    before=_earlier(place.project),
                )
                for part in targets.parts:
                    for name in (part.path, *subtitles_of(part.path, place.delivery)):
                        self.take(place.delivery.out / name, str(source))
                self.take(place.delivery.out / targets.manifest, str(source))
                found[source] = targets
        except UserError:
            self._taken, self._places = before
            raise
        return found

    def keep(self, source: Path, ledger: Ledger) -> None:
        """Note whose a project is; one that is there and says the same stays it."""
        other = Path(ledger.source)
        stays = ledger.source and other.exists() and _is_same_text(other, source)
        ledger.keep(ledger.source if stays else str(source.resolve()))

    def _forget(self, source: Path) -> None:
        for path in [path for path, owner in self._taken.items() if owner == str(source)]:
            del self._taken[path]

    def _taken_by_another(self, path: Path, owner: str) -> str:
        other = self._taken.get(_folded(path), owner)
        if other == owner:
            return ""
        return (
            f"{other} and {owner} would both be written to {path}: convert them into folders of "
            "their own, or let --number tell them apart"
        )

    # ── the project ───────────────────────────────────────────────────────────────────────────

    def _place(self, source: Path, script: Script, below: PurePosixPath) -> Place:
        from engine.recordings.filenames import safe_part

        base = self._delivery.out
        home = PurePosixPath(*map(safe_part, below.parts))
        folder = base / home / f"{safe_part(source.stem)}{PROJECT}"
        cut = folder.with_name(f"{safe_part(source.stem, told_apart=False)}{PROJECT}")
        if cut.exists() and not folder.exists():  # as 0.1.0 called it
            folder = cut
        flat = base / folder.name
        if home.parts and not folder.exists() and self._is_flat_project_of(flat, source, script):
            folder, home = flat, PurePosixPath()
        folder = self._number(folder, source)
        parts = source.resolve().parent.parts
        delivery = dataclasses.replace(
            self._delivery, folder="/".join(parts[-1 - len(below.parts) :]).strip("/")
        )
        if "{folder}" in (delivery.name or ""):  # it says itself where the recordings go
            return Place(folder, dataclasses.replace(delivery, home=home))
        return Place(folder, dataclasses.replace(delivery, out=base / home))

    def _is_flat_project_of(self, folder: Path, source: Path, script: Script) -> bool:
        """Whether 0.1.0, which did not mirror sub-folders, made this project of this text."""
        earlier = _earlier(folder)
        other = self._ledger(folder).source
        if earlier is None or _folded(folder) in self._taken:
            return False
        if other and not _is_same_text(Path(other), source):
            return False
        # Rows are cut from paragraphs, so the longest of them stand somewhere in the text.
        whole = " ".join(" ".join(row.text for row in script.rows).split())
        longest = sorted((row.text for row in earlier.rows), key=len)[-_COMPARED:]
        return any(" ".join(text.split()) in whole for text in longest)

    def _number(self, folder: Path, source: Path) -> Path:
        """The folder itself where it is this text's, else one with a number if that is allowed."""
        first = self._why_not(folder, source)
        if not self._permission.number:
            if first:
                raise UserError(first)
            return folder
        tried = (numbered(folder, number) for number in count(1))
        free = None
        for path in tried:
            why = self._why_not(path, source)
            if not why and self._is_of(path, source):
                return path
            free = free or (None if why else path)
            if not path.exists() and free is not None:
                return free
        raise UserError(first)  # never reached

    def _ledger(self, folder: Path) -> Ledger:
        from engine.recordings.ledger import Ledger

        if folder not in self._ledgers:
            self._ledgers[folder] = Ledger(folder)
        return self._ledgers[folder]

    def _why_not(self, folder: Path, source: Path) -> str:
        if why := self._taken_by_another(folder, str(source)):
            return why
        if not folder.exists():
            return ""
        if not _is_project(folder):
            return f"{folder} is no project of Bark Studio: choose another --out, or --number"
        other = self._ledger(folder).source
        if not other or self._permission.overwrite or _is_same_text(Path(other), source):
            return ""
        return (
            f"{folder} holds the takes of {other}: choose another --out, --overwrite to replace "
            f"its recordings by those of {source}, or --number to write beside them"
        )

    def _is_of(self, folder: Path, source: Path) -> bool:
        other = self._ledger(folder).source
        return bool(other) and _is_same_text(Path(other), source)


def _is_project(folder: Path) -> bool:
    """Whether a folder is a project, was begun as one, or is empty."""
    try:
        names = {path.name for path in folder.iterdir() if path.suffix != ".part"}
    except OSError:
        return False
    if "project.json" in names:
        return True
    return names <= _PARTS and ("script.json" not in names or _earlier(folder) is not None)


def _is_same_text(other: Path, source: Path) -> bool:
    """Whether the text that a project was made from is this one: the same file, one of the same
    content, or one that has gone, as where folders were moved."""
    try:
        if not other.exists() or other.samefile(source):
            return True
        with open_outside(other) as one, open_outside(source) as two:
            hashes = [hashlib.file_digest(file, "sha256").digest() for file in (one, two)]
        return hashes[0] == hashes[1]
    except (OSError, Unfit):
        return False


def _earlier(project: Path) -> Script | None:
    """The script as the last run had it."""
    from engine.script.rows import from_json

    with suppress(OSError, ValueError, UserError):
        return from_json(read_inner(project, "script.json"))
    return None


@cache
def _own_voice(voice: str | None) -> str | None:
    """A voice as its project calls it: a file has its hash in its name."""
    if voice is None or not voice.lower().endswith(".npz"):
        return voice
    with suppress(OSError, Unfit):
        data = read_outside(Path(voice).expanduser(), VOICE_BYTES)
        return f"{Path(voice).stem}-{hashlib.sha256(data).hexdigest()[:8]}.npz"
    return voice


def _folded(path: Path) -> str:
    from engine.recordings.filenames import folded

    return folded(path.absolute())
