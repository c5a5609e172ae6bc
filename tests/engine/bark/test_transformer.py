"""One step at a time equals reading everything again, by torch and by the program's own kernel."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.bark.checkpoint import Weights
from engine.bark.config import read_config
from engine.bark.engine import choose
from engine.bark.kernel import Kernel
from engine.bark.kv_cache import Int8Cache, KVCache
from engine.bark.native import NativeDecoder
from engine.bark.sampling import Sampler
from engine.bark.semantic import SemanticStage
from engine.errors import UserError
from engine.settings import Settings
from tests.engine.bark.conftest import Make
from tests.engine.bark.reference import NO_KERNEL, Tiny

PRECISIONS = {"float32": 1e-4, "bfloat16": 0.1, "int8": 0.25, "int8-weights": 0.2}
"""Largest difference of a logit from that of float32, in standard deviations of the logits."""


@pytest.fixture(autouse=True)
def _inference() -> Any:
    with torch.inference_mode():
        yield


def stage_of(tiny: Tiny, **settings: Any) -> SemanticStage:
    settings = {"kernel": "torch", **settings}
    compute = choose(Settings(**settings))
    return SemanticStage(Weights(tiny.folder), read_config(tiny.folder), compute)


@dataclass(eq=False)
class Row:
    """A row that only reads."""

    position: int = 0
    tokens: list[int] = field(default_factory=list)
    uniforms: Tensor = field(default_factory=lambda: torch.zeros(1))
    sampler: Sampler = Sampler(0.0)  # noqa: RUF009
    fixed: bool = False


def embedded(stage: SemanticStage, row: int, length: int) -> Tensor:
    """What a row reads: random ids of the semantic vocabulary."""
    ids = torch.randint(0, 100, (length,), generator=torch.Generator().manual_seed(row))
    return stage.embedding[ids]


def fill(stage: SemanticStage, lengths: list[int], slots: int, first: int = 0) -> None:
    """Read one row of each length. Row i is always the same."""
    stage.close()
    stage.open(slots, 96, 1)
    for slot, length in enumerate(lengths):
        join(stage, embedded(stage, first + slot, 96)[:length])


def join(stage: SemanticStage, x: Tensor) -> None:
    stage.join(Row(), x, lambda: None)  # type: ignore[arg-type]


def advance(stage: SemanticStage, first: int = 0) -> Tensor:
    """One step of every row with its own next id. Returns the logits."""
    x = [embedded(stage, first + i, 96)[row.position] for i, row in enumerate(stage.rows)]
    return feed(stage, x)


def feed(stage: SemanticStage, x: list[Tensor]) -> Tensor:
    """One step with these embeddings in place of the stage's own. Returns the logits."""
    own, stage.embedding = stage.embedding, torch.stack(x)
    stage.slots.state.chosen.copy_(torch.arange(len(x)))
    stage.go_on()
    stage.embedding = own
    return stage.slots.state.logits.clone()


def reread(stage: SemanticStage, length: int, row: int) -> Tensor:
    """Logits of a row after so many positions, all read at once."""
    fill(stage, [length], 1, first=row)
    return stage.slots.logits[0].clone()


LENGTHS = [1, 15, 16, 17, 31, 40, 64, 2, 33]


