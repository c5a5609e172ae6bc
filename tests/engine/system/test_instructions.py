"""What a processor can do, and what the user leaves out of it."""

from __future__ import annotations

import sys

import pytest

from engine.system import instructions


def test_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert instructions.left_out() == set()
    for words in ("avx512f avx_vnni", " avx512f,avx_vnni,", "avx_vnni,\tavx512f"):
        monkeypatch.setenv(instructions.WITHOUT, words)
        assert instructions.left_out() == {"avx512f", "avx_vnni"}


@pytest.mark.skipif(sys.platform != "linux", reason="system: Linux has a list")
def test_the_list_is_whole_whatever_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    here = instructions.listed()
    assert here
    assert not {"flags", "Features", ":"} & here
    monkeypatch.setenv(instructions.WITHOUT, " ".join(here))
    assert instructions.listed() == here
