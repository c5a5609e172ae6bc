"""The table of a script: what changes is told exactly, what is shown is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from engine.script.pace import Pace
from engine.script.quality import Measures, Verdict
from engine.script.rows import Script, ScriptRow
from engine.script.selection import RowState
from gui.script.filter import ALL, FAILED, GOOD, LOCKED, OPEN, ScriptFilter
from gui.script.lengths import pause_before, recorded_seconds
from gui.script.model import ID, LENGTH, LOCK, SPEAKER, TAKES, TEXT, VERDICT, VOICE, ScriptModel
from gui.script.tally import Tally

EDIT = Qt.ItemDataRole.EditRole


def rows(*texts: str) -> tuple[ScriptRow, ...]:
    return tuple(ScriptRow(id=text, text=text) for text in texts)


def script(*texts: str) -> Script:
    return Script(title="t", rows=rows(*texts))


def state(row: str, status: str, *reasons: str, seconds: float = 2.0) -> RowState:
    key = None if status == "waiting" else f"key of {row}"
    verdict = Verdict(reasons, 1.0 if reasons else 0.0)
    measures = Measures(seconds=seconds) if key else None
    return RowState(id=row, status=status, key=key, verdict=verdict, measures=measures, made=1)


@pytest.fixture
def model(qtbot: QtBot) -> ScriptModel:
    """A model that Qt's own checker watches."""
    model = ScriptModel()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    model.tester = QAbstractItemModelTester(model, mode)  # type: ignore[attr-defined]
    return model


def shown(model: ScriptModel, column: int = TEXT) -> list[str]:
    return [model.index(number, column).data() for number in range(model.rowCount())]


@pytest.mark.parametrize(
    ("after", "signals"),
    [
        ("a b c", []),
        ("a X c", ["changed 1 1"]),
        ("a c", ["removed 1 1"]),
        ("", ["removed 0 2"]),
        ("a b X Y c", ["inserted 2 3"]),
        ("X a b c", ["inserted 0 0"]),
        ("a X Y c", ["removed 1 1", "inserted 1 2"]),
        ("X Y Z", ["changed 0 2"]),
    ],
)
def test_an_edit_tells_the_views_what_is_different(
    model: ScriptModel, after: str, signals: list[str]
) -> None:
    before = {row.id: row for row in rows("a", "b", "c")}
    model.set_script(Script(title="t", rows=tuple(before.values())))
    heard: list[str] = []

    def note(name: str) -> Callable[[QModelIndex, int, int], None]:
        return lambda parent, first, last: heard.append(f"{name} {first} {last}")

    model.rowsInserted.connect(note("inserted"))
    model.rowsRemoved.connect(note("removed"))
    model.dataChanged.connect(lambda a, b: heard.append(f"changed {a.row()} {b.row()}"))
    names = after.split()
    model.set_script(
        Script(title="t", rows=tuple(before.get(name) or rows(name)[0] for name in names))
    )
    assert shown(model) == names
    assert heard == signals
    assert model.numbers == {name: number for number, name in enumerate(names)}


def test_states_of_rows_that_are_edited_are_forgotten(model: ScriptModel) -> None:
    model.set_script(script("a", "b"))
    model.set_states({"a": state("a", "good"), "b": state("b", "good")})
    edited = model.script.replace(rows=(model.rows[0], model.rows[1].replace(text="B")))
    model.set_script(edited)
    assert shown(model, VERDICT) == ["good", "…"]


def test_what_a_row_shows(model: ScriptModel) -> None:
    row = ScriptRow(id="7", text="One\ntwo.", speaker="ANNA", heading=True)
    model.voice_title = lambda voice: f"<{voice}>"
    model.set_all(Script(title="t", rows=(row,)), {}, {"ANNA": "v", "": "w"}, {}, Tally())
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells == ["7", "ANNA", "One two.", "<v>", "", "≈ 0:00.6", "…", ""]
    model.set_states({"7": state("7", "failed", "it is cut", "it hisses")})
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells[TAKES:] == ["1", "0:02.0", "it is cut, it hisses", ""]
    palette = QGuiApplication.palette()
    colour = model.index(0, VERDICT).data(Qt.ItemDataRole.ForegroundRole)
    assert colour == palette.color(QPalette.ColorRole.BrightText)
    assert model.index(0, TEXT).data(Qt.ItemDataRole.FontRole).bold()
    assert model.index(0, TEXT).data(EDIT) == "One\ntwo."
    assert model.index(0, LOCK).data(Qt.ItemDataRole.AccessibleTextRole) == "not locked"


@pytest.mark.parametrize(
    ("status", "words"),
    [("waiting", "to be made"), ("good", "good"), ("kept", "chosen"), ("locked", "locked")],
)
def test_the_verdict_in_words(model: ScriptModel, status: str, words: str) -> None:
    model.set_script(script("a"))
    found = state("a", status)
    model.set_states({"a": RowState(id="a", status=status) if status == "waiting" else found})
    assert model.index(0, VERDICT).data() == words
    if status == "waiting":
        model.set_at_work(frozenset({"a"}))
        assert model.index(0, VERDICT).data() == "at work"
        model.set_at_work(frozenset({"b"}), queue=frozenset({"a", "b"}))
        assert model.index(0, VERDICT).data() == "waits"


