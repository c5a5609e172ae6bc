"""Names for everything that a script writes, before any work; nothing of anybody else changes."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import UserError
from engine.recordings.claim import claim, strangers
from engine.recordings.ledger import NAME, Ledger
from engine.recordings.ownership import Permission
from engine.recordings.plan import Delivery
from engine.recordings.write import Deliverer
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow
from engine.script.selection import RowState
from tests.engine.recordings.test_write import make, rows

SCRIPT = Script(title="t", rows=(ScriptRow(id="a", text="So."), ScriptRow(id="b", text="So.")))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[RowState]]:
    return make(tmp_path_factory.mktemp("spoken"), rows("Hello there you.", "And good bye now."))


def names(permission: Permission, out: Path, ledger: Ledger, **options: object) -> list[str]:
    delivery = Delivery(out=out, **options)  # type: ignore[arg-type]
    found = claim(SCRIPT, delivery, ledger, lambda row: None, permission)
    return [*(str(part.path) for part in found.parts), str(found.manifest)]


def test_a_number_is_for_a_recording_and_what_lies_beside_it(tmp_path: Path) -> None:
    number, ledger = Permission(number=True), Ledger(tmp_path / "p")
    assert names(number, tmp_path, ledger) == ["t.wav", "t.takes.json"]
    (tmp_path / "t.srt").touch()
    assert names(number, tmp_path, ledger) == ["t.wav", "t.takes.json"]
    assert names(number, tmp_path, ledger, subtitles=("srt",)) == ["t (2).wav", "t.takes.json"]
    (tmp_path / "t (2).wav").mkdir()
    (tmp_path / "t.takes.json").touch()
    found = names(number, tmp_path, ledger, subtitles=("srt",))
    assert found == ["t (3).wav", "t (2).takes.json"]
    with pytest.raises(UserError, match=r"t\.srt is there"):
        names(Permission(), tmp_path, ledger, subtitles=("srt",))
    allowed = names(Permission(overwrite=True), tmp_path, ledger, subtitles=("srt",))
    assert allowed == ["t.wav", "t.takes.json"]


def test_a_number_never_meets_another_name_of_the_script(tmp_path: Path) -> None:
    script = Script(
        title="t",
        rows=(ScriptRow(id="a", text="So."), ScriptRow(id="a (2)", text="So.")),
    )
    (tmp_path / "a.wav").touch()
    delivery = Delivery(out=tmp_path, per="row", name="{id}")
    found = claim(
        script, delivery, Ledger(tmp_path / "p"), lambda row: None, Permission(number=True)
    )
    assert [str(part.path) for part in found.parts] == ["a (3).wav", "a (2).wav"]


def test_the_next_run_finds_its_own_number_again(
    spoken: tuple[Project, list[RowState]], tmp_path: Path
) -> None:
    project, states = spoken
    delivery = Delivery(out=tmp_path, subtitles=("srt",))
    (tmp_path / "My script.wav").write_text("mine")

    def run(**options: bool) -> tuple[str, bool]:
        permission = Permission(**options)
        (recording,) = Deliverer(project, delivery, permission).write_all(states)
        return recording.path.name, recording.reused

    assert run(number=True) == ("My script (2).wav", False)
    assert run(number=True) == ("My script (2).wav", True)
    (tmp_path / "My script.wav").unlink()  # its own name would be free now
    assert run(number=True) == ("My script (2).wav", True)
    assert run() == ("My script.wav", False)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("My script.wav", "My script.srt", "My script (2).wav", "My script (2).srt"),
        "My script.takes.json",
    }


def test_the_window_is_told_which_files_are_not_its_own(
    spoken: tuple[Project, list[RowState]], tmp_path: Path
) -> None:
    project, states = spoken
    delivery = Delivery(out=tmp_path, subtitles=("srt", "vtt"))

    def look() -> list[str]:
        ledger = Ledger(project.folder)
        recordings, foreign = strangers(project.script, delivery, ledger, project.voice_of)
        assert recordings == [tmp_path / "My script.wav"]
        return [path.name for path in foreign]

    assert look() == []
    Deliverer(project, delivery).write_all(states)
    assert look() == []
    (tmp_path / "My script.srt").write_text("changed")
    assert look() == ["My script.srt"]


# ── whatever lies there ───────────────────────────────────────────────────────────────────────

NAMES = [
    *("My script.wav", "My script.srt", "My script.takes.json", "My script (2).wav"),
    *("My script-r0.wav", "My script-r1.wav", "My script-r1.srt", "My script-r1 (2).wav"),
    *("MY SCRIPT.WAV", "notes.txt", "My script.json", "My script-01.wav"),
]
RUN = st.fixed_dictionaries(
    {
        "per": st.sampled_from(["file", "row", "chapter"]),
        "subtitles": st.sampled_from([(), ("srt",)]),
        "manifest": st.booleans(),
        "number": st.booleans(),
        "loudness": st.sampled_from(["-18", "-23"]),
    }
)
STEP = st.one_of(
    RUN, st.tuples(st.sampled_from(NAMES), st.sampled_from([b"mine", b"RIFF", b"{}", b"1\n"]))
)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=6))
def test_nothing_that_was_there_and_is_not_ours_ever_changes(
    spoken: tuple[Project, list[RowState]], steps: list[dict[str, object] | tuple[str, bytes]]
) -> None:
    project, states = spoken
    (project.folder / NAME).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        theirs: dict[str, bytes] = {}  # what the user put there or changed
        for step in steps:
            if isinstance(step, tuple):
                name, data = step
                (out / name).write_bytes(data)
                theirs[name] = data
                continue
            options = dict(step)
            permission = Permission(number=bool(options.pop("number")))
            before = hashes(out)
            try:
                Deliverer(project, Delivery(out=out, **options), permission).write_all(states)  # type: ignore[arg-type]
            except UserError:
                assert hashes(out) == before  # refused before any work
            else:
                assert len(hashes(out)) > 0
            assert {name: (out / name).read_bytes() for name in theirs} == theirs


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file()
    }
