"""All settings are reset: the window is as at the first start, and keeps what was made in it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QHeaderView, QTableView
from pytestqt.qtbot import QtBot

from engine.models.info import ModelInfo
from gui.benchmark.view import BenchmarkView
from gui.models.view import ModelsView
from gui.studio.context import _NO_SETTINGS, USUAL, Context
from gui.widgets.drawer import Drawer
from gui.widgets.kept_splitter import KeptSplitter
from gui.widgets.section import Section
from gui.window import Window
from tests.gui.fake_backend import FakeBackend

VIEWS = ("speak", "write", "script", "models", "benchmark")
STAGE = {"temperature": 0.5, "top_k": 9, "top_p": 0.5}
CHANGED: dict[str, Any] = {
    "language": "ja",
    "theme": "dark",
    "close.ask": False,
    "offline": True,
    "model": "second",
    "settings": {"precision": "int8", "batch_size": 4},
    "sound.device": "Headphones",
    "sound.volume": 20,
    "speak.voice": "announcer",
    "speak.numbers": False,
    "speak.sampling": {"semantic": STAGE, "coarse": STAGE, "fine": STAGE, "min_eos_p": 0.3},
    "speak.seed": 7,
    "speak.seed locked": True,
    "speak.listen": True,
    "write.model": "another",
    "write.page": 1,
    "write.search": {"kind": 1, "temperature": 0.5, "top_k": 9, "seed": 7, "locked": True},
    "write.tokens": 9,
    "write.stop": "The end",
    "write.schema": "/home/mira/a schema.json",
    "write.chat": False,
    "write.along": True,
    "write.precision": "int8",
    "write.key_values": "int8",
    "script.columns": {str(column): 111 for column in range(9)},
    "script.export": {"format": "flac"},
    "benchmark.columns": {str(column): 111 for column in range(12)},
    "benchmark.plan": {
        "vary": ["attention"],
        "batches": [1, 4, 16, 64],
        "tokens": 256,
        "until": "loops",
        "minutes": 9.5,
        "loops": 9,
        "cross": True,
        "compare": True,
    },
    "benchmark.plot": "spread",
    "export.format": "flac",
    "size.speak": 480,
    "size.write": 480,
    "size.script": 480,
    "size.benchmark": 480,
    "size.write.texts": [300, 100],
    "section.voice": False,
    "section.sampling": True,
    "section.search": False,
    "section.script.how": True,
    "section.benchmark.what": False,
}
KEPT: dict[str, Any] = {
    "speak.text": "Typed by the user.",
    "write.prompt": "Begun by the user.",
    "open.recent": ["/home/mira/a play.txt"],
    "voices.files": ["/home/mira/mine.npz"],
    "voices.favourites": ["announcer"],
    "speeds": {"starter": 0.5},
    "write.speeds": {"smollm2\nint8": 7.0},
}


def opened(qtbot: QtBot, studio: Context) -> Window:
    """A window with all of its views."""
    window = Window(studio)
    qtbot.addWidget(window)
    window.show()
    for name in VIEWS:
        window.view(name)
    QApplication.processEvents()
    return window


def kept(window: Window) -> dict[str, Any]:
    """What it keeps for the next start; a seed is another one each time."""
    window.remember()
    values: dict[str, Any] = json.loads(window.studio.state.path.read_bytes())
    values.pop("speak.seed")
    values["write.search"].pop("seed")
    return {
        name: value
        for name, value in values.items()
        if name not in _NO_SETTINGS
        and not name.endswith(".columns")  # which are seen, as are
        and not name.startswith("section.")
    }


def widths(table: QTableView) -> list[int]:
    """Of all columns but those that take what room is left."""
    head = table.horizontalHeader()
    columns = range(head.count() - head.stretchLastSection())
    for column in range(head.count()):
        table.showColumn(column)  # one that has given way has no width
    stretch = QHeaderView.ResizeMode.Stretch
    return [table.columnWidth(c) for c in columns if head.sectionResizeMode(c) != stretch]


def seen(window: Window) -> dict[str, Any]:
    """What is chosen and cannot be read from what is kept."""
    studio, speak, benchmark = window.studio, window.speak, window.view("benchmark")
    models = window.view("models")
    assert isinstance(benchmark, BenchmarkView)
    assert isinstance(models, ModelsView)
    usual = window.size()
    window.resize(1400, 800)  # all panels are beside their views
    for name in VIEWS:
        window.show_view(name)
        QApplication.processEvents()
    return {
        "sections": [(s.head.text(), s.head.isChecked()) for s in window.findChildren(Section)],
        "sizes": [splitter.sizes() for splitter in window.findChildren(KeptSplitter)],
        "panels": [  # that of a script is nowhere before there is one
            drawer._panel.width()
            for drawer in window.findChildren(Drawer)
            if drawer._key != "size.script"
        ],
        "columns": [widths(table) for table in window.findChildren(QTableView)],
        "window": usual,
        "plot": benchmark.plots.name,
        "settings": studio.settings,
        "model": studio.model,
        "device": studio.player.device,
        "offline": (studio.backend.offline(), models.offline.isChecked()),
        "listens": speak.heard.on,
        "voice": speak.voices.value(),
    }


def test_every_setting_is_as_at_the_first_start_and_what_was_made_stays(
    qtbot: QtBot, studio: Context, backend: FakeBackend, tmp_path: Path
) -> None:
    more = ModelInfo(id="second", kind="speech", state="here", folder=Path("second"), size=9)
    text = ModelInfo(id="another", kind="text", state="here", folder=Path("another"), size=9)
    backend.known = (*backend.known, more, text)
    backend.listening.here = ("whisper-base",)
    first = opened(qtbot, studio)
    as_first, seen_first = kept(first), seen(first)
    assert not as_first.keys() - CHANGED.keys() - {"window.geometry"}, "try these too"
    path = tmp_path / "later" / "window.json"
    path.parent.mkdir()
    path.write_text(json.dumps(CHANGED | KEPT))
    later = Context(backend, path, tmp_path / "takes")
    window = opened(qtbot, later)
    window.resize(900, 600)
    changed, seen_changed = kept(window), seen(window)
    for name in as_first:
        assert changed[name] != as_first[name], name
    for name, value in seen_changed.items():
        assert value != seen_first[name], name
    later.reset()
    QApplication.processEvents()
    again = kept(window)
    assert {name: again[name] for name in as_first} == as_first
    assert seen(window) == seen_first
    others = {name: again[name] for name in again.keys() - as_first.keys()}
    assert {name: value for name, value in others.items() if value is not None} == {
        "model": "starter",
        "settings": dataclasses.asdict(USUAL),
        "offline": False,
        "benchmark.plot": "scatter",
    }
    for name, value in KEPT.items():
        assert later.state.get(name, type(value)()) == value, name
    assert window.speak.text_box.text() == KEPT["speak.text"]
    assert later.close()
