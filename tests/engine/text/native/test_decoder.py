"""The step in C: products of every type of blocks, whole models, and bits that depend on nothing
but the text."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest

from engine.text.checkpoint.load import open_source
from engine.text.native import library
from engine.text.native.decoder import Decoder
from engine.text.native.library import BLOCKS, Blocks
from engine.text.native.weights import eight_bits, why_not
from tests.conftest import ROOT
from tests.engine.text.checkpoint.test_load import write_gguf
from tests.engine.text.native_models import decoder_of, logits_of
from tests.engine.text.tiny import FAMILIES

pytestmark = pytest.mark.skipif(
    library.find().library is None, reason=f"no step in C: {library.find().note}"
)

TOKENS = [ord(c) for c in "To be, or not to be: that is the question."]


def random_blocks(kind: int, outputs: int, blocks: int) -> np.ndarray:
    """Random bytes are blocks as well; only their scales are made sensible."""
    random, size = np.random.default_rng(kind), BLOCKS[kind][1]
    rows = random.integers(0, 256, (outputs, blocks, size), np.uint8)
    for place in {12: (0, 2), 13: (0, 2), 14: (208,), 3: (0, 2), 7: (0, 2)}.get(kind, (0,)):
        scales = random.normal(0, 0.01, (outputs, blocks)).astype(np.float16)
        rows[:, :, place : place + 2] = scales.view(np.uint8).reshape(outputs, blocks, 2)
    return rows.reshape(outputs, -1)


def blocks_of(kind: int, rows: np.ndarray, inputs: int) -> Blocks:
    return Blocks(
        data=rows.ctypes.data, type=kind, outputs=len(rows), inputs=inputs, row_bytes=rows.shape[1]
    )


def test_every_type_of_blocks_is_read_as_the_format_says() -> None:
    found = library.find().library
    assert found is not None
    for kind, (weights, _) in BLOCKS.items():
        rows, inputs = random_blocks(kind, 3, 4), 4 * weights
        expected = gguf.dequantize(rows, gguf.GGMLQuantizationType(kind))
        for row in range(3):
            values = np.zeros(inputs, np.float32)
            blocks = blocks_of(kind, rows, inputs)
            found.row(ctypes.byref(blocks), row, values.ctypes.data)
            assert np.allclose(values, expected[row], rtol=1e-6, atol=1e-7), kind


def test_every_type_is_multiplied_by_rows_and_by_tiles_alike() -> None:
    found = library.find().library
    assert found is not None
    for kind, (weights, _) in BLOCKS.items():
        blocks = 3 if weights == 256 else 19  # units that are no multiple of eight
        inputs, outputs = blocks * weights, 37
        rows = random_blocks(kind, outputs, blocks)
        matrix = gguf.dequantize(rows, gguf.GGMLQuantizationType(kind)).astype(np.float64)
        # Whole numbers of which one is 127: rounding to 8 bits leaves them as they are.
        x = np.random.default_rng(1).integers(-127, 128, (13, inputs)).astype(np.float32)
        x[:, ::32] = 127
        expected = x @ matrix.T
        first = np.zeros(0)
        for count in (1, 2, 5, 6, 13):
            results = np.zeros((count, outputs), np.float32)
            scratch = np.zeros(found.product_bytes(count, inputs), np.uint8)
            packed = blocks_of(kind, rows, inputs)
            found.product(
                *(ctypes.byref(packed), x.ctypes.data, count),
                *(results.ctypes.data, scratch.ctypes.data),
            )
            assert np.allclose(results, expected[:count], rtol=1e-4, atol=1e-4 * expected.std())
            first = results[0] if count == 1 else first
            assert np.array_equal(results[0], first), (kind, count)


def test_plain_numbers_become_the_blocks_that_the_format_knows() -> None:
    values = np.random.default_rng(4).normal(0, 1, (5, 96)).astype(np.float32)
    values[2, 32:64] = 0
    back = gguf.dequantize(eight_bits(values), gguf.GGMLQuantizationType.Q8_0)
    largest = np.abs(values.reshape(5, 3, 32)).max(-1).repeat(32, axis=-1).reshape(5, 96)
    assert (np.abs(back - values) <= largest / 127 * 0.51 + 1e-7).all()
    assert eight_bits(values[:, :70]).shape == (5, 3 * 34)  # filled up


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_gives_what_its_weights_say(family: str, tmp_path: Path) -> None:
    """Within what rounding to 8 bits costs: a wrong head, sign or angle is far beyond."""
    for kind in ("Q8_0", "Q4_1"):
        place = write_gguf(tmp_path / f"{kind}.gguf", family, kind)
        source = open_source(place)
        expected = logits_of(source, TOKENS)
        decoder = decoder_of(place)
        decoder.make_room(1, len(TOKENS), [])
        many = list(range(len(TOKENS)))
        logits = decoder.read(TOKENS, [0] * len(TOKENS), many, len(TOKENS))
        spread = expected.std()
        assert np.sqrt(np.square(logits - expected).mean()) < 0.05 * spread, kind
        assert why_not(source, plain=False) == (
            "some of its matrices are kept as plain numbers" if family != "gpt2" else ""
        )


def test_bits_do_not_depend_on_how_many_are_read_together(tmp_path: Path) -> None:
    decoder = decoder_of(write_gguf(tmp_path / "a.gguf", "llama", "Q4_1"), "float16")
    length = len(TOKENS)
    decoder.make_room(9, length, [])
    alone = np.concatenate([decoder.read([t], [0], [i], 1) for i, t in enumerate(TOKENS)])
    together = decoder.read(TOKENS, [1] * length, list(range(length)), length)
    assert np.array_equal(alone, together)
    for rows in range(2, 10):  # another text in each other slot
        for i in range(4):
            tokens = [TOKENS[i]] + [TOKENS[i + r] for r in range(1, rows)]
            logits = decoder.read(tokens, list(range(rows)), [i] * rows, rows)
            assert np.array_equal(logits[0], alone[i]), rows


@pytest.mark.parametrize("cache", ["float32", "float16", "int8"])
def test_slots_are_copied_and_grow(cache: str, tmp_path: Path) -> None:
    decoder = decoder_of(write_gguf(tmp_path / "a.gguf", "qwen2", "Q8_0"), cache)
    decoder.make_room(3, 8, [])
    for i, token in enumerate(TOKENS[:8]):
        decoder.read([token], [1], [i], 0)
    decoder.copy(1, 2, 8)
    expected = decoder.read(TOKENS[8:9], [1], [8], 1)
    assert np.array_equal(decoder.read(TOKENS[8:9], [2], [8], 1), expected)
    decoder.make_room(1, 200, [(2, 0, 8)])
    assert decoder.capacity >= 200
    assert np.array_equal(decoder.read(TOKENS[8:9], [0], [8], 1), expected)
    other = decoder.read(TOKENS[9:10], [0], [8], 1)
    assert not np.array_equal(other, expected)


OUTSIDE = """
import sys
from pathlib import Path
from tests.conftest import ROOT
from tests.engine.text.checkpoint.test_load import write_gguf
from tests.engine.text.native_models import decoder_of
for cache in ("float32", "float16", "int8"):
    decoder = decoder_of(write_gguf(Path(sys.argv[1]) / "a.gguf", "llama", "Q8_0"), cache)
    decoder.make_room(2, 8, [])
    for outside in (10**9, -(10**9)):
        decoder.read([1, 2], [outside, -outside], [outside, -outside], 1)
