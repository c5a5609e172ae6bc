"""What a project is pinned to: its model and arithmetic, from its first take on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.script.project import Project
from engine.script.recipe import Maker
from engine.script.rows import Script, ScriptRow

ONE = Maker(model="one", settings={"precision": "float32"})
OTHER = Maker(model="other", settings={"precision": "float32"})


def test_a_project_without_takes_that_says_nothing_is_not_pinned(tmp_path: Path) -> None:
    """As version 0.1.0 left it."""
    script = Script(title="t", rows=(ScriptRow(id="a", text="So."),))
    folder = Project.create(tmp_path / "p", script).folder
    for maker in (ONE, OTHER):
        head = json.loads((folder / "project.json").read_text())
        (folder / "project.json").write_text(json.dumps({**head, "pinned": None}))
        project = Project(folder)
        assert not project.pinned
        project.set_maker(maker)
        assert Project(folder).maker == maker


def test_a_project_stays_pinned_also_without_its_takes(tmp_path: Path) -> None:
    script = Script(title="t", rows=(ScriptRow(id="a", text="So."),))
    project = Project.create(tmp_path / "p", script)
    project.set_maker(ONE)
    assert not Project(project.folder).pinned
    project.pin()
    again = Project(project.folder)
    assert again.is_known_pinned
    with pytest.raises(UserError, match="is spoken by one, float32, not by other"):
        again.set_maker(OTHER)
    assert Project(project.folder).maker == ONE
