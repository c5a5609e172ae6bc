"""The command `perplexity`: a table for people, JSON for programs, refusals as sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import main
from engine.cli.perplexity import as_table
from engine.readings import Compared, Comparison


def test_the_table_has_every_row_and_what_was_left_out() -> None:
    rows = (
        Compared(
            precision="float32", key_values="float32", perplexity=17.2131, step_bytes=540_000_000
        ),
        Compared(
            precision="Q4_1",
            key_values="float16",
            perplexity=18.5,
            differ=12,
            step_bytes=90_000_000,
        ),
        Compared(precision="int8", key_values="int8", why="int8 cannot be had: no compiler"),
    )
    told = as_table(Comparison(rows=rows, tokens=200, left_out=7))
    assert "17.213" in told
    assert "12 (6.0%)" in told
    assert "no compiler" in told
    assert told.endswith(
        "200 tokens were foretold; 7 more of the text were not looked at (--tokens)"
    )


def test_a_text_is_compared(
    folder_of: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("The keeper counted the ships, one by one.", encoding="utf-8")
    command = ["perplexity", str(text), "--model", str(folder_of("llama")), "--device", "cpu"]
    assert main.main([*command, "--tokens", "20", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["tokens"] == 19
    assert found["rows"][0]["precision"] == "float32"
    assert main.main(["perplexity", str(tmp_path / "none"), "--model", "x"]) == 2
    assert main.main([*command, "--tokens", "1"]) == 2
    assert "at least 2 tokens" in capsys.readouterr().err
