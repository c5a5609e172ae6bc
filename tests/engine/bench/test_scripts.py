"""`bench convert` with a tiny checkpoint: the same rows, together and one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from tests.engine.bark import tiny


@pytest.mark.slow
def test_uneven_rows_are_the_same_rows_together_and_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_checkpoint(tmp_path / "tiny")
    options = ["--rows", "6", "--batch", "3", "--seconds", "1", "--json", str(tmp_path / "b.json")]
    assert main.main(["bench", "convert", "--model", str(tmp_path / "tiny"), *options]) == 0
    shown = capsys.readouterr().out
    assert "one by one" in shown
    assert "6 rows of " in shown
    assert "the same lengths" in shown
    figures = json.loads((tmp_path / "b.json").read_text())["figures"]
    alone, together = figures["one by one"], figures["3 together"]
    assert alone["lengths"] == together["lengths"]
    assert len(set(alone["lengths"])) == 6  # uneven indeed
    assert max(alone["lengths"]) == 24  # a second of this checkpoint
    assert alone["sound"] == pytest.approx(together["sound"])
    assert together["ratio"] == alone["seconds"]["median"] / together["seconds"]["median"]
