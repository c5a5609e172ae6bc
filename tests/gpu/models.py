"""Engines for the check: the starter voice, and random weights of the published sizes, made where
they are used, so that nothing is downloaded and little is written."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from engine.api import SpeechRequest, SpeechRow, SpeechSampling, StageSampling
from engine.bark import engine as module
from engine.bark.config import read_config
from engine.bark.engine import BarkEngine
from engine.bark.linear import Compute
from engine.bark.sampling import Sampler, random_numbers
from engine.bark.semantic import SemanticRow, SemanticStage
from engine.models.random_weights import KINDS, write_all_but_weights
from engine.settings import Settings
from tests.gpu.layers import Layer

STARTER = Path(__file__).resolve().parents[2] / "resources" / "starter-voice"
TEXTS = ("Good morning, we have time to walk.", "The cat sat on the mat.", "Seven ships.")
_WARM = StageSampling(temperature=0.7)
SAMPLED = SpeechSampling(semantic=_WARM, coarse=_WARM, fine=_WARM, min_eos_p=0.0)


class RandomWeights:
    """Weights of any shape, in the place of a checkpoint's, made on a device."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.tick = lambda: None

    def __contains__(self, name: str) -> bool:
        causal_bias = name.endswith(".bias") and not name.startswith(("fine", "codec"))
        own_head = name.startswith("fine_acoustics.lm_heads")
        return not causal_bias and not own_head and not name.endswith("parametrizations")

    def get(self, name: str, shape: Sequence[int]) -> Tensor:
        if "layernorm" in name and name.endswith("weight"):
            return torch.ones(*shape, device=self.device)
        scale = 0.05 if name.startswith("codec") else 0.02
        return torch.randn(*shape, device=self.device) * scale

    def rows(self, name: str, shape: Sequence[int], ids: Sequence[int]) -> Tensor:
        return torch.randn(len(ids), shape[1], device=self.device) * 0.02


@contextmanager
def folder_of(kind: str) -> Iterator[Path]:
    """The small files of a checkpoint: "bark-small", "bark", or "starter" with its weights."""
    if kind not in KINDS:
        yield STARTER
        return
    with tempfile.TemporaryDirectory() as name:
        write_all_but_weights(kind, Path(name))
        yield Path(name)


def compute_of(layer: Layer, way: str, precision: str, **changes: Any) -> Compute:
    """A way to step on the device of a layer: "one", "static" or "captured"."""
    return Compute(layer.device, precision, steps=way, **changes)


@contextmanager
def engine_of(
    layer: Layer, kind: str, way: str, precision: str, *, weights_on: str = "", **settings: Any
) -> Iterator[BarkEngine]:
    """An engine of a kind of checkpoint; closed afterwards. weights_on: where random weights are
    made, else on the device."""
    device = torch.device(weights_on) if weights_on else layer.device
    offload = settings.pop("offload", False)
    attention = settings.get("attention", "fused")
    with folder_of(kind) as folder, _weights(kind, device):
        engine = BarkEngine(folder, Settings(device="cpu", kernel="torch", **settings))
        engine.compute = compute_of(layer, way, precision, attention=attention)
        # The processor refuses it for itself.
        engine.settings = dataclasses.replace(engine.settings, offload=offload)
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def _weights(kind: str, device: torch.device) -> Iterator[None]:
    if kind not in KINDS:
        yield
        return
    with patch.object(module, "Weights", lambda folder, tick: RandomWeights(device)):
        yield


def request_of(rows: int, tokens: int | None, sampling: SpeechSampling = SAMPLED) -> SpeechRequest:
    """Rows of the same few texts. tokens: exactly so many semantic ones; None as the model ends."""
    texts = tuple(SpeechRow(text=TEXTS[i % len(TEXTS)], seed=i) for i in range(rows))
    return SpeechRequest(rows=texts, sampling=sampling, semantic_tokens=tokens)


class Steps:
    """The semantic stage with rows in flight, ready to step."""

    def __init__(self, layer: Layer, kind: str, way: str, precision: str, rows: int) -> None:
        with folder_of(kind) as folder:
            config = read_config(folder)
        rules = config.semantic_rules
        self.stage = SemanticStage(
            RandomWeights(layer.device),  # type: ignore[arg-type]
            config,
            compute_of(layer, way, precision),
        )
        self.stage.to(layer.device)
        prompt = rules.max_input_semantic_length + 1
        self.most = min(rules.max_new_tokens, config.semantic.block_size - prompt)
        self.stage.open(rows, prompt + self.most, self.most)
        for i in range(rows):
            numbers = random_numbers(i, 0, "semantic", self.most).to(layer.device)
            row = SemanticRow(i, [i % 20], None, numbers, self.most, Sampler(0.7), fixed=True)
            self.stage.admit(row, lambda: None)

    @property
    def made(self) -> int:
        """Tokens of a row so far."""
        return len(self.stage.rows[0].tokens)

    def run(self, tokens: int) -> int:
        """So many tokens of every row, or a few more; how many they were."""
        begun = self.made
        while self.made - begun < tokens and self.made < self.most - 16:
            self.stage.step()
        return self.made - begun

    def close(self) -> None:
        """Give everything back."""
        self.stage.release()
