"""From a click on Speak to the loudspeaker: the window, the engine and the starter voice."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from gui.history.store import History
from tests.sound import RATE, SoundServer, found_in, need_sound_server

_PROGRAM = """
import sys
from pathlib import Path
from engine.audio import device
from engine.backend import Backend
from tests.gui.shown import Shown

device._LATENCY, device.LEAD = 2.0, 0.5  # seconds: a busy machine is late for less
shown = Shown(Path(sys.argv[1]), Backend())
studio, window = shown.studio, shown.window
studio.player.ended.connect(shown.app.quit)
studio.player.device_lost.connect(lambda sentence: sys.exit(sentence))
studio.crashed.connect(lambda error: sys.exit(repr(error)))
studio.start()
window.speak.text_box.take("The train leaves at nine o'clock. Please wait for me at the station.")
window.speak.speak_button.click()
shown.app.exec()
window.close()
"""


@pytest.mark.alone
@pytest.mark.slow
def test_what_is_heard_is_the_take_in_the_history(tmp_path: Path) -> None:
    need_sound_server()
    server = SoundServer(tmp_path)
    try:
        heard = server.record(sys.executable, "-c", _PROGRAM, str(tmp_path))
    finally:
        server.close()
    history = History(tmp_path / "takes")
    (record,) = history.scan()
    take = history.load(record)
    assert take.ended
    sound = resample_poly(take.audio, 3, 2).astype(np.float32)  # 16 kHz → RATE
    assert take.sample_rate * 3 == RATE * 2
    part, rest = found_in(heard, sound)
    assert part > 0.95
    # Nothing before it and nothing after it: the whole take once.
    assert np.mean(np.abs(rest) > 0.02) < 0.01
