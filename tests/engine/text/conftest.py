"""The tiny models, as engines of ours and as transformers' torch models to compare with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import transformers

from engine.text.engine import TextEngine


@pytest.fixture(scope="session")
def torch_of(folder_of: Callable[[str], Path]) -> Callable[[str], Any]:
    """family → transformers' torch model of that checkpoint."""

    def torch_of(family: str) -> Any:
        model = transformers.AutoModelForCausalLM.from_pretrained(folder_of(family))
        return model.eval()

    return torch_of


@pytest.fixture(scope="session")
def engine_of(folder_of: Callable[[str], Path]) -> Iterator[Callable[..., TextEngine]]:
    """family → an engine that keeps what it compiled from test to test."""
    engines: dict[tuple[str, bool], TextEngine] = {}

    def engine_of(family: str = "llama", *, eager: bool = False) -> TextEngine:
        key = family, eager
        if key not in engines:
            engines[key] = TextEngine(folder_of(family), device="cpu", batch_size=4, eager=eager)
        return engines[key]

    yield engine_of
    for engine in engines.values():
        engine.close()
