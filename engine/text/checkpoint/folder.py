"""transformers' folders: safetensors and tokenizer.json."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from engine.errors import UserError
from engine.system.outside import TOKENIZER_BYTES, Unfit, look_outside, read_outside
from engine.system.panics import panics_as_errors
from engine.system.untrusted_json import whole
from engine.system.untrusted_tokenizer import tokenizer_from
from engine.text.checkpoint.config import Config, architecture_of, read_json
from engine.text.checkpoint.source import Source
from engine.text.tokenizer import Tokenizer

TEMPLATE_BYTES = 2**20  # of a chat template; the longest have 20 kB


def open_folder(folder: Path) -> Source:
    """Read a folder as transformers saves it. Raises UserError for what is missing or broken."""
    config = read_json(folder / "config.json")
    architecture_of(config, folder)  # an unknown model is refused before its files are looked for
    found = list(_tensors(folder))
    tensors = {name: path for name, path, _, _ in found}

    def read(name: str) -> NDArray[Any]:
        # A GPT2LMHeadModel keeps the model under "transformer.", a bare GPT2Model does not.
        for known in (name, f"transformer.{name}"):
            if known in tensors:
                # Opened each time: a file that stays open stays in memory, read once and for all.
                try:
                    with panics_as_errors(), safe_open(tensors[known], framework="np") as file:
                        values: NDArray[Any] = file.get_tensor(known)
                except (SafetensorError, OSError, ValueError, TypeError) as error:
                    raise UserError(f"{known} in {folder} cannot be read ({error})") from error
                return values
        raise UserError(f"{folder} is broken: the tensor {name} is missing")

    return Source(
        place=folder,
        config=config,
        read=read,
        tokenizer=_folder_tokenizer(folder, config),
        weights=sum(weights for _, _, weights, _ in found),
        kinds=frozenset(kind for _, _, _, kind in found),
    )


def _tensors(folder: Path) -> Iterator[tuple[str, Path, int, str]]:
    """Each tensor's name with the file that holds it, how many numbers it has, and their type."""
    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if index.exists():
        names = _shards(index)
    for name in names:
        path = folder / name
        # A Hub download links into its own store, so the name is judged, not where it leads.
        if Path(name).name != name:
            raise UserError(f"{index} names {name}, which lies outside the folder of the model")
        if not path.exists():
            raise UserError(f"{folder} has no {name}: only safetensors checkpoints are read")
        try:
            look_outside(path)
            with panics_as_errors(), safe_open(path, framework="np") as file:
                parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
                listed = [
                    (name, math.prod(part.get_shape()), part.get_dtype())
                    for name, part in parts.items()
                ]
        except (SafetensorError, OSError, ValueError, MemoryError) as error:
            raise UserError(f"{path} is broken or cut short ({error}): fetch it again") from error
        for tensor, count, kind in listed:
            yield tensor, path, count, kind


def _shards(index: Path) -> list[str]:
    """The names of the files that hold the tensors."""
    stored = read_json(index).get("weight_map")
    if not isinstance(stored, dict) or not all(isinstance(name, str) for name in stored.values()):
        raise UserError(f"{index} is broken: it names no files; fetch the model again")
    return sorted(set(stored.values()))


def _folder_tokenizer(folder: Path, config: Config) -> Tokenizer:
    path = folder / "tokenizer.json"
    if not path.exists():
        raise UserError(f"{folder} has no tokenizer.json: save the tokenizer of the model there")
    try:
        core = tokenizer_from(read_outside(path, TOKENIZER_BYTES))
    except Unfit:
        raise
    except Exception as error:  # the package raises bare Exceptions
        raise UserError(f"{path} is no tokenizer ({error})") from error
    core.no_truncation()
    core.no_padding()
    settings = read_json(folder / "tokenizer_config.json", missing={})
    generation = read_json(folder / "generation_config.json", missing={})
    template = folder / "chat_template.jinja"
    stated = generation.get("eos_token_id", config.get("eos_token_id"))
    size = core.get_vocab_size()
    try:
        ends = tuple(
            whole(token)
            for token in (stated if isinstance(stated, list) else [stated])
            if token is not None
        )
        if not all(0 <= token < 2**31 for token in ends) or len(ends) > size + 1:
            raise ValueError("is no token")
    except ValueError as error:
        raise UserError(f"the end token {stated!r:.60} of {folder} {error}") from error
    names = {}
    for key, value in settings.items():
        content = value.get("content") if isinstance(value, dict) else value
        if key.endswith("_token") and isinstance(content, str):
            names[key] = content
    chat = settings.get("chat_template")
    return Tokenizer(
        core=core,
        ends=ends,
        chat_template=_text(template) if template.exists() else _default(chat),
        names=names,
    )


def _text(path: Path) -> str:
    try:
        return read_outside(path, TEMPLATE_BYTES).decode("utf-8")
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}): fetch the model again") from error


def _default(stored: Any) -> str | None:
    """The chat template of tokenizer_config.json: one, or several by name."""
    if isinstance(stored, list):
        named = [one for one in stored if isinstance(one, dict) and one.get("name") == "default"]
        stored = named[0].get("template") if named else None
    return stored if isinstance(stored, str) else None
