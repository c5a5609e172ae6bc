"""The source text's five steps on this device: base, fused attention, half precision, offload and
all of them together, with transformers' Bark beside ours; one row and eight.

transformers has no fused attention for Bark any more, and none is measured for it there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from engine.bark.config import read_config
from engine.bark.tokenizer import TextTokenizer
from tests.gpu.layers import Layer, Values
from tests.gpu.models import TEXTS, engine_of, folder_of, request_of

# Seconds and GB of one call as the text prints them.
PRINTED = {
    "base": (9.38, 1.91),
    "fused attention": (5.43, 1.92),
    "half precision": (7.00, 2.74),
    "offload": (8.98, 1.32),
    "all": (7.45, 0.47),
}
OURS: dict[str, dict[str, Any]] = {
    "base": {"attention": "eager", "way": "one"},
    "fused attention": {},
    "half precision": {"attention": "eager", "half": True},
    "offload": {"attention": "eager", "offload": True},
    "all": {"half": True, "offload": True},
}
THEIRS: dict[str, dict[str, bool]] = {
    "base": {},
    "half precision": {"half": True},
    "offload": {"offload": True},
    "all": {"half": True, "offload": True},
}
_SAMPLED = {"do_sample": True, "fine_temperature": 0.4, "coarse_temperature": 0.8}


def compare(layer: Layer, sizes: Any) -> Values:
    """Seconds and peak GB of each step; a step that fails says why, and the others go on."""
    tokens = 64 if sizes.long else 6
    found: Values = {"semantic tokens of a row": tokens, "seconds and GB in the text": PRINTED}
    measures: list[tuple[str, Callable[..., tuple[float, float]], dict[str, Any]]] = []
    measures += [(f"ours {name}", _ours, options) for name, options in OURS.items()]
    if _has_transformers():
        measures += [(f"theirs {name}", _theirs, options) for name, options in THEIRS.items()]
    for name, measure, options in measures:
        if measure is _theirs and options.get("offload") and layer.device.type != "cuda":
            continue  # accelerate's hooks know no other
        for rows in (1, 8) if sizes.long else (1,):
            work = partial(measure, layer, sizes, rows, tokens, **options)
            _note(found, f"{name} × {rows}", work)
            layer.free()  # of what that left
    return found


def _note(found: Values, name: str, measure: Callable[[], tuple[float, float]]) -> None:
    try:
        seconds, peak = measure()
        found[f"{name} s"], found[f"{name} GB"] = seconds, peak
    except Exception as error:  # whatever a library does here, the next step is measured
        found[f"{name} failed"] = f"{type(error).__name__}: {error}".partition("\n")[0]


def _ours(
    layer: Layer,
    sizes: Any,
    rows: int,
    tokens: int,
    *,
    way: str = "",
    half: bool = False,
    attention: str = "fused",
    offload: bool = False,
) -> tuple[float, float]:
    layer.free()
    precision = layer.half if half else "float32"
    with engine_of(
        layer,
        *(sizes.kinds[0], way or layer.ways[-1], precision),
        weights_on="cpu" if offload else "",
        attention=attention,
        offload=offload,
        batch_size=rows,
    ) as engine:
        return _timed(layer, lambda: engine.generate(request_of(rows, tokens)))


def _timed(layer: Layer, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds and peak GB of the second call."""
    work()
    layer.wait()
    layer.peak(begin=True)
    start = time.perf_counter()
    work()
    layer.wait()
    return time.perf_counter() - start, layer.peak() / 1e9


def _has_transformers() -> bool:
    import importlib.util

    return importlib.util.find_spec("transformers") is not None


def _theirs(
    layer: Layer,
    sizes: Any,
    rows: int,
    tokens: int,
    *,
    half: bool = False,
    offload: bool = False,
) -> tuple[float, float]:
    os.environ.update(TRANSFORMERS_VERBOSITY="error", HF_HUB_OFFLINE="1")
    from transformers import BarkConfig, BarkModel, GenerationConfig

    layer.free()
    with folder_of(sizes.kinds[0]) as folder:
        config = BarkConfig.from_pretrained(folder)
        rules = GenerationConfig.from_pretrained(folder)  # as BarkModel.from_pretrained does
        ids = TextTokenizer(folder)(TEXTS[0])
        longest = read_config(folder).semantic_rules.max_input_semantic_length
    with torch.device(layer.device):
        model: Any = BarkModel(config)
    model.generation_config = rules
    model.eval()
    if half:
        model.to(getattr(torch, layer.half))
    if offload:
        model.to("cpu")
        model.enable_cpu_offload()
    padding = [0] * (longest - len(ids))
    inputs = {
        "input_ids": torch.tensor([ids + padding] * rows, device=layer.device),
        "attention_mask": torch.tensor([[1] * len(ids) + padding] * rows, device=layer.device),
    }

    options = {"semantic_min_new_tokens": tokens, "semantic_max_new_tokens": tokens}
    with torch.inference_mode():
        return _timed(layer, partial(model.generate, **inputs, **options, **_SAMPLED))
