"""Where checkpoints come from: a folder, or the Hub when the user names a model there."""

from __future__ import annotations

import shutil
from pathlib import Path

from engine.errors import UserError, reason_of
from engine.models import hub
from engine.models.info import Tell, quiet
from engine.system.paths import ROOT

STARTER = ROOT / "resources" / "starter-voice"
"""The voice that comes with the program. Its folder may be missing."""

FIRST_EDITION = "b4f69b9f61c8f117be68e8fcc199f41f1dc1f5439278de8e781c51069ef5349a"
"""The content of the one that came with version 0.1.0, which wrote no name beside it."""

PUBLISHED = {"suno/bark-small": 1_700_000_000, "suno/bark": 4_500_000_000}
"""The checkpoints of Bark's makers on the Hub, under the MIT licence: bytes to download."""


def is_starter(name: str, content: str) -> bool:
    """Whether a model is the voice that comes with the program, in any edition. name: what people
    call it, "" where nobody said. content: its `model_hash`."""
    return name == STARTER.name or content == FIRST_EDITION


def find(name: str, tell: Tell = quiet) -> Path:
    """A folder, or the id of a model on the Hub ("suno/bark-small") → the checkpoint's folder.

    An id that was downloaded before is found without a network; else it is downloaded, and `tell`
    hears of it. Raises UserError when it is neither, or cannot be had.
    """
    return _folder(name) or hub.download(name, tell)


def find_here(name: str) -> Path:
    """As `find`, for what is on this machine: nothing is downloaded. Raises UserError."""
    folder = _folder(name) or hub.snapshot(name)
    if folder is None or (hub.is_id(name) and hub.state(name) != "here"):
        raise UserError(f"{name} is not on this machine: download it on the page Models")
    return folder


def _folder(name: str) -> Path | None:
    """What a name means without the Hub; None for the id of a model there. Raises UserError."""
    if name == STARTER.name and STARTER.is_dir():
        return STARTER
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return folder
    parts = name.split("/")
    looks_like_id = len(parts) == 2 and all(parts) and not name.startswith((".", "~"))
    if not looks_like_id or (folder.parent.is_dir() and folder.is_absolute()):
        raise UserError(
            f"there is no folder {name}: name the folder of a Bark model, or an id such as "
            "suno/bark-small"
        )
    return None


# ── checkpoints for benchmarks ────────────────────────────────────────────────────────────────


def remove(folder: Path) -> None:
    """Delete a checkpoint folder. Raises UserError for a folder that holds no Bark checkpoint."""
    from engine.bark.config import read_json

    # A damaged checkpoint can go as well, so no more than this is asked of it.
    if read_json(folder / "config.json").get("model_type") != "bark":
        raise UserError(f"{folder} is no Bark checkpoint: it is not removed")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        reason = reason_of(error)
        raise UserError(f"cannot remove {folder}: {reason}; close what uses it") from error
