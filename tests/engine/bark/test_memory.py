"""A speech model that does not fit is refused before it is loaded, with both numbers."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from engine.api import SpeechRequest, SpeechRow
from engine.bark.checkpoint import Weights
from engine.bark.engine import BarkEngine
from engine.bark.memory import needed
from engine.errors import UserError
from engine.settings import Settings
from tests.engine.bark.reference import Tiny


def test_what_the_weights_take(tiny: Tiny) -> None:
    weights = Weights(tiny.folder)
    assert needed(weights, "float32") == 2 * needed(weights, "bfloat16")
    assert needed(weights, "float32") == 4 * needed(weights, "int8")
    table = weights.counts["semantic.input_embeds_layer.weight"]
    encoder = sum(n for name, n in weights.counts.items() if name.startswith("codec_model.enc"))
    assert needed(weights, "int8") == sum(weights.counts.values()) - table - encoder


def test_a_model_without_room_is_refused_before_it_is_read(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object) -> object:
        raise AssertionError("a tensor is read")

    wanted = needed(Weights(tiny.folder), "float32")
    monkeypatch.setattr(Weights, "get", never)
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(available=wanted - 1, total=2**33)
    )
    engine = BarkEngine(tiny.folder, Settings(device="cpu"))
    words = (
        r"needs about 0\.0 GB of memory, and 0\.0 GB are free: .*smaller model, or --precision int8"
    )
    with pytest.raises(UserError, match=words):
        engine.generate(SpeechRequest(rows=(SpeechRow(text="hi"),)))
