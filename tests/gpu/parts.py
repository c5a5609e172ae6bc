"""What is looked at on a device, one function each: (layer, sizes) → figures."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from engine.api import SpeechSampling
from engine.bark.checkpoint import Weights
from engine.bark.codec import CodecStage
from engine.bark.config import read_config
from engine.bark.engine import BarkEngine
from engine.bark.offload import Offload
from engine.bark.transformer import Block
from engine.errors import UserError
from engine.settings import Settings
from tests.gpu.layers import Layer, Values
from tests.gpu.models import STARTER, Steps, engine_of, request_of

STAGES = ("semantic", "coarse", "fine", "codec")
TOKENS = STAGES[:3]


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much is done. kinds: of checkpoints, the small one first."""

    kinds: tuple[str, ...] = ("bark-small", "bark")
    rows: tuple[int, ...] = (1, 8, 64)
    steps: int = 64  # tokens that are timed
    tokens: int = 256  # semantic ones of a whole row
    long: bool = True


REHEARSAL = Sizes(kinds=("starter",), rows=(1, 3), steps=8, tokens=4, long=False)


def device(layer: Layer, sizes: Sizes) -> Values:
    """What the device is, and whether this torch computes on it."""
    x = torch.ones(64, 64, device=layer.device)
    assert float((x @ x).sum()) == 64**3
    return layer.about()


def equal(layer: Layer, sizes: Sizes) -> Values:
    """float32 tokens of the starter voice: the processor's, whichever way the device steps."""
    request = request_of(3, None if sizes.long else sizes.tokens, SpeechSampling())
    engine = BarkEngine(STARTER, Settings(device="cpu", kernel="torch"))
    wanted = engine.generate(request).takes
    engine.close()
    found: Values = {"tokens": sum(len(take.semantic) for take in wanted)}
    for way in layer.ways:
        for attention in ("fused", "eager"):
            with engine_of(layer, "starter", way, "float32", attention=attention) as engine:
                speech = engine.generate(request)
            found[f"{way} {attention}"] = _same(speech.takes, wanted)
            found[f"{way} {attention} sound"] = max(
                float(np.abs(a.audio - b.audio).max()) if a.audio.shape == b.audio.shape else -1.0
                for a, b in zip(speech.takes, wanted, strict=True)
            )
            if speech.notes:
                found[f"{way} note"] = speech.notes[0]
    return found


def _same(takes: Any, wanted: Any) -> str:
    parts = []
    for stage in TOKENS:
        pairs = [(getattr(a, stage), getattr(b, stage)) for a, b in zip(takes, wanted, strict=True)]
        alike = sum(int((a == b).sum()) if a.shape == b.shape else 0 for a, b in pairs)
        parts.append(f"{stage} {alike}/{sum(b.size for _, b in pairs)}")
    return ", ".join(parts)


def launches(layer: Layer, sizes: Sizes) -> Values:
    """What the host asks of the device for a token, one row of the small size."""
    found: Values = {}
    for way in layer.ways:
        steps = Steps(layer, sizes.kinds[0], way, layer.half, 1)
        steps.run(8)
        with layer.counted() as counts:
            made = steps.run(16)
        found.update({f"{way} {key}": count / made for key, count in counts.items()})
        steps.close()
    return found


def step(layer: Layer, sizes: Sizes) -> Values:
    """Milliseconds a token of the semantic stage, and how often real time that would be alone:
    50 tokens a second of sound."""
    found: Values = {}
    for kind in dict.fromkeys(sizes.kinds):
        for way in layer.ways:
            for rows in sizes.rows:
                steps = Steps(layer, kind, way, layer.half, rows)
                steps.run(8)  # libraries load, graphs are captured
                layer.wait()
                start = time.perf_counter()
                made = 0

                def work(steps: Steps = steps) -> None:
                    nonlocal made
                    made = steps.run(sizes.steps)

                device = layer.milliseconds(work)
                host = (time.perf_counter() - start) * 1000
                found[f"{kind} {way} × {rows} ms"] = host / made
                found[f"{kind} {way} × {rows} device ms"] = device / made
                if steps.stage.note:
                    found[f"{kind} {way} note"] = steps.stage.note
                steps.close()
                layer.free()
    return found


