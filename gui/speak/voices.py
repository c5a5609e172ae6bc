"""The voice chooser: presets by language, files, favourites, and a sample of each."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QWidget,
)

from engine.api import SpeechRequest, SpeechRow, Take
from engine.job import Done, Failed, Job, Running, Update
from engine.models.info import ModelFacts
from engine.system.presence import is_there
from engine.system.shown import shown
from gui.look.icons import icon
from gui.look.plain import plain
from gui.look.spoken_name import name_box
from gui.studio.backend import Backend
from gui.studio.context import Context
from gui.widgets.narrow import narrow
from gui.widgets.voice_names import Preset, checked, language_name, own_title, parse, stand_in

_OWN, _FAVOURITES, _FILES, _OTHERS = "own", "favourites", "files", "others"  # beside languages
_FILES_KEPT = 50
_SAMPLES_KEPT = 32  # of some 3 s: 300 KB each
_SAMPLES = {  # what a voice says of itself, in its language
    "de": "Hallo! So klinge ich, wenn ich spreche.",
    "en": "Hello! This is how I sound when I speak.",
    "es": "¡Hola! Así sueno cuando hablo.",
    "fr": "Bonjour ! Voici comment je parle.",
    "hi": "नमस्ते! मेरी आवाज़ ऐसी है।",
    "it": "Ciao! Ecco come suona la mia voce.",
    "ja": "こんにちは。私の声はこんな感じです。",
    "ko": "안녕하세요. 제 목소리는 이렇습니다.",
    "pl": "Cześć! Tak brzmi mój głos.",
    "pt": "Olá! É assim que eu falo.",
    "ru": "Привет! Вот как звучит мой голос.",
    "tr": "Merhaba! Sesim böyle.",
    "zh": "你好！这就是我的声音。",
}


def _save(backend: Backend, path: Path, take: Take, model: str) -> str:
    backend.save_voice(path, take, model)
    return str(path)


class VoiceChooser(QWidget):
    """Which voice speaks: None (the model makes one up), a preset's name, or the path of a file.

    changed(): the user chose another. sampled(str, Take): a sample to be heard, and its title.
    """

    changed = Signal()
    sampled = Signal(str, object)

    def __init__(self, studio: Context) -> None:
        super().__init__()
        self._studio = studio
        self._voice: str | None = None
        self._presets: list[Preset] = []
        self._last: tuple[Take, str] | None = None  # the newest clip and its model
        self._samples: OrderedDict[tuple[str, str], Take] = OrderedDict()
        self._sampling: tuple[Job, tuple[str, str]] | None = None  # and its model and voice
        self.group = QComboBox()
        name_box(self.group, self.tr("Kind of voice"))
        self.voice = QComboBox()
        name_box(self.voice, self.tr("Voice"))
        for box in (self.group, self.voice):
            narrow(box)
        self.sample = self._tool("play", self.tr("Hear a sample"))
        self.favourite = self._tool("star-empty", self.tr("Favourite"))
        self.favourite.setCheckable(True)
        self.open = QPushButton(self.tr("Load…"))
        self.open.setToolTip(self.tr("Load a voice file (.npz)"))
        self.keep = QPushButton(self.tr("Save last clip…"))
        self.keep.setToolTip(self.tr("Save the last clip as a voice to speak on with"))
        self.keep.setEnabled(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.open)
        buttons.addWidget(self.keep)
        buttons.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.group, 0, 0, 1, 3)
        grid.addWidget(self.voice, 1, 0)
        grid.addWidget(self.sample, 1, 1)
        grid.addWidget(self.favourite, 1, 2)
        grid.addLayout(buttons, 2, 0, 1, 3)
        self.group.activated.connect(self._on_group)
        self.voice.activated.connect(self._on_voice)
        self.sample.clicked.connect(self._on_sample)
        self.favourite.clicked.connect(self._on_favourite)
        self.open.clicked.connect(self._on_open)
        self.keep.clicked.connect(self._on_keep)
        studio.facts_changed.connect(self._on_facts)
        studio.worker.updated.connect(self._on_updated)
        self._on_facts(studio.facts)

    # ── the choice ────────────────────────────────────────────────────────────────────────────

    def value(self) -> str | None:
        """What SpeechRow.voice takes."""
        return self._voice

    def set_value(self, voice: str | None) -> None:
        """Choose a voice, also one that this model does not list."""
        self._voice = voice
        if voice is not None and voice.lower().endswith(".npz"):
            self._remember_file(voice)
        self._fill()

    def load(self, path: Path) -> None:
        """Choose a voice file, if it is one for this model; a sentence says why not."""
        if not self._studio.model:
            self._studio.say(self.tr("Choose a model first: a voice belongs to one."), "warning")
            return
        errand = self._studio.errands.ask(checked, self._studio.backend, path, self._studio.model)
        errand.done.connect(self._on_checked)
        errand.failed.connect(self._studio.explain)

    def set_last(self, take: Take, model: str) -> None:
        """The newest clip, which can be saved as a voice."""
        self._last = take, model
        self.keep.setEnabled(True)

    @Slot(object)
    def _on_checked(self, path: str) -> None:
        self._studio.file_opened.emit(Path(path))
        self.set_value(path)
        self.changed.emit()

    # ── what is listed ────────────────────────────────────────────────────────────────────────

    @Slot(object)
    def _on_facts(self, facts: ModelFacts | None) -> None:
        names = facts.voices if facts is not None else ()
        order = {"v2": 0}  # the newer presets first, those with names in the order of the model
        self._presets = sorted(
            (parse(name, facts) for name in names),
            key=lambda p: (order.get(p.version, 1), p.number),
        )
        voice = self._voice
        if facts is not None and voice and voice not in names and not self._is_file(voice):
            self._let_go(voice, facts)
        self._fill()

    def _let_go(self, voice: str, facts: ModelFacts) -> None:
        """Of a preset that this model has not: who stands in for it, or none."""
        other = stand_in(voice, facts)
        self._voice = other if other in facts.voices else None
        if self._voice is not None:
            words = self.tr(
                "The voice {0} is of an earlier edition of this model: {1} is chosen in its place."
            )
            self._studio.say(words.format(voice, other))

    def _fill(self, group: str | None = None) -> None:
        """List the groups and, of one, the voices; the chosen one is chosen in both."""
        groups = {_OWN: self.tr("Made-up voice"), _FAVOURITES: self.tr("Favourites")}
        languages = sorted({p.language for p in self._presets if p.language}, key=language_name)
        groups.update({code: language_name(code) for code in languages})
        if any(not preset.language for preset in self._presets):
            groups[_OTHERS] = self.tr("Other voices")
        groups[_FILES] = self.tr("My voice files")
        filled = {_OWN, *languages, _OTHERS}
        filled |= {_FAVOURITES} if self._favourites() else set()
        filled |= {_FILES} if self._files() else set()
        wanted = group or self._group_of(self._voice)
        self.group.clear()
        for key, title in groups.items():
            if key in filled:
                self.group.addItem(title, key)
        self.group.setCurrentIndex(max(0, self.group.findData(wanted)))
        self.voice.clear()
        for voice in self._voices_of(self.group.currentData()):
            self.voice.addItem(shown(self._title(voice)), voice)
            self.voice.setItemData(
                self.voice.count() - 1, plain(voice), Qt.ItemDataRole.ToolTipRole
            )
        self.voice.setCurrentIndex(max(0, self.voice.findData(self._voice)))
        self._show()

    def _voices_of(self, group: str) -> list[str]:
        if group == _FAVOURITES:
            return self._favourites()
        if group == _FILES:
            return self._files()
        language = "" if group == _OTHERS else group
        return [preset.name for preset in self._presets if preset.language == language]

    def _group_of(self, voice: str | None) -> str:
        if voice is None:
            return _OWN
        if self.group.currentData() == _FAVOURITES and voice in self._favourites():
            return _FAVOURITES
        return _FILES if self._is_file(voice) else self._preset(voice).language or _OTHERS

    def _preset(self, voice: str) -> Preset:
        return parse(voice, self._studio.facts)

    def _title(self, voice: str) -> str:
        if self._is_file(voice):
            return Path(voice).stem
        preset = self._preset(voice)
        if preset.number < 0:
            title = own_title(preset)
        else:
            title = self.tr("Speaker {}").format(preset.number)
            if not preset.version:
                title = self.tr("Speaker {} (first edition)").format(preset.number)
        if preset.language and self.group.currentData() == _FAVOURITES:
            title = f"{language_name(preset.language)}, {title}"
        return title

    def _show(self) -> None:
        own = self.group.currentData() == _OWN
        for widget in (self.voice, self.sample, self.favourite):
            widget.setVisible(not own)
        self.favourite.setChecked(self._voice in self._favourites())
        self.favourite.setIcon(icon("star" if self.favourite.isChecked() else "star-empty"))
        self.sample.setIcon(icon("stop" if self._sampling else "play"))

    @Slot()
    def _on_group(self) -> None:
        group = self.group.currentData()
        voices = self._voices_of(group) if group != _OWN else [None]
        self._voice = self._voice if self._voice in voices else voices[0]
        self._fill(group)
        self.changed.emit()

    @Slot()
    def _on_voice(self) -> None:
        self._voice = self.voice.currentData()
        self._show()
        self.changed.emit()

    # ── favourites and files ──────────────────────────────────────────────────────────────────

    def _favourites(self) -> list[str]:
        stored = self._studio.state.get("voices.favourites", [])
        known = {preset.name for preset in self._presets}
        names = [stand_in(v, self._studio.facts) or v for v in stored if isinstance(v, str)]
        return [v for v in dict.fromkeys(names) if v in known or self._is_file(v)]

    def _files(self) -> list[str]:
        return [v for v in self._studio.state.get("voices.files", []) if isinstance(v, str)]

    def _remember_file(self, path: str) -> None:
        others = [file for file in self._files() if file != path]
        self._studio.state.set("voices.files", [path, *others][:_FILES_KEPT])

    @Slot()
    def _on_favourite(self) -> None:
        stored = self._studio.state.get("voices.favourites", [])
        others = [v for v in stored if self._voice not in (v, stand_in(v, self._studio.facts))]
        if self.favourite.isChecked():
            others.append(self._voice)
        self._studio.state.set("voices.favourites", others)
        self._fill(self.group.currentData() if others else None)

    @Slot()
    def _on_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Load a voice"), self._folder(), self.tr("Voices") + " (*.npz)"
        )
        if path:
            self._studio.state.set("voices.folder", str(Path(path).parent))
            self.load(Path(path))

    @Slot()
    def _on_keep(self) -> None:
        if self._last is not None:
            self.save(*self._last)

    def save(self, take: Take, model: str) -> None:
        """Ask where to save a clip as a voice, and do it."""
        target = Path(self._folder()) / self.tr("voice.npz")
        while True:
            path, _ = QFileDialog.getSaveFileName(
                self,
                self.tr("Save the clip as a voice"),
                str(target),
                self.tr("Voices") + " (*.npz)",
            )
            if not path:
                return
            target = Path(path if path.lower().endswith(".npz") else f"{path}.npz")
            if str(target) == path or not is_there(target):
                break  # else the dialog has asked about another name than the file will have
        self._studio.state.set("voices.folder", str(target.parent))
        errand = self._studio.errands.ask(_save, self._studio.backend, target, take, model)
        errand.done.connect(self._on_saved)
        errand.failed.connect(self._studio.explain)

    @Slot(object)
    def _on_saved(self, path: str) -> None:
        self._remember_file(path)
        self._fill(self.group.currentData())
        self._studio.say(self.tr("The voice is saved; it stands under My voice files."))

    def _folder(self) -> str:
        kind = QStandardPaths.StandardLocation.MusicLocation
        return self._studio.state.get("voices.folder", QStandardPaths.writableLocation(kind))

    @staticmethod
    def _is_file(voice: str) -> bool:
        return voice.lower().endswith(".npz")

    # ── samples ───────────────────────────────────────────────────────────────────────────────

    @Slot()
    def _on_sample(self) -> None:
        if self._sampling is not None:
            self._sampling[0].cancel()
            return
        if self._voice is None:
            return
        key = self._studio.model, self._voice
        if key in self._samples:
            self._play(self._samples[key])
            return
        text = _SAMPLES.get(self._preset(self._voice).language, _SAMPLES["en"])
        row = SpeechRow(text=text, voice=self._voice, seed=1)
        self._sampling = self._studio.submit(SpeechRequest(rows=(row,))), key
        self._show()

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if self._sampling is None or update.job_id != self._sampling[0].id:
            return
        if isinstance(update, Running):
            return
        key, self._sampling = self._sampling[1], None
        self._show()
        if isinstance(update, Done):
            self._samples[key] = update.result.takes[0]
            while len(self._samples) > _SAMPLES_KEPT:
                self._samples.popitem(last=False)
            self._play(self._samples[key])
        elif isinstance(update, Failed):
            self._studio.explain(update.error)

    def _play(self, take: Take) -> None:
        self.sampled.emit(self.tr("Sample: {}").format(self.voice.currentText()), take)

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button
