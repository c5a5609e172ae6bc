"""One word for an arithmetic: same word, same tokens, whatever else differs."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.bark import arithmetic as module
from engine.bark.arithmetic import arithmetic
from engine.bark.kernel import Kernel
from engine.bark.linear import Compute
from engine.models.bark import STARTER
from engine.settings import Settings
from tests.conftest import ROOT

CPU = torch.device("cpu")
OWN: Any = object()  # stands for the compiled step


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what the processor can do: torch's word, 8-bit sums, bfloat16 products."""

    def processor(level: str, vnni: bool, bfloat16: bool) -> None:
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: level)
        monkeypatch.setattr(module, "has_vnni", lambda: vnni)
        monkeypatch.setattr(module, "_has_bfloat16", lambda: bfloat16)

    return processor


@pytest.mark.parametrize(
    ("machine", "precision", "own", "word"),
    [
        (("AVX512", True, True), "float32", True, ""),
        (("AVX2", False, False), "float32", False, ""),
        (("AVX512", True, True), "int8", True, "int8-avx512vnni-bf16"),
        (("AVX512", True, False), "int8", True, "int8-avx512vnni"),
        (("AVX512", True, True), "int8", False, "int8-torch-avx512vnni-bf16"),
        (("AVX2", True, False), "int8", False, "int8-torch-avx2vnni"),
        (("AVX2", False, False), "int8", False, "int8-torch-avx2"),  # 63 levels
        (("AVX512", True, True), "bfloat16", True, "bfloat16-avx512bf16"),
        (("AVX512", True, False), "bfloat16", True, "bfloat16-avx512"),
        (("AVX512", True, True), "bfloat16", False, "bfloat16-torch-avx512bf16"),
        (("DEFAULT", False, False), "bfloat16", False, "bfloat16-torch-default"),
        (("AVX512", True, True), "int8-weights", False, "int8-weights-torch-avx512bf16"),
    ],
)
def test_what_sums_depend_on_is_in_the_word(
    machine: tuple[str, bool, bool], precision: str, own: bool, word: str, processor: Any
) -> None:
    processor(*machine)
    assert arithmetic(Compute(CPU, precision, "fused", OWN if own else None)) == word


def test_the_textbook_formula_is_another_arithmetic(processor: Any) -> None:
    processor("AVX512", True, True)
    words = {arithmetic(Compute(CPU, "bfloat16", how)) for how in ("fused", "eager")}
    assert words == {"bfloat16-torch-avx512bf16", "bfloat16-torch-avx512bf16-eager"}
    assert arithmetic(Compute(CPU, "float32", "eager")) == ""


def test_a_graphics_card_is_named_by_its_generation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    card = Compute(torch.device("cuda"), "float16", steps="captured")
    assert arithmetic(card) == "float16-cuda-sm90"
    assert arithmetic(dataclasses.replace(card, steps="one")) == "float16-torch-cuda-sm90"
    assert arithmetic(Compute(torch.device("mps"), "float16")) == "float16-mps"


# ── the promise, on this machine ──────────────────────────────────────────────────────────────

SPEAK = """
import hashlib, sys
import torch
from engine.api import SpeechRequest, SpeechRow
from engine.bark.arithmetic import arithmetic
from engine.bark.engine import BarkEngine
from engine.bark.voices import presets
from engine.models.bark import STARTER
from engine.settings import Settings

kernel, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
row = SpeechRow(text="The boat is late today.", voice=next(iter(presets(STARTER))), seed=1)
for precision in ("float32", "bfloat16", "int8"):
    engine = BarkEngine(STARTER, Settings(precision=precision, kernel=kernel))
    take = engine.generate(SpeechRequest(rows=(row,), max_seconds=1)).takes[0]
    tokens = b"".join(array.tobytes() for array in (take.semantic, take.coarse, take.fine))
    print(arithmetic(engine.compute) or "float32", hashlib.sha256(tokens).hexdigest())
"""


def spoken(kernel: str, threads: int) -> list[tuple[str, str]]:
    """Of each precision the word of the arithmetic, and a hash of the tokens; in a process of
    its own."""
    command = [sys.executable, "-c", SPEAK, kernel, str(threads)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    words = done.stdout.split()
    return list(zip(words[::2], words[1::2], strict=True))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not (STARTER / "config.json").exists(), reason="data: no starter voice")
def test_a_word_is_a_promise_of_equal_tokens() -> None:
    """Over threads, processes and ways to decode. Two words may be equal by chance, and are not in
    this sentence: the promise says something."""
    tokens: dict[str, set[str]] = {}
    for kernel in ("auto", "torch"):
        for threads in (1, 2):
            for word, heard in spoken(kernel, threads):
                tokens.setdefault(word, set()).add(heard)
    assert {word: len(heard) for word, heard in tokens.items()} == dict.fromkeys(tokens, 1)
    if Kernel.build() is not None:
        assert len(tokens) == 5
        assert len(set.union(*tokens.values())) == 5


def test_it_is_known_without_a_model() -> None:
    from engine.script.maker import token_settings

    known = token_settings(Settings(precision="bfloat16", kernel="torch"))
    assert known["arithmetic"].startswith("bfloat16-torch-")
    assert "arithmetic" not in token_settings(Settings(kernel="torch"))


def test_float32_needs_no_framework() -> None:
    code = (
        "import sys; from engine.script.maker import token_settings; "
        "from engine.settings import Settings; token_settings(Settings()); "
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(ROOT), check=True)
