"""How a text was read, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.documents.left_out import in_words, sentence_of
from engine.documents.read import told
from engine.script.rows import LeftOut, Script
from gui.widgets.sentences import translated


def told_in_words(script: Script) -> list[str]:
    """What was guessed, who was taken for a speaker, and what was left out, a sentence each."""
    left_out = sentence_of(script.left_out)
    sentences = [translated(sentence) for sentence in told(script) if sentence != left_out]
    if left_out:
        parts = ", ".join(map(_counted, script.left_out))
        sentences.append(QCoreApplication.translate("ReadingPanel", "Left out: {}.").format(parts))
    return sentences


def examples_of(script: Script) -> str:
    """The first few of what was left out, a kind a line."""
    return "\n".join(
        f"{_counted(one)}: {' · '.join(one.examples)}" for one in script.left_out if one.examples
    )


def _counted(one: LeftOut) -> str:
    words = QCoreApplication.translate("LeftOut", one.what)
    return in_words(one) if words == one.what else f"{words} {one.count}"
