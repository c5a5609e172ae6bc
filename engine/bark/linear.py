"""What a precision means for a matrix product: y = x Wᵀ + b.

Every class takes the float32 weight of the checkpoint, shape (out, in), keeps it in its own form,
and is called with x of shape (rows, in). Milliseconds below: all 40 matrices 768 → 3072 of a
12-layer model once, two cores with AVX-512 VNNI, torch 2.13.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.api import UserError

INT8 = ("int8", "int8-weights")


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


class HalfLinear(nn.Module):
    """bfloat16 or float16 weight (out, in), activations of the same type."""

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
        self.levels = 127 if torch.cpu._is_vnni_supported() else 63
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # quantized tensors of torch announce their successor
            quantized = torch.quantize_per_channel(
                values,
                torch.ones(len(weight), dtype=torch.float64),
                torch.zeros(len(weight), dtype=torch.int64),
                0,
                torch.qint8,
            )
            # The scales of the outputs go in here too, so that the kernel multiplies only once.
            quantized = torch._make_per_channel_quantized_tensor(
                quantized.int_repr(),
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


class Int8WideLinear(nn.Module):
    """The same numbers as Int8Linear from oneDNN: 230 ms for 1024 rows where fbgemm takes 275.

    For stages that always read many rows; for a single row oneDNN is the slower one.
    """

    bias: Tensor | None
    scales: Tensor
    zeros: Tensor

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        values, scales = _quantize_rows(weight, 127)
        self.levels = 127 if torch.cpu._is_vnni_supported() else 63
        self.packed = torch.ops.onednn.qlinear_prepack(values.round_().to(torch.int8), None)
        self.register_buffer("scales", scales.flatten())
        self.register_buffer("zeros", torch.zeros(len(weight), dtype=torch.int64))
        self.register_buffer("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        x, scale = _quantize_rows(x, self.levels)
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            x.round_().add_(128).to(torch.uint8),
            1.0,
            128,
            self.packed,
            self.scales,
            self.zeros,
            None,
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )
        y *= scale
        return y if self.bias is None else y.add_(self.bias)


class Int8WeightLinear(nn.Module):
    """int8 weight with one scale per output, bfloat16 activations: 7 ms for one row.

    The int8 kernel goes row by row, so from 16 rows on the weight is widened for one bfloat16
    product instead.
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
        if len(x) < 16:
            y = torch._weight_int8pack_mm(x, self.weight, self.scales)
        else:
            y = F.linear(x, self.weight.to(x.dtype)).mul_(self.scales)
        return y if self.bias is None else y.add_(self.bias)


def make_linear(
    weight: Tensor, bias: Tensor | None, precision: str, device: torch.device, *, wide: bool = False
) -> nn.Module:
    """The matrix product of a precision on a device. wide: always called with many rows.

    Raises UserError where this processor or this build of torch cannot do it.
    """
    if precision in INT8:
        try:
            if precision == "int8-weights":
                return Int8WeightLinear(weight, bias)
            return Int8WideLinear(weight, bias) if wide else Int8Linear(weight, bias)
        except (RuntimeError, AttributeError, NotImplementedError) as error:
            raise UserError(
                f"this processor or this build of torch has no kernel for {precision}: choose "
                "--precision bfloat16 or float32"
            ) from error
    if precision == "float32" and device.type == "cpu":
        return FloatLinear(weight, bias)
    return HalfLinear(weight, bias, activation_dtype(precision))


def activation_dtype(precision: str) -> torch.dtype:
    """The type of the activations between the matrix products of a precision."""
    return {
        "bfloat16": torch.bfloat16,
        "float16": torch.float16,
        "int8-weights": torch.bfloat16,
    }.get(precision, torch.float32)
