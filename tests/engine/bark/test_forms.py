"""Which form a processor gets, and why."""

from __future__ import annotations

import pytest

from engine.bark import forms

AVX2 = {"avx2", "fma"}
AVX512 = {*AVX2, "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"}


@pytest.fixture(autouse=True)
def unmasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(forms.WITHOUT, raising=False)


def name(kind: str, instructions: set[str]) -> str:
    form = forms.choose(kind, instructions).form
    return "" if form is None else form.name


def test_the_fastest_that_it_has() -> None:
    for instructions, expected in (
        (AVX512 | {"avx512_bf16", "avx_vnni"}, "avx512bf16"),
        (AVX512 | {"avx_vnni"}, "avx512"),
        (AVX2 | {"avx_vnni", "avx512f"}, "avxvnni"),
        (AVX2, "avx2"),
        ({"avx2"}, ""),
        (set(), ""),
    ):
        assert name("x86_64", instructions) == expected
    assert name("arm64", {"asimd", "asimddp"}) == "neon"
    assert name("arm64", {"asimd"}) == ""


def test_what_is_masked_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(forms.WITHOUT, "avx512f, avx_vnni")
    chosen = forms.choose("x86_64", AVX512 | {"avx512_bf16", "avx_vnni"})
    assert chosen.form is not None
    assert chosen.form.name == "avx2"
    assert chosen.why.startswith(
        "AVX-512 with VNNI and BF16: BARK_STUDIO_WITHOUT leaves out avx512f · "
    )


def test_the_reason_names_what_is_lacking() -> None:
    assert forms.choose("x86_64", {"fma"}).why.endswith("AVX2: the processor lacks avx2")
    assert forms.choose("riscv64", {"v"}).why == "there is no form for riscv64 processors"


def test_flags_of_compilers() -> None:
    assert forms.FORMS["x86_64"][1].flags == (
        *("-mavx2", "-mfma", "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx512vnni"),
    )
