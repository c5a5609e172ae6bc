"""Every view, in both languages and at every size: nothing cut, nothing outside, nothing overlaps;
and no English sentence on a Japanese screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QScrollBar,
    QSplitter,
    QStackedWidget,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.benchmark.view import BenchmarkView
from gui.studio.context import Context
from gui.widgets.drawer import Drawer
from gui.widgets.elided import Elided
from gui.widgets.message import Message
from gui.window import Window
from gui.write.view import WriteView
from tests.engine.figures import real
from tests.fake import SteppedEngine
from tests.gui.dialogs import PLAY, dialogs, open_play
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

LARGEST = (3840, 2160)
SIZES = ((800, 600), (960, 540), (1280, 800))  # 960×540: 1920×1080 at 200 %
VIEWS = ("speak", "write", "script", "models", "benchmark")
TWO = "The first sentence is here. The second one follows it now."

# What may be read in Latin letters on a Japanese screen: names, and what people typed.
_NAMES = re.compile(
    r"AMD EPYC|AVX[\w -]*|transformers|Markdown|starter voice|TITAN RTX|BetterTransformer"
    r"|Torch not compiled with CUDA enabled"
    r"|A very long name of a play.*|ANNA, BEN"
    r"|starter(-voice)?|suno/bark(-small)?|smollm2|huggingface\.co/\S+|Hugging Face Hub|min EOS p"
    r"|the original Bark|[\w.-]*/[\w./-]*|JetBrains Mono|Bark Studio|MIT|CUDA|MPS|English|float\d+"
    r"|bfloat16|int8(-weights)?|XLA|OGG Vorbis|top-[kp]|Bark"
)
_SENTENCE = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")


@pytest.fixture
def window(qtbot: QtBot, studio: Context, backend: FakeBackend, language: str) -> Window:
    why = "offload needs an accelerator, and the work is done by the processor here"
    backend.limits = {("offload", True): why}
    window = Window(studio)
    qtbot.addWidget(window)
    window.show()
    studio.start()
    qtbot.waitUntil(lambda: studio.facts is not None and bool(studio.limits))
    return window


def shown(window: QWidget) -> Iterator[QWidget]:
    """Everything that can be seen, but for what an editor or a table is made of."""
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or widget.objectName().startswith("qt_"):
            continue
        if isinstance(widget.parentWidget(), QComboBox | QLineEdit | QAbstractSpinBox):
            continue
        if isinstance(widget, QScrollBar):
            continue
        yield widget


def named(widget: QWidget) -> str:
    said = getattr(widget, "text", None)
    text = said() if callable(said) else ""
    return f"{type(widget).__name__} {text or widget.accessibleName()!r}"


def cut(widget: QWidget) -> bool:
    """Whether what it says has no room."""
    if isinstance(widget, Elided):
        return widget.height() < widget.fontMetrics().height()
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + 1
        return widget.sizeHint().width() > widget.width() + 1
    if isinstance(widget, QAbstractButton) and (widget.text() or isinstance(widget, QCheckBox)):
        hint = widget.sizeHint()
        return hint.width() > widget.width() + 1 or hint.height() > widget.height() + 1
    return False


def letters(font: QFont) -> float:
    """Pixels that a line needs in which Japanese letters stand, of another font where need be."""
    layout = QTextLayout("漢字 gjpq", font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.height()


def low(widget: QWidget) -> bool:
    """Whether Japanese letters lose their upper or lower ends in it."""
    needed, style = letters(widget.font()) - 1, widget.style()
    if isinstance(widget, QComboBox):
        box = QStyleOptionComboBox()
        box.initFrom(widget)
        part = QStyle.SubControl.SC_ComboBoxEditField
        kind = QStyle.ComplexControl.CC_ComboBox
        return style.subControlRect(kind, box, part, widget).height() < needed
    if isinstance(widget, QLineEdit):
        frame = QStyleOptionFrame()
        frame.initFrom(widget)
        element = QStyle.SubElement.SE_LineEditContents
        return style.subElementRect(element, frame, widget).height() < needed
    if isinstance(widget, QTableView):
        heads, rows = widget.horizontalHeader(), widget.verticalHeader()
        return (heads.isVisible() and heads.height() < needed) or rows.defaultSectionSize() < needed
    if isinstance(widget, QListView) and widget.model() is not None and widget.model().rowCount():
        return widget.sizeHintForRow(0) < 2 * needed  # the text, and what is known of it
    return False


def outside(widget: QWidget, window: QWidget) -> bool:
    """Whether a part of it can never be seen: what scrolls may be below, and never beside."""
    here = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    frame, scrolls = window.rect(), False
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QTableView | QPlainTextEdit):
            return False
        if isinstance(parent, QAbstractScrollArea):
            view = parent.viewport()
            frame, scrolls = QRect(view.mapTo(window, QPoint(0, 0)), view.size()), True
            break
        parent = parent.parentWidget()
    if here.isEmpty():
        return False
    if scrolls:
        return here.left() < frame.left() - 1 or here.right() > frame.right() + 1
    return not frame.contains(here)


def overlaps(window: QWidget) -> Iterator[str]:
    """Neighbours of one parent that lie on each other."""
    by_parent: dict[QWidget, list[QWidget]] = {}
    for widget in shown(window):
        parent = widget.parentWidget()
        apart = isinstance(parent, QStackedWidget | QAbstractScrollArea | QSplitter | Drawer)
        if parent is None or apart or isinstance(widget, Message):
            continue
        if isinstance(parent.parentWidget(), QAbstractScrollArea) and parent.layout() is None:
            continue
        by_parent.setdefault(parent, []).append(widget)
    for widgets in by_parent.values():
        for number, one in enumerate(widgets):
            for other in widgets[number + 1 :]:
                common = one.geometry().intersected(other.geometry())
                if common.width() > 1 and common.height() > 1 and not _is_page(one, other):
                    yield f"{named(one)} and {named(other)}"


def _is_page(one: QWidget, other: QWidget) -> bool:
    return one.geometry() == other.geometry()  # pages of a stack


def faults(window: QWidget) -> list[str]:
    """What is wrong at the size that the window has now."""
    found = [f"cut: {named(widget)}" for widget in shown(window) if cut(widget)]
    found += [f"low: {named(widget)}" for widget in shown(window) if low(widget)]
    found += [f"outside: {named(widget)}" for widget in shown(window) if outside(widget, window)]
    return found + [f"overlap: {pair}" for pair in overlaps(window)]


def measured(qtbot: QtBot, window: Window, backend: FakeBackend) -> BenchmarkView:
    """The Benchmark view with two runs of the starter voice."""
    backend.reports = [real.report(), {**real.report(), "date": "2026-11-20T08:00:00+00:00"}]
    backend.bench.told_story = real.story()
    view = window.view("benchmark")
    assert isinstance(view, BenchmarkView)
    view.read()
    qtbot.waitUntil(lambda: bool(view.model.entries) and view.plots.canvas is not None)
    qtbot.waitUntil(lambda: view.plan.prediction is not None)  # its words take their place
    return view


def _is_right(window: QWidget) -> bool:
    return not faults(window)


def english(window: QWidget) -> list[str]:
    """Every English sentence that the window shows or tells."""
    texts: list[str] = []
    for widget in shown(window):
        texts += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        for name in ("text", "placeholderText", "windowTitle", "prefix", "specialValueText"):
            said = getattr(widget, name, None)
            texts.append(said() if callable(said) else "")
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(index) for index in range(widget.count())]
            texts += [str(widget.itemData(i, 3) or "") for i in range(widget.count())]  # tooltips
    typed = {"The first sentence is here.", TWO, *PLAY.splitlines()}
    plain = (_NAMES.sub("", text) for text in texts if text and text not in typed)
    return sorted({text for text in plain if _SENTENCE.search(text) and TWO not in text})


@pytest.mark.slow  # ten seconds: 60 screens
def test_everything_has_its_place_and_its_words(
    qtbot: QtBot,
    window: Window,
    engine: SteppedEngine,
    studio: Context,
    backend: FakeBackend,
    player: FakePlayer,
    language: str,
    tmp_path: Path,
) -> None:
    found: dict[str, list[str]] = {}

    def look(
        state: str,
        views: tuple[str, ...] = VIEWS,
        sizes: tuple[tuple[int, int], ...] = SIZES,
    ) -> None:
        for view in views:
            window.show_view(view)
            for width, height in sizes:
                window.resize(width, height)
                QApplication.processEvents()
                QApplication.processEvents()
                assert (window.width(), window.height()) == (width, height), state
                drawer = window.view(view).findChild(Drawer)
                for is_open in (False, True) if drawer is not None and drawer.folded else (False,):
                    if drawer is not None and drawer.folded:
                        drawer.toggle.setChecked(is_open)
                        QApplication.processEvents()
                    where = f"{state}, {view}, {width}×{height}{', panel' if is_open else ''}"
                    if not _is_right(window):  # what an errand tells takes its place later
                        with suppress(TimeoutError):
                            qtbot.waitUntil(partial(_is_right, window), timeout=5000)
                    wrong = faults(window)
                    if language == "ja":
                        wrong += [f"English: {text}" for text in english(window)]
                    if wrong:
                        found[where] = wrong

    look("empty", sizes=(*SIZES, LARGEST))
    write = window.view("write")
    assert isinstance(write, WriteView)
    write.show_chat()
    write.conversation.conversation.say("user", "日本 " * 40)
    write.conversation.conversation.say("assistant", "日本 " * 300)
    write.conversation.show_conversation()
    look("chat", ("write",))
    benchmark = measured(qtbot, window, backend)
    for plot in benchmark.plots.buttons:
        benchmark.plots.choose(plot)
        look(plot, ("benchmark",))
    benchmark.bar.other_box.setCurrentIndex(2)
    benchmark.bar.other_box.activated.emit(2)
    look("compared", ("benchmark",))
    speak = window.speak
    speak.text_box.take(TWO)
    qtbot.waitUntil(lambda: speak.text_box.figures is not None)
    speak.speak()
    engine.step()
    qtbot.waitUntil(lambda: bool(player.heard))
    qtbot.waitUntil(lambda: bool(speak.strip._summary.text()))
    look("working", ("speak",))
    engine.step()
    qtbot.waitUntil(lambda: not speak.busy)
    look("done", ("speak",))
    studio.say("a " * 90, "error")
    look("failed", ("speak",))
    name = "A very long name of a play that nobody would like to read"
    script = open_play(qtbot, window, tmp_path, name)
    look("opened", ("script",))
    done: list[object] = []
    script.work.rendered.connect(done.append)
    script.work.render()
    qtbot.waitUntil(lambda: bool(done) and script.work.idle)
    look("rendered", ("script",))
    for name, make in dialogs(studio, window, script).items():
        dialog = make()
        qtbot.addWidget(dialog)
        dialog.show()
        with suppress(TimeoutError):  # what an errand tells takes its place with the next event
            qtbot.waitUntil(partial(_is_right, dialog), timeout=20_000)
        wrong = faults(dialog)
        if language == "ja":
            wrong += [f"English: {text}" for text in english(dialog)]
        if wrong:
            found[name] = wrong
        dialog.hide()
    assert not found, "\n".join(f"{where}: {'; '.join(wrong)}" for where, wrong in found.items())
