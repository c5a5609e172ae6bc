"""A window that opens a text, renders it, edits and locks a row: `python -m tests.gui.script_window
FOLDER TEXT`, in a process of its own, which may be killed at any moment and started again."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.script.project import Project
from gui.script.view import ScriptView
from tests.engine.script.speaker import Speaker
from tests.gui.fake_backend import FakeBackend
from tests.gui.shown import Shown

EDITED = "Somebody has edited this row, and it says this now."
_DELAY = 0.02  # seconds of work for one row


def main(folder: Path, text: Path) -> None:
    """Bring the project of the text to its end, from wherever it is."""
    backend = FakeBackend()
    backend.speaker = Speaker(_DELAY)
    shown = Shown(folder, backend)
    said: list[str] = []
    shown.studio.said.connect(lambda sentence, kind: said.append(f"{kind}: {sentence}"))
    shown.studio.crashed.connect(lambda error: said.append(f"crash: {error!r}"))
    shown.window.open_file(text)
    view = shown.window.view("script")
    assert isinstance(view, ScriptView)
    work = view.work
    shown.until(lambda: work.project is not None and work.idle, said)
    project = work.project
    assert project is not None
    assert isinstance(project, Project)
    assert not project.read_only, project.read_only
    if view.model.rows[1].text != EDITED:
        work.edits.set_field([1], "text", EDITED)
    work.set_voice("", "announcer")
    shown.until(lambda: work.idle, said)
    rendered: list[object] = []
    work.rendered.connect(rendered.append)
    work.render()
    shown.until(lambda: bool(rendered) and work.idle, said)
    work.lock([view.model.rows[2].id], True)
    shown.until(lambda: work.idle, said)
    shown.close()
    print("\n".join(line for line in said if not line.startswith("note: ")), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
