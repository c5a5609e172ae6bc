"""The compiled code on every size: the sanitizers see no fault, and bits hang on no thread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bark import kernel
from engine.system.programs import find_program

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not {f"avx512{x}" for x in kernel._NEEDED} <= kernel._instructions(),
    reason="processor: the compiled step needs Linux and AVX-512 VNNI",
)
DRIVER = Path(__file__).with_name("sanitized.c")
TYPES = {"float32": 0, "bfloat16": 1, "int8": 2}


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel under AddressSanitizer and UBSan, with a program around it."""
    compiler = find_program("cc", "gcc")
    assert compiler, "install a C compiler (Debian: gcc libc6-dev)"
    program = tmp_path_factory.mktemp("sanitized") / "kernel"
    flags = [f"-mavx512{x.strip('_')}" for x in kernel._NEEDED]
    if "avx512_bf16" in kernel._instructions():
        flags.append("-mavx512bf16")
    command = [
        *(compiler, "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-mfma", *flags, "-pthread"),
        *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-ffp-contract=off"),
        *("-I", str(kernel.SOURCES), str(DRIVER), *map(str, kernel.SOURCES.glob("*.c"))),
        *("-o", str(program), "-lm"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    return program


def run(program: Path, *sizes: int) -> str:
    done = subprocess.run(
        [program, *map(str, sizes)],
        capture_output=True,
        text=True,
        timeout=250,
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1"},
    )
    assert done.returncode == 0, (sizes, done.stderr)
    return done.stdout


# heads, head width, layers, rows, positions, steps, bias, outputs
SIZES = [
    *((1, 1, 1, 1, 1, 1, 0, 1), (1, 17, 2, 3, 5, 9, 1, 3), (3, 33, 1, 9, 64, 3, 0, 50)),
    *((2, 15, 2, 5, 63, 4, 1, 7), (1, 264, 1, 2, 20, 3, 0, 17), (1, 640, 1, 1, 3, 2, 1, 5)),
    *((1, 1024, 1, 1, 17, 2, 0, 4), (12, 64, 1, 4, 30, 5, 0, 101), (40, 2, 1, 2, 9, 3, 0, 9)),
    (2, 80, 2, 2, 99, 1, 1, 130),  # positions and sums of more than a panel
]


@pytest.mark.slow
@pytest.mark.parametrize("precision", TYPES)
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_no_fault_and_the_same_on_any_threads(
    sanitized: Path, precision: str, sizes: tuple[int, ...]
) -> None:
    """8 threads are more than the cores: some are late, and what they bring is thrown away."""
    *first, bias, outputs = sizes
    sums = {
        run(sanitized, TYPES[precision], *first, threads, bias, outputs) for threads in (1, 2, 8)
    }
    assert len(sums) == 1
    assert "nan" not in sums.pop()


@pytest.mark.long
@given(
    precision=st.sampled_from(sorted(TYPES)),
    heads=st.integers(1, 20),
    width=st.integers(1, 300),
    layers=st.integers(1, 3),
    rows=st.integers(1, 12),
    positions=st.integers(1, 200),
    steps=st.integers(1, 20),
    threads=st.integers(1, 9),
    bias=st.integers(0, 1),
    outputs=st.integers(1, 200),
)
def test_no_fault_on_any_size(sanitized: Path, precision: str, **sizes: int) -> None:
    heads = max(1, min(sizes["heads"], 600 // sizes["width"]))
    order = ("width", "layers", "rows", "positions", "steps", "threads", "bias", "outputs")
    run(sanitized, TYPES[precision], heads, *(sizes[name] for name in order))
