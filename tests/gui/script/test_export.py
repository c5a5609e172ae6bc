"""The export of a script: names are shown before anything is written, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.recordings.recording import Recording
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.rows import Script, ScriptRow
from engine.script.selection import Maker
from engine.settings import Settings
from gui.script.export import ScriptExport
from gui.script.view import ScriptView
from gui.studio.context import Context
from tests.engine.script.speaker import Speaker
from tests.gui.fake_backend import FakeBackend


def _identify(project: Project) -> Maker:
    return FakeBackend().identify(project, Settings(), "starter")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two chapters, the last row not made."""
    rows = tuple(
        ScriptRow(id=f"{number}", text=f"This is row number {number} of them.", chapter=number // 2)
        for number in range(4)
    )
    script = Script(title="Play", rows=rows, chapters=("One", "Two"))
    project = Project.create(tmp_path / "project", script, voices={"": "announcer"})
    request = RenderRequest(project=project, rows=frozenset("012"))
    Renderer(lambda _: Speaker(), _identify).generate(request)
    return project


@pytest.fixture
def dialog(qtbot: QtBot, studio: Context, project: Project, tmp_path: Path) -> ScriptExport:
    studio.state.set("script.export", {"folder": str(tmp_path / "out")})
    dialog = ScriptExport(studio, project, 1)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    return dialog


def export(qtbot: QtBot, dialog: ScriptExport) -> None:
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    with qtbot.waitSignal(dialog.written):
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)


def choose(dialog: ScriptExport, **chosen: object) -> None:
    for name, value in chosen.items():
        box = getattr(dialog, name)
        index = box.findData(value)
        assert index >= 0
        box.setCurrentIndex(index)


def test_one_recording(qtbot: QtBot, dialog: ScriptExport, tmp_path: Path, studio: Context) -> None:
    assert dialog.preview.text() == "Play.wav"
    export(qtbot, dialog)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["Play.wav"]
    assert soundfile.info(tmp_path / "out" / "Play.wav").samplerate == 8_000
    assert studio.state.get("script.export", {})["loudness"] == "-18"


def test_what_is_chosen_is_written_and_remembered(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path, studio: Context, project: Project
) -> None:
    choose(dialog, per="chapter", format="flac", loudness="-23", rate=16_000, channels=2)
    choose(dialog, subtitles="srt vtt")
    dialog.manifest.setChecked(True)
    dialog.name.setText("{number} {chapter}")
    qtbot.waitUntil(lambda: dialog.preview.text().startswith("01 One.flac, 02 Two.flac"))
    export(qtbot, dialog)
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        "01 One.flac", "01 One.srt", "01 One.vtt",
        "02 Two.flac", "02 Two.srt", "02 Two.vtt", "Play.takes.json",
    ]  # fmt: skip
    info = soundfile.info(tmp_path / "out" / "01 One.flac")
    assert (info.samplerate, info.channels) == (16_000, 2)
    manifest = json.loads((tmp_path / "out" / "Play.takes.json").read_bytes())
    assert [row["file"] for row in manifest["rows"]] == ["01 One.flac"] * 2 + ["02 Two.flac", None]
    again = ScriptExport(studio, project, 1)
    qtbot.addWidget(again)
    assert again.delivery() == dialog.delivery()
    qtbot.waitUntil(lambda: again.save_button.isEnabled())


@pytest.mark.parametrize(
    ("per", "name", "sentence"),
    [
        ("file", "{nix}", "unknown {nix}"),
        ("file", "../{script}", "folder"),
        ("row", "{script}", "both be written"),
    ],
)
def test_names_that_cannot_be_are_refused_before_any_work(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path, per: str, name: str, sentence: str
) -> None:
    choose(dialog, per=per)
    dialog.name.setText(name)
    qtbot.waitUntil(lambda: sentence in dialog.problem.text())
    assert not dialog.save_button.isEnabled()
    assert not (tmp_path / "out").exists()


def test_a_long_name_shows_its_end_and_makes_nothing_wider(
    qtbot: QtBot, dialog: ScriptExport
) -> None:
    before = dialog.minimumSizeHint().width()
    dialog.name.setText("01-" + 18 * "lighthouse" + ".{ext}")
    qtbot.waitUntil(lambda: "lighthouse" in dialog.preview.text())
    assert dialog.minimumSizeHint().width() == before
    assert dialog.preview.shown.startswith("01-")
    assert dialog.preview.shown.endswith(".wav")
    assert "…" in dialog.preview.shown


def test_what_is_there_is_not_replaced_unasked(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Play.wav").write_text("mine")
    asked: list[str] = []

    def answer(parent: object, title: str, question: str) -> QMessageBox.StandardButton:
        asked.append(question)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    dialog.name.setText("{script}")  # it looks again
    qtbot.waitUntil(lambda: not dialog.save_button.isEnabled())
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    dialog.export()
    choose(dialog, subtitles="srt")
    (tmp_path / "out" / "Play.srt").write_text("mine, too")
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    dialog.export()
    assert asked == [
        "Play.wav is there already. Replace it?",
        "2 of these files are there already. Replace them?",
    ]
    assert (tmp_path / "out" / "Play.wav").read_text() == "mine"
    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda *_: yes)
    export(qtbot, dialog)
    assert soundfile.info(tmp_path / "out" / "Play.wav").samplerate == 8_000


