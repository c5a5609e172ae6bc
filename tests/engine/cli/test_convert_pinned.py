"""`convert` goes on with a project as it was begun, and otherwise on purpose alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import main
from engine.cli import models
from engine.engines import Engines
from engine.script import maker
from engine.script.project import Project
from engine.settings import Settings
from tests.engine.script.speaker import Speaker

TEXT = """id,text
r1,This is the first row of a text that is long enough.
r2,And this is the second one that is about as long.
r3,The third ends it.
"""
HERE = {"float32": "", "int8": "int8-avx512vnni", "bfloat16": "bfloat16-avx512bf16"}


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Speaker:
    """Speaks for every model; knows which settings and which checkpoint it was built for."""
    speaker = Speaker()
    speaker.built = []  # type: ignore[attr-defined]

    def build(self: Any, request: object) -> Speaker:
        speaker.built.append((self._settings, self._model.name))  # type: ignore[attr-defined]
        return speaker

    def resolved(settings: Settings) -> tuple[str, str]:
        precision = "int8" if settings.precision == "auto" else settings.precision
        word = HERE[precision]
        return precision, word.replace("-", "-torch-") if settings.kernel == "torch" else word

    monkeypatch.setattr(Engines, "_build", build)
    monkeypatch.setattr(maker, "_resolved", resolved)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text(f'{{"name": "{name}"}}')
    monkeypatch.setattr(models, "find_model", lambda name: Path(name or tmp_path / "one"))
    return speaker


@pytest.fixture
def convert(tmp_path: Path, speaker: Speaker) -> Callable[..., int]:
    (tmp_path / "a.csv").write_text(TEXT)

    def convert(*options: str | Path) -> int:
        out = str(tmp_path / "out")
        return main.main(["convert", str(tmp_path / "a.csv"), "--out", out, *map(str, options)])

    return convert


def project(folder: Path) -> Project:
    return Project(folder / "out" / "a.project")


def lose(folder: Path, row: int) -> None:
    """The take of a row is gone."""
    state = project(folder).states()[row]
    project(folder).store.path(str(state.key)).unlink()


BEGUN = ("--precision", "int8", "--seed", "7", "--takes", "2", "--temperature", "0.5", "--unpadded")


def test_without_options_it_goes_on_as_it_was_begun(
    convert: Callable[..., int], speaker: Any, tmp_path: Path
) -> None:
    assert convert(*BEGUN, "--model", tmp_path / "two") == 0
    before = [state.key for state in project(tmp_path).states()]
    lose(tmp_path, 1)
    speaker.requests.clear()
    speaker.built.clear()
    assert convert() == 0
    ((settings, model),) = speaker.built
    assert (settings.precision, settings.unpadded, model) == ("int8", True, "two")
    ((row,),) = (request.rows for request in speaker.requests)
    assert (row.seed, speaker.requests[0].sampling.semantic.temperature) == (7, 0.5)
    assert [state.key for state in project(tmp_path).states()] == before
    assert project(tmp_path).recipe.takes == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--seed", "8"), "--seed 7, and now 8"),
        (("--takes", "3"), "--takes 2, and now 3"),
        (("--temperature", "0.7"), "--temperature 0.5,0.5,none, and now 0.7,0.7,none"),
        (("--greedy",), "--temperature 0.5,0.5,none, and now 0"),
        (("--top-k", "5"), "--top-k 0,0,0, and now 5,5,0"),
        (("--min-eos-p", "0.2"), "--min-eos-p none, and now 0.2"),
        (("--history", "continue"), "--history constant, and now continue"),
        (("--precision", "float32"), "in int8-avx512vnni, and now in float32"),
        (("--precision", "bfloat16"), "in int8-avx512vnni, and now in bfloat16-avx512bf16"),
        (("--kernel", "torch"), "in int8-avx512vnni, and now in int8-torch-avx512vnni"),
        (("--no-unpadded",), "with --unpadded, and now without"),
        (("--long-window",), "without --long-window, and now with"),
        (("--no-numbers",), "with --numbers, and now without"),
        (("--model", "two"), "by the model "),
    ],
)
def test_another_way_is_refused_before_any_work(
    options: tuple[str, ...],
    words: str,
    convert: Callable[..., int],
    speaker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert convert(*BEGUN) == 0
    lose(tmp_path, 1)
    speaker.requests.clear()
    capsys.readouterr()
    for dry in ((), ("--dry-run",)):
        assert convert(*options, *dry) == 2
        (said,) = capsys.readouterr().err.splitlines()
        assert words in said
        assert "--remake (all rows anew) or --mix (missing rows only)" in said
    assert not speaker.requests


@pytest.mark.parametrize(
    "same",
    [
        BEGUN,
        ("--seed", "7"),
        ("--precision", "auto"),
        ("--precision", "int8"),
        ("--kernel", "auto"),
        ("--top-p", "1"),
        ("--batch-size", "3"),
        ("--model", "one"),
    ],
)
def test_what_is_no_other_way_goes_on(
    same: tuple[str, ...],
    convert: Callable[..., int],
    speaker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert convert(*BEGUN) == 0
    lose(tmp_path, 2)
    speaker.requests.clear()
    assert convert(*same) == 0
    assert len(speaker.rows) == 1


def test_remake_speaks_all_rows_and_pins_the_project_anew(
    convert: Callable[..., int], speaker: Any, tmp_path: Path
) -> None:
    assert convert(*BEGUN) == 0
    earlier = [state.key for state in project(tmp_path).states()]
    speaker.requests.clear()
    assert convert("--precision", "bfloat16", "--remake") == 0
    assert len(speaker.rows) == 3
    assert {row.seed for row in speaker.rows} == {7}  # what is not given stays
    made = project(tmp_path)
    assert made.maker is not None
    assert made.maker.settings["arithmetic"] == "bfloat16-avx512bf16"
    for row, key in zip(made.script.rows, earlier, strict=True):
        assert key in [take.key for take in made.takes(row.id)]  # to choose from
    speaker.requests.clear()
    assert convert() == 0  # and so it goes on
    assert convert("--precision", "bfloat16", "--remake") == 0
    assert not speaker.requests
    assert convert("--precision", "int8") == 2
    assert convert("--precision", "int8", "--remake") == 0  # its takes are there
    assert [state.key for state in project(tmp_path).states()] == earlier
    assert not speaker.requests


def test_mix_speaks_missing_rows_alone_and_the_list_says_which(
    convert: Callable[..., int], speaker: Any, tmp_path: Path
) -> None:
    assert convert(*BEGUN, "--voice", voice(tmp_path)) == 0
    earlier = [state.key for state in project(tmp_path).states()]
    lose(tmp_path, 1)
    speaker.requests.clear()
    assert convert("--precision", "float32", "--seed", "9", "--mix") == 0
    assert [row.seed for row in speaker.rows] == [9]
    mixed = project(tmp_path)
    keys = [state.key for state in mixed.states()]
    assert [a == b for a, b in zip(keys, earlier, strict=True)] == [True, False, True]
    assert convert() == 0
    assert len(speaker.rows) == 1  # nothing is missing
    (listed,) = (tmp_path / "out").glob("a*.json")
    made = [row["made"] for row in json.loads(listed.read_text())["rows"]]
    assert [one["settings"]["precision"] for one in made] == ["int8", "float32", "int8"]
    assert [one["seed"] for one in made] == [7, 9, 7]
    assert made[0]["settings"]["arithmetic"] == "int8-avx512vnni"
    about = mixed.store.note(str(keys[1]))
    assert about["made"] == made[1]


def test_an_unmixed_list_says_it_once(convert: Callable[..., int], tmp_path: Path) -> None:
    assert convert() == 0
    (listed,) = (tmp_path / "out").glob("a*.json")
    assert not any("made" in row for row in json.loads(listed.read_text())["rows"])


def test_histories_are_not_mixed(
    convert: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert() == 0
    assert convert("--history", "continue", "--mix") == 2
    assert "cannot be mixed" in capsys.readouterr().err
    assert convert("--history", "continue", "--remake") == 0


def test_a_model_that_is_gone_is_said(
    convert: Callable[..., int],
    speaker: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert convert("--model", tmp_path / "one") == 0
    (tmp_path / "one" / "config.json").write_text('{"name": "one", "edition": 2}')
    capsys.readouterr()
    assert convert() == 2
    assert "which is not here, and now starter-voice (" in capsys.readouterr().err
    assert convert("--mix") == 0
    lose(tmp_path, 1)
    speaker.requests.clear()
    assert convert() == 0
    assert len(speaker.rows) == 1


def test_a_machine_that_computes_otherwise_says_so_where_rows_are_missing(
    convert: Callable[..., int],
    speaker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert convert("--precision", "int8") == 0
    monkeypatch.setitem(HERE, "int8", "int8-avx2")
    assert convert() == 0  # nothing is to be spoken
    lose(tmp_path, 1)
    speaker.requests.clear()
    capsys.readouterr()
    assert convert() == 2
    said = capsys.readouterr().err
    assert "in int8-avx512vnni, and this machine computes in int8-avx2, int8-torch-avx2" in said
    assert not speaker.requests
    assert convert("--mix") == 0
    assert len(speaker.rows) == 1


def test_voices_stay_as_they_were_given(
    convert: Callable[..., int], speaker: Any, tmp_path: Path
) -> None:
    assert convert("--voice", voice(tmp_path)) == 0
    speaker.requests.clear()
    assert convert() == 0
    assert convert("--dry-run") == 0
    assert not speaker.requests
    assert project(tmp_path).voices[""]


def test_fresh_begins_anew(convert: Callable[..., int], speaker: Any, tmp_path: Path) -> None:
    assert convert(*BEGUN) == 0
    speaker.requests.clear()
    assert convert("--fresh", "--seed", "3") == 0
    assert {row.seed for row in speaker.rows} == {3}
    assert len(speaker.rows) == 3
    assert project(tmp_path).recipe.takes == 3


def voice(folder: Path) -> Path:
    import numpy as np

    path = folder / "anna.npz"
    np.savez(path, semantic_prompt=np.arange(9))
    return path


NUMBERS = TEXT.replace("The third", "In 1999 the 3rd")


def test_numbers_are_spoken_in_words_and_told(
    convert: Callable[..., int],
    speaker: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.csv").write_text(NUMBERS)
    said = "In nineteen ninety-nine the third ends it."
    assert convert("--dry-run") == 0
    assert f"spoken as: {said}" in capsys.readouterr().out
    assert convert() == 0
    assert [row.text for request in speaker.requests for row in request.rows].count(said) == 1
    rows = json.loads((tmp_path / "out" / "a.takes.json").read_bytes())["rows"]
    assert [row.get("spoken") for row in rows] == [None, None, said]
    assert rows[2]["text"] == "In 1999 the 3rd ends it."


def test_what_was_begun_without_numbers_in_words_goes_on_without(
    convert: Callable[..., int], speaker: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(NUMBERS)
    assert convert("--no-numbers") == 0
    head = tmp_path / "out" / "a.project" / "project.json"
    stored = json.loads(head.read_bytes())
    del stored["recipe"]["numbers"]  # before there were any
    head.write_text(json.dumps(stored))
    before = [state.key for state in project(tmp_path).states()]
    speaker.requests.clear()
    assert convert() == 0
    assert not speaker.requests
    assert [state.key for state in project(tmp_path).states()] == before
    assert convert("--numbers") == 2
    # Only the row that holds numbers is another one.
    assert convert("--numbers", "--remake") == 0
    after = [state.key for state in project(tmp_path).states()]
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    ((row,),) = (request.rows for request in speaker.requests)
    assert row.text == "In nineteen ninety-nine the third ends it."
