"""transformers' folders: safetensors and tokenizer.json."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tokenizers
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from engine.errors import UserError
from engine.text.checkpoint.config import Config, architecture_of, read_json
from engine.text.checkpoint.source import Source
from engine.text.tokenizer import Tokenizer


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
                with safe_open(tensors[known], framework="np") as file:
                    values: NDArray[Any] = file.get_tensor(known)
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
        names = sorted(set(read_json(index).get("weight_map", {}).values()))
    for name in names:
        path = folder / name
        # A Hub download links into its own store, so the name is judged, not where it leads.
        if Path(name).name != name:
            raise UserError(f"{index} names {name}, which lies outside the folder of the model")
        if not path.exists():
            raise UserError(f"{folder} has no {name}: only safetensors checkpoints are read")
        try:
            with safe_open(path, framework="np") as file:
                for tensor in file.keys():  # noqa: SIM118  (not a dict)
                    part = file.get_slice(tensor)
                    yield tensor, path, math.prod(part.get_shape()), part.get_dtype()
        except (SafetensorError, OSError) as error:
            raise UserError(f"{path} is broken or cut short ({error}): fetch it again") from error


def _folder_tokenizer(folder: Path, config: Config) -> Tokenizer:
    path = folder / "tokenizer.json"
    if not path.exists():
        raise UserError(f"{folder} has no tokenizer.json: save the tokenizer of the model there")
    try:
        core = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the package raises bare Exceptions
        raise UserError(f"{path} is no tokenizer ({error})") from error
    core.no_truncation()
    core.no_padding()
    settings = read_json(folder / "tokenizer_config.json", missing={})
    generation = read_json(folder / "generation_config.json", missing={})
    template = folder / "chat_template.jinja"
    ends = generation.get("eos_token_id", config.get("eos_token_id"))
    ends = ends if isinstance(ends, list) else [ends]
    names = {
        key: value["content"] if isinstance(value, dict) else value
        for key, value in settings.items()
        if key.endswith("_token") and isinstance(value, (str, dict))
    }
    return Tokenizer(
        core=core,
        ends=tuple(int(token) for token in ends if token is not None),
        chat_template=(
            template.read_text(encoding="utf-8")
            if template.exists()
            else settings.get("chat_template")
        ),
        names=names,
    )