def test_what_was_exported_before_is_replaced_without_a_question(
    qtbot: QtBot,
    dialog: ScriptExport,
    studio: Context,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export(qtbot, dialog)
    before = (tmp_path / "out" / "Play.wav").read_bytes()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: pytest.fail("a question"))
    again = ScriptExport(studio, project, 1)
    qtbot.addWidget(again)
    choose(again, loudness="-23")
    export(qtbot, again)
    assert (tmp_path / "out" / "Play.wav").read_bytes() != before


def test_a_file_that_comes_after_the_question_is_not_replaced(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Play.wav").write_text("mine")  # the dialog has looked before
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "was not written by this program" in dialog.problem.text())
    assert (tmp_path / "out" / "Play.wav").read_text() == "mine"


def test_a_disk_that_refuses_is_a_sentence_and_the_dialog_stays(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.problem.text()))
    assert dialog.isVisible()
    assert "cannot" in dialog.problem.text().lower()


def test_closing_cancels_the_writing(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.recordings.write import Deliverer

    def endless(self: object, part: object, states: object, tick: object) -> None:
        while True:
            tick()  # type: ignore[operator]

    monkeypatch.setattr(Deliverer, "write", endless)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert not dialog.save_button.isEnabled()
    dialog.close()
    assert dialog.isVisible()  # it ends in a moment
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    dialog.close()
    assert not dialog.isVisible()


def test_nothing_is_written_where_nobody_looks(
    qtbot: QtBot, dialog: ScriptExport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("", "here"):
        dialog.folder.setText(folder)
        qtbot.waitUntil(dialog.problem.isVisible)
        dialog.export()
        assert not (tmp_path / "Play.wav").exists()
        dialog.problem.hide()
    dialog.folder.setText(str(tmp_path / ("語" * 86)))  # a name that no disk takes
    qtbot.waitUntil(dialog.problem.isVisible)
    assert not dialog.save_button.isEnabled()


# ── the time of subtitles ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def subtitled(tmp_path: Path) -> Project:
    """Four cues, the second too short for its words, the last without a take."""
    cues = ((1.0, 4.0), (5.0, 5.4), (12.0, 15.0), (16.0, 16.1))
    rows = tuple(
        ScriptRow(id=f"{number}", text=f"This is cue number {number} of them.", start=a, end=b)
        for number, (a, b) in enumerate(cues)
    )
    script = Script(title="Film", rows=rows, kind="subtitles")
    project = Project.create(tmp_path / "film", script, voices={"": "announcer"})
    request = RenderRequest(project=project, rows=frozenset("012"))
    Renderer(lambda _: Speaker(), _identify).generate(request)
    return project


def test_the_sound_keeps_the_time_of_its_subtitles(
    qtbot: QtBot, studio: Context, subtitled: Project, tmp_path: Path
) -> None:
    studio.state.set("script.export", {"folder": str(tmp_path / "out")})
    dialog = ScriptExport(studio, subtitled, 1)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.timing.timed.setChecked(True)
    qtbot.waitUntil(lambda: dialog.timing.overruns.isVisible())
    (told,) = dialog.timing.overruns.text().splitlines()
    assert told.startswith("Cue 1 at 0:00:05.000 runs ")
    assert told.endswith("past its end at 1.30× speed.")
    dialog.timing.fastest.setValue(1.0)
    qtbot.waitUntil(lambda: "1.00× speed" in dialog.timing.overruns.text())
    dialog.timing.length.setText("a while")
    qtbot.waitUntil(dialog.problem.isVisible)
    assert not dialog.save_button.isEnabled()
    assert not dialog.timing.overruns.isVisible()
    dialog.timing.length.setText("0:20")
    qtbot.waitUntil(lambda: dialog.save_button.isEnabled())
    with qtbot.waitSignal(dialog.written) as written:
        dialog.export()
    (recording,) = written.args[0]
    assert recording.seconds == pytest.approx(20, abs=1e-3)
    assert [recording.places[row][0] for row in "012"] == [1.0, 5.0, 12.0]
    assert [note[:24] for note in recording.notes if "cue" in note] == ["cue 1 at 0:00:05.000 run"]
    again = ScriptExport(studio, subtitled, 1)
    qtbot.addWidget(again)
    timing = again.timing.value()
    assert timing is not None
    assert (timing.slowest, timing.fastest, timing.length) == (0.8, 1.0, None)
    choose(again, per="row")
    assert again.timing.value() is None  # rows of their own have no common time


def test_a_script_without_times_is_not_asked_for_them(dialog: ScriptExport) -> None:
    assert not dialog.timing.isVisible()
    dialog.timing.timed.setChecked(True)
    assert dialog.delivery().timing is None


def test_more_than_the_line_of_the_window_holds_is_listed(
    view: ScriptView, said: list[str], tmp_path: Path
) -> None:
    notes = tuple(f"cue {n} at 0:00:0{n}.000 begins 1.0 s late" for n in range(5))
    for told in (notes[:3], notes):
        recording = Recording(
            path=tmp_path / "Film.wav",
            seconds=20.0,
            loudness=-18.0,
            peak=-1.0,
            reused=False,
            notes=told,
            places={},
            sha256="",
        )
        view.dialogs._on_written([recording])
    assert all(sentence.count("begins 1.0 s late.") == 3 for sentence in said)
    (box,) = view.findChildren(QMessageBox)
    assert box.detailedText().splitlines() == [f"Film.wav: {note}." for note in notes]
    box.close()
