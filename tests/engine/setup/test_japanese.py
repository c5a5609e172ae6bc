"""What reads Japanese comes after a word about its size, without a dictionary that is not used."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from engine.setup import japanese, locks
from engine.system.paths import ROOT


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What pip is told, and nothing done; kanalizer is lacking."""
    calls: list[list[str]] = []

    def call(command: list[str], **options: Any) -> int:
        assert options["stdout"] is sys.stderr
        calls.append(command)
        return len(calls) - 1  # the second one fails

    monkeypatch.setattr(japanese.subprocess, "call", call)
    monkeypatch.setattr(japanese, "missing", lambda: ["kanalizer"])
    return calls


def test_elsewhere_the_packages_are_named_and_one_comes_alone(
    asked: list[list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(UserError, match="run this again"):
        japanese.add_japanese(ROOT)
    assert "about 70 MB" in capsys.readouterr().err
    others, alone = asked
    assert "--no-deps" not in others
    assert any(word.startswith("kanalizer") for word in others)
    assert alone[-2] == "--no-deps"
    assert alone[-1].startswith("pyopenjtalk-plus")


def test_in_the_programs_own_environment_hashes_are_compared(
    asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(ROOT / ".venv"))
    monkeypatch.delenv(locks.UNHASHED, raising=False)
    japanese.add_japanese(ROOT)
    (told,) = asked
    assert told[-3:-1] == ["--no-deps", "--require-hashes"]
    assert Path(told[-1].partition("=")[2]).name == "japanese.txt"


def test_the_other_dictionary_is_locked_nowhere() -> None:
    for part in locks.PARTS:
        assert "sudachidict" not in (ROOT / locks.FOLDER / f"{part}.txt").read_text()
    names = {entry.name for entry in locks.read((ROOT / "locks/japanese.txt").read_text())}
    assert {"pyopenjtalk-plus", "kanalizer", "sudachipy", "onnxruntime", "pydantic"} <= names


def test_nothing_is_asked_for_where_all_is_there(
    asked: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(japanese, "missing", list)
    japanese.add_japanese(ROOT)
    assert not asked
