"""Which row goes into which file, and what the files are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import UserError
from engine.recordings.plan import Delivery, files, plan
from engine.recordings.write import Deliverer
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow

TWO = (ScriptRow(id="r0", text="So."), ScriptRow(id="r1", text="So."))


def paths(script: Script, **options: object) -> list[str]:
    delivery = Delivery(out=Path("out"), **options)  # type: ignore[arg-type]
    return [str(part.path) for part in plan(script, delivery, lambda row: row.voice)]


@pytest.mark.parametrize(
    ("count", "first", "last"), [(1, "01", "01"), (99, "01", "99"), (100, "001", "100")]
)
def test_numbers_sort_as_they_count(count: int, first: str, last: str) -> None:
    rows = tuple(ScriptRow(id=f"r{i}", text="So.") for i in range(count))
    found = paths(Script(title="t", rows=rows), per="row", name="{number}")
    assert (found[0], found[-1]) == (f"{first}.wav", f"{last}.wav")
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("per", "wanted"),
    [("row", ["intro.wav", "t-b.wav"]), ("chapter", ["t-01.wav"]), ("file", ["t.wav"])],
)
def test_a_rows_own_file_name_is_for_a_recording_of_that_row_alone(
    per: str, wanted: list[str]
) -> None:
    rows = (ScriptRow(id="a", text="So.", file="intro.wav"), ScriptRow(id="b", text="So."))
    script = Script(title="t", rows=rows, kind="table")
    assert paths(script, per=per) == wanted
    assert paths(script, per="row", name="{id}") == ["a.wav", "b.wav"]  # what is asked for counts


@pytest.mark.parametrize(
    ("per", "wanted"),
    [("row", ["7.wav", "b.wav"]), ("chapter", ["7-1.wav", "b.wav"]), ("file", ["7-1.wav"])],
)
def test_an_id_is_that_of_the_whole_row_or_of_the_first_one(per: str, wanted: list[str]) -> None:
    rows = (
        ScriptRow(id="7-1", text="So", part_of="7"),
        ScriptRow(id="7-2", text="so.", part_of="7"),
        ScriptRow(id="b", text="So.", chapter=1),
    )
    script = Script(title="t", rows=rows, kind="table", chapters=("", "Two"))
    assert paths(script, per=per, name="{id}") == wanted


def test_all_that_will_be_written_is_known_before() -> None:
    script = Script(title="t", rows=TWO)
    delivery = Delivery(out=Path("out"), per="row", subtitles=("srt", "vtt"))
    found = files(script, delivery, plan(script, delivery, lambda row: None)).values()
    names = ["t-r0.wav", "t-r1.wav", "t-r0.srt", "t-r1.srt", "t-r0.vtt", "t-r1.vtt"]
    names.append("t.takes.json")
    assert sorted(map(str, found)) == sorted(names)
    alone = Delivery(out=Path("out"), manifest=False)
    parts = plan(script, alone, lambda row: None)
    assert list(map(str, files(script, alone, parts).values())) == ["t.wav"]


# ── what is refused before any work ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "{mood}"}, "unknown {mood}"),
        ({"name": "../{id}"}, "leaves the output folder"),
        ({"name": "{script}", "per": "row"}, "row r0 and row r1 would both"),
        ({"name": "{speaker}", "per": "row"}, "would both"),
        ({"format": "wma"}, "no format wma"),
        ({"per": "word"}, "per file, chapter, row"),
        ({"loudness": "-1"}, "loudness is one of"),
        ({"subtitles": ("sub",)}, "subtitles are one of"),
        ({"rate": 44_100, "format": "opus"}, "opus cannot hold"),
        ({"tags": {"mood": "x"}}, "no tag mood"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, object], words: str, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p", Script(title="My script", rows=TWO))
    with pytest.raises(UserError, match=words):
        Deliverer(project, Delivery(out=tmp_path / "out", **options))  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_files_named_by_the_script_stay_inside_and_apart(tmp_path: Path) -> None:
    for number, names in enumerate((("../a", "b"), ("a.wav", "A"), ("/etc/x", ""))):
        script = tuple(
            ScriptRow(id=f"r{i}", text="Hello there.", file=file) for i, file in enumerate(names)
        )
        project = Project.create(
            tmp_path / str(number), Script(title="t", rows=script, kind="table")
        )
        with pytest.raises(UserError, match=r"leaves the output|would both"):
            Deliverer(project, Delivery(out=tmp_path / "out", per="row"))
