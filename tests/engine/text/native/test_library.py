"""Which form of the step in C a processor gets, and that every form gives the same bits."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.system.c_library import Built, load_library
from engine.system.instructions import WITHOUT
from engine.text.checkpoint.load import open_source
from engine.text.native import library
from engine.text.native.decoder import Decoder
from engine.text.native.library import BLOCKS, CACHES, Library
from engine.text.native.weights import Weights
from tests.engine.text.checkpoint.test_load import write_gguf
from tests.engine.text.native.test_decoder import TOKENS, blocks_of, random_blocks

pytestmark = pytest.mark.skipif(
    library.find().library is None, reason=f"no step in C: {library.find().note}"
)
find = library.find.__wrapped__  # without its memory


def test_what_the_user_leaves_out_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[str]] = []

    def load(sources: Path, compiler: str, flags: Sequence[str]) -> Built:
        asked.append(flags)
        return Built(None, "nothing is built")

    monkeypatch.setattr(library, "load_library", load)
    monkeypatch.setattr(library, "listed", lambda: {*library._NEEDED, *library._FASTER})
    for words, faster in (("", True), ("avx_vnni", True), ("avx512f", False)):
        monkeypatch.setenv(WITHOUT, words)
        assert find().note == "nothing is built"
        assert "-mavx2" in asked[-1]
        assert ("-mavx512vnni" in asked[-1]) == faster == any("avx512" in f for f in asked[-1])
    monkeypatch.setenv(WITHOUT, "avx2")
    assert find().note == library._FOREIGN
    assert len(asked) == 3


def products(found: Library) -> list[np.ndarray]:
    """Of every type of blocks, for few rows and for many; one row has what is no number."""
    made = []
    for kind, (weights, _) in BLOCKS.items():
        blocks = 3 if weights == 256 else 19  # units that are no multiple of eight
        inputs, outputs = blocks * weights, 37
        rows = random_blocks(kind, outputs, blocks)
        packed = blocks_of(kind, rows, inputs)
        x = np.random.default_rng(1).normal(0, 1, (13, inputs)).astype(np.float32)
        x[0] *= np.repeat(np.logspace(-30, 30, inputs // 32, dtype=np.float32), 32)
        x[1, 5:7], x[2] = (np.inf, np.nan), 0
        for count in (1, 5, 13):
            results = np.zeros((count, outputs), np.float32)
            scratch = np.zeros(found.product_bytes(count, inputs), np.uint8)
            found.product(
                *(ctypes.byref(packed), x.ctypes.data, count),
                *(results.ctypes.data, scratch.ctypes.data),
            )
            made.append(results)
    return made


def logits(found: Library, place: Path, cache: str) -> list[np.ndarray]:
    """A text read at once, and again token by token."""
    decoder = Decoder(Weights(open_source(place)), found, cache)
    tokens = TOKENS[:12]
    length = len(tokens)
    decoder.make_room(2, length, [])
    together = decoder.read(tokens, [0] * length, list(range(length)), length)
    return [together, *(decoder.read([t], [1], [i], 1) for i, t in enumerate(tokens))]


@pytest.mark.slow
def test_every_form_gives_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That for AVX2, as a processor without AVX-512 gets it, against this processor's own."""
    asked: list[Sequence[str]] = []

    def load(sources: Path, compiler: str, flags: Sequence[str]) -> Built:
        asked.append(flags)
        return load_library(sources, compiler, flags)

    monkeypatch.setenv(WITHOUT, "avx512f")
    monkeypatch.setattr(library, "load_library", load)
    lesser, own = find().library, library.find().library
    assert lesser is not None
    assert own is not None
    assert not any("avx512" in flag for flag in asked[0])
    for one, other in zip(products(lesser), products(own), strict=True):
        np.testing.assert_array_equal(one, other)
    for family, kind in (("llama", "Q4_1"), ("gpt2", "Q8_0")):
        place = write_gguf(tmp_path / f"{family}.gguf", family, kind)
        for cache in CACHES:
            for one, other in zip(
                logits(lesser, place, cache), logits(own, place, cache), strict=True
            ):
                np.testing.assert_array_equal(one, other)