print("whole")
"""


@pytest.mark.slow
def test_a_late_thread_stays_within_the_cache(tmp_path: Path) -> None:
    """It may find anything where the slots and positions of its step were."""
    done = subprocess.run(
        [sys.executable, "-c", OUTSIDE, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr


def test_keys_of_8_bits_are_near_those_of_float32(tmp_path: Path) -> None:
    place = write_gguf(tmp_path / "a.gguf", "llama", "Q8_0")
    found = {}
    for cache in ("float32", "float16", "int8"):
        decoder = decoder_of(place, cache)
        decoder.make_room(1, len(TOKENS), [])
        found[cache] = decoder.read(TOKENS, [0] * len(TOKENS), list(range(len(TOKENS))), 1)
    spread = found["float32"].std()
    assert 0 < np.abs(found["float16"] - found["float32"]).max() < 0.1 * spread
    assert 0 < np.abs(found["int8"] - found["float32"]).max() < 0.3 * spread


def test_a_folder_becomes_8_bits(folder_of: Callable[[str], Path]) -> None:
    for family in FAMILIES:
        source = open_source(folder_of(family))
        assert why_not(source, plain=True) == ""
        decoder: Decoder = decoder_of(folder_of(family))
        decoder.make_room(1, 20, [])
        logits = decoder.read(TOKENS[:20], [0] * 20, list(range(20)), 20)
        expected = logits_of(source, TOKENS[:20])
        assert np.sqrt(np.square(logits - expected).mean()) < 0.05 * expected.std(), family
