"""Voices: the tokens of an earlier clip, which the stages continue.

A voice comes from strangers, so it is read without pickle, its sizes are looked at before anything
is unpacked, and every number is checked against the model: an id out of range would be read from
somewhere else in a table, and on CUDA it kills the process.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.api import Take
from engine.bark.config import BarkConfig
from engine.bark.voice_facts import stand_in
from engine.errors import UserError
from engine.system.arrays import read_npy
from engine.system.atomic_files import atomic_file
from engine.system.outside import VOICE_BYTES, open_outside
from engine.system.untrusted_json import read_object

KEYS = ("semantic_prompt", "coarse_prompt", "fine_prompt")
Fetch = Callable[[Path, str], Path]  # a checkpoint and the name of a further file of it → its path

MAX_BYTES = 16 * 2**20  # of each array, unpacked: over an hour of sound
_HEADER = 2**16  # bytes of an .npy before its numbers, at most


@dataclass(frozen=True, eq=False)
class Voice:
    """semantic: int32 (S,). coarse: int32 (coarse codebooks, T). fine: int32 (codebooks, T)."""

    semantic: NDArray[np.int32]
    coarse: NDArray[np.int32]
    fine: NDArray[np.int32]


def read_npz(path: Path, config: BarkConfig) -> Voice:
    """Read a voice file. Raises UserError that names what is wrong with it."""
    try:
        with open_outside(path, VOICE_BYTES) as opened, zipfile.ZipFile(opened) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            for key in KEYS:
                if f"{key}.npy" not in sizes:
                    raise UserError(f"{path} is no voice file: it has no {key}")
                if sizes[f"{key}.npy"] > MAX_BYTES:
                    raise UserError(f"{path} is no voice file: its {key} is far too large")
            arrays = []
            for key in KEYS:
                with archive.open(f"{key}.npy") as file:
                    arrays.append(_read_array(file, f"{key} in {path}"))
    except UserError:
        raise
    except FileNotFoundError as error:
        raise UserError(f"there is no voice file {path}") from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder, not a voice file (.npz)") from error
    except Exception as error:  # zipfile and its decompressors have many errors for damage
        raise UserError(f"{path} is no voice file, or a damaged one (.npz)") from error
    return _checked(arrays, str(path), config)


def _read_array(file: Any, name: str) -> NDArray[Any]:
    """One .npy of integers."""
    array = read_npy(file, MAX_BYTES, name)
    if array.dtype.kind not in "iu":
        raise UserError(f"{name} holds {array.dtype}, but tokens are whole numbers")
    return array


def _checked(arrays: list[NDArray[Any]], name: str, config: BarkConfig) -> Voice:
    semantic, coarse, fine = arrays
    books = config.coarse_rules.n_coarse_codebooks, config.fine_rules.n_fine_codebooks
    limits = config.semantic_rules.semantic_vocab_size, config.codebook_size, config.codebook_size
    if semantic.ndim != 1 or coarse.ndim != 2 or fine.ndim != 2:
        raise UserError(f"{name} is no voice: its arrays have the wrong number of dimensions")
    for array, count, what in ((coarse, books[0], "coarse"), (fine, books[1], "fine")):
        if len(array) != count:
            raise UserError(
                f"{name} has {len(array)} {what} codebooks, this model {count}: it is a voice of "
                "another model"
            )
    for array, limit, key in zip(arrays, limits, KEYS, strict=True):
        if not array.size:
            raise UserError(f"{name} is empty: its {key} holds nothing")
        low, high = int(array.min()), int(array.max())
        if low < 0 or high >= limit:
            raise UserError(
                f"{name} holds the number {low if low < 0 else high} in its {key}, where this "
                f"model knows 0 to {limit - 1}: it is damaged or a voice of another model"
            )
    expected = len(semantic) * config.semantic_to_coarse_ratio / books[0]
    # A voice is cut from a clip: its parts may differ by the frames of a window, not by more.
    for frames in (coarse.shape[1], fine.shape[1]):
        if abs(frames - expected) > max(0.1 * expected, config.coarse_rules.sliding_window_len):
            raise UserError(
                f"{name} has {frames} frames of sound for {len(semantic)} semantic ids, where "
                f"about {expected:.0f} belong: its parts are not of one clip"
            )
    as_int32 = [np.array(array, dtype=np.int32, order="C") for array in arrays]  # may be written
    return Voice(*as_int32)


def beside(folder: Path, name: str) -> Path:
    """The Fetch of a checkpoint that is complete: nothing is downloaded."""
    return folder / name


def presets(folder: Path) -> dict[str, dict[str, str]]:
    """Presets that a checkpoint lists: name → its three files, relative to the folder.

    Raises UserError for a list that is damaged or leaves the folder.
    """
    path = folder / "speaker_embeddings_path.json"
    if not path.exists():
        return {}
    try:
        stored = read_object(path)
        listed = {
            str(name): {key: str(files[key]) for key in KEYS}
            for name, files in stored.items()
            if name != "repo_or_path"
        }
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise UserError(f"{path} is damaged: get the model again") from error
    for files in listed.values():
        for file in files.values():
            parts = PurePosixPath(file.replace("\\", "/"))
            if parts.is_absolute() or ".." in parts.parts or ":" in file:
                raise UserError(f"{path} names {file}, which leaves the model's folder: not read")
    return listed


def known_as(folder: Path, name: str) -> str:
    """The preset that a name means: itself, or who stands in for a voice of an earlier edition."""
    listed = presets(folder)
    other = "" if name in listed else stand_in(folder, name)
    return other if other in listed else name


def read_preset(folder: Path, name: str, config: BarkConfig, fetch: Fetch = beside) -> Voice:
    """Read a preset by name. Raises UserError for one that is unknown, missing or damaged."""
    listed = presets(folder)
    if name not in listed:
        known = ", ".join(sorted(listed)[:8]) or "none"
        more = f" and {len(listed) - 8} more" if len(listed) > 8 else ""
        raise UserError(
            f"this model has no voice {name!r}; it has {known}{more} (or name an .npz file)"
        )
    arrays = []
    for key in KEYS:
        path = fetch(folder, listed[name][key])
        try:
            with open_outside(path, MAX_BYTES + _HEADER) as file:
                arrays.append(_read_array(file, str(path)))
        except OSError as error:
            raise UserError(
                f"the voice {name} lacks its file {path}: get the model again"
            ) from error
    return _checked(arrays, f"the voice {name}", config)


def find_voice(
    wanted: str | None, folder: Path, config: BarkConfig, fetch: Fetch = beside
) -> Voice | None:
    """None, the path of an `.npz`, or the name of a preset, also of an earlier edition → a voice.

    fetch: gets the files of a preset that did not come with the checkpoint.
    """
    if wanted is None:
        return None
    if wanted.lower().endswith(".npz"):
        return read_npz(Path(wanted), config)
    return read_preset(folder, known_as(folder, wanted), config, fetch)


def save_npz(path: Path, take: Take, config: BarkConfig) -> None:
    """Keep the end of a take as a voice, whole or not at all.

    Longest useful: what the fine window keeps as history, or the semantic prompt, if longer.
    Raises UserError for a take too short to continue and when the disk refuses.
    """
    ratio = config.semantic_to_coarse_ratio / config.coarse_rules.n_coarse_codebooks
    if len(take.semantic) < 2:
        raise UserError("this take is too short to serve as a voice: speak a whole sentence")
    longest = max(
        config.semantic_rules.max_input_semantic_length,
        round(config.fine_rules.max_fine_history_length / ratio),
    )
    semantic = take.semantic[-longest:]
    frames = round(len(semantic) * ratio)

    def write(file: BinaryIO) -> None:
        np.savez_compressed(
            file,
            semantic_prompt=semantic.astype(np.int32),
            coarse_prompt=take.coarse[:, -frames:].astype(np.int32),
            fine_prompt=take.fine[:, -frames:].astype(np.int32),
        )

    with atomic_file(path) as file:
        write(file)
