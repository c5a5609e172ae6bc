"""The result: the waveform and what plays it. Owns no sound: it drives a Player."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.audio.track import Track
from engine.system.shown import shown
from gui.look import icons
from gui.look.plain import plain
from gui.look.spoken_name import name_box
from gui.look.words import clock
from gui.sound.player import Player
from gui.sound.waveform import Waveform
from gui.widgets.elided import Elided

SPEEDS = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)


class ResultPanel(QWidget):
    """Shows and plays one take, or a stream of sentences. GUI thread.

    export_requested and save_voice_requested: the buttons; what is exported is the window's to
    know.
    """

    export_requested = Signal()
    save_voice_requested = Signal()

    def __init__(self, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.player = player
        self._track: Track | None = None
        self._loop: tuple[float, float] | None = None
        self._lost = ""  # what the notice says
        self._told = ""  # why nothing can be heard, as told last
        self._build()
        self._apply_palette()
        player.state_changed.connect(self._on_state)
        player.position_changed.connect(self._on_position)
        player.devices_changed.connect(self._on_devices)
        player.device_lost.connect(self._on_device_lost)
        self._on_devices()
        self._on_state(player.state)

    # ── what is shown ─────────────────────────────────────────────────────────────────────────

    def show_take(
        self, title: str, audio: NDArray[np.float32], rate: int, *, play: bool = False
    ) -> None:
        """Show float32 (samples,) with its text, ready to play or playing."""
        track = Track(rate)
        track.append(audio)
        track.complete = True
        self._show_track(title, track)
        if play:
            self.player.play_track(track)
        else:
            self.player.load_track(track)

    def open_stream(self, title: str, rate: int) -> None:
        """Sentences will come by `feed` and are heard at once, without gaps."""
        track = Track(rate)
        self._show_track(title, track)
        self.player.play_track(track)

    def feed(self, samples: NDArray[np.float32]) -> None:
        """The next float32 (samples,) of the stream."""
        self.player.feed(samples)
        self.waveform.grow()
        self._on_position(self.player.position)

    def finish(self) -> None:
        """The stream is complete."""
        self.player.finish()

    @property
    def track(self) -> Track | None:
        """The sound that is shown."""
        return self._track

    @property
    def title(self) -> str:
        """The text of it."""
        return self._title.text()

    @property
    def marked(self) -> tuple[float, float] | None:
        """The stretch of the sound that is marked, in seconds; None where that is all of it."""
        if self._loop is None or self._track is None:
            return None
        first, last = self._loop
        is_all = first <= 0 and last >= self._track.seconds
        return None if is_all else (max(0.0, first), min(last, self._track.seconds))

    def mark(self, first: float, last: float) -> None:
        """Mark a stretch of the sound, in seconds: it is repeated, and can be exported alone. All
        of it is no mark."""
        seconds = 0.0 if self._track is None else self._track.seconds
        self._set_loop(None if first <= 0 and last >= seconds else (first, last))

    def clear(self) -> None:
        """Nothing to show."""
        self.player.stop()
        self._track = None
        self._title.clear()
        self._enable(False)
        self._pages.setCurrentWidget(self._hint)

    def toggle(self) -> None:
        """Play, pause, go on: what the space bar does."""
        if self.player.state == "playing":
            self.player.pause()
        else:
            self.player.resume()

    def _show_track(self, title: str, track: Track) -> None:
        self._track = track
        self._set_loop(None)
        self._title.setText(" ".join(title.split()))
        self._title.setToolTip(plain(title))
        self._enable(True)
        self.waveform.set_track(track)
        self._pages.setCurrentWidget(self.waveform)
        self._on_position(0.0)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────

    def _build(self) -> None:
        self._title = Elided()
        self._hint = QLabel(self.tr("The sound appears here."))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setEnabled(False)
        self._hint.setMinimumHeight(32)
        area = QWidget()
        self._pages = QStackedLayout(area)
        self.waveform = Waveform()
        self.waveform.seek_requested.connect(self.player.seek)
        self.waveform.loop_requested.connect(self._set_loop)
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self.waveform)
        self._notice = Elided()  # its line stays free: nothing moves when the sound goes or returns
        self.play_button = self._tool(self.tr("Play"), self.toggle)
        self.stop_button = self._tool(self.tr("Stop"), self.player.stop)
        self.loop_button = self._tool(self.tr("Repeat"), self._on_loop_clicked)
        self.loop_button.setCheckable(True)
        self._time = QLabel()
        self._time.setTextFormat(Qt.TextFormat.PlainText)
        usual = f"{clock(0)} / {clock(0)}"
        self._time.setMinimumWidth(self._time.fontMetrics().horizontalAdvance(usual) + 4)
        self.mute_button = self._tool(self.tr("Mute"), self._on_volume)
        self.mute_button.setCheckable(True)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setValue(100)
        self.volume.setMinimumWidth(40)
        self.volume.setMaximumWidth(90)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.setToolTip(self.tr("Volume"))
        self.volume.valueChanged.connect(self._on_volume)
        self.speed = QComboBox()
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        name_box(self.speed, self.tr("Speed"))
        self.speed.setToolTip(self.tr("Speed, at the same pitch"))
        self.speed.currentIndexChanged.connect(self._on_speed)
        self.listen_button = self._tool(self.tr("Listen: what is heard of each take"), None)
        self.listen_button.setCheckable(True)
        self.device_button = self._tool(self.tr("Sound output"), self._on_devices)
        self.device_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.devices = QMenu(self)
        self.device_button.setMenu(self.devices)
        self.devices.aboutToShow.connect(self.player.refresh)
        self.devices.triggered.connect(self._on_device_chosen)
        self.voice_button = QPushButton(self.tr("Save as voice …"))
        self.voice_button.clicked.connect(self.save_voice_requested)
        self.export_button = QPushButton(self.tr("Export …"))
        self.export_button.clicked.connect(self.export_requested)
        transport = QHBoxLayout()
        transport.setSpacing(4)
        left: list[QWidget] = [self.play_button, self.stop_button, self.loop_button, self._time]
        right: list[QWidget] = [self.listen_button, self.mute_button, self.volume, self.speed]
        right.append(self.device_button)
        for widget in left:
            transport.addWidget(widget)
        transport.addStretch(1)
        for widget in right:
            transport.addWidget(widget)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.voice_button)
        head.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(area, 1)
        layout.addLayout(transport)
        layout.addWidget(self._notice)
        self._area = area
        self._enable(False)

    def add_below(self, panel: QWidget) -> None:
        """Have something stand under the waveform."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.indexOf(self._area) + 1, panel)

    def _tool(self, name: str, slot: object) -> QToolButton:
        button = QToolButton()
        button.setProperty("look", "flat")
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if slot is not None:
            button.clicked.connect(slot)
        return button

    def _enable(self, here: bool) -> None:
        for widget in (
            self.play_button,
            self.stop_button,
            self.loop_button,
            self.voice_button,
            self.export_button,
        ):
            widget.setEnabled(here)

    def _apply_palette(self) -> None:
        playing = self.player.state == "playing"
        names = {
            self.play_button: "pause" if playing else "play",
            self.stop_button: "stop",
            self.loop_button: "loop",
            self.device_button: "output",
            self.listen_button: "listen",
            self.mute_button: "muted" if self.mute_button.isChecked() else "volume",
        }
        for button, name in names.items():
            button.setIcon(icons.icon(name, self.palette()))
        self.voice_button.setIcon(icons.icon("voice", self.palette()))
        self.export_button.setIcon(icons.icon("export", self.palette()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
        super().changeEvent(event)

    # ── what happens ──────────────────────────────────────────────────────────────────────────

    def _set_loop(self, loop: tuple[float, float] | None) -> None:
        if loop != self._loop:
            self.player.set_loop(*(loop or (None, None)))
        self._loop = loop
        self.loop_button.setChecked(loop is not None)
        self.waveform.set_loop(loop)

    def _on_loop_clicked(self, on: bool) -> None:
        self._set_loop((0.0, self.player.seconds) if on else None)

    def _on_state(self, state: str) -> None:
        playing = state == "playing"
        name = self.tr("Pause") if playing else self.tr("Play")
        self.play_button.setToolTip(name)
        self.play_button.setAccessibleName(name)
        if playing:
            self._on_device_lost("")
        self._apply_palette()

    def _on_position(self, seconds: float) -> None:
        total = self._track.seconds if self._track is not None else 0.0
        self._time.setText(f"{clock(seconds)} / {clock(total)}")
        told = self.tr("Position {0} of {1}").format(clock(seconds, 0), clock(total, 0))
        if self._time.accessibleName() != told:  # a screen reader hears of it once a second
            self._time.setAccessibleName(told)
        self.waveform.set_position(seconds)

    def _on_volume(self) -> None:
        # The ear hears ratios: the cube of the slider is about as loud as it looks.
        level = 0.0 if self.mute_button.isChecked() else (self.volume.value() / 100) ** 3
        self.player.set_volume(level)
        self._apply_palette()

    def _on_speed(self) -> None:
        self.player.set_speed(self.speed.currentData())

    def _on_device_chosen(self, action: QAction) -> None:
        self.player.set_device(action.data())
        self._on_devices()

    def _on_devices(self) -> None:
        names = [None, *self.player.devices()]
        if names != [action.data() for action in self.devices.actions()]:
            self.devices.clear()
            for name in names:
                action = self.devices.addAction(shown(name or self.tr("As the system")))
                action.setData(name)
                action.setCheckable(True)
        for action in self.devices.actions():
            action.setChecked(action.data() == self.player.device)
        name = self.player.device or self.tr("As the system")
        self.device_button.setToolTip(plain(self.tr("Sound output: {0}").format(name)))
        if self._lost in ("", self._told):  # else the device that has gone is to be read
            self._on_device_lost(self.player.why_silent())
        self._told = self.player.why_silent()

    def _on_device_lost(self, sentence: str) -> None:
        self._lost = sentence
        self._notice.setText(sentence)