@pytest.mark.parametrize("attention", ["fused", "eager"])
def test_trap_3_a_step_equals_reading_all_again(tiny: Tiny, kernel: str, attention: str) -> None:
    """Trap 3. A single query sees all keys: with is_causal it would see the first alone."""
    stage = stage_of(tiny, kernel=kernel, attention=attention)
    for count in (1, 3, 9):
        fill(stage, LENGTHS[:count], 9)
        steps = [advance(stage) for _ in range(20)]
        for row, length in enumerate(LENGTHS[:count]):
            for taken in (1, 2, 20):
                expected = reread(stage_of(tiny, attention=attention), length + taken, row)
                torch.testing.assert_close(steps[taken - 1][row], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("bias", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("heads", "width"), [(1, 4), (1, 20), (2, 34), (3, 72), (2, 80), (2, 144)])
def test_sizes_that_fill_no_vector(
    make: Make, kernel: str, heads: int, width: int, bias: bool
) -> None:
    """Widths and head widths that are no multiple of 16 or 64."""
    sizes = {"num_heads": heads, "hidden_size": width, "num_layers": 2}
    other = make(sizes=sizes, bias=bias)
    stage, plain = stage_of(other, kernel=kernel), stage_of(other)
    fill(stage, LENGTHS[:5], 5)
    for _ in range(3):
        together = advance(stage)
    for row, length in enumerate(LENGTHS[:5]):
        expected = reread(plain, length + 3, row)
        torch.testing.assert_close(together[row], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(("heads", "width"), [(1, 4), (1, 20), (2, 34), (3, 72), (1, 132)])
def test_the_cache_in_8_bits(make: Make, heads: int, width: int) -> None:
    """Where the program's own int8 step keeps keys and values in 8 bits, torch keeps bfloat16."""
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    sizes = {"num_heads": heads, "hidden_size": width, "num_layers": 2}
    other = make(sizes=sizes)
    own, plain = (stage_of(other, kernel=kernel, precision="int8") for kernel in ("auto", "torch"))
    lengths = [64, 1, 17]
    for stage in (own, plain):
        fill(stage, lengths, 4)
    for _ in range(9):
        got, want = advance(own), advance(plain)
    # Every product rounds to 8 bits as well, so that two roundings part further on.
    assert (got - want).abs().mean() < 0.15 * want.std()
    assert isinstance(own.cache, Int8Cache)
    assert isinstance(plain.cache, KVCache)
    for row, length in enumerate(lengths):
        for head in range(heads):
            keys, values, scales = own.cache.look(0, row, head, length + 9)
            for mine, scale, theirs in (
                (keys, scales[0], plain.cache.keys[0]),
                (values, scales[1], plain.cache.values[0]),
            ):
                steps = scale.unsqueeze(-1)
                exact = theirs[row * heads + head, : length + 9].float()
                assert ((mine * steps - exact).abs() <= 0.51 * steps + exact.abs() / 100).all()
                assert (mine.abs().amax(-1) == 127).all()


@pytest.mark.parametrize(("heads", "width"), [(2, 30), (2, 34), (3, 99), (1, 264), (1, 640)])
def test_odd_and_wide_heads_in_8_bits(make: Make, heads: int, width: int) -> None:
    """A head of 15, 17 or 33 channels loses none, one of 264 or 640 ends no process: against
    float32 the error is that of torch's int8, or half as much again at most."""
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    assert_as_right_as_torch(make, heads, width)


@pytest.mark.long
@pytest.mark.parametrize("first", range(1, 301, 10))
def test_every_width_of_a_head_in_8_bits(make: Make, first: int) -> None:
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    for width in range(first, first + 10):
        assert_as_right_as_torch(make, 1, width)


def assert_as_right_as_torch(make: Make, heads: int, width: int) -> None:
    """Of a model of that width, the kernel's int8 against torch's, both against float32."""
    other = make(sizes={"num_heads": heads, "hidden_size": width, "num_layers": 2}, loud=2.0)
    logits = []
    for kernel, precision in (("torch", "float32"), ("torch", "int8"), ("auto", "int8")):
        stage = stage_of(other, kernel=kernel, precision=precision)
        fill(stage, [64, 33, 17], 3)
        first = stage.slots.logits.clone()
        logits.append(torch.cat([first, *(advance(stage) for _ in range(6))]))
    exact, theirs, own = logits
    error = [(x - exact).square().mean().sqrt() for x in (theirs, own)]
    assert error[1] <= 1.5 * error[0], (heads, width, error)


@pytest.mark.parametrize("precision", ["int8", "float32"])
def test_heads_wider_than_the_sums_hold(make: Make, precision: str) -> None:
    """Refused in a sentence where whole numbers would overflow; floats take any width."""
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    wide = make(sizes={"num_heads": 1, "hidden_size": 1040, "num_layers": 1})
    if precision == "float32":
        stage_of(wide, kernel="auto", precision=precision)
        return
    with pytest.raises(UserError, match=r"1040 channels wide.*up to 1024: choose"):
        stage_of(wide, kernel="auto", precision=precision)


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_kernel_rows_are_bitwise_their_own(tiny: Tiny, precision: str) -> None:
    """A row gets the same bits alone and in any batch, at any place in it."""
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    stage = stage_of(tiny, kernel="auto", precision=precision)
    assert isinstance(stage.decoder, NativeDecoder)
    alone = []
    for row, length in enumerate(LENGTHS):
        fill(stage, [length], 1, first=row)
        alone.append([advance(stage, first=row)[0] for _ in range(4)])
    for count in range(2, 10):
        for first in {0, 9 - count}:
            fill(stage, LENGTHS[first : first + count], count + first, first=first)
            for step in range(4):
                logits = advance(stage, first=first)
                for i in range(count):
                    assert torch.equal(logits[i], alone[first + i][step]), (count, first, i, step)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_other_precisions_stay_close(tiny: Tiny, kernel: str, precision: str) -> None:
    """Prompt and steps, against float32. The bounds are those that are written above."""
    stage = stage_of(tiny, kernel=kernel, precision=precision)
    plain = stage_of(tiny)
    fill(stage, LENGTHS, 9)
    assert stage.slots.logits.dtype == torch.float32
    got = torch.cat([stage.slots.logits.clone(), *(advance(stage) for _ in range(5))])
    fill(plain, LENGTHS, 9)
    want = torch.cat([plain.slots.logits.clone(), *(advance(plain) for _ in range(5))])
    assert ((got - want).abs().max() / want.std()) < PRECISIONS[precision]


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8"])
def test_a_row_that_moves_keeps_its_past(tiny: Tiny, kernel: str, precision: str) -> None:
    """A finished row's slot is taken by the last one, with its cache."""
    stage = stage_of(tiny, kernel=kernel, precision=precision)
    fill(stage, [5, 9, 30], 3)
    advance(stage)
    last = stage.rows[2]
    stage.drop([0])
    assert stage.rows[0] is last
    assert stage.room == 1
    got = feed(stage, [embedded(stage, 2, 96)[31], embedded(stage, 1, 96)[10]])
    fill(stage, [5, 9, 30], 3)
    advance(stage)
    expected = advance(stage)
    torch.testing.assert_close(got[0], expected[2], rtol=0, atol=1e-4)
    torch.testing.assert_close(got[1], expected[1], rtol=0, atol=1e-4)


def test_drop_several(tiny: Tiny) -> None:
    stage = stage_of(tiny)
    fill(stage, [3, 4, 5, 6, 7], 5)
    rows = list(stage.rows)
    assert stage.drop([0, 3, 4]) == [rows[0], rows[3], rows[4]]
    assert stage.rows == [rows[2], rows[1]]
    assert stage.drop([]) == []
    stage.close()
    assert (stage.room, stage.rows, stage.cache) == (0, [], None)


def test_a_new_row_does_not_see_the_old_one(tiny: Tiny, kernel: str) -> None:
    """The cache is used again without being cleared."""
    stage = stage_of(tiny, kernel=kernel)
    fill(stage, [60, 50], 2)
    stage.drop([0])
    join(stage, embedded(stage, 5, 96)[:8])
    got = feed(stage, [embedded(stage, 1, 96)[50], embedded(stage, 5, 96)[8]])[1]
    torch.testing.assert_close(got, reread(stage_of(tiny), 9, 5), rtol=0, atol=1e-4)


def test_the_kernel_is_built_where_it_can_be() -> None:
    """A kernel that no longer compiles would otherwise only make everything slow."""
    can = sys.platform == "linux" and shutil.which("gcc") and torch.cpu._is_vnni_supported()
    assert (Kernel.build() is not None) == bool(can)
