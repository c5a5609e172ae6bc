"""The two About dialogs."""

from __future__ import annotations

import re
from importlib import metadata
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.models.info import MachineFact
from gui.look.theme import Theme
from gui.shell import about
from gui.shell.about import MachineDialog, ProgramDialog, in_words, packages
from gui.studio.context import Context
from gui.widgets.sentences import translated_through
from tests.gui.fake_backend import FakeBackend


def test_the_report_comes_and_can_be_copied(studio: Context, qtbot: QtBot) -> None:
    dialog = MachineDialog(studio)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert not dialog.copy_button.isEnabled()
    qtbot.waitUntil(dialog.copy_button.isEnabled)
    assert dialog.bar.isHidden()
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "  processor    a fake one",
        "! sound output none",
        "               to mend it: buy",
        "",
        "1 to mend, marked with !",
    ]


@pytest.mark.parametrize("language", ["ja"], indirect=True)
def test_the_report_is_japanese_to_the_last_word(language: str) -> None:
    step = (
        "AVX2, compiled here: no library for this system comes with the program; 11 of 12 results "
        "right to the bit; faster forms cannot be had: AVX-512 with VNNI: the processor lacks "
        "avx512f, avx512bw · AVX2 with AVX-VNNI: BARK_STUDIO_WITHOUT leaves out avx_vnni"
    )
    told = in_words([MachineFact("compiled step", step), MachineFact("sound output", "none", "x")])
    japanese = (
        "AVX2、このコンピューターでコンパイル: このシステム用のライブラリは付属していません。"
        "12 件中 11 件の計算結果がビット単位で正確。より速い形は使えません: "
        "AVX-512 with VNNI: プロセッサーに avx512f, avx512bw がありません"
        " · AVX2 with AVX-VNNI: BARK_STUDIO_WITHOUT が avx_vnni を除いています"
    )
    assert told.splitlines() == [
        f"  コンパイル済みステップ {japanese}",
        "! 音声の出力先           なし",
        "                         対処: x",
        "",
        "対処が必要なもの 1 件 (! の行)",
    ]


@pytest.mark.parametrize("language", ["ja"], indirect=True)
def test_everything_that_the_doctor_can_say_is_japanese(language: str, update: ModuleType) -> None:
    said = update.facts()
    assert {"processor", "none; the processor computes", "kept in {0}"} <= said
    for words in said - {"Python", "PyTorch", "PortAudio"}:
        filled = re.sub(r"\{(\d)\}", r"\1", words)
        assert re.search("[ぁ-ん一-龯ァ-ヶ]", translated_through(filled)), words


def test_a_report_that_fails_says_why(
    studio: Context, backend: FakeBackend, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise UserError("this machine could not be examined")

    monkeypatch.setattr(backend, "examine", fail)
    dialog = MachineDialog(studio)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: "could not be examined" in dialog.text.toPlainText())


def test_a_dialog_closed_while_it_asks_harms_nothing(studio: Context, qtbot: QtBot) -> None:
    dialog = MachineDialog(studio)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    errand = studio.downloads.ask(lambda: 1)
    with qtbot.waitSignal(errand.done):
        pass


def test_every_package_has_a_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    required = ["numpy>=1", "PySide6-Essentials>=6; extra == 'x'", "no-such-package", "torch"]
    required.append('pytest>=8; extra == "test"')
    monkeypatch.setattr(metadata, "requires", lambda name: required)
    found = {name.lower().replace("_", "-"): licence for name, _, licence in packages()}
    assert set(found) == {"numpy", "pyside6-essentials", "torch"}
    assert "BSD" in found["numpy"]
    assert "LGPL" in found["pyside6-essentials"]
    assert all(licence != "–" for licence in found.values())


def test_the_program_names_its_version_and_licences(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    Theme(app, "light")  # knows where the icons are
    monkeypatch.setattr(about, "packages", lambda: [("numpy", "2", "BSD")])
    dialog = ProgramDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    cells = [dialog.table.item(0, column) for column in range(3)]
    assert [cell.text() for cell in cells if cell is not None] == ["numpy", "2", "BSD"]
