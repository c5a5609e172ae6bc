"""Tiny checkpoints for the tests of the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.bark.kernel import Kernel
from tests.engine.bark.reference import NO_KERNEL, Tiny
from tests.engine.bark.tiny import SEMANTIC_VOCAB, write_checkpoint

Make = Callable[..., Tiny]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """The checkpoint of most tests. No greedy row ends in it. Not to be changed."""
    folder = tmp_path_factory.mktemp("checkpoint") / "tiny"
    return Tiny(folder, write_checkpoint(folder))


@pytest.fixture(scope="session")
def ending(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """A checkpoint whose rows end after different times. Not to be changed."""
    folder = tmp_path_factory.mktemp("checkpoint") / "ending"
    return Tiny(folder, write_checkpoint(folder, edit=end_sometimes))


def end_sometimes(model: Any) -> None:
    """Another and larger row of the end in the semantic head, so that it comes now and then."""
    row = torch.randn(32, generator=torch.Generator().manual_seed(32))
    model.semantic.lm_head.weight[SEMANTIC_VOCAB] = row * 0.12 * 1.4


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a checkpoint that differs."""
    count = 0

    def write(**options: Any) -> Tiny:
        nonlocal count
        count += 1
        folder = tmp_path / f"tiny-{count}"
        return Tiny(folder, write_checkpoint(folder, **options))

    return write


@pytest.fixture(params=["auto", "torch"])
def kernel(request: pytest.FixtureRequest) -> str:
    """Both ways to decode, where this machine has both."""
    if request.param == "auto" and Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    return str(request.param)


SHARED = ("exactness", "transformer", "linear")


@pytest.fixture(autouse=True, scope="module")
def _threads(request: pytest.FixtureRequest) -> None:
    """The same sums on every machine: of two threads where that is tested, of one elsewhere, since
    two have little to share in a tiny model."""
    torch.set_num_threads(2 if request.module.__name__.endswith(SHARED) else 1)
