"""What transformers says for a text: the tokens of every stage and the sound."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from transformers import BarkModel
from transformers.models.bark import modeling_bark

from engine.api import Report, SpeechRequest, SpeechRow, SpeechSampling, Take, silent
from engine.bark.engine import BarkEngine
from engine.settings import Settings
from tests.engine.bark.tiny import SEMANTIC_VOCAB

GREEDY = SpeechSampling.greedy()
SAMPLES = 320  # of a frame
PARTS = ("semantic", "coarse_acoustics", "fine_acoustics")
_CAN = sys.platform == "linux" and torch.cpu._is_vnni_supported()
NO_KERNEL = (  # why a test of the compiled step is skipped
    "no C compiler here: apt install gcc libc6-dev"
    if _CAN
    else "processor: the compiled step needs Linux and AVX-512 VNNI"
)


@dataclass(frozen=True, eq=False)
class Spoken:
    """One row as transformers speaks it; a Take has the same names."""

    semantic: np.ndarray
    coarse: np.ndarray
    fine: np.ndarray
    audio: np.ndarray


@dataclass(frozen=True, eq=False)
class Tiny:
    """A tiny checkpoint: its folder, and transformers' model of it."""

    folder: Path
    model: BarkModel
    spoken: dict[Any, list[Spoken]] = field(default_factory=dict)

    def engine(self, **settings: Any) -> BarkEngine:
        return BarkEngine(self.folder, Settings(**{"kernel": "torch", **settings}))

    def reference(self, text: str, voice: Any = None, **options: Any) -> Spoken:
        return self.references([text], voice, **options)[0]

    def references(
        self, texts: Sequence[str], voice: Any = None, *, masked: bool = True, **options: Any
    ) -> list[Spoken]:
        """Speak texts as one batch, once for each choice. options: for BarkModel.generate."""
        history = None if voice is None else tuple(array.tobytes() for array in voice.values())
        rule = modeling_bark.AlternatingCodebooksLogitsProcessor  # a test may replace it
        key = (tuple(texts), history, masked, tuple(options.items()), rule)
        if key not in self.spoken:
            self.spoken[key] = self._speak(texts, voice, masked, options)
        return self.spoken[key]

    def _speak(
        self, texts: Sequence[str], voice: Any, masked: bool, options: dict[str, Any]
    ) -> list[Spoken]:
        rules = self.model.generation_config
        ids = torch.zeros(len(texts), rules.semantic_config["max_input_semantic_length"]).long()
        mask = torch.zeros_like(ids)
        tokenizer = self.engine().tokenizer
        for i, text in enumerate(texts):
            pieces = tokenizer(text)
            ids[i, : len(pieces)] = torch.tensor(pieces)
            mask[i, : len(pieces)] = 1
        if voice is not None:
            voice = {key: torch.from_numpy(array) for key, array in voice.items()}
        caught: dict[str, torch.Tensor] = {}
        with ExitStack() as stack:
            for name in PARTS:
                part = getattr(self.model, name)
                spy = _catch(part.generate, name, caught)
                stack.enter_context(patch.object(part, "generate", spy))
            audio = self.model.generate(
                ids,
                attention_mask=mask if masked else None,
                history_prompt=voice,
                **{"do_sample": False, **options},
            )
        return [self._row(i, caught, audio) for i in range(len(texts))]

    def _row(self, i: int, caught: dict[str, torch.Tensor], audio: torch.Tensor) -> Spoken:
        semantic, coarse, fine = (caught[name][i].numpy() for name in PARTS)
        ends = np.flatnonzero(semantic == SEMANTIC_VOCAB)
        semantic = semantic[: ends[0] if len(ends) else None]
        config = self.engine().config
        frames = int(len(semantic) * config.semantic_to_coarse_ratio / 2)
        size = config.codebook_size
        codes = coarse[: 2 * frames].reshape(-1, 2).T - SEMANTIC_VOCAB - [[0], [size]]
        return Spoken(semantic, codes, fine[:, :frames], audio[i, : frames * SAMPLES].numpy())


def _catch(generate: Callable[..., Any], name: str, into: dict[str, Any]) -> Callable[..., Any]:
    def spy(*arguments: Any, **options: Any) -> Any:
        into[name] = (result := generate(*arguments, **options)).clone()  # the next stage writes it
        return result

    return spy


def request(*texts: str, voice: str | None = None, **options: Any) -> SpeechRequest:
    """Greedy rows of these texts."""
    rows = tuple(SpeechRow(text=text, voice=voice) for text in texts)
    return SpeechRequest(**{"rows": rows, "sampling": GREEDY, **options})


def say(
    engine: BarkEngine, *texts: str, report: Report = silent, **options: Any
) -> tuple[Take, ...]:
    """The takes of a greedy request."""
    return engine.generate(request(*texts, **options), report).takes


def assert_same(take: Take, spoken: Spoken | Take) -> None:
    """Equal tokens in every stage, and the same sound."""
    for stage in ("semantic", "coarse", "fine"):
        np.testing.assert_array_equal(getattr(take, stage), getattr(spoken, stage), stage)
    np.testing.assert_allclose(take.audio, spoken.audio, rtol=0, atol=1e-4)


def same(take: Take, other: Take) -> bool:
    """Have two takes the same tokens?"""
    return all(
        np.array_equal(getattr(take, stage), getattr(other, stage))
        for stage in ("semantic", "coarse", "fine")
    )


def assert_legal(take: Take, *, vocabulary: int = SEMANTIC_VOCAB, codes: int = 32) -> None:
    """Every id is one that the next stage knows, every codebook is equally long, no nan."""
    assert set(take.semantic.tolist()) <= set(range(vocabulary))
    assert set(take.coarse.flatten().tolist()) <= set(range(codes))
    assert set(take.fine.flatten().tolist()) <= set(range(codes))
    assert take.fine.shape[1] == take.coarse.shape[1] == len(take.audio) // SAMPLES
    assert np.array_equal(take.fine[: len(take.coarse)], take.coarse)
    assert np.isfinite(take.audio).all()
