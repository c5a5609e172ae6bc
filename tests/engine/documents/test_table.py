"""Tables into rows and back; formulas are text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents.encoding import clean
from engine.documents.reading import Reading
from engine.documents.table import Look, look, read_table, write_csv
from engine.documents.table_columns import NoTextColumn
from engine.errors import UserError
from engine.script.rows import Script, ScriptRow


def test_a_game_table() -> None:
    script = read_table(
        "Line ID;Character;Dialogue;Filename;Emotion;Reviewer\n"
        "a1;Bob;Hello, you;bob/hello.wav;angry;x\n"
        'a2;Eve;"Say ""no""\nor; yes";;;\n'
        ";;;;;\n"
        "a3;Eve;...;;;\n",
        "game",
    )
    first, second = script.rows
    assert (first.id, first.speaker, first.text) == ("a1", "Bob", "Hello, you")
    assert (first.file, first.direction, first.line) == ("bob/hello.wav", "angry", 2)
    assert second.text == 'Say "no"\nor; yes'
    assert script.kind == "table"
    assert script.notes == (
        "Columns that are not used: Reviewer.",
        "Left out: 1 row without words.",
    )


@pytest.mark.parametrize(
    ("column", "names", "files"),
    [
        ("Filename", ("game/script.rpy", "game/script.rpy"), ["", ""]),
        ("file", ("VO/anna_001.wav", "VO/tom_001.WAV"), ["VO/anna_001.wav", "VO/tom_001.WAV"]),
        ("path", ("a.ogg", ""), ["a.ogg", ""]),
        ("file_name", ("a.wav", "a.txt"), ["", ""]),
        ("audio file", ("intro", "end"), ["intro", "end"]),
        ("Output", ("a.rpy", "b"), ["a.rpy", "b"]),
    ],
)
def test_a_column_of_source_files_names_no_recordings(
    column: str, names: tuple[str, str], files: list[str]
) -> None:
    lines = "".join(f"Hello.\t{name}\n" for name in names)
    script = read_table(f"text\t{column}\n{lines}", "t")
    assert [row.file for row in script.rows] == files
    said = f"The column {column} names no sound files, so no recordings either."
    assert (said in script.notes) == (files == ["", ""])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter(delimiter: str) -> None:
    script = read_table(f"id{delimiter}text\n7{delimiter}Hello.\n", "t")
    assert [(row.id, row.text) for row in script.rows] == [("7", "Hello.")]


def test_a_column_alone_is_enough_and_the_best_name_wins() -> None:
    assert [row.id for row in read_table("text\na\nb\n", "t").rows] == ["0001", "0002"]
    assert [row.text for row in read_table("line,text\n1,a\n", "t").rows] == ["a"]


def test_a_missing_text_column_is_asked_for() -> None:
    with pytest.raises(UserError, match="no column called text, only foo, bar: name the column"):
        read_table("foo,bar\n1,2\n", "t")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,fast,,", "line 2 .*pause is a number of seconds, not fast"),
        ("a,nan,,", "line 2 .*a pause lasts"),
        ("a,,5,1", "line 2 .*ends after its start"),
        ("a,,5,", "line 2 .*has a start and an end"),
        (f"{'x' * 200_000},,,", "line 2 .*cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(row: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_table(f"text,pause,start,end\n{row}\n", "t")


def test_ids_that_stand_twice_get_a_number() -> None:
    script = read_table("id,text\na,x\na,y\na-2,z\n", "t")
    assert [row.id for row in script.rows] == ["a", "a-2", "a-2-2"]
    assert "more than once" in script.notes[0]


def test_tags_cut_a_cell_into_parts_of_one_recording() -> None:
    script = read_table("id,text\na,one [pause 0.5] two [voice: v] three\nb,four\n", "t")
    assert [(row.id, row.text, row.pause, row.voice, row.part_of) for row in script.rows] == [
        ("a", "one", None, None, "a"),
        ("a-2", "two", 0.5, None, "a"),
        ("a-3", "three", None, "v", "a"),
        ("b", "four", None, None, ""),
    ]


def read_rows(text: str, /, **columns: str) -> list[tuple[str, str, str]]:
    script = read_table(text, "t", Reading(columns=columns))
    return [(row.id, row.speaker, row.text) for row in script.rows]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # The names of engines, editors and services.
        ("Identifier\tCharacter\tDialogue\tFilename\tLine Number\tRen'Py Script\n"
         "start_a\te\tThe lamp is lit.\tgame/script.rpy\t12\te \"[what]\"\n"
         "start_b\textend\tCome {i}home{/i}, [player].\tgame/script.rpy\t14\te \"[what]\"\n",
         [("start_a", "e", "The lamp is lit."), ("start_b", "e", "Come home.")]),
        ("Line,Character,Dialogue\n1,Anna,Lit.\n2,Tom,Come home.\n",
         [("0001", "Anna", "Lit."), ("0002", "Tom", "Come home.")]),
        ("Key,SourceString,Comment\nH_01,\"It is lit.\",\n", [("H_01", "", "It is lit.")]),
        ("番号,話者,台詞,ファイル名\n1,太郎,おはよう。,vo_001\n", [("1", "太郎", "おはよう。")]),
        ("Key,Id,English(en),Japanese(ja)\nk1,77,Hello there.,こんにちは。\n",
         [("77", "", "Hello there.")]),
        ("keys,en,_character\n01,Hey,John\n02,Hey!,Jade\n",
         [("01", "John", "Hey"), ("02", "Jade", "Hey!")]),
        ("language,id,text,file,node,lineNumber\nen,line:1,Hi.,Start.yarn,Start,3\n",
         [("line:1", "", "Hi.")]),
        ("speaker,start_time,end_time,transcription,translation\n"
         "Adam,\"0.10000\",\"1.15000\",\"Hello?\",x\n", [("0001", "Adam", "Hello?")]),
        ("ID\tTAG\tLang 2\n1\tMESSAGE\tStop it, you weak one!\n2\tMESSAGE\tWhere do you go?\n",
         [("1", "", "Stop it, you weak one!"), ("2", "", "Where do you go?")]),
        # How tables are written.
        ("sep=;\nid;speaker;text\n1;Anna;Lit, still.\n", [("1", "Anna", "Lit, still.")]),
        ("The harbour,,\n,,\nid,speaker,text\n1,Anna,Lit.\n", [("1", "Anna", "Lit.")]),
        ("Sara,\"This is Sara's line.\"\nJim,\"This is Jim's line.\"\n",
         [("0001", "Sara", "This is Sara's line."), ("0002", "Jim", "This is Jim's line.")]),
        ("a,b\n1,The lamp is lit tonight.\n2,Come home to me.\n",
         [("0001", "", "The lamp is lit tonight."), ("0002", "", "Come home to me.")]),
        ("text\nAnna: Hello.\nTom: Hi.\nAnna: Bye.\nTom: So long.\n",
         [("0001", "Anna", "Hello."), ("0002", "Tom", "Hi."), ("0003", "Anna", "Bye."),
          ("0004", "Tom", "So long.")]),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_usual_names_and_by_what_is_in_them(
    text: str, rows: list[tuple[str, str, str]]
) -> None:
    assert read_rows(text) == rows


def test_the_user_names_the_columns() -> None:
    table = "a,b,c\nThe lamp is lit.,The boat is here.,Anna\n"
    assert read_rows(table, text="b", speaker="C") == [("0001", "Anna", "The boat is here.")]
    assert read_rows(table, text="1") == [("0001", "", "The lamp is lit.")]
    with pytest.raises(UserError, match="the table has no column d, only a, b, c"):
        read_rows(table, text="d")


def test_rows_of_equal_width_tell_what_separates_them() -> None:
    table = "LJ1|Printing, in the only sense, here|Printing, in the only sense\nLJ2|is, so|is, so\n"
    assert read_rows(table, text="2") == [
        ("0001", "", "Printing, in the only sense, here"), ("0002", "", "is, so"),
    ]  # fmt: skip
    articy = "Technical Name,Speaker,Text,Stage Directions\nD1,Anna,Good evening.,quietly\n"
    (row,) = read_table(articy, "t").rows
    assert (row.id, row.direction) == ("D1", "quietly")


def test_a_column_is_none_where_the_user_says_so_and_a_number_needs_no_header() -> None:
    table = "speaker,text\nAnna,Good evening.\nTom,And to you.\n"
    assert read_rows(table, speaker="") == [
        ("0001", "", "Good evening."), ("0002", "", "And to you."),
    ]  # fmt: skip
    bare = "Good evening to you.,Anna\nAnd to you, too.,Tom\n".replace("you, too", "you too")
    assert read_rows(bare, text="1", speaker="2") == [
        ("0001", "Anna", "Good evening to you."), ("0002", "Tom", "And to you too."),
    ]  # fmt: skip


def test_a_look_at_a_table_shows_its_first_rows_and_what_was_taken_for_what() -> None:
    shown = look("sep=;\nA title\nspeaker;text;x\nAnna;Good evening.\n\nTom;Hello.;9\n")
    assert shown.names == ("speaker", "text", "x")
    assert shown.rows == (("Anna", "Good evening.", ""), ("Tom", "Hello.", "9"))
    assert shown.columns == {"speaker": 0, "text": 1}
    unclear = look("a,character\n1,2\n")
    assert unclear == Look(("a", "character"), (("1", "2"),), {"speaker": 1})
    with pytest.raises(NoTextColumn):
        read_table("a,character\n1,2\n", "t")
    assert len(look("text\n" + "word\n" * 999).rows) == 30
    assert look("Good evening to you.,Anna\nAnd to you all.,Tom\n").names == ("", "")


def test_a_column_of_sources_is_no_output() -> None:
    script = read_table("id,text,filename\n1,Hi.,a/script.rpy\n2,Ho.,a/script.rpy\n", "t")
    assert [row.file for row in script.rows] == ["", ""]
    script = read_table("id,text,filename\n1,Hi.,VO/a_1.wav\n2,Ho.,VO/a_2.WAV\n", "t")
    assert [row.file for row in script.rows] == ["VO/a_1.wav", "VO/a_2.WAV"]


@pytest.mark.parametrize(
    ("start", "end", "times"),
    [
        ("00:00:01:00", "00:00:03:12", (1.0, 3.48)),
        ("00:00:01;00", "00:00:03;29", (1.0, 3 + 29 / 30)),
        ("0:01:02.5", "1:03", (62.5, 63.0)),
        ("00:00:01,500", "00:00:02,000", (1.5, 2.0)),
        ("1.5s", "2,5", (1.5, 2.5)),
    ],
)
def test_clock_times(start: str, end: str, times: tuple[float, float]) -> None:
    table = f"Speaker Name\tStart Time\tEnd Time\tText\nA\t{start}\t{end}\tHi.\n"
    (row,) = read_table(table, "t").rows
    assert (row.start, row.end) == pytest.approx(times)


@pytest.mark.parametrize(
    ("cell", "spoken", "marks"),
    [
        ("<b>Hello</b> <color=#ff0000>there</color>.", "Hello there.", 4),
        ("{i}Hello{/i}, {w=0.5}[player.name], {color=#f00}come{/color}.", "Hello, come.", 6),
        ("<<wait 1>>Hello, {$name}!", "Hello!", 2),
        ("[wave amp=50]Hello[/wave] [laughs] and [clears throat].",
         "Hello [laughs] and [clears throat].", 2),
        (r"Hello\nthere, \"you\".", 'Hello\nthere, "you".', 0),
        ("Tom &amp; I, 50% off, %s left.", "Tom & I, 50% off, left.", 1),
        ("a < b > c", "a < b > c", 0),
    ],
)  # fmt: skip
def test_marks_of_engines_are_not_spoken(cell: str, spoken: str, marks: int) -> None:
    quoted = cell.replace('"', '""')
    script = read_table(f'id,text\n1,"{quoted}"\n', "t")
    assert script.rows[0].text == spoken
    assert [what.count for what in script.left_out] == ([marks] if marks else [])


FORMULAS = ["=cmd|' /C calc'!A0", "+1 for me", "-5 degrees", "@SUM(A1)", "'=quoted", "''-x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_and_never_written_as_one(text: str) -> None:
    row = ScriptRow(id="1", text=text, speaker="=evil()", direction="@home")
    written = write_csv(Script(title="t", rows=(row,), kind="table"))
    cells = [cell for line in csv.reader(io.StringIO(written)) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    (again,) = read_table(written, "t").rows
    assert (again.text, again.speaker, again.direction) == (text, "=evil()", "@home")
    assert read_table(f'text\n"{text}"\n', "t").rows[0].text == text.removeprefix("'")


NAMES = st.text("ab ,;=-'\"Ä", max_size=8).map(lambda text: " ".join(text.split()))
ROWS = st.builds(
    dict,
    text=st.text("ab1 ,;=+-@'\"\n|Ä今[]", max_size=30).map(lambda text: (text + "x").strip()),
    speaker=NAMES,
    voice=NAMES.map(lambda text: text or None),
    file=NAMES,
    direction=NAMES,
    pause=st.none() | st.floats(0, 600),
    chapter=st.integers(0, 2),
    heading=st.booleans(),
    times=st.none() | st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)).map(sorted),
)


@settings(deadline=None)
@given(st.lists(ROWS, max_size=8))
def test_what_is_written_is_read_again(rows: list[dict[str, object]]) -> None:
    made = []
    for number, fields in enumerate(rows):
        start, end = fields.pop("times") or (None, None)  # type: ignore[misc]
        row = ScriptRow(id=f"r{number}", start=start, end=end, **fields)  # type: ignore[arg-type]
        made.append(row.replace(part_of=made[-1].id if number % 3 == 2 else ""))
    script = Script(title="t", rows=tuple(made), kind="table", chapters=("", "One", "=Two"))
    again = read_table(clean(write_csv(script)), "t")
    titles = [script.chapters[row.chapter] for row in script.rows]
    assert [again.chapters[row.chapter] for row in again.rows] == titles
    assert [row.replace(line=0, chapter=0) for row in again.rows] == [
        row.replace(chapter=0) for row in script.rows
    ]
