"""The Write view with the real engine: tokens stream in, Stop is heard, the window never waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.models import packaged
from tests.gui.shown import run

_LONGEST = 0.2  # seconds between two turns of the event loop; a busy machine adds its own
_TRIES = 2  # whatever else the machine does shows as a gap too, but not every time

_PROGRAM = """
import json, sys, time
from pathlib import Path
from engine.job import Failed, Running
from engine.backend import Backend
from tests.gui.shown import Shown

shown = Shown(Path(sys.argv[1]), Backend())
studio, window, wait = shown.studio, shown.window, shown.wait
window.show_view("write")
view, stages, said = window.view("write"), [], []
studio.said.connect(lambda sentence, kind: said.append(sentence))

def until(happened):
    shown.until(happened, (stages, said))

def idle():
    return view.write_button.isEnabled()

def note(update):
    assert not isinstance(update, Failed), update.error
    if isinstance(update, Running):
        stages.append(update.progress.stage)

def write(prompt, tokens):
    stages.clear()
    view.prompt.setPlainText(prompt)
    view.end.tokens.setValue(tokens)
    shown.watch()
    view.write_button.click()

studio.writer.updated.connect(note)
wait(500)
seen = {"lengths": [], "longest": []}

# reads anew in each turn, as every prompt is another one
for words in (4, 60)[:int(sys.argv[2])]:
    write("The dog and the river. " * words, 24)
    lengths = {0}
    while not idle():
        wait(10)
        lengths.add(len(view.text.toPlainText()))
    seen["longest"].append(shown.longest())
    seen["lengths"].append(sorted(lengths))
    assert "decode" in stages, stages
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

view.work.along.setChecked(True)
write("The dog and the river.", 400)
seen["beside"] = False
while not idle():
    wait(10)
    seen["beside"] = seen["beside"] or (studio.worker.running > 0 and view.work.busy)
    if seen["beside"]:
        view.stop_button.click()
until(lambda: not studio.worker.running)
seen["box"] = window.speak.text_box.text()
view.work.along.setChecked(False)
view.text.setPlainText(seen["kept"])
view.speak_button.click()
wait(50)
seen["spoken"] = window.speak.text_box.text()
until(lambda: not studio.worker.running)  # or the process ends while torch is being loaded
shown.close()
print(json.dumps(seen))
"""


@pytest.mark.slow
def test_a_text_is_written_stopped_and_taken_to_speak(tmp_path: Path) -> None:
    packaged.get(packaged.STARTER)
    cache = str(tmp_path / "cache")  # nothing was compiled earlier
    seen = run(_PROGRAM, str(tmp_path), str(_TRIES), timeout=280, XDG_CACHE_HOME=cache)
    assert all(len(lengths) > 3 for lengths in seen["lengths"]), seen["lengths"]  # it streams
    assert seen["status"].startswith("24 tokens")
    told = "Computed in Q4_1 + Q8_0 by the step in C, which needs no compiling."
    assert seen["compiled"][0] == seen["again"][0] == told
    assert seen["beside"]  # a first sentence was spoken while the next ones were written
    assert seen["box"] == ""
    assert seen["kept"]
    assert seen["spoken"] == seen["kept"].strip()
    assert min(seen["longest"]) <= _LONGEST, seen["longest"]
