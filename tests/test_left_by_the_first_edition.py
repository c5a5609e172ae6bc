"""A project that the first edition of the starter voice spoke, where the program has another one:
what is settled stays, nothing is spoken again unasked, and whoever asks for more is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import main
from engine.backend import Backend
from engine.bark.voices import known_as, presets
from engine.engines import Engines
from engine.errors import UserError
from engine.models import bark
from engine.models.fingerprint import model_hash
from engine.script.project import Project
from engine.settings import Settings
from tests.engine.script.speaker import Speaker
from tests.test_left_by_0_1_0 import CONVERT, ENCODERS, files
from tests.test_left_by_0_1_0 import left as left

CHANGED = "by an earlier edition of the voice that comes with the program (b4f69b9f, and now "


@pytest.fixture
def edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program brings another one, with other voices; anna speaks in place of both of joe's."""
    folder = tmp_path / "starter-voice"
    shutil.copytree(bark.STARTER, folder, ignore=shutil.ignore_patterns("recipe", "*.md"))
    listed = folder / "speaker_embeddings_path.json"
    listed.write_text(json.dumps({"anna": next(iter(presets(folder).values()))}))
    about = {name: {"instead": "anna"} for name in ("joe", "joe_bright")}
    (folder / "voices.json").write_text(json.dumps(about))
    monkeypatch.setattr(bark, "STARTER", folder)
    return folder


@pytest.fixture
def speaker(left: Path, monkeypatch: pytest.MonkeyPatch) -> Speaker:
    """Speaks in place of the engine; one row at most is to be made."""
    speaker = Speaker()
    monkeypatch.chdir(left)
    monkeypatch.setenv("XDG_DATA_HOME", str(left / "data"))
    monkeypatch.setattr(Engines, "_build", lambda self, request: speaker)
    monkeypatch.setattr("engine.recordings.write.version", ENCODERS.get)
    return speaker


def lose(project: Project, row: int) -> str:
    """The take of a row is gone; its text."""
    state = project.states()[row]
    project.store.path(str(state.key)).unlink()
    return project.script.rows[row].text


def test_a_conversion_goes_on_with_what_was_settled(
    left: Path, edition: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = left / "converted" / "story.project"
    before = files(folder / "takes")
    keys = [state.key for state in Project(folder).states()]
    assert main.main(CONVERT) == 0
    assert "5 rows: 0 takes made, 5 rows reused" in capsys.readouterr().err
    text = lose(Project(folder), 1)
    for options in ([], ["--speaker", "ANNA=anna"]):  # another voice is something to speak, too
        assert main.main([*CONVERT, *options]) == 2
        said = capsys.readouterr().err
        assert f"{CHANGED}{model_hash(edition)[:8]})" in said
        assert "--remake (all rows anew) or --mix (missing rows only)" in said
    assert not speaker.requests
    assert main.main([*CONVERT, "--mix"]) == 0
    assert {row.text for row in speaker.rows} == {text}
    project = Project(folder)
    now = [state.key for state in project.states()]
    assert [a == b for a, b in zip(now, keys, strict=True)] == [True, False, True, True, True]
    after = files(folder / "takes")
    assert {name: after[name] for name in before if name in after}.items() <= before.items()
    assert project.maker is not None
    assert project.maker.model == model_hash(edition)
    speaker.requests.clear()
    assert main.main(CONVERT) == 0  # and it goes on so
    assert not speaker.requests


def test_what_does_not_fit_is_told_beside_it(
    left: Path, edition: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([*CONVERT, "--seed", "9"]) == 2
    said = capsys.readouterr().err
    assert "--seed 0, and now 9" in said
    assert CHANGED in said
    assert not speaker.requests


def test_the_window_says_that_the_voice_has_changed(left: Path, edition: Path) -> None:
    (place,) = (left / "config" / "bark-studio" / "scripts").glob("play-*")
    project, backend = Project(place), Backend()
    assert backend.why_not(project, Settings()) == (
        "this project is spoken by an earlier edition of the voice that comes with the program "
        "(b4f69b9f), which is not here any more; what is spoken stays"
    )
    with pytest.raises(UserError, match="an earlier edition of the voice"):
        backend.further(project, Settings(), bark.STARTER.name)
    maker = backend.identify(project, Settings(precision="float32"), bark.STARTER.name)
    assert set(maker.voices) == {"joe", "joe_bright"}  # the rows keep the names that they had
    facts: Any = backend.facts(bark.STARTER.name)
    assert facts.voices == ("anna",)
    assert facts.about["joe"].instead == known_as(edition, "joe") == "anna"
