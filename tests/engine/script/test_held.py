"""Editing, deleting, moving or re-rolling one row leaves every other row as it was."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UserError
from engine.script.held import Held, alone, from_json, to_json
from engine.script.project import Project
from engine.script.recipe import Maker, Recipe
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.rows import Ids, Script, ScriptRow
from engine.script.states import RowState
from tests.engine.script.speaker import Speaker

WORDS = "The quick brown fox jumps over the lazy dog, as it is said"
SPEAKERS = ("", "ANNA")


def maker(project: Project) -> Maker:
    voices = {name: f"content of {name}" for name in project.voices_in_use()}
    return Maker(model="a model", settings={"precision": "float32"}, voices=voices)


def render(project: Project) -> list[str]:
    """Make what is missing; what was spoken."""
    speaker = Speaker()
    Renderer(lambda _: speaker, maker).generate(RenderRequest(project=project))
    return [row.text for row in speaker.rows]


def states(project: Project) -> dict[str, RowState]:
    return {state.id: state for state in project.states()}


def create(folder: Path, texts: list[str], recipe: Recipe, voice: str | None = None) -> Project:
    rows = [
        ScriptRow(id=f"r{i}", text=text, speaker=SPEAKERS[i % 3 == 2])
        for i, text in enumerate(texts)
    ]
    script = Script(title="t", rows=tuple(rows))
    return Project.create(folder / "p", script, recipe, {"": voice} if voice else {})


def edit(project: Project, row: int, how: str) -> str:
    """Change one row; its id."""
    rows = list(project.script.rows)
    changed = rows[row].id
    if how == "edit":
        rows[row] = rows[row].replace(text=f"{WORDS} quite otherwise, and at some greater length.")
    elif how == "shorten":
        rows[row] = rows[row].replace(text="No.")
    elif how == "delete":
        del rows[row]
    elif how == "move":
        rows.insert(0, rows.pop(row))
    elif how == "voice":
        rows[row] = rows[row].replace(voice="ben")
    elif how == "insert":
        changed = Ids(row.id for row in rows).take("new")
        rows.insert(row, ScriptRow(id=changed, text=f"{WORDS}, by {changed} who came later."))
    elif how == "reroll":
        project.reroll(changed)
        return changed
    elif how == "lock":
        project.lock(changed)
        return changed
    project.set_script(project.script.replace(rows=tuple(rows)))
    return changed


CHANGES = ("edit", "shorten", "delete", "move", "voice", "insert", "reroll", "lock")
RECIPES = (Recipe(), Recipe(history="continue"), Recipe(history="continue", anchor=3))
TEXTS = st.lists(
    st.sampled_from(
        [
            "One.",
            "Chapter two",
            f"{WORDS}.",
            f"{WORDS}, loud1 and clear.",
            f"{WORDS}, cut1 in half.",
            f"{WORDS} by people who like it long and longer.",
        ]
    ),
    min_size=3,
    max_size=9,
)


def others(project: Project, changed: str) -> dict[str, RowState]:
    return {row: state for row, state in states(project).items() if row != changed}


CASES = st.fixed_dictionaries(
    {
        "texts": TEXTS,
        "recipe": st.sampled_from(RECIPES),
        "voice": st.sampled_from([None, "joe"]),
        "changes": st.lists(
            st.tuples(st.integers(0, 8), st.sampled_from(CHANGES)), min_size=1, max_size=3
        ),
        "reopened": st.booleans(),
        "left": st.booleans(),
    }
)


def no_change_touches_another_row(case: dict[str, Any]) -> None:
    """left: the project is as 0.1.0 left it, or a run that was killed at its end."""
    with tempfile.TemporaryDirectory() as folder:
        project = create(Path(folder), case["texts"], case["recipe"], case["voice"])
        render(project)
        if case["left"]:
            forget_what_is_held(project.folder)
            project = Project(project.folder)
        for number, how in case["changes"]:
            if not project.script.rows:
                break
            before = states(project)
            changed = edit(project, number % len(project.script.rows), how)
            if case["reopened"]:
                project = Project(project.folder)
            after = others(project, changed)
            assert after == {row: before[row] for row in after}
            assert len(set(render(project))) <= 1  # the changed row, and no other
            after = others(project, changed)
            assert after == {row: before[row] for row in after}


LONG = f"{WORDS} by people who like it long and longer."


@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("voice", [None, "joe"])
@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("change", [(0, "edit"), (1, "edit"), (1, "delete"), (2, "reroll")])
def test_no_change_of_a_first_row_touches_another(
    change: tuple[int, str], recipe: Recipe, voice: str | None, left: bool
) -> None:
    texts = ["One.", LONG, f"{WORDS}.", f"{WORDS}, cut1 in half.", "One."]
    no_change_touches_another_row(
        {
            "texts": texts,
            "recipe": recipe,
            "voice": voice,
            "changes": [change],
            "reopened": False,
            "left": left,
        }
    )


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(case=CASES)
def test_no_change_of_a_row_touches_another(case: dict[str, Any]) -> None:
    no_change_touches_another_row(case)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=500, deadline=None)
@given(case=CASES)
def test_none_of_many_changes_touches_another_row(case: dict[str, Any]) -> None:
    no_change_touches_another_row(case)


def forget_what_is_held(folder: Path) -> None:
    """The folder as version 0.1.0 left it."""
    (folder / "held.json").unlink(missing_ok=True)
    head = json.loads((folder / "project.json").read_text())
    for name in ("made_up", "pinned", "earlier"):
        del head[name]
    (folder / "project.json").write_text(json.dumps({**head, "format": 1}))


def test_what_is_held_of_equal_rows_is_nobodys() -> None:
    """Which of them a row that comes with another id was, nobody can tell."""
    one, other = Held(of="1", voice="take 1"), Held(of="1", voice="take 2")
    held = {"a": one, "b": Held(of="2"), "c": other, "d": one}
    assert alone(held) == {"2": held["b"]}


# ── the made-up voice ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = create(tmp_path, ["One.", *(f"{WORDS} {i}." for i in range(5))], Recipe(takes=1))
    render(project)
    return project


def test_a_made_up_voice_is_the_projects_own(project: Project) -> None:
    made_up = project.made_up[""]
    assert made_up.row == "r1"
    assert made_up.take == states(project)["r1"].key
    assert (project.folder / made_up.file).is_file()
    assert Project(project.folder).made_up == project.made_up
    rows = project.script.rows
    project.set_script(project.script.replace(rows=(rows[0], *rows[3:])))
    assert render(project) == []
    new = ScriptRow(id="z", text=f"{WORDS}, and then some more words.")
    project.set_script(project.script.replace(rows=(*project.script.rows, new)))
    speaker = Speaker()
    Renderer(lambda _: speaker, maker).generate(RenderRequest(project=project))
    assert [row.voice for row in speaker.rows] == [str(project.folder / made_up.file)]


def test_another_run_of_new_ids_finds_the_row_that_gave_its_voice(project: Project) -> None:
    """A line that comes before gives every row of a text another id."""
    rows = [row.replace(id=f"r{i + 1}") for i, row in enumerate(project.script.rows)]
    first = ScriptRow(id="r0", text="Before all that.")
    project.set_script(project.script.replace(rows=(first, *rows)))
    assert render(project) == ["Before all that."]


def test_a_change_before_any_look_touches_no_other_row(project: Project) -> None:
    """As version 0.1.0 left it, or a run that was killed at its end."""
    forget_what_is_held(project.folder)
    project = Project(project.folder)
    edit(project, 1, "edit")  # it gave the voice
    assert len(set(render(project))) == 1


def test_its_file_may_be_lost(project: Project) -> None:
    (project.folder / project.made_up[""].file).unlink()
    project = Project(project.folder)
    edit(project, 3, "edit")
    assert len(render(project)) == 1


def test_a_made_up_voice_leads_nowhere_else(project: Project) -> None:
    head = project.folder / "project.json"
    stored = json.loads(head.read_text())
    for wrong in ({"take": "../../x"}, {"file": "../../x.npz"}):
        bad = {"": {**stored["made_up"][""], **wrong}}
        head.write_text(json.dumps({**stored, "made_up": bad}))
        again = Project(project.folder)
        assert again.made_up == {}
        assert any("project.json of this project is damaged" in note for note in again.notes)


def test_another_voice_is_made_up_on_purpose(project: Project) -> None:
    before = project.made_up[""]
    anna = states(project)["r2"].key
    project.another_voice("")
    assert states(project)["r2"].key == anna  # another speaker's
    assert len(render(project)) == 4
    assert project.made_up[""].take != before.take
    assert project.made_up[""].row == before.row
    assert render(Project(project.folder)) == []
    with pytest.raises(UserError, match="not made up yet"):
        project.another_voice("nobody")


def test_a_voice_by_name_and_back(project: Project) -> None:
    before = states(project)
    project.set_voice("", "joe")
    project.set_voice("ANNA", "joe")
    assert len(render(project)) == 6
    project.set_voice("", None)
    project.set_voice("ANNA", None)
    assert states(project) == before  # the same made-up voices


def test_another_model_makes_up_its_own_voice(project: Project) -> None:
    made_up = project.made_up
    now = maker(project)
    project.speak_anew(Maker(model="a model", settings={"precision": "int8"}, voices=now.voices))
    assert project.made_up == made_up
    project.speak_anew(Maker(model="another", settings={"precision": "int8"}, voices=now.voices))
    assert project.made_up == {}


# ── the file ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_held_is_read_as_it_was_written() -> None:
    held = {
        "a": Held(of="1"),
        "b": Held(of="2", voice="none"),
        "c": Held(of="3", compared=True),
        "d": Held(of="4", voice="take 7", compared=True, level=-20.5),
    }
    assert from_json(to_json(held, 9)) == (held, 9)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"[]",
        b"{}",
        b'{"takes": 1, "rows": {"a": 3}}',
        b'{"takes": "x", "rows": {}}',
        b'{"takes": 1, "rows": {"a": {"of": "1", "level": "x"}}}',
    ],
)
def test_rubbish_is_nothing_held(damage: bytes, project: Project) -> None:
    assert from_json(damage) == ({}, -1)
    (project.folder / "held.json").write_bytes(damage)
    before = states(Project(project.folder))
    assert before == states(project)


def test_a_finished_project_is_not_written_again(project: Project) -> None:
    stamps = stamps_of(project.folder)
    again = Project.create(project.folder, project.script, project.recipe, project.voices)
    again.set_maker(maker(again))
    assert render(again) == []
    assert stamps_of(project.folder) == stamps


def stamps_of(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.json")}
