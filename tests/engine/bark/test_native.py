"""The compiled code on every size: the sanitizers see no fault, and bits hang on no thread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bark import forms, prebuilt
from engine.bark.check import CASES, compute, read_cases
from engine.bark.kernel import Kernel
from engine.system.programs import find_program
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or Kernel.build() is None,
    reason="processor: the compiled step has no form for this one",
)
DRIVER = Path(__file__).with_name("driver.c")
TYPES = {"float32": 0, "bfloat16": 1, "int8": 2}


def fitting() -> list[forms.Form]:
    """The forms that this processor runs, whatever is masked; the fastest first."""
    here = forms.instructions(prebuilt.processor)
    return [form for form in forms.FORMS[forms.machine()] if set(form.needs) <= here]


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kernel under AddressSanitizer and UBSan, with a program around it."""
    compiler = find_program("cc", "gcc")
    assert compiler, "install a C compiler (Debian: gcc libc6-dev)"
    program = tmp_path_factory.mktemp("sanitized") / "kernel"
    form = fitting()[0]
    command = [
        *(compiler, "-O1", "-g", "-Wall", "-Wextra", "-Werror", *form.flags, "-pthread"),
        *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-ffp-contract=off"),
        *("-I", str(prebuilt.SOURCES), str(DRIVER), *map(str, prebuilt.SOURCES.glob("*.c"))),
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
        run(sanitized, TYPES[precision], *first, threads, bias, outputs, 0) for threads in (1, 2, 8)
    }
    assert len(sums) == 1
    assert int(sums.pop(), 16) not in (0, run_nothing())


OUTSIDE = """
import ctypes, sys
from types import SimpleNamespace
from pathlib import Path
import torch
from tests.engine.bark import test_transformer as steps
from tests.engine.bark.tiny import write_checkpoint
folder = Path(sys.argv[1]) / "tiny"
write_checkpoint(folder)
with torch.inference_mode():
    for precision in ("float32", "bfloat16", "int8"):
        stage = steps.stage_of(SimpleNamespace(folder=folder), kernel="auto", precision=precision)
        steps.fill(stage, [5, 9], 2)
        decoder, cache, state = stage.decoder, stage.cache, stage.slots.state
        x = torch.zeros(2, decoder.config.hidden_size)
        needed = decoder._kernel.step_scratch(ctypes.byref(decoder._model), 2, cache.positions)
        for outside in (2**40, -(2**40)):
            positions = torch.tensor([outside, -outside])
            decoder._kernel.step(
                ctypes.byref(decoder._model), decoder._governors.data_ptr(),
                ctypes.byref(cache.struct), x.data_ptr(), positions.data_ptr(), 2,
                state.logits.data_ptr(), decoder._room.of(needed).data_ptr(),
            )
print("whole")
"""


@pytest.mark.slow
def test_a_late_thread_stays_within_the_cache(tmp_path: Path) -> None:
    """It may find anything where the positions of its step were: another one's numbers, laid out
    for more rows or for fewer."""
    done = subprocess.run(
        [sys.executable, "-c", OUTSIDE, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr


def run_nothing() -> int:
    """The bits of no result at all: where FNV-1a begins."""
    return 14695981039346656037


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
    run(sanitized, TYPES[precision], heads, *(sizes[name] for name in order), 0)


def test_every_form_gives_the_expected_bits() -> None:
    """Those that came with the program, in this process."""
    cases = read_cases()
    assert len(cases) > 20
    for form in fitting():
        library, note = prebuilt.load(form.name)
        assert library is not None, note
        found = Kernel(library)
        assert [compute(found, sizes) for sizes, _ in cases] == [bits for _, bits in cases], (
            form.name
        )


@pytest.mark.slow
def test_what_is_compiled_here_gives_the_expected_bits(tmp_path: Path) -> None:
    """By another compiler than theirs: the form for most processors."""
    compiler = find_program("cc", "gcc")
    assert compiler, "install a C compiler (Debian: gcc libc6-dev)"
    program, form = tmp_path / "driver", fitting()[-1]
    files = [str(DRIVER), *map(str, prebuilt.SOURCES.glob("*.c"))]
    flags = ["-O2", "-ffp-contract=off", "-pthread", *form.flags, "-I", str(prebuilt.SOURCES)]
    subprocess.run([compiler, *flags, *files, "-o", str(program), "-lm"], check=True, timeout=120)
    done = subprocess.run([program, CASES], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("system", "kind", "form", "program"),
    [("linux", "arm64", "neon", "qemu-aarch64"), ("windows", "x86_64", "avx2", "wine")],
)
def test_other_systems_give_the_expected_bits(
    system: str, kind: str, form: str, program: str, tmp_path: Path
) -> None:
    """A processor that is imitated, and a Windows that is."""
    imitation = find_program(program)
    assert imitation, f"install {program} (Debian: qemu-user, wine64 wine)"
    pytest.importorskip("ziglang", reason="install ziglang, which builds for other systems")
    sys.path.insert(0, str(prebuilt.FOLDER))
    try:
        import build
    finally:
        sys.path.remove(str(prebuilt.FOLDER))
    (found,) = (entry for entry in forms.FORMS[kind] if entry.name == form)
    driver = tmp_path / ("driver.exe" if system == "windows" else "driver")
    target = "aarch64-linux-musl" if kind == "arm64" else "x86_64-windows-gnu"
    build.compile_into(driver, system, target, found, driver=True)
    done = subprocess.run(
        [imitation, str(driver), str(CASES)],
        capture_output=True,
        text=True,
        timeout=280,
        env={**os.environ, "WINEDEBUG": "-all", "WINEPREFIX": str(tmp_path / "wine")},
    )
    assert done.returncode == 0, (done.stdout, done.stderr)


def test_a_wrong_result_is_seen() -> None:
    """The bits hang on the sizes, on the numbers and on nan."""
    found = Kernel.build()
    assert found is not None
    sizes = read_cases()[1][0]
    other = [(*sizes[:i], sizes[i] + 1, *sizes[i + 1 :]) for i in (4, 6, 9, 10)]
    assert len({compute(found, sizes), *(compute(found, one) for one in other)}) == 5
