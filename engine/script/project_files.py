"""What the files of a project say, as far as they can be read: damage costs what it hit."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from engine.api import SpeechSampling, StageSampling
from engine.errors import UserError, reason_of
from engine.script.held import MadeUp
from engine.script.pace import Pace
from engine.script.recipe import Maker, Recipe, Way
from engine.script.rows import MAX_BYTES, Script, ScriptRow, from_json
from engine.script.states import Choice
from engine.script.store import Store, is_key
from engine.script.trims import Trim
from engine.system.inner_files import Linked, read_inner
from engine.system.outside import JSON_BYTES
from engine.system.untrusted_json import checked_as, fields_of, finite, parse_object

FORMAT = 2  # of the folder
MOST_TAKES = 10**6  # of a row; keys are made for each number up to the first that counts
HEAD, SCRIPT, CHOICES, SOURCE = "project.json", "script.json", "choices.json", "source.json"
COVER = "cover"  # its content tells what it is

_VOICE = re.compile(r"voices/[^/\\\x00]+\.npz", re.IGNORECASE)
_DAMAGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
_Part = TypeVar("_Part")


@dataclass(kw_only=True, slots=True)
class Contents:
    """What was read. script: None where there is none to read. damaged: names of files that are to
    be set aside before they are written again. notes: sentences for the user."""

    recipe: Recipe = field(default_factory=Recipe)
    voices: dict[str, str | None] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    maker: Maker | None = None
    pinned: bool | None = None
    earlier: tuple[Way, ...] = ()
    made_up: dict[str, MadeUp] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)
    script: Script | None = None
    choices: dict[str, Choice] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def is_voice_file(name: str) -> bool:
    """Whether this names one of a project's own voice files."""
    return _VOICE.fullmatch(name) is not None


def read_contents(folder: Path, script: Script | None) -> Contents:
    """Read a project's folder. script: what its script.json is going to say, where that is known;
    then it may also be empty.

    Raises UserError for a folder that is no project, one of a newer program, one with links in it,
    and where the disk refuses.
    """
    contents = Contents(script=script)
    head, has_head = _read(contents, folder, HEAD)
    if head is not None:
        if _number(head.get("format")) > FORMAT:
            raise UserError(f"{folder} was made by a newer Bark Studio: update this one")
        _read_head(contents, head)
    if script is None:
        contents.script = _read_script(contents, folder)
        is_one = has_head and (HEAD not in contents.damaged or contents.script is not None)
        if not is_one and not (has_head and _has_takes(folder)):
            raise UserError(f"{folder} is no project of Bark Studio: open a text file")
    choices, _ = _read(contents, folder, CHOICES)
    for row, values in (choices or {}).items():
        choice = _parsed(contents, CHOICES, partial(_choice, values))
        if choice is not None:
            contents.choices[row] = choice
    return contents


def _read(contents: Contents, folder: Path, name: str) -> tuple[dict[str, Any] | None, bool]:
    """A JSON object; None where there is none. Second: whether there is such a file."""
    try:
        data = read_inner(folder, name, JSON_BYTES)
    except FileNotFoundError:
        return None, False
    except (OSError, MemoryError) as error:
        raise UserError(f"{folder / name} cannot be read: {reason_of(error)}; try again") from error
    except ValueError:
        data = b""
    with suppress(ValueError):
        return parse_object(data), True
    _note_damage(contents, name)
    return None, True


def _note_damage(contents: Contents, name: str) -> None:
    if name in contents.damaged:
        return
    contents.damaged.add(name)
    if name == HEAD:
        _say(
            "project.json of this project is damaged and is set aside: what could be read of it is "
            "kept, other voices and options start anew.",
            contents,
        )
    else:
        _say(
            "choices.json of this project is damaged and is set aside: what could be read of it is "
            "kept, other rows are not locked, have no chosen take and are not trimmed.",
            contents,
        )


def _say(sentence: str, contents: Contents) -> None:
    contents.notes.append(sentence)


def _read_head(contents: Contents, head: Mapping[str, Any]) -> None:
    def part(read: Callable[[], _Part], default: _Part) -> _Part:
        found = _parsed(contents, HEAD, read)
        return default if found is None else found

    contents.recipe = part(lambda: _recipe(head["recipe"]), Recipe())
    voices: dict[str, Any] = part(lambda: dict(head["voices"]), {})
    for speaker, voice in voices.items():
        if voice is None or (isinstance(voice, str) and _stays_inside(voice)):
            contents.voices[speaker] = voice
        else:
            _say(f"The voice {voice} is not in this project: choose it again.", contents)
    files: dict[str, Any] = part(lambda: dict(head["files"]), {})
    contents.files = {
        name: own for name, own in files.items() if isinstance(own, str) and is_voice_file(own)
    }
    if head.get("maker") is not None:
        contents.maker = _parsed(contents, HEAD, lambda: fields_of(Maker, head["maker"]))
    pinned = head.get("pinned")
    contents.pinned = pinned if isinstance(pinned, bool) else None
    contents.earlier = part(lambda: tuple(_way(way) for way in head.get("earlier", ())), ())
    contents.made_up = part(
        lambda: {str(name): _made_up(one) for name, one in head.get("made_up", {}).items()}, {}
    )
    paces = head.get("paces", {})
    contents.paces = part(lambda: {key: Pace(finite(rate)) for key, rate in paces.items()}, {})


