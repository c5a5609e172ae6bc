"""Write a picture of every view: `python resources/screenshots/make.py`, two minutes.

Everything is real: the window, the engine with the starter voice, what it makes and its figures.
Other are the names of folders, which are a made-up user's, and the devices that sound would come
from. What was measured on this machine before is shown. With arguments: make.py LANGUAGE THEME
SCALE.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE)]

import numpy as np  # noqa: E402
from PySide6.QtCore import QEvent  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QLabel, QWidget  # noqa: E402

_HOME = Path("/home/mira")  # whose machine it is in the pictures
_COLOURS = 96  # of a picture: a window has few, and the file a third of the size


def main() -> None:
    """Every language and theme, each in a process: Qt takes the scale at its start."""
    if len(sys.argv) == 4:
        language, theme, scale = sys.argv[1:]
        Pictures(language, theme, int(scale)).take()
        return
    for old in HERE.glob("*.png"):
        old.unlink()
    for language in ("en", "ja"):
        for theme in ("light", "dark"):
            subprocess.run([sys.executable, __file__, language, theme, "1"], check=True)


def own_results(home: Path) -> None:
    """Have a folder of one's own, with the models of this machine and what was measured on it."""
    from engine.bench import kept
    from engine.system.paths import text_models_folder

    measured, models = kept.folder(), text_models_folder()
    os.environ["XDG_DATA_HOME"] = str(home)
    if measured.is_dir():
        shutil.copytree(measured, kept.folder())
    if models.is_dir():
        shutil.copytree(models, text_models_folder())


