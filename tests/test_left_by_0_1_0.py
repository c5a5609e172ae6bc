"""What version 0.1.0 left on a disk opens: nothing is refused, spoken again or lost."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import main
from engine.bark.voices import known_as
from engine.engines import Engines
from engine.models.bark import STARTER
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.rows import ScriptRow
from tests.conftest import ROOT
from tests.engine.script.speaker import Speaker
from tests.gui.shown import run

LEFT = ROOT / "tests" / "fixtures" / "0.1.0"
CONVERT = [
    *(
        "convert",
        "story.md",
        "--out",
        "converted",
        "--voice",
        "joe",
        "--speaker",
        "ANNA=joe_bright",
    ),
    *("--replace", "words.txt", "--format", "flac", "--per", "chapter", "--subtitles", "srt"),
]
ENCODERS = {"av": "18.1.0", "soundfile": "0.14.0"}  # of the recordings


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A copy, with its own paths in it and the dates of its recordings."""
    folder = tmp_path / "left"
    shutil.copytree(LEFT, folder)
    # The project of a text is named after the text's place.
    place = hashlib.sha256(str((folder / "documents" / "play.txt").resolve()).encode()).hexdigest()
    scripts = folder / "config" / "bark-studio" / "scripts"
    (scripts / "play-9e85eff0").rename(scripts / f"play-{place[:8]}")
    for path in folder.rglob("*"):
        if path.is_file() and b"@FOLDER@" in (data := path.read_bytes()):
            data = data.replace(b"play-9e85eff0", f"play-{place[:8]}".encode())
            path.write_bytes(data.replace(b"@FOLDER@", str(folder).encode()))
    for ledger in folder.rglob("delivered.jsonl"):
        for line in filter(None, ledger.read_text(encoding="utf-8").splitlines()):
            known = json.loads(line)
            if Path(known["path"]).exists():
                os.utime(known["path"], ns=(known["stamp"][1],) * 2)
    return folder