def _stays_inside(voice: str) -> bool:
    return not voice.lower().endswith(".npz") or is_voice_file(voice)


def _parsed(contents: Contents, name: str, read: Callable[[], _Part]) -> _Part | None:
    try:
        return read()
    except _DAMAGE:
        _note_damage(contents, name)
        return None


def _read_script(contents: Contents, folder: Path) -> Script | None:
    try:
        return from_json(read_inner(folder, SCRIPT, MAX_BYTES))
    except FileNotFoundError:
        return None
    except (OSError, MemoryError) as error:
        raise UserError(
            f"{folder / SCRIPT} cannot be read: {reason_of(error)}; try again"
        ) from error
    except Linked:
        raise
    except (UserError, ValueError):
        contents.damaged.add(SCRIPT)
        return None


def _has_takes(folder: Path) -> bool:
    try:
        return len(Store(folder)) > 0
    except UserError:
        return False


def source_of(folder: Path) -> dict[str, str]:
    """Which text a project was made from ("file"), and its hash ("sha256"); {} where unknown."""
    try:
        stored = parse_object(read_inner(folder, SOURCE, JSON_BYTES))
        return {str(key): str(value) for key, value in stored.items()}
    except (OSError, *_DAMAGE):
        return {}


def rebuilt(
    folder: Path, contents: Contents, store: Store, rebuild: Callable[[Path], Script] | None
) -> Script:
    """The script anew, where script.json does not say it any more: from the text that it was made
    from, by `rebuild`, or else from its takes. Says so in the notes. Raises UserError."""
    text = Path(source_of(folder).get("file", ""))
    if rebuild is not None and text.is_file():
        with suppress(UserError):
            script = rebuild(text)
            _say(f"script.json of this project is damaged or gone: {text} was read anew.", contents)
            return script
    rows: list[ScriptRow] = []
    notes = map(store.note, store.keys)
    for said in dict.fromkeys(note.get("written", note.get("text")) for note in notes):
        with suppress(*_DAMAGE):  # what somebody else made of it
            rows.append(ScriptRow(id=f"{len(rows) + 1:04}", text=str(said)))
    if not rows:
        raise UserError(
            f"script.json in {folder} is damaged or gone, and there are no takes to tell its "
            "rows: open the text that it was made from"
        )
    _say("script.json of this project is damaged or gone: its rows are those with takes.", contents)
    return Script(title=folder.name.removesuffix(".project"), rows=tuple(rows))


def _recipe(stored: Mapping[str, Any]) -> Recipe:
    recipe = dict(stored)
    sampling = recipe["sampling"]
    stages = {
        name: fields_of(StageSampling, sampling[name]) for name in ("semantic", "coarse", "fine")
    }
    least = checked_as(float | None, sampling["min_eos_p"])
    del recipe["sampling"]
    usual = fields_of(Recipe, recipe)
    return dataclasses.replace(usual, sampling=SpeechSampling(**stages, min_eos_p=least))


def _way(stored: Mapping[str, Any]) -> Way:
    return Way(maker=fields_of(Maker, stored["maker"]), recipe=_recipe(stored["recipe"]))


def _made_up(stored: Mapping[str, Any]) -> MadeUp:
    made_up = fields_of(MadeUp, stored)
    if not is_key(made_up.take) or not is_voice_file(made_up.file):
        raise ValueError("no made-up voice")
    if not 0 <= made_up.number <= MOST_TAKES:
        raise ValueError("no take's number")
    return made_up


def _choice(stored: Mapping[str, Any]) -> Choice:
    trim = stored.get("trim")
    choice = fields_of(Choice, {name: value for name, value in stored.items() if name != "trim"})
    if trim is not None:
        choice = dataclasses.replace(choice, trim=_trim(trim))
    if choice.key is not None and not is_key(choice.key):
        raise ValueError("no take's key")
    if not 0 <= choice.start <= MOST_TAKES:
        raise ValueError("no number of a first take")
    if choice.take is not None and not -MOST_TAKES <= choice.take <= MOST_TAKES:
        raise ValueError("no take's number")
    return choice


def _trim(stored: Mapping[str, Any]) -> Trim:
    trim = fields_of(Trim, stored)
    begin, end = trim.begin or 0.0, trim.end
    if not is_key(trim.key) or trim.at < 0:
        raise ValueError("no stretch of a take")
    if begin < 0 or (end is not None and end <= begin):
        raise ValueError("no seconds of a take")
    return trim


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) else 0
