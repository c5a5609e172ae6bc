"""Results and plots as files of the kind that was asked for; nobody's file is replaced unasked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gui.benchmark.view import BenchmarkView
from gui.studio.context import Context


def test_every_kind_is_written(
    qtbot: QtBot, view: BenchmarkView, studio: Context, tmp_path: Path
) -> None:
    said: list[str] = []
    studio.said.connect(lambda sentence, kind, of: said.append(sentence))
    for suffix in (".md", ".csv", ".json", ".png", ".svg"):
        view.export.write(tmp_path / f"x{suffix}")
        path = tmp_path / f"x{suffix}"
        qtbot.waitUntil(lambda path=path: f"Written: {path}" in said)  # type: ignore[misc]
    assert "| int8 |" in (tmp_path / "x.md").read_text(encoding="utf-8")
    assert len((tmp_path / "x.csv").read_text(encoding="utf-8").splitlines()) == 12
    assert json.loads((tmp_path / "x.json").read_bytes())["benchmark"] == "speech"
    picture = QImage(str(tmp_path / "x.png"))
    assert picture.width() == 1600
    colours = {picture.pixel(x, y) for x in range(0, 1600, 3) for y in range(0, 300, 3)}
    assert len(colours) > 3  # not a page of one colour
    drawing = (tmp_path / "x.svg").read_text(encoding="utf-8")
    assert re.search(r"<svg.*Latency of a call.*</svg>", drawing, re.DOTALL)


def test_a_name_that_the_dialog_did_not_ask_about_is_asked_again(
    view: BenchmarkView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.md").write_text("mine")
    answers = [str(tmp_path / "mine"), ""]
    asked: list[str] = []

    def ask(parent: object, title: str, path: str, kinds: str) -> tuple[str, str]:
        asked.append(path)
        return answers.pop(0), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    view.export.actions()[0].trigger()
    assert asked[0].endswith(".md")
    assert "benchmark-starter-voice-20" in asked[0]
    assert asked[1] == str(tmp_path / "mine.md")  # now it would ask
    assert (tmp_path / "mine.md").read_text() == "mine"
