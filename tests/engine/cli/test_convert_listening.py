"""`convert --listen`: takes are heard before they count, and what is pinned by that."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import main
from engine.cli import models
from engine.engines import Engines
from engine.listening import process
from engine.script.project import Project
from tests.engine.script.recogniser import FakeRecogniser
from tests.engine.script.speaker import Speaker

TEXTS = (
    "This is the first row of a text that is long enough.",
    "And this is a mumbled1 one that is about as long.",
)


class Ears(FakeRecogniser):
    """Hears the rows above, whoever asks."""

    asked: list[Ears]

    def __init__(self, folder: Path, threads: int) -> None:
        super().__init__(*TEXTS)
        self.folder, self.closed = folder, False
        Ears.asked.append(self)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def convert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    Ears.asked = []
    monkeypatch.setattr(process, "Ears", Ears)
    monkeypatch.setattr(Engines, "_build", lambda self, request: Speaker())
    monkeypatch.setattr("engine.script.maker.voice_hash", lambda voice, model: f"hash of {voice}")
    monkeypatch.setattr(models, "find_model", lambda name: tmp_path / "model")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    for name in ("ear", "other"):
        (tmp_path / name).mkdir()
        for file in ("model.bin", "config.json", "vocabulary.txt", "tokenizer.json"):
            (tmp_path / name / file).write_text(f'{{"name": "{name}"}}')
    rows = [f"r{number},{text}" for number, text in enumerate(TEXTS)]
    (tmp_path / "a.csv").write_text("\n".join(("id,text", *rows)) + "\n")

    def convert(*options: str | Path) -> int:
        fixed = ("--out", tmp_path / "out", "--voice", "anna", "--no-numbers")
        return main.main(["convert", *map(str, (tmp_path / "a.csv", *fixed, *options))])

    return convert


def test_what_is_misheard_is_spoken_again(
    convert: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subtitles = [part for kind in ("srt", "words.vtt", "lrc") for part in ("--subtitles", kind)]
    assert convert("--listen", tmp_path / "ear", *subtitles) == 0
    said = capsys.readouterr().err
    assert "3 takes made" in said
    assert "3 heard in " in said
    rows = json.loads((tmp_path / "out" / "a.takes.json").read_text())["rows"]
    assert [row["take"] for row in rows] == [0, 1]
    assert rows[0]["heard"]["text"] == TEXTS[0]
    assert rows[0]["heard"]["errors"] == 0
    assert len(rows[0]["heard"]["words"]) == len(TEXTS[0].split())
    words = (tmp_path / "out" / "a.words.vtt").read_text()
    assert words.count("<00:00:0") >= len(TEXTS[0].split()) - 1
    assert (tmp_path / "out" / "a.lrc").read_text().startswith("[00:00.00]<00:00.")
    assert all(ears.closed for ears in Ears.asked)
    recipe = Project(tmp_path / "out" / "a.project").recipe
    assert len(recipe.listen) == 64
    assert recipe.listener == str(tmp_path / "ear")
    assert recipe.probable
    assert recipe.believed


def test_a_project_goes_on_with_its_recogniser(
    convert: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert() == 0
    assert Ears.asked == []
    assert convert("--listen", tmp_path / "ear") == 0  # made up for
    assert "2 rows: 1 takes made" in capsys.readouterr().err.splitlines()[-1]
    with (tmp_path / "a.csv").open("a") as file:
        file.write(f"r2,{TEXTS[0]}\n")
    assert convert() == 0
    assert Ears.asked[-1].folder == tmp_path / "ear"
    assert convert("--listen", tmp_path / "other") == 2
    assert "was begun otherwise: heard by " in capsys.readouterr().err
    assert convert("--misheard", "0.5") == 2
    assert "--misheard none, and now 0.5" in capsys.readouterr().err
    assert convert("--listen", tmp_path / "other", "--remake") == 0
    project = Project(tmp_path / "out" / "a.project")
    assert project.recipe.listener == str(tmp_path / "other")
    older = dataclasses.replace(project.recipe, probable=False)
    project.set_recipe(older)
    project.close()
    assert convert("--listen", tmp_path / "other") == 0
    assert Project(tmp_path / "out" / "a.project").recipe == older  # it chooses as it did


def test_a_recogniser_that_is_not_here_is_said_and_the_run_goes_on(
    convert: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BARK_STUDIO_MODELS", str(tmp_path / "none"))
    assert convert("--listen") == 0
    said = capsys.readouterr().err
    assert "takes are not heard: whisper-base is not here yet: fetch it with" in said
    assert Project(tmp_path / "out" / "a.project").recipe.listen == ""
    assert convert("--listen", tmp_path / "ear") == 0
    (tmp_path / "ear").rename(tmp_path / "gone")
    with (tmp_path / "a.csv").open("a") as file:
        file.write("r2,And a third row that nobody has ever heard before now.\n")
    assert convert() == 0
    assert "which heard the first ones, is not here" in capsys.readouterr().err
    assert convert("--listen", "nobody") == 2
    assert "there is no recogniser nobody" in capsys.readouterr().err
    assert convert("--misheard", "2") == 2