def expected(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


def missing(wanted: Any, seen: Any, at: str = "") -> list[str]:
    """Where something that was there is gone or another; what is new does not count."""
    if isinstance(wanted, dict) and isinstance(seen, dict):
        return [
            line
            for key, value in wanted.items()
            for line in missing(value, seen.get(key), f"{at}.{key}")
        ]
    if isinstance(wanted, list) and isinstance(seen, list) and len(wanted) == len(seen):
        pairs = enumerate(zip(wanted, seen, strict=True))
        return [line for i, (a, b) in pairs for line in missing(a, b, f"{at}[{i}]")]
    return [] if wanted == seen else [f"{at}: {wanted!r} is now {seen!r}"]


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def test_a_finished_conversion_has_nothing_left_to_do(
    left: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(self: object, request: object) -> None:
        pytest.fail("an engine was built")

    monkeypatch.chdir(left)
    monkeypatch.setenv("XDG_DATA_HOME", str(left / "data"))
    monkeypatch.setattr(Engines, "_build", nobody)
    monkeypatch.setattr("engine.recordings.write.version", ENCODERS.get)
    before = files(left)
    recordings = [path for path in (left / "converted").iterdir() if path.is_file()]
    dates = [path.stat().st_mtime_ns for path in recordings]
    ledger, new = "converted/story.project/delivered.jsonl", "converted/story.takes.json"
    assert main.main(CONVERT) == 0
    assert "5 rows: 0 takes made, 5 rows reused" in capsys.readouterr().err
    after = files(left)
    # Hashes are noted, and the list has another name now; the old one stays where it is.
    assert after[ledger].startswith(before[ledger])
    assert {name for name in after if after[name] != before.get(name)} == {ledger, new}
    assert before.keys() <= after.keys()
    assert [path.stat().st_mtime_ns for path in recordings] == dates  # none is written again
    assert main.main(CONVERT) == 0
    assert files(left) == after


def test_a_conversion_that_was_moved_or_is_told_otherwise_knows_its_files(
    left: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(left)
    monkeypatch.setenv("XDG_DATA_HOME", str(left / "data"))
    monkeypatch.setattr("engine.recordings.write.version", ENCODERS.get)
    shutil.move("converted", "elsewhere")  # with its dates
    words = ["elsewhere" if word == "converted" else word for word in CONVERT]
    before = files(left)
    assert main.main([*words, "--tag", "artist=Anna"]) == 0  # all are written anew
    assert "0 takes made" in capsys.readouterr().err
    after = files(left)
    for name in ("story-01.flac", "story-02.flac"):
        assert after[f"elsewhere/{name}"] != before[f"elsewhere/{name}"]


def test_what_a_user_made_of_an_old_result_is_not_replaced(
    left: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(left)
    monkeypatch.setenv("XDG_DATA_HOME", str(left / "data"))
    monkeypatch.setattr("engine.recordings.write.version", ENCODERS.get)
    for name in ("story-01.srt", "story-01.flac"):
        path = left / "converted" / name
        data = path.read_bytes()
        path.write_bytes(data.replace(b"SQL", b"SQl") if name.endswith("srt") else data + b" ")
        before = files(left)
        assert main.main([*CONVERT, "--tag", "artist=Anna"]) == 2
        assert f"{name} is there and was not written by" in capsys.readouterr().err
        assert files(left) == before
        path.write_bytes(data)


def test_every_take_of_a_finished_conversion_counts_as_before(left: Path) -> None:
    wanted = expected(left)["convert"]
    project = Project(left / "converted" / "story.project")
    rows = [
        {
            "id": row.id,
            "speaker": row.speaker,
            "text": row.text,
            "chapter": row.chapter,
            "status": state.status,
            "take": state.take,
            "key": state.key,
            "sound": sound_of(project.store.audio(str(state.key))[0]),
        }
        for row, state in zip(project.script.rows, project.states(), strict=True)
    ]
    recordings = sorted(path.name for path in (left / "converted").glob("*.flac"))
    seen = {"rows": rows, "takes": len(project.store), "recordings": recordings}
    assert missing(wanted, seen) == []


# ── takes in other numbers than float32, and voices that the model made up ────────────────────

OTHERS = {"made-up": "int8-avx512vnni-bf16", "continued": "bfloat16-avx512bf16"}


@pytest.fixture(params=list(OTHERS))
def other(request: pytest.FixtureRequest, left: Path) -> Project:
    """Its takes are kept under keys that do not say which arithmetic made them."""
    return Project(left / request.param / "talk.project")


def keys(project: Project) -> dict[str, str | None]:
    return {state.id: state.key for state in project.states()}


def render(project: Project) -> list[str]:
    """Make what is missing, on a machine whose arithmetic is known; the ids of what is spoken."""
    maker, speaker = project.maker, Speaker()
    assert maker is not None
    word = OTHERS[project.folder.parent.name]
    now = dataclasses.replace(maker, settings={**maker.settings, "arithmetic": word})
    Renderer(lambda _: speaker, lambda _: now).generate(RenderRequest(project=project))
    texts = {row.text for row in speaker.rows}
    return [row.id for row in project.script.rows if row.text in texts]


def test_takes_count_whose_arithmetic_nobody_said(other: Project) -> None:
    made = {path.stem for path in (other.folder / "takes").rglob("*.npz")}
    assert set(keys(other).values()) == made
    assert len(made) == 4
    before = files(other.folder)
    assert other.pinned
    assert files(other.folder) == before  # a look writes nothing
    assert render(other) == []
    assert set(keys(other).values()) == made


@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("how", ["edit", "delete", "move"])
def test_changing_one_row_leaves_the_others_as_they_were(
    how: str, row: int, other: Project
) -> None:
    before, rows = keys(other), list(other.script.rows)
    if how == "edit":
        rows[row] = rows[row].replace(text="This row says something else now, and says it long.")
    elif how == "delete":
        del rows[row]
    else:
        rows.insert(0, rows.pop(row))
    other.set_script(other.script.replace(rows=tuple(rows)))
    changed = f"r{row + 1}" if how == "edit" else ""
    for project in (other, Project(other.folder)):
        now = keys(project)
        assert {name: now[name] for name in now if name != changed} == {
            name: before[name] for name in now if name != changed
        }
    spoken = render(Project(other.folder))
    assert spoken == [changed] * (how == "edit")
    again = Project(other.folder)
    assert again.maker is not None
    assert again.maker.settings["arithmetic"] == OTHERS[other.folder.parent.name]
    assert json.loads((other.folder / "project.json").read_text())["format"] == 2
    assert render(again) == []


def test_a_made_up_voice_of_0_1_0_becomes_the_projects(left: Path) -> None:
    project = Project(left / "made-up" / "talk.project")
    source = keys(project)["r2"]
    assert render(project) == []
    assert project.made_up[""].take == source
    new = ScriptRow(id="r9", text="This row came later and speaks in the same voice.")
    project.set_script(project.script.replace(rows=(*project.script.rows[2:], new)))
    assert project.standing().voice(2) == str(project.folder / project.made_up[""].file)


def sound_of(audio: Any) -> str:
    return hashlib.sha256(audio.tobytes()).hexdigest()[:16]


# ── the window ────────────────────────────────────────────────────────────────────────────────

LOOK = """
import dataclasses, json, sys
from pathlib import Path
from engine.backend import Backend
from gui.widgets.sampling import to_plain
from tests.gui.shown import Shown
from tests.test_left_by_0_1_0 import sound_of

left = Path(sys.argv[2])
shown = Shown(left / "config/bark-studio", Backend(), left / "data/bark-studio/takes")
studio, window = shown.studio, shown.window
studio.start()
said, rendered = [], []
studio.said.connect(lambda sentence, kind: said.append([kind, sentence]))
speak, script = window.view("speak"), window.view("script")
write, models = window.view("write"), window.view("models")
shown.until(lambda: studio.facts is not None and studio.limits, said)
shown.until(lambda: len(studio.history.records()) == int(sys.argv[1]), said)
shown.until(lambda: script.work.project is not None and script.work.idle, said)
project, model = script.work.project, script.model

def take_of(record):
    take = studio.history.history.load(record)
    return {
        **dataclasses.asdict(record),
        "sound": sound_of(take.audio),
        "samples": len(take.audio),
        "tokens": [len(take.semantic), list(take.coarse.shape), list(take.fine.shape)],
    }

def row_of(row):
    state = model.state(row.id)
    takes = script.work.takes(row.id)
    return {
        "id": row.id,
        "speaker": row.speaker,
        "text": row.text,
        "direction": row.direction,
        "pause": row.pause,
        "voice": model.voice_of(row),
        "status": state.status,
        "settled": state.settled,
        "take": state.take,
        "key": state.key,
        "choice": dataclasses.asdict(project.choice(row.id)),
        "sound": sound_of(project.store.audio(state.key)[0]),
        "takes": [
            {"number": t.number, "key": t.key, "seconds": t.measures.seconds} for t in takes
        ],
    }

seen = {
    "shown": type(window._stack.currentWidget()).__name__,
    "speak": {
        "text": speak.text_box.text(),
        "model": studio.model,
        "voice": speak.voices.value(),
        "seed": speak.seed.value(),
        "locked": speak.seed.lock.isChecked(),
        "sampling": to_plain(speak.sampling.value()),
        "settings": dataclasses.asdict(studio.settings),
        "favourites": speak.voices._favourites(),
        "files": speak.voices._files(),
    },
    "history": [take_of(record) for record in studio.history.records()],
    "script": {
        "folder": str(project.folder),
        "title": model.script.title,
        "voices": project.voices,
        "recipe": dataclasses.asdict(project.recipe),
        "maker": dataclasses.asdict(project.maker),
        "paces": {key: pace.rate for key, pace in project._paces.items()},
        "takes": len(project.store),
        "rows": [row_of(row) for row in model.rows],
    },
    "write": {
        "prompt": write.prompt.toPlainText(),
        "tokens": write.end.tokens.value(),
        "stop": write.end.stop.text(),
        "chat": write.chat.isChecked(),
    },
    "preferences": {
        "language": studio.state.get("language", "system"),
        "theme": studio.state.get("theme", "system"),
        "close.ask": studio.state.get("close.ask", True),
        "offline": models.offline.isChecked(),
        "recent": studio.state.get("open.recent", []),
    },
}
script.work.rendered.connect(rendered.append)
script.bar.render_button.click()
# Where the program has another edition of the voice by now, no engine is asked.
nothing = ["note", "Nothing had to be made: every row has its take."]
shown.until(lambda: (rendered or nothing in said) and script.work.idle, said)
settled = sum(model.state(row.id).settled for row in model.rows)
seen["made"] = rendered[0].made if rendered else 0
seen["reused"] = rendered[0].reused if rendered else settled

opened, asked = [], []
script.work.opened.connect(lambda: opened.append(True))
script.work.text_changed.connect(asked.append)
window.open_file(left / "documents" / "play.txt")
shown.until(lambda: opened and script.work.idle, said)
seen["again"] = [str(script.work.project.folder), len(asked)]
seen["again"] += [model.state(row.id).settled for row in model.rows]
seen["said"] = [sentence for kind, sentence in said if kind == "error"]
shown.close()
print(json.dumps(seen))
"""


@pytest.fixture
def look(left: Path) -> Callable[[], dict[str, Any]]:
    """Show the window with the real backend on the copy, render its script, and close it."""

    def look() -> dict[str, Any]:
        places = {f"XDG_{kind.upper()}_HOME": str(left / kind) for kind in ("config", "data")}
        count = len(expected(left)["window"]["history"])
        seen: dict[str, Any] = run(LOOK, str(count), str(left), timeout=240, **places)
        return seen

    return look


@pytest.mark.skipif(os.name != "posix", reason="system: the folders are those of Linux")
def test_the_window_shows_what_it_showed(left: Path, look: Callable[[], dict[str, Any]]) -> None:
    wanted = expected(left)["window"]
    takes = {name: data for name, data in files(left).items() if name.endswith(".npz")}
    state = json.loads((left / "config/bark-studio/window.json").read_text(encoding="utf-8"))
    voice = known_as(STARTER, wanted["speak"]["voice"])
    state["speak.voice"] = wanted["speak"]["voice"] = voice
    wanted["speak"]["favourites"] = [voice]
    seen = look()
    assert missing(wanted, seen) == []
    assert (seen["shown"], seen["said"]) == ("ScriptView", [])
    assert (seen["made"], seen["reused"]) == (0, 3)  # no settled row is spoken again
    # The text itself, opened again, is the same project, and nobody is asked.
    assert seen["again"] == [wanted["script"]["folder"], 0, True, True, True]
    after = files(left)
    assert {name: after.get(name) for name in takes} == takes
    kept = json.loads(after["config/bark-studio/window.json"])
    del state["window.geometry"], kept["window.geometry"]  # of this screen
    assert missing(state, kept) == []
