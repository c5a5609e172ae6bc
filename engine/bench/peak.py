"""What this machine has: bytes a second from memory, operations a second in each precision.

By torch's product or the program's own, whichever is faster: on some processors torch uses half of
the width of a vector, and a part of such a peak could be more than all of it.

A contender like any other (see runner.py), so that what it allocates is gone when models come.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from engine.bench import runner
from engine.bench.runner import Values

_FLOATS = 2**26  # 256 MB: no cache holds them
_BEST_OF = 7
_SHAPE = (1024, 768, 3072)  # rows, inputs, outputs: the widest product of bark-small


def prepare(description: Values) -> Callable[[], Values]:
    """description: device, as torch calls it."""
    import torch

    from engine.bark.kernel import Kernel
    from engine.bark.linear import KernelLinear

    device = torch.device(description["device"])
    kernel = Kernel.build() if device.type == "cpu" else None

    def seconds(work: Callable[[], object]) -> float:
        """The fastest of some calls; the first warms up."""
        found = []
        for _ in range(_BEST_OF):
            start = time.perf_counter()
            work()
            if device.type == "cuda":
                torch.cuda.synchronize()
            found.append(time.perf_counter() - start)
        return min(found[1:])

    def product(kind: str) -> float:
        rows, inputs, outputs = _SHAPE
        count = 2 * rows * inputs * outputs
        if kind == "int8":
            a = torch.ones(rows, inputs, dtype=torch.int8, device=device)
            b = torch.ones(outputs, inputs, dtype=torch.int8, device=device).T
            return count / seconds(lambda: torch._int_mm(a, b))
        dtype = getattr(torch, kind)
        c, d = (torch.randn(*shape, device=device).to(dtype) for shape in (_SHAPE[:2], _SHAPE[1:]))
        return count / seconds(lambda: c @ d)

    def own_product(kind: str, library: Kernel) -> float:
        rows, inputs, outputs = _SHAPE
        linear = KernelLinear(torch.randn(outputs, inputs), None, library, kind)
        x = torch.randn(rows, inputs)
        return 2 * rows * inputs * outputs / seconds(lambda: linear(x))

    def run() -> Values:
        start = time.perf_counter()
        memory = torch.ones(_FLOATS, device=device)
        bytes_a_second = 4 * _FLOATS / seconds(memory.sum)
        operations = {}
        # Nothing is spoken in float16 on a processor, and one such product takes seconds there.
        half = () if device.type == "cpu" else ("float16",)
        for kind in ("float32", "bfloat16", *half, "int8"):
            try:
                operations[kind] = product(kind)
            except RuntimeError:  # torch has it on other devices, or not at all
                continue
        if kernel is not None:
            for kind in ("float32", "int8"):
                operations[kind] = max(operations.get(kind, 0.0), own_product(kind, kernel))
        return {
            "seconds": time.perf_counter() - start,
            "bytes_a_second": bytes_a_second,
            "operations_a_second": operations,
        }

    return run


def measure(device: str, tell: runner.Tell = lambda _: None) -> Values:
    """bytes_a_second, and operations_a_second by precision."""
    contender = runner.Contender("this machine's peak", "engine.bench.peak", {"device": device})
    (only,) = runner.take_turns([contender], 1, 2**30, tell)
    return {key: only.values[key] for key in ("bytes_a_second", "operations_a_second")}


if __name__ == "__main__":
    runner.serve(prepare)
