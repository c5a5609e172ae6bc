"""What a precision means for a matrix product: y = x Wᵀ + b.

Every class takes the float32 weight of the checkpoint, shape (out, in), keeps it in its own form,
and is called with x of shape (rows, in). Milliseconds below: all 40 matrices 768 → 3072 of a
12-layer model once, two cores with AVX-512 VNNI, torch 2.13.
"""

from __future__ import annotations

import ctypes
import warnings
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.bark.kernel import Kernel, PackedMatrix, Room
from engine.errors import UserError

INT8 = ("int8", "int8-weights")


@dataclass(frozen=True)
class Compute:
    """How a stage computes. precision and attention are resolved: no "auto".

    kernel: the program's own decode step, where this machine can build it. Modules are built in
    main memory; whoever builds one moves it to the device, or leaves that to an offload hook.
    note: a sentence for the user where a slower way is taken for want of something. steps: "one"
    looks at each decode step, "static" at blocks of them, whose shapes stay (blocks.py), "captured"
    keeps these on the device as graphs (graphs.py).
    """

    device: torch.device
    precision: str = "float32"
    attention: str = "fused"
    kernel: Kernel | None = None
    note: str = ""
    steps: str = "one"

    @property
    def activations(self) -> torch.dtype:
        """Type of the values between the matrix products."""
        return {
            "bfloat16": torch.bfloat16,
            "float16": torch.float16,
            "int8-weights": torch.bfloat16,
        }.get(self.precision, torch.float32)

    @property
    def tables(self) -> torch.dtype:
        """Type in which embeddings are kept: that of the activations, int8 in bfloat16."""
        return self.keys

    @property
    def keys(self) -> torch.dtype:
        """Type of queries, keys and values. int8 keeps them in bfloat16: half the cache to read."""
        return torch.bfloat16 if self.precision == "int8" else self.activations


class FloatLinear(nn.Module):
    """float32 on the processor, weight stored (in, out): 18 ms for one row, (out, in) takes 28."""

    weight: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.register_buffer("weight", weight.t().contiguous())
        self.register_buffer("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight if self.bias is None else torch.addmm(self.bias, x, self.weight)


class PlainLinear(nn.Module):
    """Weight (out, in) and activations of one type: bfloat16, float16, or float32."""

    weight: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None, dtype: torch.dtype) -> None:
        super().__init__()
        self.register_buffer("weight", weight.to(dtype))
        self.register_buffer("bias", None if bias is None else bias.to(dtype))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


def _quantize_rows(matrix: Tensor, levels: int) -> tuple[Tensor, Tensor]:
    """Scale each row to ±levels. Returns the scaled rows, and the scales (rows, 1)."""
    scale = matrix.abs().amax(-1, keepdim=True).clamp_min_(1e-12).div_(levels)
    return matrix / scale, scale


def has_vnni() -> bool:
    """Whether this processor sums 8-bit products in 32 bits."""
    return bool(getattr(torch.cpu, "_is_vnni_supported", lambda: False)())


class Int8Linear(nn.Module):
    """int8 weight with one scale per output, int8 activations with one scale per row (fbgemm).

    A scale per row, not per tensor: a row is rounded the same alone and in any batch, and a loud
    position of a long prompt does not coarsen the others. The sums are exact in int32. 4 ms for
    one row, 5 for eight.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        values, scales = _quantize_rows(weight, 127)
        # Without VNNI the products of neighbours are summed in int16, which 8-bit values overflow.
        self.levels = 127 if has_vnni() else 63
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch announces the successor of these tensors
            quantized = torch._make_per_channel_quantized_tensor(
                values.round_().to(torch.int8),
                scales.flatten().double(),
                torch.zeros(len(weight), dtype=torch.int64),
                0,
            )
            self.packed = torch.ops.quantized.linear_prepack(quantized, None)
        self.register_buffer("bias", bias)

    bias: Tensor | None

    def forward(self, x: Tensor) -> Tensor:
        x, scale = _quantize_rows(x, self.levels)
        y: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
            x, 1.0, 128, self.packed
        )
        y *= scale
        return y if self.bias is None else y.add_(self.bias)


class KernelLinear(nn.Module):
    """float32 and int8 by the kernel, which reads this weight in its own step as well.

    The same numbers as Int8Linear in int8: 2 ms for one row there, 23 ms for 257 rows here where
    fbgemm takes 27. float32 takes half of torch's time for many rows, whose library uses but half
    of the width of an AVX-512 vector on some processors.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor | None, library: Kernel, precision: str
    ) -> None:
        super().__init__()
        self.matrix = PackedMatrix(weight, bias, precision)
        self._type = Kernel.TYPES[precision]
        self._room = Room(library)

    def forward(self, x: Tensor) -> Tensor:
        kernel, matrix = self._room.kernel, self.matrix.struct
        x = x.float().contiguous()
        y = torch.empty(len(x), matrix.outputs)
        needed = kernel.product_scratch(ctypes.byref(matrix), self._type, len(x))
        kernel.product(
            *(ctypes.byref(matrix), self._type, x.data_ptr(), len(x), y.data_ptr()),
            *(torch.get_num_threads(), self._room.of(needed).data_ptr()),
        )
        return y


class Int8WeightLinear(nn.Module):
    """int8 weight with one scale per output, bfloat16 activations: 7 ms for one row.

    The int8 kernel goes row by row, so from 16 rows on the weight is widened for one bfloat16
    product instead; so it is for odd widths, where that kernel reads past the end of the matrix.
    """

    weight: Tensor
    scales: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        values, scales = _quantize_rows(weight, 127)
        self.register_buffer("weight", values.round_().to(torch.int8))
        self.register_buffer("scales", scales.flatten().bfloat16())
        self.register_buffer("bias", None if bias is None else bias.bfloat16())

    def forward(self, x: Tensor) -> Tensor:
        if len(x) < 16 and x.shape[1] % 16 == 0:
            y = torch._weight_int8pack_mm(x, self.weight, self.scales)
        else:
            y = F.linear(x, self.weight.to(x.dtype)).mul_(self.scales)
        return y if self.bias is None else y.add_(self.bias)


def make_linear(weight: Tensor, bias: Tensor | None, compute: Compute) -> nn.Module:
    """The matrix product of a precision. Raises UserError where this build of torch lacks it."""
    precision = compute.precision
    if precision in ("float32", "int8") and compute.kernel is not None:
        return KernelLinear(weight, bias, compute.kernel, precision)
    if precision in INT8:
        try:
            return (Int8Linear if precision == "int8" else Int8WeightLinear)(weight, bias)
        except (RuntimeError, AttributeError, NotImplementedError) as error:
            raise UserError(
                f"this processor or this build of torch has no kernel for {precision}: choose "
                "--precision bfloat16 or float32"
            ) from error
    if precision == "float32" and compute.device.type == "cpu":
        return FloatLinear(weight, bias)
    return PlainLinear(weight, bias, compute.activations)
