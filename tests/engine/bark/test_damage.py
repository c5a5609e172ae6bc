"""Trap 14: one bad number in a checkpoint ends in a sentence, in every precision.

8 bits know no nan: quantised without a thought it becomes some number, and damage is spoken.
"""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from engine.bark.engine import BarkEngine
from engine.errors import UserError
from engine.settings import Settings
from tests.engine.bark.reference import Tiny, request

_SLOW = pytest.mark.slow
PARTS = ("semantic", "coarse_acoustics", "fine_acoustics")
PLACES = (  # of a layer, and one of all
    *("layers.0.attn.att_proj", "layers.1.attn.out_proj", "layers.0.mlp.in_proj"),
    *("layers.1.mlp.out_proj", "layers.1.layernorm_1", "layernorm_final", "position_embeds_layer"),
)


class Damaged:
    """A copy of a checkpoint with one bad number at a time."""

    def __init__(self, whole: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(whole, folder)
        self._tensors = load_file(folder / "model.safetensors")

    def put(self, name: str, value: float, place: tuple[int, ...] = ()) -> None:
        tensors = {key: tensor.clone() for key, tensor in self._tensors.items()}
        tensor = tensors[name]
        tensor[place or (0,) * tensor.dim()] = value
        save_file(tensors, self.folder / "model.safetensors", metadata={"format": "pt"})

    def speak(self, precision: str, kernel: str) -> None:
        settings = Settings(precision=precision, kernel=kernel)
        BarkEngine(self.folder, settings).generate(request("hello", semantic_tokens=4))


@pytest.fixture(scope="module")
def damaged(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Damaged:
    return Damaged(tiny.folder, tmp_path_factory.mktemp("damaged") / "tiny")


def overflowed(precision: str) -> str:
    mend = "get the model again" if precision == "float32" else "choose --precision float32"
    return f"overflowed in {precision}: {mend}"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("value", [math.nan, pytest.param(math.inf, marks=_SLOW)])
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8", "int8-weights"])
def test_trap_14_one_bad_number(
    damaged: Damaged, kernel: str, precision: str, value: float, part: str
) -> None:
    for place in PLACES:
        damaged.put(f"{part}.{place}.weight", value)
        with pytest.raises(UserError, match=overflowed(precision)):
            damaged.speak(precision, kernel)
            pytest.fail(f"{place} was spoken")


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8", "int8-weights"])
@pytest.mark.parametrize(
    "row", [0, pytest.param(31, marks=_SLOW), 32, pytest.param(63, marks=_SLOW), 64, 95]
)
def test_trap_14_one_bad_query_key_or_value(
    damaged: Damaged, kernel: str, precision: str, row: int
) -> None:
    """Of each head: the first 32 outputs are queries, then come the keys, then the values."""
    damaged.put("semantic.layers.1.attn.att_proj.weight", math.nan, (row, 5))
    with pytest.raises(UserError, match=overflowed(precision)):
        damaged.speak(precision, kernel)
