"""Plain prose gives the rows that version 0.1.0 gave: keys of takes depend on them."""

from __future__ import annotations

import json

import pytest

from engine.documents.read import read
from engine.script.split import split_script
from tests.conftest import ROOT

PROSE = ROOT / "tests" / "fixtures" / "0.1.0" / "prose"
ROWS = json.loads((PROSE / "rows.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_rows_of_prose_are_those_of_0_1_0(name: str) -> None:
    script = split_script(read(PROSE / name))
    rows = [
        [r.id, r.text, r.speaker, r.voice, r.direction, r.pause, r.chapter, r.heading]
        for r in script.rows
    ]
    assert rows == ROWS[name]


def test_every_sample_is_compared() -> None:
    assert {path.name for path in PROSE.iterdir()} == {*ROWS, "rows.json"}
