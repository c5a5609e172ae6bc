"""Which row goes into which file, and what the files are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.recordings.plan import Delivery, files, plan
from engine.script.rows import Script, ScriptRow


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
    assert paths(Script(title="t", rows=rows, kind="table"), per=per) == wanted


def test_all_that_will_be_written_is_known_before() -> None:
    rows = (ScriptRow(id="a", text="So."), ScriptRow(id="b", text="So."))
    script = Script(title="t", rows=rows)
    delivery = Delivery(out=Path("out"), per="row", subtitles=("srt", "vtt"))
    found = files(script, delivery, plan(script, delivery, lambda row: None)).values()
    names = ["t-a.wav", "t-b.wav", "t-a.srt", "t-b.srt", "t-a.vtt", "t-b.vtt", "t.json"]
    assert sorted(map(str, found)) == sorted(names)
    alone = Delivery(out=Path("out"), manifest=False)
    parts = plan(script, alone, lambda row: None)
    assert list(map(str, files(script, alone, parts).values())) == ["t.wav"]
