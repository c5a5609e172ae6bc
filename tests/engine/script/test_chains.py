"""Rows that continue others: what has to be spoken before them."""

from __future__ import annotations

from engine.script.chains import with_parents
from engine.script.rows import ScriptRow


def test_a_row_wants_all_rows_before_it_in_its_chain() -> None:
    rows = [ScriptRow(id=name, text="So.") for name in "abcdef"]
    parents = [None, 0, None, 1, 3, 2]
    assert with_parents(rows, parents, frozenset("e")) == {0, 1, 3, 4}
    assert with_parents(rows, parents, frozenset("bf")) == {0, 1, 2, 5}
    assert with_parents(rows, parents, frozenset("ed")) == {0, 1, 3, 4}
    assert with_parents(rows, parents, frozenset()) == frozenset()
    assert with_parents(rows, parents, None) == set(range(6))
