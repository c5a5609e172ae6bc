"""Live: rows in order, pieces before their take, jobs one after another, Stop."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from engine.api import Progress, Take
from gui.speak.live import Live
from gui.speak.result import ResultPanel
from tests.gui.fake_player import FakePlayer

RATE = 8000


def sound(number: int, length: int = 5) -> NDArray[np.float32]:
    return np.full(length, number / 100, dtype=np.float32)


def take(row: int, audio: NDArray[np.float32], rate: int = RATE) -> Progress:
    none = np.zeros((2, 0), dtype=np.int32)
    of_row = Take(
        row=row, audio=audio, sample_rate=rate, semantic=none[0], coarse=none, fine=none, ended=True
    )
    return Progress(stage="rows", done=1, total=1, row=row, take=of_row)


def piece(row: int, samples: NDArray[np.float32]) -> Progress:
    return Progress(stage="codec", done=1, total=1, row=row, sound=samples, sample_rate=RATE)


@pytest.fixture
def live(qtbot: QtBot, player: FakePlayer) -> Live:
    panel = ResultPanel(player)
    qtbot.addWidget(panel)
    return Live(panel)


def heard(player: FakePlayer) -> list[list[int]]:
    """What was heard, stream by stream, as the numbers of `sound`."""
    return [[round(float(x) * 100) for x in stream[::5]] for stream in player.heard]


def test_rows_are_heard_in_their_order_and_as_soon_as_that_allows(
    live: Live, player: FakePlayer
) -> None:
    live.begin(1, "One.")
    live.add(1, take(1, sound(2)))
    assert heard(player) == []
    live.add(1, take(0, sound(1)))
    assert heard(player) == [[1, 2]]
    live.add(1, take(2, sound(3)))
    assert heard(player) == [[1, 2, 3]]
    assert "finish" not in player.calls
    live.end(1)
    assert player.calls == [f"open {RATE}", "finish"]


def test_pieces_are_heard_before_their_take_and_not_twice(live: Live, player: FakePlayer) -> None:
    live.begin(1, "One.")
    live.add(1, piece(0, sound(1)))
    assert heard(player) == [[1]]
    live.add(1, piece(1, sound(3)))
    live.add(1, take(0, np.concatenate([sound(1), sound(2)])))
    assert heard(player) == [[1, 2, 3]]
    live.add(1, take(1, np.concatenate([sound(3), sound(4)])))
    assert heard(player) == [[1, 2, 3, 4]]


def test_the_next_job_is_heard_after_this_one(live: Live, player: FakePlayer) -> None:
    live.begin(1, "One.")
    live.begin(2, "Two.")
    live.add(2, take(0, sound(2)))
    live.add(1, take(0, sound(1)))
    live.end(2)
    assert heard(player) == [[1]]
    live.end(1)
    assert heard(player) == [[1]]
    player.end()
    assert heard(player) == [[1], [2]]
    assert player.calls == [f"open {RATE}", "finish"] * 2


def test_a_job_that_begins_while_the_end_is_played_waits_for_it(
    live: Live, player: FakePlayer
) -> None:
    live.begin(1, "One.")
    live.add(1, take(0, sound(1)))
    live.end(1)
    live.begin(2, "Two.")
    live.add(2, take(0, sound(2)))
    assert heard(player) == [[1]]
    player.end()
    assert heard(player) == [[1], [2]]


def test_another_rate_gets_a_stream_of_its_own(live: Live, player: FakePlayer) -> None:
    for job in (1, 2):
        live.begin(job, "A text.")
        live.add(job, take(0, sound(job), rate=RATE * job))
        live.end(job)
    assert heard(player) == [[1]]
    player.end()
    assert heard(player) == [[1], [2]]
    assert player.calls == [f"open {RATE}", "finish", f"open {2 * RATE}", "finish"]


def test_a_job_without_a_sound_is_passed_over(live: Live, player: FakePlayer) -> None:
    live.begin(1, "One.")
    live.begin(2, "Two.")
    live.end(1)
    live.add(2, take(0, sound(2)))
    assert heard(player) == [[2]]


def test_stop_is_silence_and_what_comes_later_is_not_heard(live: Live, player: FakePlayer) -> None:
    live.begin(1, "One.")
    live.add(1, take(0, sound(1)))
    live.stop()
    live.add(1, take(1, sound(2)))
    assert player.state == "stopped"
    assert heard(player) == [[1]]
    live.begin(2, "Two.")
    live.add(2, take(0, sound(3)))
    assert heard(player) == [[1], [3]]


def test_without_a_device_the_next_job_does_not_wait_for_an_end_that_never_comes(
    live: Live, player: FakePlayer
) -> None:
    for job in (1, 2):
        live.begin(job, "A text.")
        live.add(job, take(0, sound(job)))
        player._set_state("stopped")  # what the real one does where there is no device
        live.end(job)
    assert heard(player) == [[1], [2]]


def test_what_is_not_a_number_is_silence(live: Live, player: FakePlayer) -> None:
    live.begin(1, "One.")
    live.add(1, take(0, np.array([0.5, np.nan], dtype=np.float32)))
    assert player.heard[0].tolist() == [0.5, 0.0]
