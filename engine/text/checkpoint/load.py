"""Which reader a path needs."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UserError
from engine.text.checkpoint.folder import load_folder
from engine.text.checkpoint.model import Checkpoint, build


def load(path: Path) -> Checkpoint:
    """Read a transformers folder or a GGUF file.

    Raises UserError for what is not there, not known or broken.
    """
    if path.is_dir():
        return load_folder(path)
    if path.suffix.lower() == ".gguf" and path.is_file():
        from engine.text.checkpoint.gguf import open_gguf

        with open_gguf(path) as (config, read, tokenizer):
            return build(config, read, tokenizer, path)
    raise UserError(f"{path} is neither a model folder nor a GGUF file")
