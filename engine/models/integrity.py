"""Whether the files of a model are what they were when they were made: hashes, headers, syntax."""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.models.info import Tell, quiet


def verify(folder: Path, tell: Tell = quiet) -> list[str]:
    """Read every file of a model again; return the names of those that are damaged.

    A file that is linked into the Hub's cache is named after its hash there. Any other is held
    against its own header (safetensors), checksums (zip) or syntax (JSON). Lets Cancelled pass.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() or path.is_symlink()]
    total, before, bad = sum(_size(path) for path in files), 0, []
    for path in files:

        def show(done: int, _: int, before: int = before) -> None:
            tell(before + done, total)

        show(0, 0)
        name = Path(os.path.realpath(path)).name if path.is_symlink() else ""
        digest = digest_of(path, name, show)
        if digest != name if digest is not None else not _is_sound(path):
            bad.append(path.relative_to(folder).as_posix())
        before += _size(path)
    tell(total, total)
    return bad


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def digest_of(path: Path, name: str, tell: Tell) -> str | None:
    """The hash of a file, of the kind that its name in the cache has; None for no hash.

    64 digits are SHA-256, of large files; 40 are Git's SHA-1, over a header and the content.
    A file that cannot be read has the hash "".
    """
    if not re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{40}", name):
        return None
    try:
        if len(name) == 64:
            return sha256_of(path, tell)
        header = f"blob {_size(path)}\0".encode()
        return _fed(hashlib.sha1(header, usedforsecurity=False), path, tell)
    except OSError:
        return ""


def sha256_of(path: Path, tell: Tell = quiet) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError; lets Cancelled of `tell` pass."""
    return _fed(hashlib.sha256(), path, tell)


def _fed(digest: Any, path: Path, tell: Tell) -> str:
    """A hash after all bytes of a file."""
    length, done = _size(path), 0
    with path.open("rb") as file:
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
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix in (".bin", ".npz"):
            import zipfile

            with zipfile.ZipFile(path) as archive:
                return archive.testzip() is None
        else:
            path.open("rb").close()
    except Exception:  # damage has as many errors as there are formats
        return False
    return True


def _is_whole(path: Path) -> bool:
    """Does a safetensors file end where its header says that the last tensor ends?"""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= 100_000_000:
            return False
        header = json.loads(file.read(length))
    ends = [tensor["data_offsets"][1] for key, tensor in header.items() if key != "__metadata__"]
    return path.stat().st_size == 8 + length + max(ends, default=0)
