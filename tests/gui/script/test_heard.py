"""What a recogniser heard of a row, beside its verdict."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.listening.heard import Heard, Word
from engine.script.hearings import Hearing
from gui.script.view import ScriptView
from tests.gui.script.test_view import open_text, render, select


def test_what_was_heard_is_shown_where_it_differs(
    qtbot: QtBot, view: ScriptView, tmp_path: Path
) -> None:
    text = "The harbour was lit all night by the lamp."
    project = open_text(qtbot, view, tmp_path, text)
    render(qtbot, view)
    select(view, 0)
    key = project.states()[0].key
    assert key is not None
    heard = Heard(words=(Word(" The was all night by the lamp.", 0.1, 2.0),))
    project.hearings.put(key, "e" * 64, Hearing.of(text, heard))
    assert not view.row.spoken.isVisibleTo(view.row)
    project.set_recipe(dataclasses.replace(project.recipe, listen="e" * 64))
    view.row._show(project.script.rows[0], project.states()[0])
    assert view.row.spoken.text() == "Heard: The was all night by the lamp."
    assert "2 of 9 words not heard: harbour, lit" in str(project.states()[0].verdict)
