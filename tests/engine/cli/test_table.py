"""Columns for people."""

from __future__ import annotations

from engine.cli.table import table


def test_table() -> None:
    assert table(["", "s"], [["ours", "1.25"], ["transformers", "12.50"]]) == (
        "                  s\nours           1.25\ntransformers  12.50"
    )
