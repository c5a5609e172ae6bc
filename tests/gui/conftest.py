"""What the tests of the window share: the context of the views, with a fake Backend."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from gui.app import _japanese
from gui.look.resources import RESOURCES
from gui.look.theme import Theme
from gui.studio.context import Context
from tests.fake import SteppedEngine
from tests.gui.fake_backend import FakeBackend
from tests.gui.fake_player import FakePlayer

_PATIENCE = 60_000  # milliseconds


@pytest.fixture(autouse=True, scope="session")
def nobody_answers() -> Iterator[None]:
    """A question that a test has no answer for fails; in the window it would wait for ever. The one
    before closing is answered: a test may end, or fail, while something is at work.

    Once for all tests: a type of Qt that is changed at each would forget what it has looked up."""

    def fail(*asked: object, **_: object) -> object:
        if QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel in asked:
            return QMessageBox.StandardButton.Close
        raise AssertionError(f"nobody answers: {[word for word in asked if isinstance(word, str)]}")

    files = ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("question", "warning", "information", "critical"):
            patch.setattr(QMessageBox, name, fail)
        for name in files:
            patch.setattr(QFileDialog, name, fail)
        for kind in (QDialog, QMenu):
            patch.setattr(kind, "exec", fail)
        yield


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, which waits for facts as long as a busy machine may need: its own 5 seconds are
    few where every core has two processes. What never comes fails a minute later."""
    bot = QtBot(request)
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        setattr(bot, name, partial(getattr(bot, name), timeout=_PATIENCE))
    return bot


@pytest.fixture
def engine() -> SteppedEngine:
    """The engine of the backend: it makes a row when the test calls `step`."""
    return SteppedEngine()


@pytest.fixture
def backend(engine: SteppedEngine) -> FakeBackend:
    """The backend of the studio. Change its answers before you ask for the studio."""
    return FakeBackend(engine)


@pytest.fixture
def studio(
    qtbot: QtBot, backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Context]:
    """What every view is given. Its threads end with the test."""
    monkeypatch.setattr("gui.studio.context.Player", FakePlayer)
    context = Context(backend, tmp_path / "window.json", tmp_path / "takes")
    yield context
    assert context.close()


@pytest.fixture
def player(studio: Context) -> FakePlayer:
    """The player of the studio."""
    assert isinstance(studio.player, FakePlayer)
    return studio.player


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """The language of the program, until the test ends."""
    language: str = request.param
    font, sheet, palette = qapp.font(), qapp.styleSheet(), qapp.palette()
    translators = []
    Theme(qapp, "light")
    if language == "ja":
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, folder in (("qtbase", qt), ("bark-studio", str(RESOURCES / "translations"))):
            translator = QTranslator(qapp)
            assert translator.load(QLocale("ja"), name, "_", folder)
            qapp.installTranslator(translator)
            translators.append(translator)
        qapp.setFont(_japanese(qapp.font()))
    yield language
    for translator in translators:
        qapp.removeTranslator(translator)
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


@pytest.fixture
def japanese(qapp: QApplication) -> Iterator[None]:
    """The words of the window are Japanese, until the test ends."""
    translator = QTranslator()
    assert translator.load(str(RESOURCES / "translations" / "bark-studio_ja.qm"))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def update() -> ModuleType:
    """resources/translations/update.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location(
        "update", RESOURCES / "translations" / "update.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
