"""Every text of the window has a Japanese one, and the file that the window loads is up to date."""

from __future__ import annotations

import ast
import re
import shutil
import string
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import PySide6
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from engine.documents.left_out import in_words
from engine.script.rows import LeftOut
from gui.app import translate
from tests.conftest import ROOT

FOLDER = ROOT / "resources" / "translations"
TS = FOLDER / "bark-studio_ja.ts"
Text = tuple[str, str]  # context, English

needs_lupdate = pytest.mark.skipif(
    shutil.which("lupdate", path=str(Path(PySide6.__file__).parent)) is None,
    reason="system: PySide6 brings no lupdate here",
)


def texts(ts: Path) -> dict[Text, str]:
    """(context, English) → translation, "" for one that is unfinished."""
    found = {}
    for context in ET.parse(ts).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            done = translation.text if translation.get("type") is None else ""
            found[context.findtext("name", ""), message.findtext("source", "")] = done or ""
    return found


def test_the_list_of_the_engines_sentences_is_up_to_date(update: ModuleType) -> None:
    listed = (FOLDER / "engine.txt").read_text(encoding="utf-8").splitlines()
    assert listed == update.engine_sentences(), "run resources/translations/update.py"
    assert len(listed) > 150


@needs_lupdate
def test_no_text_is_new_or_gone(update: ModuleType, tmp_path: Path) -> None:
    fresh = Path(shutil.copy(TS, tmp_path / TS.name))
    update.collect(fresh)
    assert set(texts(fresh)) == set(texts(TS)), "run resources/translations/update.py"


def literals() -> Iterator[tuple[str, str]]:
    """Where and what: the literals that the window hands to tr and translate."""
    for path in sorted((ROOT / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                number = {"tr": 0, "translate": 1}.get(name)
                if number is not None and len(node.args) > number:
                    text = node.args[number]
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield f"{path.name}:{node.lineno}", text.value


def test_lupdate_has_seen_every_literal() -> None:
    """It does not look into f-strings, and takes an alias of translate for tr."""
    known = {english for _, english in texts(TS)}
    assert [found for found in literals() if found[1] not in known] == []


def test_every_text_is_translated() -> None:
    translations = texts(TS)
    assert len(translations) > 400
    assert [text for text, translation in translations.items() if not translation] == []


def test_what_is_filled_in_stays() -> None:
    """Placeholders, and the beginning and end that a text is joined by."""
    for (context, english), japanese in texts(TS).items():
        if context == "Engine":  # "louder" and "quieter" are left out
            ours, theirs = (set(re.findall(r"\{\d\}", text)) for text in (japanese, english))
            assert ours <= theirs, english
            continue
        fields = [
            sorted(f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name)
            for text in (english, japanese)
        ]
        assert fields[0] == fields[1], (context, english)
        assert english.count("{}") == japanese.count("{}"), (context, english)
        for side in (0, -1):
            assert english[side].isspace() == japanese[side].isspace(), (context, english)


def test_every_mnemonic_is_there_and_its_own() -> None:
    """A menu of Japanese words shows its letter in brackets."""
    for (context, english), japanese in texts(TS).items():
        letter = re.search(r"&(\w)", english)
        if letter is not None:
            assert f"(&{letter[1].upper()})" in japanese, (context, english)
        else:
            assert "&" not in japanese


def test_the_loaded_file_says_the_same() -> None:
    translator = QTranslator()
    assert translator.load(str(TS.with_suffix(".qm")))
    for (context, english), japanese in texts(TS).items():
        loaded = translator.translate(context, english)
        assert loaded == japanese, (english, "run resources/translations/update.py")


def test_what_is_left_out_has_a_singular(update: ModuleType) -> None:
    words = update.left_out()
    assert len(words) > 20
    for what in words:
        first = in_words(LeftOut(what, 1)).removeprefix("1 ").split()[0]
        assert not first.endswith("s"), f"engine/documents/left_out.py: one of {what}"


def test_one_thing_has_one_name() -> None:
    """What the model makes up is one kind of voice, and its stages have one name each."""
    names = {"made-up voice": "おまかせの声", "semantic token": "セマンティックトークン"}
    for english, name in names.items():
        found = {ja for (_, text), ja in texts(TS).items() if english in text.lower()}
        assert found
        assert [ja for ja in found if name not in ja] == []


def test_the_words_of_qt_are_those_of_the_language_too(qapp: QApplication) -> None:
    before, font = QLocale(), qapp.font()
    translate(qapp, "ja")
    try:
        for context, word, ours in (
            ("QPlatformTheme", "Cancel", "キャンセル"),
            ("QFileDialog", "Files of type:", "ファイルの種類:"),
            ("Window", "Script", "台本"),
        ):
            assert QCoreApplication.translate(context, word) == ours
    finally:
        for translator in qapp.findChildren(QTranslator):
            qapp.removeTranslator(translator)
        QLocale.setDefault(before)
        qapp.setFont(font)
