"""One word for the arithmetic that settings become on a machine: same word, same bits.

It stands in the key of a take (engine/script/maker.py): a project that one machine began is not
mixed by another without anybody knowing. float32 needs none, its tokens are the same whatever
computes them.
"""

from __future__ import annotations

import torch

from engine.bark.linear import Compute, has_vnni


def arithmetic(compute: Compute) -> str:
    """The class of what computes: precision, then what it is done by; "" for float32.

    "int8-avx512vnni-bf16" and "bfloat16-avx512bf16" are the program's own step, with "torch-"
    before the instructions it is torch alone, "float16-cuda-sm90" a graphics card by its
    generation, with "torch-" before that for single steps.
    """
    if compute.precision == "float32":
        return ""
    device = compute.device.type
    if device == "cuda":
        major, minor = torch.cuda.get_device_capability(compute.device)
        device = f"cuda-sm{major}{minor}"
        if compute.steps == "one":
            device = f"torch-{device}"
    elif device == "cpu":
        device = _processor(compute)
    formula = "" if compute.attention == "fused" else f"-{compute.attention}"
    return f"{compute.precision}-{device}{formula}"


def _processor(compute: Compute) -> str:
    """The instructions that sums depend on. Keys and values are bfloat16 in int8, too."""
    # What torch takes, which an environment variable may bound.
    level = str(torch.backends.cpu.get_cpu_capability()).lower()
    sums = "vnni" if compute.precision == "int8" and has_vnni() else ""
    halves = "bf16" if _has_bfloat16() else ""
    words = f"{level}{sums}-{halves}" if sums and halves else f"{level}{sums}{halves}"
    return words if compute.kernel is not None else f"torch-{words}"


def _has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 by itself."""
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())
