"""Whether the files of a model are what they were when they were made: hashes, headers, syntax."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.models.info import Tell, quiet
from engine.system.outside import (
    JSON_BYTES,
    TOKENIZER_BYTES,
    Unfit,
    look_outside,
    open_outside,
    read_outside,
)
from engine.system.untrusted_json import parse, parse_object

_DIGEST = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}")
_UNPACKED = 2**28  # bytes of a packed archive; weights lie in theirs as they are
SUMS = "SHA256SUMS"  # what `sha256sum -c` reads: a digest and a name, one file a line


def verify(folder: Path, tell: Tell = quiet) -> list[str]:
    """Read every file of a model again; return the names of those that are damaged.

    A file that is linked into the Hub's cache is named after its hash there; that of another may
    stand in the folder's list. Any other is held against its own header (safetensors), checksums
    (zip) or syntax (JSON). Lets Cancelled pass.
    """
    files = _files(folder)
    listed = _listed(folder)
    names = {path.relative_to(folder).as_posix() for path in files}
    total, before, bad = sum(_size(path) for path in files), 0, sorted(set(listed) - names)
    for path in files:

        def show(done: int, _: int, before: int = before) -> None:
            tell(before + done, total)

        show(0, 0)
        name = path.relative_to(folder).as_posix()
        known = _name_in_cache(path) or listed.get(name, "")
        digest = digest_of(path, known, show)
        if digest != known if digest is not None else not _is_sound(path):
            bad.append(name)
        before += _size(path)
    tell(total, total)
    return bad


def has_hashes(folder: Path) -> bool:
    """Whether `verify` knows the content of what a model is read from, and not only its form:
    of the files in its folder itself and of its voices."""
    listed = _listed(folder)
    return all(
        _name_in_cache(path) or path.relative_to(folder).as_posix() in listed
        for path in _files(folder)
        if (path.parent == folder and path.suffix in (".json", ".safetensors", ".bin"))
        or path.suffix in (".npy", ".npz")
    )


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink()]


def _name_in_cache(path: Path) -> str:
    """What a file is called in the Hub's cache: its hash. "" where it lies elsewhere."""
    name = Path(os.path.realpath(path)).name if path.is_symlink() else ""
    return name if _DIGEST.fullmatch(name) else ""


def _listed(folder: Path) -> dict[str, str]:
    """Name → SHA-256, of the list in a folder; empty where there is none. What cannot be read as
    one is a digest that no file has."""
    listed = dict[str, str]()
    try:
        data = read_outside(folder / SUMS, JSON_BYTES)
    except FileNotFoundError:
        return {}
    except (OSError, Unfit):
        return {SUMS: "0" * 64}
    for line in data.decode("utf-8", "replace").splitlines():
        found = re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line)
        name, digest = (found[2], found[1]) if found else (SUMS, "0" * 64)
        listed[name] = digest
    return listed


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def digest_of(path: Path, name: str, tell: Tell) -> str | None:
    """The hash of a file, of the kind that its name in the cache has; None for no hash.

    64 digits are SHA-256, of large files; 40 are Git's SHA-1, over a header and the content.
    A file that cannot be read has the hash "".
    """
    if not _DIGEST.fullmatch(name):
        return None
    try:
        if len(name) == 64:
            return sha256_of(path, tell)
        header = f"blob {_size(path)}\0".encode()
        return _fed(hashlib.sha1(header, usedforsecurity=False), path, tell)
    except (OSError, Unfit):
        return ""


def sha256_of(path: Path, tell: Tell = quiet) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError; lets Cancelled of `tell` pass."""
    return _fed(hashlib.sha256(), path, tell)


def _fed(digest: Any, path: Path, tell: Tell) -> str:
    """A hash after all bytes of a file."""
    length, done = _size(path), 0
    with open_outside(path) as file:
        while block := file.read(1 << 22):
            digest.update(block)
            done += len(block)
            tell(done, length)
    return str(digest.hexdigest())


def _is_sound(path: Path) -> bool:
    """Whether a file is whole as far as its own format tells."""
    try:
        if path.suffix == ".safetensors":
            return _is_whole(path)
        if path.suffix == ".json":
            parse(read_outside(path, TOKENIZER_BYTES), most=TOKENIZER_BYTES)
        elif path.suffix in (".bin", ".npz"):
            import zipfile

            with open_outside(path) as file, zipfile.ZipFile(file) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
                return unpacked <= max(_UNPACKED, _size(path)) and archive.testzip() is None
        else:
            look_outside(path)
    except Exception:  # damage has as many errors as there are formats
        return False
    return True


def _is_whole(path: Path) -> bool:
    """Does a safetensors file end where its header says that the last tensor ends?"""
    with open_outside(path) as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= 100_000_000:
            return False
        header = parse_object(file.read(length), most=length)
    ends = [tensor["data_offsets"][1] for key, tensor in header.items() if key != "__metadata__"]
    return path.stat().st_size == 8 + length + max(ends, default=0)
