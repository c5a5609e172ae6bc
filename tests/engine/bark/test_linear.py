"""What each precision may lose in a matrix product, and that int8 rows do not touch each other."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor

from engine.bark import linear
from engine.bark.kernel import Kernel
from engine.bark.linear import Compute, make_linear
from engine.errors import UserError
from tests.conftest import ROOT
from tests.engine.bark.reference import NO_KERNEL

CPU = torch.device("cpu")
SHAPES = [(4, 1), (5, 5), (64, 64), (101, 20), (130, 72), (7, 100), (257, 192)]  # (outputs, inputs)


def some(shape: tuple[int, ...], seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def compute(precision: str, kernel: str) -> Compute:
    return Compute(CPU, precision, "fused", Kernel.build() if kernel == "auto" else None)


def bound(precision: str, x: Tensor, w: Tensor) -> Tensor:
    """The largest error that rounding can make, for each output of each row."""
    x, w = x.abs(), w.abs()
    sizes = x @ w.T
    if precision == "float32":
        return sizes * x.shape[1] * 2**-23 + 1e-6
    half_step_w = w.amax(1) / 127 / 2
    half_step_x = x.amax(1, keepdim=True) / 127 / 2
    rounding = 3 * 2**-8 * sizes  # bfloat16: input, weight or scale, and result
    if precision == "bfloat16":
        return rounding
    if precision == "int8-weights":
        return x.sum(1, keepdim=True) * half_step_w + rounding
    of_w = (x.sum(1, keepdim=True) + half_step_x * x.shape[1]) * half_step_w
    return of_w + half_step_x * w.sum(1) + 1e-5


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rows", [1, 2, 15, 16, 70])
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8", "int8-weights"])
def test_error_bounds(precision: str, kernel: str, rows: int, bias: bool) -> None:
    """Against float64; the bound is that of the number format, not a guess."""
    for outputs, inputs in SHAPES:
        weight, x = some((outputs, inputs), 1), some((rows, inputs), 2) * 3
        added = some((outputs,), 3) if bias else None
        product = compute(precision, kernel)
        layer = make_linear(weight.clone(), None if added is None else added.clone(), product)
        y = layer(x.to(product.activations)).double()
        exact = x.double() @ weight.double().T
        allowed = bound(precision, x, weight).double()
        if added is not None:
            exact += added
            allowed += 2**-7 * added.abs() if precision != "float32" else 1e-6
        worst = ((y - exact).abs() / allowed).max()
        assert worst <= 1, (outputs, inputs, float(worst))


def test_fewer_than_four_outputs(kernel: str) -> None:
    """Each output has its own sum; the kernel makes four of them at a time."""
    weight = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    for outputs in (1, 2, 3):
        layer = make_linear(weight[:outputs].clone(), None, compute("int8", kernel))
        y = layer(torch.tensor([[3.0, 1.0], [2.0, 5.0]]))
        expected = torch.tensor([[3.0, 1.0, -1.0], [2.0, 5.0, -5.0]])[:, :outputs]
        torch.testing.assert_close(y, expected, rtol=0, atol=0.05)


def test_int8_rows_do_not_touch_each_other(kernel: str) -> None:
    """A row gets the same bits alone and beside louder rows, in any batch."""
    layer = make_linear(some((130, 72), 1), some((130,), 2), compute("int8", kernel))
    x = some((70, 72), 3) * torch.logspace(-3, 3, 70).unsqueeze(1)
    together = layer(x.clone())
    for count in (1, 2, 3, 4, 5, 8, 9, 33):
        for start in (0, 31, 70 - count):
            part = layer(x[start : start + count].clone())
            assert torch.equal(part, together[start : start + count]), (count, start)


ODD = """
import torch
from engine.bark.linear import Int8WeightLinear

for inputs in (1, 5, 20, 72, 100):
    weight, x = torch.ones(7, inputs), torch.ones(3, inputs).bfloat16()
    y = Int8WeightLinear(weight, None)(x)
    assert ((y - inputs).abs() <= 0.02 * inputs).all(), (inputs, y)
"""


def test_odd_widths_of_int8_weights() -> None:
    """torch's kernel reads weights of 16 inputs at a time: for other widths it reads what lies
    behind the matrix, gives wrong numbers, and most often ends the process. Apart, therefore."""
    done = subprocess.run(
        [sys.executable, "-c", ODD], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr or f"ended by signal {-done.returncode}"


@pytest.mark.parametrize("precision", ["int8", "int8-weights"])
def test_zeros(precision: str, kernel: str) -> None:
    """A weight row or an input row of zeros has no scale: no nan."""
    weight = some((5, 64), 1)
    weight[2] = 0
    product = compute(precision, kernel)
    y = make_linear(weight, None, product)(torch.zeros(3, 64, dtype=product.activations))
    assert torch.equal(y.float(), torch.zeros(3, 5))
    x = some((3, 64), 2).to(product.activations)
    assert (make_linear(weight, None, product)(x)[:, 2] == 0).all()


def test_int8_of_both_ways_agree() -> None:
    """fbgemm and the program's own product differ by the rounding of the last float alone."""
    if Kernel.build() is None:
        pytest.skip(NO_KERNEL)
    weight, x = some((130, 72), 1), some((9, 72), 2)
    own, torchs = (make_linear(weight.clone(), None, compute("int8", k)) for k in ("auto", "torch"))
    if torchs.levels != 127:
        pytest.skip("processor: without VNNI fbgemm has fewer levels")
    # A value half-way between two levels may be rounded to either: one step of the input.
    step = x.abs().amax(1, keepdim=True) / 127 * weight.abs().amax(1)
    assert ((own(x.clone()) - torchs(x.clone())).abs() <= 2 * step + 1e-4).all()


@pytest.mark.parametrize("precision", ["int8", "int8-weights"])
def test_without_a_kernel_of_torch(precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of torch that lacks the operation: a sentence, not a RuntimeError."""

    def missing(weight: Tensor, bias: Tensor | None) -> None:
        raise RuntimeError("Didn't find engine for operation quantized::linear_prepack NoQEngine")

    monkeypatch.setattr(linear, "Int8Linear", missing)
    monkeypatch.setattr(linear, "Int8WeightLinear", missing)
    with pytest.raises(UserError, match=f"no kernel for {precision}.*bfloat16 or float32"):
        make_linear(some((3, 4), 1), None, compute(precision, "torch"))
