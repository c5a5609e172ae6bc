"""The list of takes: found, marked, deleted, brought back, dragged out; 500 of them are light."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.audio.wav import read_wav
from engine.errors import UserError
from gui.history.list import HistoryList
from gui.history.model import RECORD, HistoryModel, file_name
from gui.history.store import History, TakeRecord
from tests.gui.takes import make_record, make_take


@pytest.fixture
def model(tmp_path: Path, qtbot: QtBot) -> HistoryModel:
    return HistoryModel(History(tmp_path / "takes"))


@pytest.fixture
def takes(model: HistoryModel, qtbot: QtBot) -> HistoryList:
    for text, seed in (("The north wind", 11), ("The sun ♪", 12), ("こんにちは", 13)):
        model.add(make_record(text=text, seed=seed), make_take())
    takes = HistoryList(model)
    qtbot.addWidget(takes)
    takes.resize(300, 400)
    takes.show()
    takes.activateWindow()
    takes.view.setFocus()
    qtbot.waitUntil(takes.view.hasFocus)
    return takes


def shown(takes: HistoryList) -> list[str]:
    model = takes.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def choose(takes: HistoryList, *rows: int) -> list[TakeRecord]:
    takes.view.clearSelection()
    for row in rows:
        index = takes.view.model().index(row, 0)
        takes.view.selectionModel().select(index, takes.view.selectionModel().SelectionFlag.Select)
        takes.view.selectionModel().setCurrentIndex(
            index, takes.view.selectionModel().SelectionFlag.NoUpdate
        )
    return takes.selected()


def test_new_takes_come_first_and_are_found_at_the_next_start(
    takes: HistoryList, qtbot: QtBot
) -> None:
    assert shown(takes) == ["こんにちは", "The sun ♪", "The north wind"]
    later = HistoryModel(takes.model.history)
    with qtbot.waitSignal(later.loaded):
        later.load()
    assert later.records() == takes.model.records()


def test_takes_are_in_order_whatever_the_clocks_on_the_wall_said(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """Flown from Tokyo to Los Angeles, with ids of 0.1.0, which were local time."""
    model = HistoryModel(History(tmp_path / "takes"))
    for id, created in (
        ("20260801-180000-000000-0", "2026-08-01T18:00:00+09:00"),
        ("20260801-120000-000000-0", "2026-08-01T12:00:00-07:00"),
        ("20260801-200000-000000-0", "2026-08-01T13:00:00-07:00"),  # named by this version: UTC
        ("20260801-011000-000000-0", "2026-08-01T01:10:00+00:00"),  # the first of them all
    ):
        model.history.add(make_record(id=id, created=created, text=created), make_take())
    record = make_record(text="now")
    model.add(record, make_take())
    expected = [
        "now",
        "2026-08-01T13:00:00-07:00",
        "2026-08-01T12:00:00-07:00",
        "2026-08-01T18:00:00+09:00",
        "2026-08-01T01:10:00+00:00",
    ]
    later = HistoryModel(model.history)
    with qtbot.waitSignal(later.loaded):
        later.load()
    assert [found.text for found in later.records()] == expected
    for found in later.records():
        later.bring_back(later.remove([found]))
    assert [found.text for found in later.records()] == expected
    made = datetime.fromisoformat(record.created)
    assert record.id.startswith(f"{made.astimezone(UTC):%Y%m%d-%H%M%S}")


def test_a_take_made_while_the_others_are_read_is_there_once(
    takes: HistoryList, qtbot: QtBot
) -> None:
    later = HistoryModel(History(takes.model.history.folder))
    with qtbot.waitSignal(later.loaded):
        later.load()
        later.add(make_record(text="new"), make_take())
    texts = [record.text for record in later.records()]
    assert texts == ["new", "こんにちは", "The sun ♪", "The north wind"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("the", ["The sun ♪", "The north wind"]),
        ("NORTH the", ["The north wind"]),
        ("12", ["The sun ♪"]),
        ("こん", ["こんにちは"]),
        ("nobody", []),
        ("bark-small", ["こんにちは", "The sun ♪", "The north wind"]),
    ],
)
def test_searching(takes: HistoryList, qtbot: QtBot, words: str, found: list[str]) -> None:
    qtbot.keyClicks(takes.search, words) if words.isascii() else takes.search.setText(words)
    assert shown(takes) == found
    takes.search.clear()
    assert len(shown(takes)) == 3


def test_favourites(takes: HistoryList, qtbot: QtBot) -> None:
    choose(takes, 1)
    takes._favourite.trigger()
    qtbot.mouseClick(takes.stars, Qt.MouseButton.LeftButton)
    assert shown(takes) == ["The sun ♪"]
    assert [r.text for r in takes.model.history.scan() if r.favourite] == ["The sun ♪"]
    choose(takes, 0)
    takes._favourite.trigger()
    assert shown(takes) == []


def test_deleting_and_undo(takes: HistoryList, qtbot: QtBot) -> None:
    choose(takes, 0, 2)
    qtbot.keyClick(takes.view, Qt.Key.Key_Delete)
    assert shown(takes) == ["The sun ♪"]
    assert takes._undo_bar.isVisible()
    qtbot.keyClick(takes.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shown(takes) == ["こんにちは", "The sun ♪", "The north wind"]
    assert len(list(takes.model.history.scan())) == 3
    assert not takes._undo_bar.isVisible()


def test_what_is_asked_for_is_the_selected_take(takes: HistoryList, qtbot: QtBot) -> None:
    (record,) = choose(takes, 1)
    for action, signal in (
        (takes._play, takes.play_requested),
        (takes._restore, takes.restore_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            action.trigger()
        assert asked.args == [record]
    with qtbot.waitSignal(takes.play_requested) as asked:
        qtbot.keyClick(takes.view, Qt.Key.Key_Return)
    assert asked.args == [record]
    assert not takes._compare.isEnabled()
    newer, older = choose(takes, 0, 2)
    with qtbot.waitSignal(takes.compare_requested) as asked:
        takes._compare.trigger()
    assert asked.args == [older, newer]
    with qtbot.waitSignal(takes.export_requested) as asked:
        takes._export.trigger()
    assert asked.args == [[newer, older]]


def test_a_dragged_take_is_a_wav_file(takes: HistoryList) -> None:
    records = choose(takes, 1, 2)
    data = takes.view.files(records)
    assert data is not None
    paths = [Path(url.toLocalFile()) for url in data.urls()]
    assert [path.name for path in paths] == ["The-sun-12.wav", "The-north-wind-11.wav"]
    audio, rate = read_wav(paths[0])
    assert rate == 24_000
    assert np.abs(audio - make_take().audio).max() < 1e-4


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd-7"),
        ("CON", "CON-7"),
        ("!?", "take-7"),
        ("[laughs] Ha!", "laughs-Ha-7"),
        ("x" * 999, "x" * 48 + "-7"),
    ],
)
def test_names_of_files_stay_in_their_folder(text: str, name: str) -> None:
    assert file_name(make_record(text=text)) == name


def test_a_disk_that_refuses_is_a_sentence_and_the_take_is_not_listed(
    takes: HistoryList, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise UserError("the disk is full: free some space")

    monkeypatch.setattr(History, "add", refuse)
    monkeypatch.setattr(History, "remove", refuse)
    for act in (
        lambda: takes.model.add(make_record(), make_take()),
        lambda: (choose(takes, 0), takes._delete.trigger()),
    ):
        with qtbot.waitSignal(takes.model.failed) as failed:
            act()
        assert failed.args == ["the disk is full: free some space"]
        assert len(shown(takes)) == 3
    assert not takes._undo_bar.isVisible()


def test_an_empty_list_says_what_comes_here(model: HistoryModel, qtbot: QtBot) -> None:
    takes = HistoryList(model)
    qtbot.addWidget(takes)
    takes.show()
    assert takes._empty.isVisible()
    model.add(make_record(), make_take())
    assert not takes._empty.isVisible()
    takes.search.setText("nothing like it")
    assert takes._empty.isVisible()


def test_a_screen_reader_hears_the_figures(takes: HistoryList) -> None:
    index = takes.view.model().index(0, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    for word in ("こんにちは", "en_speaker_6", "13", "0.5"):
        assert word in spoken


def test_500_takes_cost_little_memory_and_scroll(model: HistoryModel, qtbot: QtBot) -> None:
    take = make_take(0.01)
    text = "A sentence of the usual length, as people write them, and then another one. " * 2
    for number in range(500):
        model.history.add(make_record(take, text=f"{number} {text}"), take)
    takes = HistoryList(model)
    qtbot.addWidget(takes)
    takes.resize(300, 800)
    takes.show()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        gaps = []
        last = time.perf_counter()
        model.load()
        while model._reading.isActive():
            QApplication.processEvents()
            now = time.perf_counter()
            gaps.append(now - last)
            last = now
        assert model.rowCount(QModelIndex()) == 500
        bar = takes.view.verticalScrollBar()
        for place in range(bar.minimum(), bar.maximum(), bar.pageStep()):
            bar.setValue(place)
            takes.view.viewport().repaint()
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert used < 10_000_000  # half of what is allowed: Qt's share is not counted here
    assert len(gaps) >= 25  # read in turns of the event loop, not at once
    assert takes.view.model().index(499, 0).data(RECORD).text.startswith("0 ")