def no_wait(layer: Layer, sizes: Sizes) -> Values:
    """Steps between two looks, while every wait for the device is an error."""
    found: Values = {}
    for way in layer.ways[1:]:
        steps = Steps(layer, sizes.kinds[0], way, layer.half, 4)
        steps.run(8)
        stage = steps.stage
        blocks = stage._blocks
        assert blocks is not None
        assert stage.cache is not None
        longest = stage.rows[0].position + 8
        layer.wait()
        with layer.no_wait():
            blocks.run(stage.slots, 4, 8, longest, stage.cache.positions, stage.static_step)
        found[way] = f"8 steps without a wait, {len(blocks.read(4, 8)[0])} tokens"
        steps.close()
    return found


def half(layer: Layer, sizes: Sizes) -> Values:
    """The largest value between the layers in half precision (65504 is the end of float16), and
    how many are none; of the starter voice, which has real weights."""
    found: Values = {}
    for precision in ("float32", layer.half):
        largest, bad = 0.0, 0
        mlp = Block._mlp

        def watched(self: Block, x: torch.Tensor, *others: Any) -> torch.Tensor:
            nonlocal largest, bad
            y = mlp(self, x, *others)  # noqa: B023
            largest = max(largest, float(y.abs().max()))
            bad += int((~y.isfinite()).sum())
            return y

        Block._mlp = watched  # type: ignore[method-assign]
        try:
            with engine_of(layer, "starter", "one", precision) as engine:
                engine.generate(request_of(2, max(4, sizes.tokens // 4), SpeechSampling()))
        finally:
            Block._mlp = mlp  # type: ignore[method-assign]
        found[f"{precision} largest"], found[f"{precision} nan or inf"] = largest, bad
    return found


def stages(layer: Layer, sizes: Sizes) -> Values:
    """Whole rows: seconds of each stage by the device's events, against the host's clock."""
    found: Values = {}
    most = max(sizes.rows)
    for kind, rows in dict.fromkeys([(kind, n) for kind in sizes.kinds for n in (1, most)]):
        if (kind, rows) == ("bark", most):
            continue  # nothing has to be reached there
        name = f"{kind} × {rows}"
        with engine_of(layer, kind, layer.ways[-1], layer.half, batch_size=rows) as engine:
            engine.generate(request_of(rows, 8))
            engine.generate(request_of(rows, sizes.tokens))  # every length is captured
            start = time.perf_counter()
            speech = engine.generate(request_of(rows, sizes.tokens))
            host = time.perf_counter() - start
        for stage in STAGES:
            found[f"{name} {stage} s"] = speech.metrics.stages[stage]
        found[f"{name} by the device s"] = speech.metrics.seconds
        found[f"{name} by the host s"] = host
        found[f"{name} × real time"] = speech.seconds / host
        found[f"{name} peak GB"] = speech.metrics.device_bytes / 1e9
        found[f"{name} foretold GB"] = _foretold(speech)
        layer.free()
    return found


def _foretold(speech: Any) -> float:
    """GB that were foretold of the device."""
    return float(speech.metrics.expected_bytes / 1e9)


def offload(layer: Layer, sizes: Sizes) -> Values:
    """Peak with and without, the moves of 12 rows, and how fast weights come in."""
    found: Values = {}
    kind = sizes.kinds[0]
    for wanted in (False, True):
        layer.free()
        with engine_of(
            layer,
            *(kind, layer.ways[-1], layer.half),
            weights_on="cpu",
            offload=wanted,
            batch_size=4,
        ) as engine:
            engine.generate(request_of(1, 8))
            layer.peak(begin=True)
            speech = engine.generate(request_of(12 if sizes.long else 3, max(4, sizes.tokens // 4)))
            name = "offload" if wanted else "all here"
            found[f"{name} s"] = speech.metrics.seconds
            found[f"{name} peak GB"] = layer.peak() / 1e9
            found[f"{name} foretold GB"] = _foretold(speech)
            if engine._offload is not None:
                found["moves in all"] = engine._offload.moves
                assert engine._stages is not None
                found.update(_moves(layer, engine._stages))
    return found


def _moves(layer: Layer, stages: Any) -> Values:
    moving = Offload(list(stages), layer.device)
    found: Values = {}
    for name, stage in zip(STAGES, stages, strict=True):
        size = moving.bytes_of(stage)
        ms = layer.milliseconds(lambda stage=stage: moving.enter(stage))
        found[f"{name} in ms"], found[f"{name} GB"] = ms, size / 1e9
    moving.empty()
    return found


def codec(layer: Layer, sizes: Sizes) -> Values:
    """The sound of the device against that of the processor: largest difference (16 bits end at
    3e-5), and what TF32 would have made of it."""
    config = read_config(STARTER)
    books = config.fine_rules.n_fine_codebooks
    generator = torch.Generator().manual_seed(0)
    codes = torch.randint(0, config.codebook_size, (books, 150), generator=generator)

    def sound(device: torch.device) -> torch.Tensor:
        stage = CodecStage(Weights(STARTER), config, device)
        stage.to(device)
        return stage.decode(codes, stage.start(), lambda done, total: None)

    exact = sound(torch.device("cpu"))
    found = {"difference": float((sound(layer.device) - exact).abs().max())}
    with layer.whole_floats_off():
        found["with TF32"] = float((sound(layer.device) - exact).abs().max())
    found["loudest"] = float(exact.abs().max())
    return found


def closing(layer: Layer, sizes: Sizes) -> Values:
    """Bytes that are still held after an engine is closed."""
    layer.free()
    before = layer.used()
    with engine_of(layer, sizes.kinds[0], layer.ways[-1], layer.half) as engine:
        engine.generate(request_of(2, 16))
        inside = layer.used()
    layer.free()
    return {"inside GB": (inside - before) / 1e9, "after it bytes": layer.used() - before}


def out_of_memory(layer: Layer, sizes: Sizes) -> Values:
    """Too many rows: a sentence, and the engine speaks again afterwards."""
    with engine_of(
        layer, sizes.kinds[0], layer.ways[-1], layer.half, batch_size=max(sizes.rows)
    ) as engine:
        engine.generate(request_of(1, 8))
        with layer.short_of_memory():
            try:
                engine.generate(request_of(max(sizes.rows), 16))
                said = "no sentence: the memory sufficed"
            except UserError as error:
                said = str(error)
        again = engine.generate(request_of(1, 8))
    return {"said": said, "speaks again": len(again.takes) == 1}


def int8(layer: Layer, sizes: Sizes) -> Values:
    """int8-weights: is torch's product here, and how long does a token take?"""
    found: Values = {}
    for rows in sizes.rows[:2]:
        steps = Steps(layer, sizes.kinds[0], layer.ways[-1], "int8-weights", rows)
        steps.run(8)
        made = 0

        def work(steps: Steps = steps) -> None:
            nonlocal made
            made = steps.run(16)

        ms = layer.milliseconds(work)
        found[f"× {rows} ms"] = ms / made
        steps.close()
    return found


def text(layer: Layer, sizes: Sizes) -> Values:
    """The source text's five steps, with transformers' Bark beside ours."""
    from tests.gpu.text import compare

    return compare(layer, sizes)


Part = Callable[[Layer, Sizes], Values]

PARTS: tuple[tuple[Part, int], ...] = (  # in this order, with the seconds that each may take
    (device, 20),
    (equal, 40),
    (launches, 25),
    (no_wait, 15),
    (step, 60),
    (stages, 50),
    (codec, 10),
    (half, 20),
    (offload, 25),
    (closing, 12),
    (out_of_memory, 15),
    (int8, 12),
    (text, 75),
)