class Pictures:
    """One run: the window in one language, theme and scale."""

    _speaking = False  # its picture is taken

    def __init__(self, language: str, theme: str, scale: int) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_SCALE_FACTOR"] = str(scale)
        self._end = f"{language}-{theme}{'@2x' if scale == 2 else ''}.png"
        self._folder = tempfile.TemporaryDirectory()
        home = Path(self._folder.name)
        own_results(home)
        import words
        from disguise import Disguised

        from engine.system.paths import APPLICATION
        from gui.app import application, translate
        from gui.look.theme import Theme
        from gui.studio import context
        from gui.window import Window

        context.Player = words.Silent  # type: ignore[misc]
        self.app = application()
        self.words = words.WORDS
        self.backend = Disguised(_HOME)
        own = home / APPLICATION  # as below a user's own
        self.studio = context.Context(self.backend, own / "window.json", own / "takes")
        self.app.setProperty("theme", Theme(self.app, theme))
        translate(self.app, language)
        self.window = Window(self.studio)
        self.window.resize(1120, 780)
        self.window.show()
        self.studio.start()
        self.studio.crashed.connect(self.fail)
        self._script = home / f"{self.words.title}.md"
        self._script.write_text(self.words.script, encoding="utf-8")

    def take(self) -> None:
        """All pictures, then the end."""
        speak = self.window.speak
        self.wait(lambda: self.studio.facts is not None and self.studio.limits)
        for text, voice, precision in self.words.takes:
            self.speak(text, voice, precision)
        self.studio.worker.updated.connect(self._on_updated)
        self.speak(self.words.text, self.words.voice, "float32")
        self.studio.worker.updated.disconnect(self._on_updated)
        self.speak(self.words.text, self.words.voice, "int8")
        self.pause(0.6)
        speak.inspector.show_page(1)
        self.save("speak-takes")
        speak.inspector.show_page(0)
        self.save("speak")
        self.script()
        self.write()
        self.window.show_view("models")
        self.pause(0.3)
        self.save("models")
        self.benchmark()
        self.dialogs()
        self.window.close()
        self._folder.cleanup()

    def speak(self, text: str, voice: str | None, precision: str) -> None:
        """Speak a text to its end."""
        speak = self.window.speak
        self.studio.set_settings(self.studio.settings.replace(precision=precision))
        speak.text_box.take(text)
        speak.voices.set_value(voice)
        self.wait(lambda: speak.text_box.text() == text)
        speak.speak()
        self.wait(lambda: not speak.busy)
        self.studio.player.stop()  # as if it had been heard

    def _on_updated(self, update: object) -> None:
        """Take the picture of a text that is being spoken, once."""
        progress = getattr(update, "progress", None)
        if progress is not None and progress.stage == "coarse" and not self._speaking:
            self._speaking = progress.row > 0
            self.window.message.hide()
            self.picture("speaking", self.window)  # again, until it is that of a later sentence

    def script(self) -> None:
        """A script whose rows are spoken, but for the last ones."""
        self.window.open_file(self._script)
        self.window.show_view("script")
        view = self.window.view("script")
        self.wait(lambda: view.model.rowCount() > 3)
        self.pause(0.5)
        view.sheet.cast.click()
        self.pause(0.5)
        view.bar.render_button.click()
        self.wait(lambda: view.work.running)
        self.wait(lambda: not view.work.running)
        self.pause(1.0)
        view.table.selectRow(2)
        self.pause(0.2)
        self.save("script")

    def write(self) -> None:
        """A text that has just been written, where a model for texts is here."""
        self.window.show_view("write")
        view = self.window.view("write")
        view.prompt.setPlainText(self.words.prompt)
        text_is_here = any(
            model.kind == "text" and model.state == "here" for model in self.backend.models()
        )
        if text_is_here and self.backend.can_write():
            view.write()
            self.wait(lambda: not self.studio.writer.running)
        self.pause(0.4)
        self.save("write")

    def benchmark(self) -> None:
        """What was measured on this machine last, where anything was."""
        self.window.show_view("benchmark")
        view = self.window.view("benchmark")
        self.wait(lambda: view.plan.prediction is not None)
        if view.bar.shown:
            self.wait(lambda: view.plots.canvas is not None)
        self.pause(0.5)
        self.save("benchmark")

    def dialogs(self) -> None:
        """Preferences and both About."""
        from gui.shell.about import MachineDialog, ProgramDialog
        from gui.shell.preferences import Preferences

        preferences = Preferences(self.studio, self.window)
        self.disguise(preferences)
        machine = MachineDialog(self.studio, self.window)
        program = ProgramDialog(self.window)
        for dialog, name in (
            (preferences, "preferences"),
            (machine, "machine"),
            (program, "program"),
        ):
            dialog.show()
            self.pause(0.5)
            if dialog is machine:
                self.wait(machine.copy_button.isEnabled)
            self.save(name, dialog)
            dialog.close()

    def disguise(self, dialog: QWidget) -> None:
        """Call the folders of this run as the made-up user's are called."""
        gap = "\u200b"  # where a path may be broken
        for label in dialog.findChildren(QLabel):
            words = label.text().replace(gap, "")
            if (shown := self.backend.moved(words)) != words:
                label.setText(shown.replace("/", f"/{gap}"))

    def fail(self, error: Exception) -> None:
        """A picture of a crash is none."""
        traceback.print_exception(error)
        os._exit(1)

    # ── the camera ────────────────────────────────────────────────────────────────────────────

    def wait(self, until: Callable[[], object]) -> None:
        """Let the window work until something is so."""
        end = time.monotonic() + 120
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"{self._end}: nothing came of it")
            self.app.processEvents()
            self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a loop of Qt does
            time.sleep(0.005)

    def pause(self, seconds: float) -> None:
        """Let the window work for some time."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end)

    def save(self, name: str, widget: QWidget | None = None) -> None:
        """Write what a widget, else the window, looks like now."""
        self.window.message.hide()
        self.pause(0.05)
        self.picture(name, widget or self.window)

    def picture(self, name: str, shown: QWidget) -> None:
        """Write what a widget looks like in this moment."""
        few_colours(shown.grab().toImage()).save(
            str(HERE / f"{name}-{self._end}"),
            quality=0,  # of a PNG: the smallest file
        )


def few_colours(image: QImage) -> QImage:
    """A picture with a palette: its most frequent colours, and those that are most unlike them."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    pixels = rows[:, : image.width()] & 0xFFFFFF
    colours, where, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    parts = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1).astype(float)
    kept = list(np.argsort(-counts)[: _COLOURS // 2])
    away = np.min([((parts - parts[k]) ** 2).sum(axis=1) for k in kept], axis=0)
    while len(kept) < min(_COLOURS, len(colours)):
        kept.append(int(np.argmax(away * np.log1p(counts))))
        away = np.minimum(away, ((parts - parts[kept[-1]]) ** 2).sum(axis=1))
    nearest = np.argmin([((parts - parts[k]) ** 2).sum(axis=1) for k in kept], axis=0)
    indices = np.ascontiguousarray(nearest.astype(np.uint8)[where].reshape(pixels.shape))
    height, width = indices.shape
    small = QImage(indices.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    small.setColorTable([int(colours[k]) | 0xFF000000 for k in kept])
    return small.copy()


if __name__ == "__main__":
    main()
