"""Voices for scripts: a box to choose one, and the sheet that gives each speaker theirs."""

from __future__ import annotations

import itertools
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.models.info import ModelFacts
from engine.script.project import Project
from engine.system.shown import shown
from gui.look.plain import Plain, plain
from gui.script.model import ScriptModel
from gui.script.work import ScriptWork
from gui.studio.context import Context
from gui.widgets.voice_names import checked, language_name, own_title, parse, stand_in

_LOAD, _ANOTHER = "load a file", "make up another"  # no names of voices: those have no spaces
_MANY = 40  # speakers that are listed; a table of a thousand names is no cast


def voice_title(voice: str | None, facts: ModelFacts | None = None) -> str:
    """A voice as people call it: "English 6", "af_heart (woman)", or the name of a file. facts: of
    the model that it is one of."""
    if not voice:
        return QCoreApplication.translate("VoiceBox", "Made-up voice")
    if voice.lower().endswith(".npz"):
        return Path(voice).stem
    preset = parse(voice, facts)
    if preset.number < 0:
        other = stand_in(voice, facts)
        return f"{voice} → {other}" if other else own_title(preset)
    title = f"{language_name(preset.language)} {preset.number}"
    if preset.version:
        return title
    return QCoreApplication.translate("VoiceBox", "{} (first edition)").format(title)


class VoiceBox(QComboBox):
    """Chooses a voice: None, a preset, or a file. chosen(str | None): by the user. another(): the
    user wants another made-up voice."""

    chosen = Signal(object)
    another = Signal()

    def __init__(self, studio: Context, nobody: str, parent: QWidget | None = None) -> None:
        """nobody: what None is called here."""
        super().__init__(parent)
        self._studio = studio
        self._nobody = nobody
        self._made_up = False
        self._voice: str | None = None
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._on_activated)
        studio.facts_changed.connect(self._on_facts)
        self._fill()

    def value(self) -> str | None:
        """The voice that is shown."""
        return self._voice

    def set_value(self, voice: str | None) -> None:
        """Show a voice, also one that the model does not list."""
        self._voice = voice or None
        self._fill()

    def set_made_up(self, made_up: bool) -> None:
        """Whether None is a voice by now, which the model made up and the project keeps."""
        if made_up != self._made_up:
            self._made_up = made_up
            self._fill()

    def _fill(self) -> None:
        facts = self._studio.facts
        presets = sorted(
            (parse(name, facts) for name in (facts.voices if facts is not None else ())),
            key=lambda p: (not p.language, language_name(p.language), not p.version, p.number),
        )
        self.clear()
        self.addItem(self.tr("Made-up voice") if self._made_up else self._nobody, None)
        stored = self._studio.state.get("voices.files", [])
        files = [voice for voice in stored if isinstance(voice, str)]
        known = [preset.name for preset in presets] + files
        if self._voice is not None and self._voice not in known:
            known.insert(0, self._voice)
        for voice in known:
            self.addItem(shown(voice_title(voice, facts)), voice)
            self.setItemData(self.count() - 1, plain(voice), Qt.ItemDataRole.ToolTipRole)
        self.insertSeparator(self.count())
        self.addItem(self.tr("Load a file…"), _LOAD)
        if self._made_up and self._voice is None:
            self.addItem(self.tr("Another made-up voice…"), _ANOTHER)
        self.setCurrentIndex(max(0, self.findData(self._voice)))
        self.setToolTip(plain(voice_title(self._voice, facts)))

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        voice = self.itemData(index)
        if voice == _LOAD:
            self._load()
            return
        if voice == _ANOTHER:
            self._fill()
            self.another.emit()
            return
        self._voice = voice
        self.chosen.emit(voice)

    def _load(self) -> None:
        folder = self._studio.state.get("voices.folder", str(Path.home()))
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Load a voice"), folder, self.tr("Voices") + " (*.npz)"
        )
        self._fill()
        if path:
            self._studio.state.set("voices.folder", str(Path(path).parent))
            errand = self._studio.errands.ask(
                checked, self._studio.backend, Path(path), self._studio.model
            )
            errand.done.connect(self._on_checked)
            errand.failed.connect(self._studio.explain)

    @Slot(object)
    def _on_checked(self, path: str) -> None:
        self.set_value(path)
        self.chosen.emit(path)

    @Slot(object)
    def _on_facts(self, facts: ModelFacts | None) -> None:
        self._fill()


