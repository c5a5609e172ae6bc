"""Which reader a path needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import UserError
from engine.text.checkpoint.source import Source

if TYPE_CHECKING:
    from engine.text.checkpoint.model import Checkpoint


def open_source(path: Path) -> Source:
    """Open a transformers folder or a GGUF file, without reading its weights.

    Raises UserError for what is not there, not known or broken.
    """
    if path.is_dir():
        from engine.text.checkpoint.folder import open_folder

        return open_folder(path)
    if path.suffix.lower() == ".gguf" and path.is_file():
        from engine.text.checkpoint.gguf import open_gguf

        return open_gguf(path)
    raise UserError(f"{path} is neither a model folder nor a GGUF file")


def load(path: Path) -> Checkpoint:
    """Read a model as TensorFlow's float32. Raises UserError as `open_source` does, too."""
    from engine.text.checkpoint.model import build  # which imports TensorFlow

    return build(open_source(path))
