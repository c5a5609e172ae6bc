"""Models and voices by content: the hashes under which takes are kept. No framework is imported."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

from engine.errors import UserError, reason_of
from engine.models.hub import fetch_file
from engine.system.outside import VOICE_BYTES, open_outside, read_outside

_SMALL = 2**20  # bytes up to which a file is hashed whole
_SAMPLES, _SAMPLE = 128, 4096  # blocks of a large file, and their bytes


def model_hash(folder: Path) -> str:
    """A hash of a checkpoint in milliseconds: small files whole, of large ones the size and 128
    blocks spread over it. Training changes every block; the folder's name and dates do not count.
    """
    digest = hashlib.sha256()
    try:
        files = sorted(
            path
            for pattern in ("*.json", "*.txt", "*.safetensors", "*.bin")
            for path in folder.glob(pattern)
            if path.is_file()
        )
        for path in files:
            size = path.stat().st_size
            digest.update(f"{path.name} {size}\n".encode())
            with open_outside(path) as file:
                _update(digest, file, size)
    except OSError as error:
        raise UserError(f"the model {folder} cannot be read: {reason_of(error)}") from error
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """A hash of a model that is one file, such as GGUF, as `model_hash` makes it of a folder."""
    digest = hashlib.sha256()
    try:
        size = path.stat().st_size
        digest.update(f"{size}\n".encode())
        with open_outside(path) as file:
            _update(digest, file, size)
    except OSError as error:
        raise UserError(f"the model {path} cannot be read: {reason_of(error)}") from error
    return digest.hexdigest()


def _update(digest: Any, file: BinaryIO, size: int) -> None:
    if size <= _SMALL:
        digest.update(file.read())
        return
    for i in range(_SAMPLES):
        file.seek(i * (size - _SAMPLE) // (_SAMPLES - 1))
        digest.update(file.read(_SAMPLE))


def voice_hash(voice: str, model: Path) -> str:
    """A hash of a voice as in SpeechRow: a file, or a preset, which is fetched if need be."""
    digest = hashlib.sha256()
    if voice.lower().endswith(".npz"):
        paths = [Path(voice)]
    else:
        from engine.bark.voices import known_as, presets

        listed, voice = presets(model), known_as(model, voice)
        if voice not in listed:
            known = ", ".join(sorted(listed)[:8]) or "none"
            raise UserError(
                f"this model has no voice {voice!r}; it has {known} (`voices` lists them all)"
            )
        paths = [fetch_file(model, file) for _, file in sorted(listed[voice].items())]
    for path in paths:
        try:
            digest.update(read_outside(path, VOICE_BYTES))
        except OSError as error:
            raise UserError(f"there is no voice file {path}") from error
    return digest.hexdigest()
