"""Every dialog of the window, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from engine.documents.table import look
from gui.benchmark.story import StoryDialog
from gui.history.export import Clip, ExportDialog
from gui.script.columns import ColumnsDialog
from gui.script.export import ScriptExport
from gui.script.view import ScriptView
from gui.shell.about import MachineDialog, ProgramDialog
from gui.shell.crash import CrashDialog
from gui.shell.keyboard import KeyboardDialog
from gui.shell.preferences import Preferences
from gui.studio.context import Context
from gui.window import Window
from tests.engine.figures import real

PLAY = "ANNA: The rain fell in torrents.\nBEN: Nobody had slept for a week in that house.\n"


def open_play(qtbot: QtBot, window: Window, folder: Path, name: str = "A play") -> ScriptView:
    """Open a short play of two speakers in the Script view."""
    path = folder / f"{name}.txt"
    path.write_text(PLAY)
    window.open_file(path)
    script = window.view("script")
    assert isinstance(script, ScriptView)
    qtbot.waitUntil(lambda: script.work.project is not None and script.work.idle)
    return script


def dialogs(
    studio: Context, window: Window, script: ScriptView
) -> dict[str, Callable[[], QDialog]]:
    """How each is made, by its name. script: with a project."""
    project = script.work.project
    assert project is not None
    clip = Clip(name="a take", audio=np.zeros(100, np.float32), sample_rate=24_000)
    table = look("line,who\nHello there.,ANNA\n")
    return {
        "preferences": lambda: Preferences(studio, window),
        "machine": lambda: MachineDialog(studio, window),
        "program": lambda: ProgramDialog(window),
        "keyboard": lambda: KeyboardDialog(window),
        "crash": lambda: CrashDialog(window),
        "export": lambda: ExportDialog([clip], window),
        "export two": lambda: ExportDialog([clip, clip], window),
        "export script": lambda: ScriptExport(studio, project, 1, window),
        "story": lambda: StoryDialog(studio, real.story(), "starter", window),
        "story not measured": lambda: StoryDialog(studio, None, "starter", window),
        "columns": lambda: ColumnsDialog(table, "table.csv", window),
    }
