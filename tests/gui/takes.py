"""Takes and their records for the tests of the window."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from engine.api import Metrics, Speech, SpeechRow, SpeechSampling, StageSampling, Take
from engine.settings import Settings
from gui.history.store import TakeRecord
from tests.fake import SAMPLE_RATE, tone

SAMPLING = SpeechSampling(
    semantic=StageSampling(temperature=0.7, top_k=50, top_p=0.9), min_eos_p=0.2
)


def make_take(seconds: float = 0.5, row: int = 0, seed: int = 0) -> Take:
    numbers = np.random.default_rng(seed)
    return Take(
        row=row,
        audio=tone(seconds),
        sample_rate=SAMPLE_RATE,
        semantic=numbers.integers(0, 10_000, 25, dtype=np.int32),
        coarse=numbers.integers(0, 1024, (2, 37), dtype=np.int32),
        fine=numbers.integers(0, 1024, (8, 37), dtype=np.int32),
        ended=True,
    )


def make_record(made: Take | None = None, text: str = "Hello.", **changes: Any) -> TakeRecord:
    """The record of a take; the arguments of TakeRecord that are to be others."""
    take = made or make_take()
    metrics = Metrics(
        stages={"load": 9.0, "semantic": 0.3, "coarse": 0.5, "fine": 0.1, "codec": 0.1},
        host_bytes=2_000_000_000,
    )
    record = TakeRecord.of(
        take,
        SpeechRow(text=text, voice="v2/en_speaker_6", seed=7),
        Speech(takes=(take,), metrics=metrics),
        model="suno/bark-small",
        settings=Settings(precision="int8", batch_size=4),
        sampling=SAMPLING,
    )
    return dataclasses.replace(record, **changes)
