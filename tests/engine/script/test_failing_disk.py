"""A disk that fails at any call: no take is lost, and whatever happens is a sentence."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.errors import UserError
from engine.script.project import Project
from engine.script.render import Renderer
from engine.script.rendering import RenderRequest
from engine.script.rows import Script, ScriptRow
from engine.script.selection import Maker
from tests.engine.script.speaker import Speaker
from tests.failing_disk import ERRORS, FailingDisk

ROWS = tuple(
    ScriptRow(id=row, text=f"These are the words of the row {row}, no more.", voice=voice)
    for row, voice in (("a", "anna"), ("b", "anna"), ("c", "anna"))
)
MAKER = Maker(model="m", voices={"anna": "1"})


def render(project: Project) -> None:
    speaker = Speaker()
    Renderer(lambda request: speaker, lambda project: MAKER).generate(
        RenderRequest(project=project)
    )


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two takes, one of them locked; a third row is still to be spoken."""
    folder = tmp_path_factory.mktemp("begun") / "p"
    project = Project.create(folder, Script(title="t", rows=ROWS[:2]))
    render(project)
    project.lock("a")
    project.set_script(Script(title="t", rows=ROWS))
    (folder / "takes.jsonl").write_bytes((folder / "takes.jsonl").read_bytes()[:-40])  # a crash
    return folder


def work(folder: Path, voice: Path) -> None:
    """What is done with a project, from opening it to closing it."""
    project = Project.open(folder, "window")
    try:
        project.set_voice("ANNA", str(voice))
        render(project)
        project.keep("b")
        project.lock("c")
        project.set_script(Script(title="new", rows=ROWS))
        if (key := project.state("a").key) is not None:  # or the disk did not give it
            project.store.audio(key)
    finally:
        project.close()


def takes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "takes").rglob("*.npz")}


def contents(folder: Path) -> dict[str, bytes]:
    """All files, but for those that say who is at work and the list, which has the lines of
    earlier tries as well."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (".lock", ".owner", "takes.jsonl")
    }


def fail_at(
    call: int, code: int, lasting: bool, begun: Path, folder: Path, undisturbed: dict[str, bytes]
) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(begun, folder)
    voice = begun.parent / "anna.npz"
    before = takes(folder)
    disk = FailingDisk(folder)
    try:
        with disk.failing(call, code, lasting=lasting):
            work(folder, voice)
    except UserError:
        pass  # anything else is a traceback
    told = f"call {call}, {errno.errorcode[code]}: {disk.log[call : call + 1]}"
    now = takes(folder)
    assert before.items() <= now.items(), told
    work(folder, voice)
    assert contents(folder) == undisturbed, told
    project = Project(folder)
    assert [state.id for state in project.states() if state.status == "locked"] == ["a", "c"], told


@pytest.fixture
def undisturbed(begun: Path, tmp_path: Path) -> tuple[dict[str, bytes], int]:
    """What the folder is after work without a fault, and how many calls that takes."""
    np.savez(begun.parent / "anna.npz", semantic_prompt=np.arange(3))
    folder = tmp_path / "undisturbed"
    shutil.copytree(begun, folder)
    disk = FailingDisk(folder)
    with disk.watched():
        work(folder, begun.parent / "anna.npz")
    kinds = {line.split()[0] for line in disk.log}
    assert kinds >= {"open", "read", "write", "fsync", "replace", "mkdir", "scandir", "unlink"}
    return contents(folder), disk.calls


def test_a_disk_that_fails_anywhere_loses_no_take(
    begun: Path, tmp_path: Path, undisturbed: tuple[dict[str, bytes], int]
) -> None:
    after, calls = undisturbed
    for place, call in enumerate(range(0, calls, 17)):
        code = ERRORS[place % len(ERRORS)]
        fail_at(call, code, code == errno.ENOSPC, begun, tmp_path / "p", after)


@pytest.mark.slow
@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
def test_a_disk_that_fails_at_every_call_loses_no_take(
    code: int, begun: Path, tmp_path: Path, undisturbed: tuple[dict[str, bytes], int]
) -> None:
    after, calls = undisturbed
    for call in range(calls):
        fail_at(call, code, code == errno.ENOSPC, begun, tmp_path / "p", after)