class VoiceSheet(QWidget):
    """Speaker → voice. Everybody without one speaks with a voice that the model makes up for the
    first line, and that belongs to the project from then on."""

    def __init__(self, studio: Context, work: ScriptWork, model: ScriptModel) -> None:
        super().__init__()
        self._studio = studio
        self._work = work
        self._model = model
        self._speakers: tuple[str, ...] = ()
        self.boxes: dict[str, VoiceBox] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self.cast = QPushButton(self.tr("Give everybody a voice"))
        self.cast.setToolTip(
            self.tr("A preset for every speaker who has none, different ones as far as there are")
        )
        self.cast.clicked.connect(self._on_cast)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._grid)
        column.addWidget(self.cast)
        work.opened.connect(self.show_speakers)
        work.edited.connect(self.show_speakers)
        work.looked.connect(self.show_speakers)
        studio.facts_changed.connect(self._on_facts)

    @Slot()
    def show_speakers(self) -> None:
        """List who speaks, and with which voice."""
        named = [speaker for speaker in self._model.script.speakers if speaker]
        speakers = ("", *named[:_MANY])
        if speakers != self._speakers:
            self._build(speakers)
        project = self._work.project
        for speaker, box in self.boxes.items():
            voice = None if project is None else project.voices.get(speaker)
            if box.value() != voice:
                box.set_value(voice)
            box.set_made_up(project is not None and project.speaks_made_up(speaker))
        self.cast.setVisible(bool(named))

    def _build(self, speakers: tuple[str, ...]) -> None:
        self._speakers = speakers
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.boxes = {}
        for line, speaker in enumerate(speakers):
            name = speaker or (self.tr("Everybody else") if speakers[1:] else self.tr("Voice"))
            label = Plain(name)
            label.setToolTip(plain(name))
            label.setMaximumWidth(110)
            nobody = self.tr("As everybody else") if speaker else self.tr("Made-up voice")
            box = VoiceBox(self._studio, nobody)
            box.setAccessibleName(shown(self.tr("Voice of {}").format(name)))
            box.chosen.connect(self._on_chosen)
            box.another.connect(self._on_another)
            label.setBuddy(box)
            self.boxes[speaker] = box
            self._grid.addWidget(label, line, 0)
            self._grid.addWidget(box, line, 1)

    @Slot(object)
    def _on_chosen(self, voice: str | None) -> None:
        sender = self.sender()
        for speaker, box in self.boxes.items():
            if box is sender:
                self._work.set_voice(speaker, voice)

    @Slot()
    def _on_another(self) -> None:
        sender = self.sender()
        speaker = next(name for name, box in self.boxes.items() if box is sender)
        answer = QMessageBox.question(
            self.window(),
            self.tr("Another voice"),
            self.tr(
                "Let the model make up another voice? All rows in it are to be spoken anew; the "
                "takes of now stay to be chosen from."
            ),
        )
        if answer == QMessageBox.StandardButton.Yes:
            self._work.decide(Project.another_voice, speaker)

    @Slot()
    def _on_cast(self) -> None:
        project, facts = self._work.project, self._studio.facts
        if project is None or facts is None:
            return
        language = self._model.script.language
        taken = set(project.voices.values())
        presets = sorted(
            (parse(name, facts) for name in facts.voices),
            key=lambda p: (p.language != language, not p.version, p.language, p.number),
        )
        names = [preset.name for preset in presets]
        free = [name for name in names if name not in taken]
        # Where there are more speakers than voices, some speak with the same.
        voices = itertools.chain(free, itertools.cycle(names))
        named = [speaker for speaker in self._model.script.speakers if speaker]
        silent = [speaker for speaker in named if project.voices.get(speaker) is None]
        self._work.decide(_cast, dict(zip(silent, voices, strict=False)))

    @Slot(object)
    def _on_facts(self, facts: ModelFacts | None) -> None:
        self.cast.setEnabled(facts is not None and bool(facts.voices))


def _cast(project: Project, voices: dict[str, str]) -> None:
    """Errand thread."""
    for speaker, voice in voices.items():
        project.set_voice(speaker, voice)
