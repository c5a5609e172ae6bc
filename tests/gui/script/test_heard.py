"""What a recogniser heard of a script: beside the verdict, marked, filtered, sorted, and played."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.listening.heard import Heard, Word
from engine.script.ears import Listener
from engine.script.hearings import Hearing
from engine.script.project import Project
from engine.script.trims import kept_seconds
from gui.script.filter import ALL, NOT_HEARD
from gui.script.hearing import hearing_of, words_of
from gui.script.model import LENGTH
from gui.script.view import ScriptView
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer
from tests.gui.script.test_view import open_text, render, select, texts, wait_looked

LINES = (
    "The harbour was lit all night by the lamp.",
    "Nobody had slept for a week in that house.",
    "The rain fell on and on in the old town.",
)
BY = "content of whisper-base"


def hear(project: Project, number: int, words: str) -> None:
    """A take was heard so."""
    state = project.states()[number]
    assert state.key is not None
    assert state.measures is not None
    end = state.measures.seconds - state.measures.tail
    times = pairwise(np.linspace(state.measures.lead, end, len(words.split()) + 1).tolist())
    found = (Word(f" {w}", *time) for w, time in zip(words.split(), times, strict=True))
    hearing = Hearing.of(project.script.rows[number].text, Heard(words=tuple(found)))
    project.hearings.put(state.key, BY, hearing)


@pytest.fixture
def project(qtbot: QtBot, view: ScriptView, tmp_path: Path) -> Project:
    """Three rows that were heard: one well, one with a word amiss, one as something else."""
    project = open_text(qtbot, view, tmp_path, "\n\n".join(LINES))
    render(qtbot, view)
    select(view, 0)
    for number, words in enumerate(
        (
            "the was all night by the lamp",
            "nobody had slept for a week in that house",
            "the rain fell on and off in the old town",
        )
    ):
        hear(project, number, words)
    assert not view.row.words.isVisibleTo(view.row)
    view.work.set_recipe(dataclasses.replace(project.recipe, listen=BY, takes=1))
    wait_looked(qtbot, view)
    return project


def test_what_was_heard_is_shown_where_it_differs(view: ScriptView, project: Project) -> None:
    assert view.row.spoken.text() == "Heard: the was all night by the lamp"
    assert "2 of 9 words not heard: harbour, lit" in view.row.verdict.text()
    assert view.row.words.text().count("line-through") == 2
    select(view, 1)
    assert not view.row.spoken.isVisibleTo(view.row)
    assert "line-through" not in view.row.words.text()


def test_the_filter_and_the_order(view: ScriptView, project: Project) -> None:
    def shown() -> list[int]:
        rows = (view.filter.index(number, 0) for number in range(view.filter.rowCount()))
        return [view.filter.mapToSource(index).row() for index in rows]

    assert view.bar.filter.itemText(NOT_HEARD) == "Heard otherwise (2)"
    view.filter.show_only(NOT_HEARD, "")
    assert shown() == [0, 2]
    view.filter.show_only(ALL, "")
    worst = view.bar.menu.actions()[-1]
    worst.setChecked(True)
    assert shown() == [0, 2, 1]
    worst.setChecked(False)
    assert shown() == [0, 1, 2]


def test_the_word_that_sounds_is_marked_and_a_click_plays_from_there(
    qtbot: QtBot, view: ScriptView, project: Project, player: FakePlayer
) -> None:
    key = project.states()[0].key
    words = words_of(project, project.script.rows[0], key)
    view.row.words.linkActivated.emit("3")  # "lit"
    qtbot.waitUntil(lambda: bool(player.tracks))
    measures = project.states()[0].measures
    assert measures is not None
    begin = max(0.0, measures.lead - 0.03)  # silence is not played
    assert player.position == pytest.approx(words[3].start - begin, abs=0.01)
    player.seek(words[5].start - begin + 0.005)
    player.position_changed.emit(player.position)
    assert view.row.words.sounding == 5
    row, first, last = view.model.sounding
    assert (row, LINES[0][first:last]) == (project.script.rows[0].id, "night")
    view.grab()  # the marked cell draws
    select(view, 1)
    player.seek(words[6].start - begin + 0.005)
    player.position_changed.emit(player.position)
    assert view.row.words.sounding == -1  # another row is shown
    view.player.stop()
    assert view.model.sounding == ("", 0, 0)


def test_the_recipe_says_who_hears(
    qtbot: QtBot, view: ScriptView, backend: FakeBackend, tmp_path: Path
) -> None:
    panel = view.how.listening
    assert "on the page Models" in panel.hint.text()
    backend.listening.packages = False
    view.studio.models_changed.emit()
    assert "pip install faster-whisper" in panel.hint.text()
    assert not panel.who.isEnabled()
    backend.listening.packages, backend.listening.here = True, ("whisper-base", "owner/whisper-x")
    view.studio.models_changed.emit()
    assert panel.hint.isHidden()
    project = open_text(qtbot, view, tmp_path, "\n\n".join(LINES))
    assert not panel.misheard.isEnabled()
    panel.who.setCurrentIndex(1)
    panel.who.activated.emit(1)
    qtbot.waitUntil(lambda: project.recipe.listen == BY)
    assert project.recipe.listener == "whisper-base"
    assert project.recipe.probable
    assert project.recipe.believed
    assert project.recipe.misheard is None
    panel.misheard.setValue(20)
    qtbot.waitUntil(lambda: project.recipe.misheard == 0.2)
    backend.listening.here = ()
    view.studio.models_changed.emit()
    assert panel.who.currentText() == "whisper-base (not here)"
    assert panel.fields()["listen"] == BY
    panel.who.setCurrentIndex(0)
    panel.who.activated.emit(0)
    qtbot.waitUntil(lambda: project.recipe.listen == "")
    assert texts(view) == list(LINES)


def test_words_are_cut_off_a_take_at_the_row(
    qtbot: QtBot, view: ScriptView, project: Project, player: FakePlayer, said: list[str]
) -> None:
    def cut(what: int, word: str) -> None:
        view.row.trim.fill()
        menu = view.row.trim.menu().actions()[what].menu()
        assert isinstance(menu, QMenu)
        next(a for a in menu.actions() if word in a.text()).trigger()
        wait_looked(qtbot, view)

    select(view, 1)
    row, whole = view.row, project.states()[1]
    words = row.words.words
    dimmed, palette = "#123456", row.words.palette()
    palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(dimmed))
    row.words.setPalette(palette)
    length = view.model.index(1, LENGTH)
    assert whole.measures is not None
    assert row.trim.isEnabled()
    assert not row.left.isVisibleTo(row)
    assert row.words.text().count(dimmed) == 0
    seconds = view.model.tally.seconds
    cut(0, "slept for a week")
    row.words.menu_of(5).actions()[1].trigger()  # what is after "week"
    wait_looked(qtbot, view)
    state = project.states()[1]
    assert state.trim is not None
    assert state.trim.text == "slept for a week"
    assert dataclasses.replace(state, trim=None) == whole
    assert row.words.text().count(dimmed) == len(words) - 4
    left = kept_seconds(whole.measures, state.trim)
    assert row.left.isVisibleTo(row)
    assert (
        row.left.text() == f"Trimmed: {left:.1f} of {kept_seconds(whole.measures):.1f} s are left."
    )
    assert view.model.seconds(view.model.rows[1]) == pytest.approx(left)
    assert view.model.tally.seconds == pytest.approx(seconds - kept_seconds(whole.measures) + left)
    assert "trimmed" in view.model.data(length, Qt.ItemDataRole.ToolTipRole)

    view.do("play")
    qtbot.waitUntil(lambda: bool(player.tracks))
    assert player.tracks[-1].seconds == pytest.approx(left, abs=0.001)
    player.seek(words[3].start - (state.trim.begin or 0.0) + 0.005)
    player.position_changed.emit(player.position)
    assert row.words.sounding == 3
    view.player.stop()
    row.words.linkActivated.emit("0")  # what was cut off can still be heard
    qtbot.waitUntil(lambda: len(player.tracks) == 2)
    assert player.tracks[-1].seconds == pytest.approx(kept_seconds(whole.measures), abs=0.001)
    view.player.stop()

    assert Project(project.folder).states()[1].trim == state.trim
    view.work.reroll([view.model.rows[1].id])
    qtbot.waitUntil(lambda: project.states()[1].key not in (None, whole.key))
    qtbot.waitUntil(lambda: not view.work.running)
    wait_looked(qtbot, view)
    assert row.left.text() == "Another take of this row was trimmed; this one is whole."
    assert "not heard yet" in row.trim.toolTip()
    view.work.choose(view.model.rows[1].id, 0)
    wait_looked(qtbot, view)
    assert project.states()[1].trim == state.trim
    row.trim.fill()
    row.trim.menu().actions()[-1].trigger()
    wait_looked(qtbot, view)
    assert project.states()[1].trim is None
    assert not row.left.isVisibleTo(row)
    assert row.words.text().count(dimmed) == 0


@pytest.mark.qt_log_ignore("This plugin does not support")  # what a popup asks of a screen
def test_a_menu_that_is_open_is_of_no_other_take(view: ScriptView, project: Project) -> None:
    select(view, 1)
    menus = view.row.words.menu_of(2), view.row.trim.menu()
    for menu in menus:
        menu.popup(view.mapToGlobal(view.rect().center()))
    assert all(menu.isVisible() for menu in menus)
    view.row.refresh()
    assert all(menu.isVisible() for menu in menus)
    select(view, 2)
    assert not any(menu.isVisible() for menu in menus)


def test_why_a_take_cannot_be_trimmed(qtbot: QtBot, view: ScriptView, project: Project) -> None:
    trim = view.row.trim
    trim.fill()
    assert not trim.menu().actions()[-1].isEnabled()  # nothing is to be had back
    words = trim.menu().actions()[0].menu()
    assert isinstance(words, QMenu)
    assert not any(action.text().startswith("harbour") for action in words.actions())  # not heard
    view.row.words.menu_of(1).actions()[0].trigger()
    view.work.set_recipe(dataclasses.replace(project.recipe, listen=""))
    wait_looked(qtbot, view)
    assert project.states()[0].trim is None
    assert not trim.isEnabled()
    assert trim.toolTip().startswith("Nobody hears the takes")
    view.work.edits.insert(2)
    select(view, 3)
    assert not trim.isEnabled()
    assert trim.toolTip() == "There is no take yet: render the row first"


class Mumbling:
    """A recogniser that hears something else, or cannot hear."""

    def __init__(self, fails: str = "") -> None:
        self.fails = fails

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        if self.fails:
            raise UserError(self.fails)
        return [Heard(words=(Word(" something else", 0.1, 0.5),)) for _ in sounds]


@pytest.mark.parametrize("fails", ["", "the recogniser was ended by the system"])
def test_listening_is_part_of_a_rendering(
    qtbot: QtBot,
    view: ScriptView,
    backend: FakeBackend,
    tmp_path: Path,
    said: list[str],
    fails: str,
) -> None:
    backend.listener = Listener(by=BY, recogniser=Mumbling(fails))
    project = open_text(qtbot, view, tmp_path, "\n\n".join(LINES))
    view.work.set_recipe(dataclasses.replace(project.recipe, listen=BY, takes=1))
    wait_looked(qtbot, view)
    render(qtbot, view)
    if fails:
        assert f"Takes were not heard: {fails}." in said
        assert {state.status for state in project.states()} == {"good"}
    else:
        assert said[-1].startswith("Rows without a good take: 3.")
        assert all(hearing_of(project, state.key) for state in project.states())
