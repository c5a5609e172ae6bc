"""File names from a template: they cannot leave the output folder, on any system."""

from __future__ import annotations

import hashlib
import re
import string
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePath, PurePosixPath

from engine.audio.formats import is_sound
from engine.errors import UserError

# One recording for each of these, and its usual name.
PER = {"file": "{script}", "chapter": "{script}-{number}", "row": "{script}-{id}"}
KEYS = ("script", "id", "speaker", "voice", "chapter", "number", "folder", "ext")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?$", re.I)
_LONGEST = 150  # bytes of a part of a path; systems take 255, and an ending comes on top
_HASH = 8  # hexadecimal digits by which texts that are cut are told apart


def safe_part(text: str, *, told_apart: bool = True) -> str:
    """Any text as one part of a path that every system takes; "_" where nothing is left.

    told_apart: what is too long ends in a hash of the whole; version 0.1.0 only cut it.
    """
    part = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", text))
    whole = part.encode()
    end = ""
    if told_apart and len(whole) > _LONGEST:
        end = f"-{hashlib.sha256(whole).hexdigest()[:_HASH]}"
    part = whole[: _LONGEST - len(end)].decode("utf-8", "ignore").strip(" .") + end
    if _RESERVED.match(part):
        part = f"_{part}"
    return part or "_"


def check_template(template: str) -> None:
    """Raise UserError for a key that does not exist, and for a way out of the folder."""
    parse(template)


def parse(template: str) -> list[tuple[str, str]]:
    """(text, key) pairs; the last key may be "". Raises UserError."""
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError as error:
        raise UserError(f"the name {template!r} has a brace too many or too few") from error
    known = ", ".join(f"{{{key}}}" for key in KEYS)
    for text, key, spec, conversion in fields:
        if key is not None and (key not in KEYS or spec or conversion):
            raise UserError(f"the name {template!r} has the unknown {{{key}}}: there are {known}")
        if _FORBIDDEN.sub("", text.replace("/", "").replace("\\", "")) != text.replace(
            "/", ""
        ).replace("\\", ""):
            raise UserError(f"the name {template!r} has a character that no file name may have")
    _inside("".join(text + ("x" if key else "") for text, key, _, _ in fields), template)
    return [(text, key or "") for text, key, _, _ in fields]


def fill(template: str, values: Mapping[str, str]) -> PurePosixPath:
    """The path, relative to the output folder, with ".{ext}" at its end."""
    name = "".join(text + _value(key, values.get(key, "")) for text, key in parse(template))
    return _ended(name, values["ext"])


def _value(key: str, text: str) -> str:
    if key == "folder":  # of several parts, or none
        return "/".join(map(safe_part, filter(None, text.split("/"))))
    return safe_part(text) if key else ""


def wanted(file: str, ext: str) -> PurePosixPath:
    """The path that a script wants for a row. Raises UserError where it leaves the folder."""
    return _ended(_inside(file, file), ext)


def _ended(name: str, ext: str) -> PurePosixPath:
    parts = [part for part in name.replace("\\", "/").split("/") if part] or [""]
    stem = parts[-1]
    if is_sound(stem):  # anna_001.wav becomes anna_001.ogg
        stem = stem.rpartition(".")[0]
    return PurePosixPath(*map(safe_part, parts[:-1]), f"{safe_part(stem)}.{ext}")


def _inside(name: str, shown: str) -> str:
    parts = name.replace("\\", "/").split("/")
    outside = parts[0] == "" or parts[0].endswith(":") or ".." in (part.strip() for part in parts)
    if outside or not any(part.strip(" .") for part in parts):
        raise UserError(f"the name {shown!r} leaves the output folder: give it a name inside")
    return name


def refuse_equal(names: Mapping[str, PurePosixPath]) -> None:
    """Raise UserError where two owners have one file name, also where only some systems think so.

    names: owner, for the sentence → path.
    """
    seen: dict[str, str] = {}
    for owner, path in names.items():
        name = folded(path)
        if name in seen:
            raise UserError(
                f"{seen[name]} and {owner} would both be written to {path}: put {{id}} or "
                "{number} into the name"
            )
        seen[name] = owner


def folded(path: PurePath) -> str:
    """Equal for paths that some system takes for the same."""
    return unicodedata.normalize("NFKC", str(path)).casefold()


def inside(folder: Path, path: PurePosixPath) -> Path:
    """folder/path. Raises UserError where a link in the folder leads out of it."""
    target = folder / path
    if not target.resolve().is_relative_to(folder.resolve()):
        raise UserError(f"{target} leads out of {folder}: remove the link or choose another name")
    return target
