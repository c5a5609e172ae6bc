"""Crash reports: from every thread, to copy, and never too many."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.shell.crash import CrashHook


@pytest.fixture
def hook(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[CrashHook]:
    monkeypatch.setattr(sys, "excepthook", lambda *error: None)  # pytest's own would fail the test
    window = QWidget()
    qtbot.addWidget(window)
    hook = CrashHook(window)
    hook.install()
    yield hook
    hook.remove()
    if hook.dialog is not None:
        hook.dialog.accept()


def raised(words: str) -> Exception:
    try:
        raise RuntimeError(words)
    except RuntimeError as error:
        return error


def text_of(qtbot: QtBot, hook: CrashHook, words: str) -> str:
    qtbot.waitUntil(lambda: hook.dialog is not None and words in hook.dialog.text.toPlainText())
    assert hook.dialog is not None
    return hook.dialog.text.toPlainText()


def test_what_nobody_caught_is_shown_with_its_traceback(qtbot: QtBot, hook: CrashHook) -> None:
    error = raised("on this thread")
    sys.excepthook(type(error), error, error.__traceback__)
    text = text_of(qtbot, hook, "on this thread")
    assert "Traceback" in text
    assert "test_crash.py" in text
    assert "PySide6" in text


def test_what_a_thread_did_not_catch_is_shown(qtbot: QtBot, hook: CrashHook) -> None:
    def fail() -> None:
        raise RuntimeError("on another thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    text_of(qtbot, hook, "on another thread")


def test_the_report_can_be_copied(qtbot: QtBot, hook: CrashHook) -> None:
    hook.report(raised("copy me"))
    text = text_of(qtbot, hook, "copy me")
    assert hook.dialog is not None
    hook.dialog.copy()
    assert QGuiApplication.clipboard().text() == text


def test_a_mistake_at_every_frame_makes_one_dialog_of_bounded_length(
    qtbot: QtBot, hook: CrashHook
) -> None:
    for number in range(100):
        hook.report(raised(f"mistake {number};"))
    text = text_of(qtbot, hook, "mistake 5;")
    hook.report(raised("the last"))
    assert text_of(qtbot, hook, "mistake 19;").count("Traceback") == 20
    assert "mistake 20;" not in text


def test_an_interrupt_is_no_mistake(qtbot: QtBot, hook: CrashHook) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    hook.report(raised("a real one"))
    assert "KeyboardInterrupt" not in text_of(qtbot, hook, "a real one")


def test_after_the_dialog_the_next_mistake_opens_another(qtbot: QtBot, hook: CrashHook) -> None:
    hook.report(raised("first"))
    text_of(qtbot, hook, "first")
    assert hook.dialog is not None
    hook.dialog.accept()
    hook.report(raised("second"))
    assert "first" not in text_of(qtbot, hook, "second")
