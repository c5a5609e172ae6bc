"""The export dialog: what it writes, what it asks, and what it says when it cannot."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gui.history.export import Clip, ExportDialog
from tests.failing_disk import FailingDisk
from tests.fake import SAMPLE_RATE, tone


def clips(*names: str) -> list[Clip]:
    return [
        Clip(name=name, audio=tone(0.5), sample_rate=SAMPLE_RATE, text="Hello.", voice="Emma")
        for name in names
    ]


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    dialog = ExportDialog(clips("Hello-7"))
    qtbot.addWidget(dialog)
    dialog.choose("wav", 0, tmp_path)
    dialog.show()
    return dialog


@pytest.mark.parametrize(
    ("format", "rate", "kind"),
    [
        ("wav", 0, ("WAV", "PCM_16")),
        ("wav24", 48_000, ("WAV", "PCM_24")),
        ("flac", 16_000, ("FLAC", "PCM_16")),
        ("ogg", 0, ("OGG", "VORBIS")),
        ("mp3", 44_100, ("MP3", "MPEG_LAYER_III")),
        ("opus", 0, ("OGG", "OPUS")),
    ],
)
def test_a_take_becomes_a_file(
    dialog: ExportDialog, qtbot: QtBot, format: str, rate: int, kind: tuple[str, str]
) -> None:
    dialog.choose(format, rate)
    with qtbot.waitSignal(dialog.written) as written:
        dialog.export()
    (path,) = written.args[0]
    found = soundfile.info(str(path))
    assert (found.format, found.subtype) == kind
    assert found.samplerate == (rate or SAMPLE_RATE)
    assert found.duration == pytest.approx(0.5, abs=0.08)
    audio, _ = soundfile.read(str(path), dtype="float32")
    assert np.abs(audio).max() == pytest.approx(0.5, abs=0.05)
    assert not dialog.isVisible()


def test_several_takes_have_names_of_their_own(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(clips("Hello", "hello", "Bye"))
    qtbot.addWidget(dialog)
    dialog.choose("flac", 0, tmp_path)
    with qtbot.waitSignal(dialog.written):
        dialog.export()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Bye.flac",
        "Hello.flac",
        "hello-2.flac",
    ]


@pytest.mark.parametrize("name", ["", "  ", "../out", "a/b", "a\\b", ".."])
def test_a_name_stays_in_the_folder(dialog: ExportDialog, name: str, tmp_path: Path) -> None:
    dialog.name.setText(name)
    dialog.export()
    assert dialog.isVisible()
    assert dialog._problem.isVisible()
    assert list(tmp_path.iterdir()) == []


def test_an_ending_typed_by_hand_is_not_doubled(dialog: ExportDialog, tmp_path: Path) -> None:
    for name in ("speech.wav", "speech.WAV", "speech"):
        dialog.name.setText(name)
        assert dialog.paths() == [tmp_path / "speech.wav"]


def test_a_name_that_no_disk_takes_is_a_sentence(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.name.setText("語" * 86)  # 258 bytes
    dialog.export()
    qtbot.waitUntil(dialog._problem.isVisible)
    assert "its name is too long" in dialog._problem.text()
    dialog.name.setText("語" * 83)  # with its ending, 253 bytes: the disk takes it
    with qtbot.waitSignal(dialog.written):
        dialog.export()


@pytest.mark.parametrize("folder", ["", "  ", "here", "./here", "~nobody-of-that-name/x"])
def test_nothing_is_written_where_nobody_looks(
    dialog: ExportDialog, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    dialog.folder.setText(folder)
    dialog.export()
    assert dialog._problem.isVisible()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_may_not_be_read_is_a_sentence(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    disk = FailingDisk(tmp_path)
    with disk.failing(0, errno.EACCES, lasting=True):
        dialog.export()
        qtbot.waitUntil(dialog._problem.isVisible)
    assert "permission denied" in dialog._problem.text()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_a_file_that_is_there_is_replaced_only_when_wanted(
    dialog: ExportDialog,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: QMessageBox.StandardButton,
) -> None:
    (tmp_path / "Hello-7.wav").write_text("mine")
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *words: asked.append(words[2]) or answer)
    if answer == QMessageBox.StandardButton.Yes:
        with qtbot.waitSignal(dialog.written):
            dialog.export()
    else:
        dialog.export()
    assert len(asked) == 1
    kept = (tmp_path / "Hello-7.wav").read_bytes() == b"mine"
    assert kept == (answer == QMessageBox.StandardButton.No)


def test_a_folder_that_is_not_there_is_made(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.folder.setText(str(tmp_path / "new" / "one"))
    with qtbot.waitSignal(dialog.written) as written:
        dialog.export()
    assert written.args == [[tmp_path / "new" / "one" / "Hello-7.wav"]]
    assert (tmp_path / "new" / "one" / "Hello-7.wav").is_file()


def test_a_folder_that_cannot_be_made_is_a_sentence_in_the_language_of_the_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    dialog = ExportDialog(clips("Hello-7"), None, lambda sentence: f"„{sentence}“")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.folder.setText(str(tmp_path / "file" / "one"))
    dialog.export()
    qtbot.waitUntil(dialog._problem.isVisible)
    assert dialog._problem.text().startswith(f"„cannot make {tmp_path / 'file' / 'one'}: ")
    assert dialog._save.isEnabled()
    assert dialog.isVisible()


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    dialog.export()
    qtbot.waitUntil(dialog._problem.isVisible)
    assert "no space left" in dialog._problem.text()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    dialog.choose("wav", 0, tmp_path)
    with qtbot.waitSignal(dialog.written):  # and again, when there is room
        dialog.export()


def test_rates_are_those_of_the_format(dialog: ExportDialog) -> None:
    dialog.choose("wav", 44_100)
    assert dialog.chosen[1] == 44_100
    dialog.choose("opus", 44_100)  # which Opus does not have
    assert dialog.chosen[1] == 0


@pytest.mark.parametrize("only", [True, False])
def test_a_marked_stretch_is_written_alone(qtbot: QtBot, tmp_path: Path, only: bool) -> None:
    dialog = ExportDialog(clips("Hello"), marked=(0.1, 0.3))
    qtbot.addWidget(dialog)
    dialog.choose("wav", 0, tmp_path)
    assert dialog.only_marked.text() == "Only what is marked, 0:00.1 to 0:00.3"
    dialog.only_marked.setChecked(only)
    with qtbot.waitSignal(dialog.written) as written:
        dialog.export()
    audio, rate = soundfile.read(str(written.args[0][0]), dtype="float32")
    assert len(audio) / rate == pytest.approx(0.2 if only else 0.5)
