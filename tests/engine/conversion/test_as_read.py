"""Japanese rows for a model that reads moras: shown before they are spoken, lacking packages told
once, and spoken rows stay as they were read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import main
from engine.cli import models
from engine.conversion.as_read import refuse_unread, told
from engine.engines import Engines
from engine.errors import UserError
from engine.script.rows import Script, ScriptRow
from engine.spoken.latin import MISSING
from tests.engine.script.speaker import Speaker
from tests.engine.spoken.moras_model import write_moras_model

TEXT = "ANNA: 日本へ行く。\n\nBEN: A row in English stands between them.\n\nANNA: 日本から帰る。\n"


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Speaker:
    speaker = Speaker()
    model = write_moras_model(tmp_path / "model")
    monkeypatch.setattr(Engines, "_build", lambda self, request: speaker)
    monkeypatch.setattr(models, "find_model", lambda name: model)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    return speaker


@pytest.fixture
def convert(tmp_path: Path, speaker: Speaker) -> Callable[..., int]:
    def run(*options: str) -> int:
        speaker.requests.clear()
        text, out = str(tmp_path / "text.txt"), str(tmp_path / "out")
        return main.main(["convert", text, "--out", out, "--precision", "float32", *options])

    return run


@pytest.fixture
def read_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A dictionary that reads 日本 so."""

    def update(reading: str) -> None:
        def spell(text: str) -> tuple[str, str]:
            return reading + "ガ" * (len(text) - 2), ""

        for module in ("spoken.openjtalk", "bark.tokenizer"):
            monkeypatch.setattr(f"engine.{module}.spell", spell)
        for module in ("script.reading", "script.pin"):
            monkeypatch.setattr(f"engine.{module}.by_whom", lambda: f"a dictionary with {reading}")

    return update


@pytest.fixture
def lack(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def spell(text: str) -> tuple[str, str]:
        raise UserError(MISSING)

    def uninstall() -> None:
        for module in ("spoken.openjtalk", "bark.tokenizer"):
            monkeypatch.setattr(f"engine.{module}.spell", spell)

    return uninstall


def texts(speaker: Speaker) -> set[str]:
    return {row.text for row in speaker.rows}


def test_a_dry_run_shows_the_moras(
    convert: Callable[..., int],
    read_as: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    read_as("にホン")
    assert convert("--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    shown = [line.strip() for line in lines if "spoken as" in line]
    assert shown == ["spoken as: |にホンガガガガ", "spoken as: |にホンガガガガガ"]


def test_what_is_lacking_is_one_sentence_before_the_work(
    convert: Callable[..., int],
    lack: Callable[[], None],
    speaker: Speaker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lack()
    assert convert("--dry-run") == 0
    shown = capsys.readouterr()
    assert shown.err.count(MISSING) == 1
    assert "set-up --japanese" in shown.err
    assert "spoken as" not in shown.out
    assert convert() == 3
    assert texts(speaker) == {"A row in English stands between them."}
    speakers, first, *_ = capsys.readouterr().err.splitlines()
    assert speakers.endswith("Taken for speakers: ANNA, BEN.")
    assert first.startswith("bark-studio: text.txt, rows ")
    assert first.endswith(MISSING)


def test_spoken_rows_stay_as_they_were_read(
    tmp_path: Path,
    convert: Callable[..., int],
    read_as: Callable[[str], None],
    lack: Callable[[], None],
    speaker: Speaker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    read_as("にホン")
    assert convert() == 0
    first = {"|にホンガガガガ", "|にホンガガガガガ"}
    assert texts(speaker) == {*first, "A row in English stands between them."}
    assert "read otherwise" not in capsys.readouterr().err

    read_as("にッポン")
    assert convert() == 0
    assert not speaker.rows
    sentence = "would be read otherwise now by a dictionary with にッポン: 2; have all rows spoken"
    assert sentence in capsys.readouterr().err
    assert convert("--dry-run") == 0
    assert "spoken as: |にホンガガガガ" in capsys.readouterr().out

    with (tmp_path / "text.txt").open("a", encoding="utf-8") as text:
        text.write("\nBEN: 日本だ。\n")
    assert convert() == 0
    assert texts(speaker) == {"|にッポンガガ"}

    lack()  # on a machine without a dictionary nothing is lost
    assert convert() == 0
    assert not speaker.rows

    read_as("にッポン")
    assert convert("--remake") == 0
    assert {"|にッポンガガガガ", "|にッポンガガガガガ"} <= texts(speaker)
    capsys.readouterr()
    assert convert() == 0
    assert not speaker.rows
    assert "read otherwise" not in capsys.readouterr().err


def test_reasons_are_told_once() -> None:
    assert told("a.txt", {}) == []
    assert told("a.txt", {"1": "no", "2": "never"}) == ["a.txt, row 1: no", "a.txt, row 2: never"]
    assert told("a.txt", dict.fromkeys("123", "no")) == ["a.txt, rows 1, 2 and 3: no"]
    many = told("a.txt", dict.fromkeys("12345678", "no"))
    assert many == ["a.txt, rows 1, 2, 3, 4, 5 and 3 more: no"]
    script = Script(title="t", rows=(ScriptRow(id="1", text="a"), ScriptRow(id="2", text="b")))
    refuse_unread("a.txt", script, {"1": "no"})
    with pytest.raises(UserError, match=r"a\.txt: no"):
        refuse_unread("a.txt", script, {"1": "no", "2": "never"})
