"""The Write view with the real engine: tokens stream in, Stop is heard, the window never waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.text import models
from tests.conftest import ROOT

_LONGEST = 0.2  # seconds between two turns of the event loop; a busy machine adds its own
_TRIES = 2  # whatever else the machine does shows as a gap too, but not every time

_PROGRAM = """
import json, sys, time
from pathlib import Path
import gui.app
from PySide6.QtCore import QEventLoop, Qt, QTimer
from engine.job import Failed, Running
from engine.studio import Studio

folder = Path(sys.argv[1])
app = gui.app.application()
studio = gui.app.Context(Studio(), folder / "window.json", folder / "takes")
theme = gui.app.Theme(app)
window = gui.app.Window(studio)
window.show_view("write")
window.show()
view, gaps, last, stages, said = window.view("write"), [], 0.0, [], []
studio.said.connect(lambda sentence, kind: said.append(sentence))

def beat():
    global last
    now = time.perf_counter()
    gaps.append(now - last)
    last = now

def wait(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

def until(happened):
    end = time.monotonic() + 200
    while not happened():
        assert time.monotonic() < end, (stages, view.status.text(), said)
        wait(10)

def idle():
    return view.write_button.isEnabled()

def note(update):
    assert not isinstance(update, Failed), update.error
    if isinstance(update, Running):
        stages.append(update.progress.stage)

def write(prompt, tokens):
    gaps.clear()
    stages.clear()
    view.prompt.setPlainText(prompt)
    view.end.tokens.setValue(tokens)
    beat()
    gaps.clear()
    view.write_button.click()

timer = QTimer()
timer.setTimerType(Qt.TimerType.PreciseTimer)
timer.setInterval(2)
timer.timeout.connect(beat)
studio.worker.updated.connect(note)
wait(500)
timer.start()
seen = {"lengths": [], "longest": []}

# loads and compiles in each turn, as every prompt is of another size
for words in (4, 60)[:int(sys.argv[2])]:
    write("The dog and the river. " * words, 24)
    lengths = {0}
    while not idle():
        wait(10)
        lengths.add(len(view.text.toPlainText()))
    seen["longest"].append(max(gaps))
    seen["lengths"].append(sorted(lengths))
    assert "compile" in stages and "decode" in stages, stages
seen["status"], seen["compiled"] = view.status.text(), view.compiled.text().splitlines()

write("The dog and the river. " * words, 24)
until(idle)
seen["again"] = view.compiled.text().splitlines()

write("The dog and the river. " * words, 400)
until(lambda: view.text.toPlainText())
pressed = time.perf_counter()
view.stop_button.click()
until(idle)
seen["stop"] = time.perf_counter() - pressed
seen["kept"] = view.text.toPlainText()
view.speak_button.click()
wait(50)
seen["spoken"] = window.speak.text_box.text()
window.close()
studio.close()
print(json.dumps(seen))
"""


@pytest.mark.slow
def test_a_text_is_written_stopped_and_taken_to_speak(tmp_path: Path) -> None:
    models.get(models.STARTER)
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path), str(_TRIES)],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),  # nothing was compiled earlier
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert all(len(lengths) > 3 for lengths in seen["lengths"]), seen["lengths"]  # it streams
    assert seen["status"].startswith("24 tokens")
    assert seen["compiled"][0] == "0 ready, 2 new this time"
    assert seen["again"][0] == "2 ready, 0 new this time"
    assert "compile 0.00 s" in seen["again"][1]
    assert seen["again"][2] == "since the start: 2 ready, 4 new"
    assert seen["kept"]
    assert seen["spoken"] == seen["kept"].strip()
    assert min(seen["longest"]) <= _LONGEST, seen["longest"]
