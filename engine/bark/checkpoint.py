"""The weights of a transformers Bark checkpoint folder; config.py has its sizes and rules.

They are read tensor by tensor, so that no second copy of a model is ever held.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.bark.config import read_json
from engine.errors import UserError
from engine.system.outside import Unfit, look_outside
from engine.system.panics import panics_as_errors


class Weights:
    """The tensors of a checkpoint by name: safetensors where there are any, else a zip of tensors
    read with `weights_only=True` (no pickle is executed). Sharded checkpoints are read as well.

    counts: how many numbers each tensor has.
    """

    def __init__(self, folder: Path, tick: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self.tick = tick  # called before each tensor; raises Cancelled when loading is not wanted
        self.counts: dict[str, int] = {}
        self._safetensors: dict[str, Path] = {}  # tensor name → file
        self._tensors: dict[str, Tensor] = {}  # of a .bin checkpoint, memory-mapped
        for single, index in (
            ("model.safetensors", "model.safetensors.index.json"),
            ("pytorch_model.bin", "pytorch_model.bin.index.json"),
        ):
            files = self._files(folder, single, index)
            for file in files:
                self._open(file)
            if files:
                return
        raise UserError(
            f"{folder} holds no weights (model.safetensors or pytorch_model.bin): get the model "
            "again"
        )

    @staticmethod
    def _files(folder: Path, single: str, index: str) -> list[Path]:
        if (folder / single).exists():
            return [folder / single]
        if not (folder / index).exists():
            return []
        stored = read_json(folder / index).get("weight_map", {})
        if not isinstance(stored, dict):
            raise UserError(f"{folder / index} is damaged: get the model again")
        names = sorted({str(name) for name in stored.values()})
        if any(Path(name).name != name for name in names):
            raise UserError(f"{folder / index} names files outside its folder: do not use it")
        return [folder / name for name in names]

    def _open(self, file: Path) -> None:
        try:
            look_outside(file)
            if file.suffix == ".safetensors":
                with panics_as_errors(), safe_open(file, framework="pt") as opened:
                    self._safetensors.update(dict.fromkeys(opened.keys(), file))
                    for name in opened.keys():  # noqa: SIM118
                        self.counts[name] = math.prod(opened.get_slice(name).get_shape())
            else:
                loaded = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
                if not all(isinstance(tensor, Tensor) for tensor in loaded.values()):
                    raise ValueError("it holds something else than tensors")
                self._tensors.update(loaded)
                self.counts.update({name: one.numel() for name, one in loaded.items()})
        except FileNotFoundError as error:
            raise UserError(f"{file} is missing: get the model again") from error
        except Unfit:
            raise
        except Exception as error:  # each format has its own errors for a damaged file
            raise UserError(
                f"{file} is damaged, incomplete or no weight file: get the model again"
            ) from error

    def __contains__(self, name: str) -> bool:
        return name in self._safetensors or name in self._tensors

    def get(self, name: str, shape: Sequence[int]) -> Tensor:
        """One tensor, float32, with memory of its own. Raises UserError when it is not there."""
        self.tick()
        if name not in self:
            raise UserError(f"the weights in {self.folder} lack {name}: get the model again")
        tensor: Tensor
        try:
            if name in self._safetensors:
                # Opened for each tensor: pages of a file count as memory as long as it is mapped.
                with (
                    panics_as_errors(),
                    safe_open(self._safetensors[name], framework="pt") as opened,
                ):
                    tensor = opened.get_tensor(name).to(torch.float32, copy=True)
            else:
                tensor = self._tensors[name].to(torch.float32, copy=True)
        except (SafetensorError, OSError, ValueError, RuntimeError) as error:
            raise UserError(f"{name} in {self.folder} is damaged: get the model again") from error
        self._check_shape(name, tensor.shape, shape)
        return tensor

    def rows(self, name: str, shape: Sequence[int], ids: Sequence[int]) -> Tensor:
        """Some rows of a table, float32 (len(ids), width), without reading the rest of it.

        shape: that of the whole table.
        """
        if name not in self:
            raise UserError(f"the weights in {self.folder} lack {name}: get the model again")
        if name in self._tensors:
            self._check_shape(name, self._tensors[name].shape, shape)
            return self._tensors[name][list(ids)].float()
        with safe_open(self._safetensors[name], framework="pt") as opened:
            table = opened.get_slice(name)
            self._check_shape(name, table.get_shape(), shape)
            if isinstance(ids, range):
                whole: Tensor = table[ids.start : ids.stop].to(torch.float32, copy=True)
                return whole
            distinct = {i: table[i : i + 1].float() for i in set(ids)}
        return torch.cat([distinct[i] for i in ids])

    def _check_shape(self, name: str, found: Sequence[int], expected: Sequence[int]) -> None:
        if list(found) != list(expected):
            raise UserError(
                f"{name} in {self.folder} has shape {tuple(found)}, its configuration says "
                f"{tuple(expected)}: get the model again"
            )