def test_the_expected_length_follows_the_voice(model: ScriptModel) -> None:
    model.set_script(script("x" * 28))
    assert shown(model, LENGTH) == ["≈ 0:02.0"]
    model.set_paces({None: Pace(7)})
    assert model.tally.seconds == pytest.approx(4.0)
    assert shown(model, LENGTH) == ["≈ 0:04.0"]
    edited = model.rows[0].replace(text="x" * 14)
    model.set_script(model.script.replace(rows=(edited,)))
    assert shown(model, LENGTH) == ["≈ 0:02.0"]  # by what was learned, at once


def test_a_take_that_was_made_otherwise_is_shown_as_that(model: ScriptModel) -> None:
    model.set_script(script("a", "b"))
    measures = Measures(seconds=3.0)
    stale = RowState(id="a", status="waiting", next=0, earlier="key", measures=measures)
    model.set_states({"a": stale, "b": RowState(id="b", status="waiting", next=0)})
    assert shown(model, VERDICT) == ["made with other settings", "to be made"]
    assert shown(model, LENGTH)[0] == "0:03.0"
    assert model.tally.statuses["waiting"] == 2  # neither counts as made


def test_what_is_expected_of_a_row_is_what_is_spoken(model: ScriptModel) -> None:
    model.said = {"1999": "nineteen ninety-nine"}.get  # type: ignore[assignment]
    model.set_script(script("1999"))
    (row,) = model.rows
    assert model.seconds(row) == model.pace(row).seconds("nineteen ninety-nine")
    assert model.tally.seconds == pytest.approx(model.seconds(row))


def test_the_counts_follow_every_change(model: ScriptModel) -> None:
    def check() -> None:
        wanted = Counter(model.status(row.id) for row in model.rows)
        assert +model.tally.statuses == wanted
        above = (None, *model.rows)
        pauses = [pause_before(*pair) for pair in zip(above, model.rows, strict=False)]
        sound = [
            recorded_seconds(row, model.state(row.id), model.pace(row), str) for row in model.rows
        ]
        assert model.tally.seconds == pytest.approx(sum(sound) + sum(pauses))

    model.set_script(script("a", "b", "c", "d"))
    check()
    model.set_states({row: state(row, "good") for row in "abd"})
    check()
    rows = model.rows
    model.set_script(
        model.script.replace(rows=(rows[0], rows[1].replace(text="longer"), *rows[2:]))
    )
    check()
    model.set_script(model.script.replace(rows=model.rows[2:]))
    check()
    new = ScriptRow(id="e", text="One more row.")
    model.set_script(model.script.replace(rows=(model.rows[0], new, model.rows[1])))
    check()
    model.set_states({"e": state("e", "failed"), "c": state("c", "good")})
    model.set_paces({None: Pace(5)})
    check()


def test_neighbours_that_change_are_told_at_once(model: ScriptModel) -> None:
    model.set_script(script("a", "b", "c", "d", "e"))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.set_states({row: state(row, "good") for row in "abde"})
    assert told == [(0, 1), (3, 4)]
    told.clear()
    model.set_at_work(frozenset("abc"))
    model.set_paces({None: Pace(5)})
    assert told == []  # no row belongs elsewhere: what is in sight is drawn


def test_an_edit_in_place_is_asked_for(model: ScriptModel) -> None:
    model.set_script(script("a"))
    asked: list[object] = []
    model.edited.connect(lambda *arguments: asked.append(arguments))
    assert model.setData(model.index(0, TEXT), "b")
    assert model.setData(model.index(0, SPEAKER), "ANNA")
    assert model.setData(model.index(0, VOICE), None) is False  # it is so already
    assert model.setData(model.index(0, VERDICT), "good") is False
    assert asked == [(0, "text", "b"), (0, "speaker", "ANNA")]
    assert model.flags(model.index(0, TEXT)) & Qt.ItemFlag.ItemIsEditable
    assert not model.flags(model.index(0, LENGTH)) & Qt.ItemFlag.ItemIsEditable


def test_the_row_that_is_heard_is_marked(model: ScriptModel) -> None:
    model.set_script(script("a", "b"))
    model.set_playing("a")
    model.set_playing("b")
    icons = [model.index(number, ID).data(Qt.ItemDataRole.DecorationRole) for number in (0, 1)]
    assert [icon is not None for icon in icons] == [False, True]


@pytest.mark.parametrize(
    ("kind", "words", "left"),
    [
        (ALL, "", "abcd"),
        (FAILED, "", "b"),
        (OPEN, "", "c"),
        (GOOD, "", "ad"),
        (LOCKED, "", "d"),
        (ALL, " B ", "b"),
        (FAILED, "a", ""),
    ],
)
def test_what_a_filter_shows(model: ScriptModel, kind: int, words: str, left: str) -> None:
    model.set_script(script("a", "b", "c", "d"))
    filter = ScriptFilter(model)
    statuses = {"a": "good", "b": "failed", "c": "waiting", "d": "locked"}
    model.set_states({row: state(row, status) for row, status in statuses.items()})
    filter.show_only(kind, words)
    assert "".join(filter.index(n, TEXT).data() for n in range(filter.rowCount())) == left


def test_a_filter_follows_what_happens(model: ScriptModel) -> None:
    model.set_script(script("a", "b"))
    filter = ScriptFilter(model)
    filter.show_only(FAILED, "")
    assert filter.rowCount() == 0
    model.set_states({"b": state("b", "failed", "cut")})
    assert filter.rowCount() == 1
    assert filter.rows_of([filter.index(0, 0)]) == [1]
    model.set_states({"b": state("b", "good")})
    assert filter.rowCount() == 0
    filter.show_only(ALL, "")
    assert filter.rowCount() == 2
