"""Who may write a project: two at once, a dead one, another machine, a take-over."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.script import lock as lock_module
from engine.script.lock import InUse, ProjectLock
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow
from engine.system.processes import own_mark
from tests.conftest import ROOT

SCRIPT = Script(title="t", rows=(ScriptRow(id="a", text="So."), ScriptRow(id="b", text="So.")))
OTHER = Script(title="other", rows=SCRIPT.rows[:1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Project.create(tmp_path / "p", SCRIPT)
    return tmp_path / "p"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def note(folder: Path, **changes: str) -> None:
    """The note of somebody who has the project."""
    mark = own_mark()
    stored = {"host": "attic", "mark": mark, "program": "window", "since": "", "token": "t"}
    (folder / ".owner").write_text(json.dumps({**stored, **changes}))


def elsewhere(mark: str) -> str:
    """The mark of the same process on another machine."""
    return f"{int(mark[:4], 16) ^ 1:04x}{mark[4:]}"


CHANGES: list[Callable[[Project], object]] = [
    lambda project: project.set_script(OTHER),
    lambda project: project.set_recipe(project.recipe),
    lambda project: project.set_voice("", "anna"),
    lambda project: project.reroll("a"),
    lambda project: project.forget_takes(),
    lambda project: project.rendering().__enter__(),
    lambda project: Project.create(project.folder, OTHER),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_else_has_is_read_only(
    change: Callable[[Project], object], folder: Path
) -> None:
    first = Project.open(folder, "window")
    before = files(folder)
    second = Project.open(folder, "window")
    looked = Project(folder)
    assert "is open in another window since" in second.read_only
    assert second.script == SCRIPT  # it can be looked at
    for project in (second, looked):
        with pytest.raises(UserError, match="is open in another window since"):
            change(project)
    assert files(folder) == before
    assert first.read_only == ""
    first.set_voice("", "anna")
    first.close()
    third = Project.open(folder, "window")
    assert third.read_only == ""
    third.close()
    assert not (folder / ".owner").exists()


@pytest.mark.parametrize("change", CHANGES)
def test_who_was_taken_over_notices_before_the_next_write(
    change: Callable[[Project], object], folder: Path
) -> None:
    first = Project.open(folder, "window")
    second = Project.open(folder, "run", take_over=True)
    second.set_script(OTHER)
    before = files(folder)
    assert first.read_only == ""  # it does not know yet
    with pytest.raises(UserError, match=r"was taken over elsewhere|by another run since"):
        change(first)
    assert files(folder) == before
    first.close()  # takes nothing from who has it
    assert Project.open(folder, "window").read_only
    second.close()
    with pytest.raises(UserError, match="was taken over elsewhere"):  # it is old now
        first.set_voice("", "anna")


def test_a_dead_process_of_this_machine_keeps_nobody_out(folder: Path) -> None:
    machine, process, start = own_mark().split("-")
    note(folder, mark=f"{machine}-{process}-{int(start, 16) + 1:x}")  # its number is ours now
    project = Project.open(folder, "window")
    assert project.read_only == ""
    project.close()


def test_another_machine_has_to_be_taken_over(folder: Path) -> None:
    note(folder, mark=elsewhere(own_mark()), host="attic", since="2026-01-02T03:04:05+00:00")
    project = Project.open(folder, "window")
    assert "is open in another window since 2026-01-0" in project.read_only
    assert "on attic" in project.read_only
    project = Project.open(folder, "window", take_over=True)
    assert project.read_only == ""
    project.set_script(OTHER)
    project.close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"host": 3}', b"\xff", b"[" * 20_000])
def test_a_note_that_says_nothing_is_nobodys(content: bytes, folder: Path) -> None:
    (folder / ".owner").write_bytes(content)
    project = Project.open(folder, "window")
    assert project.read_only == ""
    project.close()


def test_a_folder_that_cannot_be_written_can_be_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object) -> None:
        raise UserError(f"cannot write {folder}: read-only file system")

    monkeypatch.setattr(lock_module, "write_inner", refused)
    project = Project.open(folder, "window")
    assert project.script == SCRIPT
    assert "read-only file system" in project.read_only
    with pytest.raises(UserError, match="read-only file system"):
        project.set_script(OTHER)


def test_what_is_no_project_gets_nothing_from_us(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no project"):
        Project.open(tmp_path, "window")
    assert list(tmp_path.iterdir()) == []


def test_one_at_a_time_writes_briefly(folder: Path) -> None:
    """Threads with projects of their own: nobody is refused, and every change is there."""
    errors: list[Exception] = []

    def change(number: int) -> None:
        try:
            Project(folder).set_script(SCRIPT.replace(title=str(number)))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=change, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Project(folder).script.title in "012345"


def test_it_is_given_back_as_often_as_it_was_taken(folder: Path) -> None:
    lock, other = ProjectLock(folder), ProjectLock(folder)
    lock.hold("window")
    lock.hold("run")
    lock.release()
    with pytest.raises(InUse):
        other.hold("run")
    lock.release()
    lock.release()  # once too often is nothing
    other.hold("run")
    other.release()


def test_a_lock_that_the_disk_does_not_give_back_ends_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = ProjectLock(folder)
    lock.hold("window")
    file = lock._file
    assert file is not None

    def refuse() -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr(file, "release", refuse)
        lock.release()
    assert not lock.held
    assert not (folder / ".owner").exists()
    file.release()


def test_a_run_that_looked_may_write_when_it_is_alone(folder: Path) -> None:
    project = Project(folder)
    with project.rendering():
        project.set_voice("", "anna")
        assert "another run since" in Project.open(folder, "window").read_only
    assert Project(folder).voices == {"": "anna"}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_a_killed_process_keeps_nobody_out(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.script.project import Project\n"
        f"project = Project.open(Path({str(folder)!r}), 'window')\n"
        "print(project.read_only or 'held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert "is open in another window since" in Project.open(folder, "run").read_only
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert (folder / ".owner").exists()
    project = Project.open(folder, "run")
    assert project.read_only == ""
    project.close()
