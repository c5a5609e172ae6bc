"""A peak is that of the fastest product there is: no part of it can be more than all."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engine.bark import linear
from engine.bark.kernel import Kernel
from engine.bench import peak


@pytest.mark.parametrize(("own", "most"), [(8.0, "torch"), (0.125, "own")])
def test_the_faster_of_both_products_counts(
    own: float, most: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """own: the seconds of the program's own product, where all else takes one."""
    if Kernel.build() is None:
        pytest.skip("processor: the program's own step needs AVX2 or NEON")
    passed, total = 1.0, 0.0

    class Own:
        def __init__(self, *_: object) -> None:
            pass

        def __call__(self, x: object) -> None:
            nonlocal passed
            passed = own

    def now() -> float:
        """Between two looks one second has passed, or what the program's own product took."""
        nonlocal passed, total
        total, passed = total + passed, 1.0
        return total

    monkeypatch.setattr(peak, "_FLOATS", 8)
    monkeypatch.setattr(peak, "_SHAPE", (8, 16, 16))
    monkeypatch.setattr(linear, "KernelLinear", Own)
    run = peak.prepare({"device": "cpu"})
    monkeypatch.setattr(peak, "time", SimpleNamespace(perf_counter=now))
    found = run()["operations_a_second"]
    expected = 2 * 8 * 16 * 16 / (1.0 if most == "torch" else own)
    assert found["float32"] == expected
