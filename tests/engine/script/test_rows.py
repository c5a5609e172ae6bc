"""Rows are valid by construction, and a script survives its file."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import UserError
from engine.script.rows import Ids, LeftOut, Script, ScriptRow, from_json, to_json


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"id": "a\nb"},
        {"text": " \n "},
        {"text": "bell \x07"},
        {"text": "half a pair \ud83d"},
        {"speaker": "A\x00"},
        {"voice": "anna\n"},
        {"direction": "\x1b[1m"},
        {"file": "a\nb.wav"},
        {"pause": -0.1},
        {"pause": float("nan")},
        {"pause": 1e9},
        {"chapter": -1},
        {"start": 1.0},
        {"start": 2.0, "end": 1.0},
        {"start": 0.0, "end": float("inf")},
    ],
)
def test_a_wrong_row_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        ScriptRow(**{"id": "1", "text": "Hello.", **wrong})


def test_ids_are_unique_and_chapters_exist() -> None:
    row = ScriptRow(id="1", text="Hello.")
    with pytest.raises(ValueError, match="two rows have the id 1"):
        Script(title="t", rows=(row, row))
    with pytest.raises(ValueError, match="missing"):
        Script(title="t", rows=(row.replace(chapter=1),))


def test_speakers_come_in_the_order_of_their_entrance() -> None:
    rows = [ScriptRow(id=str(i), text="x", speaker=s) for i, s in enumerate(["B", "", "A", "B"])]
    assert Script(title="t", rows=tuple(rows)).speakers == ("B", "", "A")


def test_a_script_survives_its_file() -> None:
    rows = (
        ScriptRow(id="1", text='Он сказал: "да"\n— и ушёл', speaker="Ä", pause=0.0, heading=True),
        ScriptRow(id="2", text="♪ la ♪", voice="v2/en_speaker_6", file="a.wav", direction="sings"),
        ScriptRow(id="3", text="x", chapter=1, line=7, start=1.25, end=2.5, part_of="2"),
    )
    script = Script(
        title="Ärger", rows=rows, kind="table", language="ru", chapters=("", "B"), notes=("n",)
    )
    assert from_json(to_json(script)) == script
    for word in ("Ärger", "Он сказал", "♪ la ♪"):  # for whoever opens the file
        assert word.encode() in to_json(script)
    empty = Script(title="", rows=())
    assert from_json(to_json(empty)) == empty


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"title": "t"}',
        b"[" * 100_000,
        b'{"title":"t","language":"en","chapters":[""],"rows":[{"id":"1"}]}',
        b'{"title":"t","language":"en","chapters":[""],"rows":[{"id":1,"text":"x"}]}',
    ],
)
def test_rubbish_is_no_script(data: bytes) -> None:
    with pytest.raises(UserError, match="no script"):
        from_json(data)


def test_a_free_id() -> None:
    ids = Ids(["1", "8", "8-2"])
    assert [ids.take("7"), ids.take("7"), ids.take("8"), ids.take("7-2")] == [
        "7", "7-2", "8-3", "7-2-2",
    ]  # fmt: skip
    assert "8-3" in ids
    assert "8-4" not in ids


def test_an_id_is_found_as_fast_among_many() -> None:
    """Looks into what is taken, counted: a long paragraph has thousands of parts."""

    class Counted(set[str]):
        looks = 0

        def __contains__(self, name: object) -> bool:
            Counted.looks += 1
            return super().__contains__(name)

    ids = Ids()
    ids._taken = Counted()
    for _ in range(1000):
        ids.take("1")
    assert Counted.looks <= 2 * 1000


def test_what_was_left_out_is_kept() -> None:
    row = ScriptRow(id="1", text="x")
    script = Script(
        title="t",
        rows=(row,),
        left_out=(LeftOut("notes", 2, ("See page 3.",)),),
        author="A. Writer",
    )
    assert from_json(to_json(script)) == script
    assert b"left_out" not in to_json(script.replace(left_out=(), author=""))  # as 0.1.0 wrote it


def test_a_subtitle_may_take_no_time() -> None:
    assert ScriptRow(id="1", text="Flash.", start=2.0, end=2.0).end == 2.0
    assert ScriptRow(id="1", text="Flash.", start=0.0, end=0.0).start == 0.0
