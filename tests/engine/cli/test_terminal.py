"""A terminal gets text from strangers, and control characters from us alone."""

from __future__ import annotations

import io
import sys

import pytest

from engine.cli.progress import ProgressLine
from engine.cli.terminal import guard, live


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_printed_moves_no_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    guard()
    guard()
    print("a\x1b[2Jb", "\u202egpj.exe")
    assert terminal.getvalue() == "a\\x1b[2Jb \\u202egpj.exe\n"
    print("a\x1b[2Jb", file=sys.stderr)  # a file gets what was said
    assert isinstance(sys.stderr, io.StringIO)
    assert sys.stderr.getvalue() == "a\x1b[2Jb\n"
    assert live(sys.stdout) is terminal


def test_our_own_lines_replace_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    guard()
    line = ProgressLine()
    line.draw("one\x1b[K")
    line.close()
    assert terminal.getvalue() == "\rone\\x1b[K\r         \r"
