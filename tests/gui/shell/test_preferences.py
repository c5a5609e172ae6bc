"""Preferences: every choice counts at once and is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QMessageBox
from pytestqt.qtbot import QtBot

from engine.api import Metrics, Speech, SpeechRow, SpeechSampling, Take
from engine.settings import Settings
from gui.history.store import TakeRecord
from gui.look.theme import DARK, LIGHT, Theme
from gui.shell.preferences import Preferences
from gui.studio.context import Context
from tests.gui.fake_player import FakePlayer


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the player finds when it looks."""
    found = ["Speakers", "Headphones"]
    monkeypatch.setattr(FakePlayer, "devices", lambda self: found)
    monkeypatch.setattr(FakePlayer, "refresh", lambda self: self.devices_changed.emit())
    return found


@pytest.fixture
def dialog(studio: Context, devices: list[str], qtbot: QtBot) -> Preferences:
    dialog = Preferences(studio)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def theme() -> Iterator[Theme]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    app.setProperty("theme", theme)
    yield theme
    app.setProperty("theme", None)


def choose(box: QComboBox, data: object) -> None:
    """As a click in the list does."""
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def keep_takes(studio: Context, count: int, qtbot: QtBot) -> None:
    silence = np.zeros(2400, np.float32)
    tokens = np.zeros((2, 5), np.int32)
    for row in range(count):
        take = Take(
            row=row,
            audio=silence,
            sample_rate=24_000,
            semantic=tokens[0],
            coarse=tokens,
            fine=tokens,
            ended=True,
        )
        record = TakeRecord.of(
            take,
            SpeechRow(text=f"Sentence {row}."),
            Speech(takes=(take,), metrics=Metrics()),
            model="starter",
            settings=Settings(),
            sampling=SpeechSampling(),
        )
        with qtbot.waitSignal(studio.history.rowsInserted):
            studio.keep(record, take)


def test_the_language_is_kept_for_the_next_start(dialog: Preferences, studio: Context) -> None:
    assert dialog.language.currentData() == "system"
    choose(dialog.language, "ja")
    assert studio.state.get("language", "") == "ja"
    assert "started again" in dialog._restart.text()
    assert dialog._restart.isVisible()


def test_the_theme_counts_at_once(dialog: Preferences, studio: Context, theme: Theme) -> None:
    choose(dialog.theme, "dark")
    assert theme.colours is DARK
    assert studio.state.get("theme", "") == "dark"
    choose(dialog.theme, "light")
    assert theme.colours is LIGHT


def test_the_output_is_the_players(
    dialog: Preferences, studio: Context, devices: list[str]
) -> None:
    assert [dialog.device.itemData(i) for i in range(3)] == [None, "Speakers", "Headphones"]
    choose(dialog.device, "Headphones")
    assert studio.player.device == "Headphones"
    devices.append("Screen")
    studio.player.devices_changed.emit()
    assert dialog.device.currentData() == "Headphones"
    assert dialog.device.count() == 4


def test_closing_asks_or_not(dialog: Preferences, studio: Context) -> None:
    assert dialog.ask.isChecked()
    dialog.ask.click()
    assert studio.state.get("close.ask", True) is False


def test_folders_are_shown(dialog: Preferences, studio: Context, tmp_path: Path) -> None:
    assert dialog.models.toolTip() == str(studio.backend.models_folder())
    assert dialog.takes.toolTip() == str(studio.history.history.folder)


@pytest.mark.parametrize("yes", [True, False])
def test_clearing_the_history_asks_and_keeps_favourites(
    studio: Context,
    devices: list[str],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    yes: bool,
) -> None:
    keep_takes(studio, 3, qtbot)
    studio.history.set_favourite(studio.history.records()[1], True)
    dialog = Preferences(studio)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.counted.text().startswith("Takes: 3"))
    before = studio.history.history.size()
    asked: list[str] = []

    def question(parent: object, title: str, text: str, *rest: object) -> object:
        asked.append(text)
        return QMessageBox.StandardButton.Yes if yes else QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "question", question)
    qtbot.mouseClick(dialog.clear, Qt.MouseButton.LeftButton)
    assert "(2)" in asked[0]
    if yes:
        qtbot.waitUntil(lambda: dialog.counted.text().startswith("Takes: 1"))
        assert studio.history.history.size() < before / 2
        assert [take.favourite for take in studio.history.records()] == [True]
        assert not dialog.clear.isEnabled()
    else:
        assert len(studio.history.records()) == 3


@pytest.mark.parametrize("yes", [True, False])
def test_all_settings_are_reset_after_one_question(
    dialog: Preferences,
    studio: Context,
    theme: Theme,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    yes: bool,
) -> None:
    choose(dialog.language, "ja")
    choose(dialog.theme, "dark")
    choose(dialog.device, "Headphones")
    dialog.ask.click()
    studio.set_settings(studio.settings.replace(precision="int8"))
    studio.state.set("speak.text", "Mine.")
    asked: list[str] = []

    def question(parent: object, title: str, text: str, *rest: object) -> object:
        asked.append(text)
        return QMessageBox.StandardButton.Reset if yes else QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "question", question)
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert len(asked) == 1
    assert "What stays: texts, takes" in asked[0]
    shown = [box.currentData() for box in (dialog.language, dialog.theme, dialog.device)]
    assert shown == (["system", "system", None] if yes else ["ja", "dark", "Headphones"])
    assert (theme.choice, dialog.ask.isChecked()) == (("system", True) if yes else ("dark", False))
    assert studio.player.device == (None if yes else "Headphones")
    assert studio.settings.precision == ("float32" if yes else "int8")
    assert studio.state.get("language", "system") == ("system" if yes else "ja")
    assert studio.state.get("speak.text", "") == "Mine."
