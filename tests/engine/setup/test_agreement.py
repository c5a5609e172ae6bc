"""A word before TensorFlow is installed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.setup import environment, packages
from engine.setup.agreement import agree_to_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*, tests: bool = False, text: bool = False) -> list[str]:
        return ["torch", *["tensorflow"] * text]

    monkeypatch.setattr(packages, "missing", missing)


@pytest.mark.usefixtures("lacking")
def test_it_is_asked_for_on_a_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    agree_to_text(tmp_path, yes=False)
    assert isinstance(sys.stderr, Terminal)
    assert "about 600 MB. Install it now? [y/N] " in sys.stderr.getvalue()
    for answer in ("\n", "n\n", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        with pytest.raises(UserError, match="600 MB: nothing was installed"):
            agree_to_text(tmp_path, yes=False)


@pytest.mark.usefixtures("lacking")
def test_a_script_says_yes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    agree_to_text(tmp_path, yes=True)
    with pytest.raises(UserError, match="give --yes, and it is installed"):
        agree_to_text(tmp_path, yes=False)


@pytest.mark.usefixtures("lacking")
def test_what_is_there_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "is_ready", lambda root, text: True)
    agree_to_text(tmp_path, yes=False)
    monkeypatch.undo()
    agree_to_text(tmp_path, yes=False)  # this interpreter has everything
