"""The deck: what reaches the device, sample for sample, while it is played with."""

from __future__ import annotations

import queue
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from engine.audio.deck import Deck, _Segment
from engine.audio.device import NoDevice, NoPortAudio
from engine.audio.reports import Devices, Ended, Moved, Refused, Report
from engine.audio.track import Track
from tests.fake import tone
from tests.sound import FakeDevice, wait_until

RATE = 48_000
FADE = 384  # samples from one sound to another


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    device = FakeDevice(RATE, devices=2)
    monkeypatch.setattr("engine.audio.device.LEAD", 0)
    monkeypatch.setattr("engine.audio.deck._GONE", 3000)  # the test may be slow to ask
    monkeypatch.setattr("engine.audio.deck._DEAF", 0.01)  # and does not ask at the end
    monkeypatch.setitem(sys.modules, "sounddevice", device)  # type: ignore[arg-type]
    return device


class Desk:
    """A deck, the device it plays on, and everything it reported."""

    def __init__(self, device: FakeDevice) -> None:
        self.device = device
        self.reports: list[Report] = []
        self.deck = Deck(self.reports.append)

    def start(self, track: Track, at: float = 0.0, ticket: int = 1) -> None:
        self.deck.start(track, at, ticket)
        self.settle()

    def settle(self) -> None:
        """Wait until every order was carried out."""
        done = []
        self.deck._orders.put(lambda: done.append(True))
        wait_until(lambda: done)

    def hear(self, seconds: float, frames: int = 480) -> np.ndarray:
        """What the device plays in the next seconds; never faster than the deck makes it."""
        before = len(self.device.heard)
        for _ in range(round(seconds * self.device.rate / frames)):
            fifo = self.deck._fifo
            wait_until(lambda fifo=fifo: fifo.waiting >= frames or fifo.ended)
            if not self.device.pull(frames):
                break
        return self.device.heard[before:]

    def hear_all(self) -> np.ndarray:
        """To the end, without the silence that follows."""
        heard = self.hear(1000)
        wait_until(lambda: any(isinstance(report, Ended) for report in self.reports))
        return heard

    def last(self, kind: type) -> object:
        wait_until(lambda: any(isinstance(report, kind) for report in self.reports))
        return next(report for report in reversed(self.reports) if isinstance(report, kind))


@pytest.fixture
def desk(device: FakeDevice) -> Iterator[Desk]:
    desk = Desk(device)
    yield desk
    desk.deck.close()


def whole(*pieces: np.ndarray, rate: int = RATE) -> Track:
    track = Track(rate)
    for piece in pieces:
        track.append(piece)
    track.complete = True
    return track


def ramp(seconds: float, rate: int = RATE) -> np.ndarray:
    """Every sample is another one, so that a lost or doubled one shows."""
    count = round(seconds * rate)
    return (np.arange(1, count + 1) / (2 * count)).astype(np.float32)


def test_a_clip_arrives_sample_for_sample_and_then_silence(desk: Desk) -> None:
    desk.start(whole(ramp(2.5)), ticket=7)
    heard = desk.hear_all()
    assert np.array_equal(heard[: len(ramp(2.5))], ramp(2.5))
    assert not heard[len(ramp(2.5)) :].any()
    assert len(heard) >= (2.5 + 0.1) * RATE  # what the sound server still holds is not cut off
    assert desk.last(Ended) == Ended(7)
    assert desk.device.stream is None  # the device is given back


def test_a_little_silence_comes_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.audio.device.LEAD", 0.05)
    desk.start(whole(ramp(0.5)), at=0.1)
    heard = desk.hear(0.2)
    assert not heard[:2400].any()
    assert np.array_equal(heard[2400 + FADE :], ramp(0.5)[4800 + FADE : 12_000])
    assert desk.deck.position()[1] == pytest.approx(0.1 + 0.2 - 0.05 - 0.1)


def test_sentences_follow_each_other_without_a_gap(desk: Desk) -> None:
    sound = ramp(3.0)
    first, second, third = np.split(sound, [40_001, 99_000])
    track = Track(RATE)
    track.append(first)
    desk.start(track)
    heard = desk.hear(0.5)
    track.append(second)  # in time: while the first is heard
    desk.deck.wake()
    track.append(third)
    track.complete = True
    heard = np.concatenate([heard, desk.hear_all()])
    assert np.array_equal(heard[: len(sound)], sound)


def test_a_late_sentence_is_preceded_by_silence_and_loses_nothing(desk: Desk) -> None:
    first, second = ramp(0.2), 0.5 + ramp(0.2) / 2
    track = Track(RATE)
    track.append(first)
    desk.start(track)
    wait_until(lambda: desk.deck._fifo.waiting == len(first))
    for _ in range(40):  # 0.4 s
        desk.device.pull(480)
    assert desk.deck.position()[1] == pytest.approx(0.2 - 0.1)  # the device holds 0.1 s
    track.append(second)
    track.complete = True
    desk.hear_all()
    assert np.array_equal(desk.device.heard[desk.device.heard > 0], np.concatenate([first, second]))


def test_seeking_plays_from_that_very_sample(desk: Desk) -> None:
    sound = ramp(3.0)
    desk.start(whole(sound))
    desk.hear(0.3)
    desk.start(whole(sound), at=1.25, ticket=2)
    assert np.array_equal(desk.hear(0.5)[FADE:], sound[60_000 + FADE : 84_000])
    assert desk.deck.position() == (2, pytest.approx(1.25 + 0.5 - 0.1))


def test_the_end_can_still_be_turned_back(desk: Desk) -> None:
    sound = ramp(0.5)
    desk.start(whole(sound))
    desk.hear(0.55)  # all of it was made, and the silence that follows is heard
    desk.start(whole(sound), at=0.25, ticket=2)
    heard = desk.hear_all()
    assert np.array_equal(heard[FADE:12_000], sound[12_000 + FADE :])
    assert desk.last(Ended) == Ended(2)
    assert desk.device.opened == ["speaker 0"]  # without a new stream


def test_a_loop_repeats_without_a_gap_and_ends_when_it_is_lifted(desk: Desk) -> None:
    sound = ramp(2.0)
    desk.deck.set_loop((0.5, 1.0))
    desk.start(whole(sound), at=0.75)
    part = sound[24_000:48_000]
    heard = desk.hear(1.75)
    expected = np.concatenate([part[12_000:], part, part, part])[:84_000]
    seams = 0, 12_000, 36_000, 60_000
    exact = np.concatenate([np.arange(start + FADE, start + 12_000) for start in seams])
    assert np.array_equal(heard[exact], expected[exact])
    assert desk.deck.position()[1] == pytest.approx(0.5 + (0.25 + 1.75 - 0.1) % 0.5, abs=1e-6)
    desk.deck.set_loop(None)
    desk.settle()
    heard = desk.hear_all()
    assert np.array_equal(heard[FADE:24_000], part[FADE:])  # it was at the beginning of one
    assert np.array_equal(heard[24_000:72_000], sound[48_000:])


def test_volume_changes_without_a_step(desk: Desk) -> None:
    desk.start(whole(np.full(RATE, 0.8, dtype=np.float32)))
    assert desk.hear(0.01) == pytest.approx(0.8)
    desk.deck.volume = 0.5
    heard = desk.hear(0.02)
    assert np.abs(np.diff(heard)).max() < 0.0022
    assert heard[480:] == pytest.approx(0.4)


def test_pause_is_silence_that_loses_nothing(desk: Desk) -> None:
    sound = np.full(RATE, 0.5, dtype=np.float32)
    desk.start(whole(sound))
    desk.hear(0.1)
    desk.deck.paused = True
    desk.device.pull(480)  # fades
    taken = desk.deck._fifo.taken
    assert not desk.hear(1.0).any()
    assert desk.deck._fifo.taken == taken
    desk.deck.paused = False
    rest = desk.hear_all()
    assert np.count_nonzero(rest > 0) >= len(sound) - taken - 1
    assert np.abs(np.diff(desk.device.heard[: 60 * 480])).max() < 0.002  # no click anywhere


def test_twice_as_fast_keeps_the_pitch_and_joins_the_sound_before_it(desk: Desk) -> None:
    desk.start(whole(tone(4.0, RATE)))
    desk.hear(0.5)
    desk.deck.set_speed(2.0)
    desk.settle()
    heard = desk.hear_all()
    loud = np.flatnonzero(np.abs(heard) > 0.02)
    assert np.diff(loud).max() < RATE / 440  # no gap
    # 0.1 s that was made already, then 3.4 s in half the time
    assert loud[-1] / RATE == pytest.approx(0.1 + 3.4 / 2, abs=0.05)
    fast = heard[RATE // 2 : RATE]
    spectrum = np.abs(np.fft.rfft(fast * np.hanning(len(fast))))
    assert np.argmax(spectrum) * RATE / len(fast) == pytest.approx(440, abs=3)


def test_a_position_follows_the_speed(desk: Desk) -> None:
    desk.deck.set_speed(0.5)
    desk.start(whole(tone(4.0, RATE)))
    desk.hear(1.1)
    assert desk.deck.position()[1] == pytest.approx((1.1 - 0.1) * 0.5, abs=1e-6)


def test_a_refused_rate_is_resampled(desk: Desk) -> None:
    desk.start(whole(tone(1.0, 24_000), rate=24_000))
    heard = desk.hear_all()
    assert np.abs(heard[1000:47_000] - tone(1.0, RATE)[1000:47_000]).max() < 1e-3
    assert np.flatnonzero(np.abs(heard) > 0.02)[-1] / RATE == pytest.approx(1.0, abs=0.002)


def test_when_the_device_vanishes_the_sound_goes_on_where_it_was(desk: Desk) -> None:
    sound = ramp(3.0)
    desk.deck.set_device("speaker 0")
    desk.start(whole(sound))
    desk.hear(1.0)
    desk.device.vanish()
    assert desk.last(Moved) == Moved("speaker 0")
    assert desk.last(Devices) == Devices(("speaker 1",), None)  # PortAudio was asked anew
    assert desk.device.opened == ["speaker 0", "speaker 1"]
    rest = desk.hear_all()
    unheard = sound[round(0.9 * RATE) :]  # 0.1 s of what was given away
    assert np.array_equal(rest[FADE : len(unheard)], unheard[FADE:])


def test_when_the_only_device_vanishes_it_says_where_it_stood(desk: Desk) -> None:
    desk.device.names = ["speaker 0"]
    desk.start(whole(ramp(3.0)), ticket=5)
    desk.hear(1.0)
    desk.device.vanish()
    refused = desk.last(Refused)
    assert isinstance(refused, Refused)
    assert (refused.ticket, type(refused.error)) == (5, NoDevice)
    assert refused.at == pytest.approx(0.9)
    desk.device.names = ["a new one"]
    desk.start(whole(ramp(3.0)), at=refused.at)
    assert np.array_equal(desk.hear(0.5)[FADE:], ramp(3.0)[43_200 + FADE : 67_200])


def test_a_device_that_stops_asking_has_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.audio.deck._GONE", 3)
    desk.start(whole(ramp(1.0)))
    desk.device.pull()
    wait_until(lambda: len(desk.device.opened) > 1)
    assert desk.last(Moved) == Moved(None)


def test_a_device_that_never_plays_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.audio.deck._GONE", 3)
    desk.start(whole(ramp(1.0)))
    assert isinstance(desk.last(Refused), Refused)
    assert len(desk.device.opened) == 1


def test_a_chosen_device_that_is_not_there_gives_way_to_the_default(desk: Desk) -> None:
    desk.deck.set_device("headphones of yesterday")
    desk.start(whole(ramp(0.1)))
    assert desk.last(Moved) == Moved("headphones of yesterday")
    assert desk.device.opened == ["speaker 0"]


def test_another_device_goes_on_where_the_first_was(desk: Desk) -> None:
    sound = ramp(2.0)
    desk.start(whole(sound))
    desk.hear(0.5)
    desk.deck.set_device("speaker 1")
    desk.settle()
    assert desk.device.opened == ["speaker 0", "speaker 1"]
    goes_on = sound[round(0.4 * RATE) : round(0.7 * RATE)]
    assert np.array_equal(desk.hear(0.3)[FADE:], goes_on[FADE:])


def test_without_portaudio_it_says_what_to_install(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice")
    monkeypatch.setattr(sys, "meta_path", [Nothing(), *sys.meta_path])
    desk.start(whole(ramp(0.1)), ticket=3)
    refused = desk.last(Refused)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NoPortAudio)
    assert "PortAudio" in str(refused.error)
    desk.deck.refresh()
    found = desk.last(Devices)
    assert isinstance(found, Devices)
    assert (found.names, type(found.error)) == ((), NoPortAudio)


class Listed(FakeDevice):
    """PortAudio's list is made when it starts: what comes or goes later is not in it."""

    def __init__(self, *names: str) -> None:
        super().__init__(RATE)
        self.here, self.names = list(names), list(names)

    def _initialize(self) -> None:
        super()._initialize()
        self.names = list(self.here)


@pytest.mark.parametrize("wanted", [None, "a new one"])
def test_a_device_that_came_later_is_found_by_the_next_start(
    monkeypatch: pytest.MonkeyPatch, device: FakeDevice, wanted: str | None
) -> None:
    listed = Listed()
    monkeypatch.setitem(sys.modules, "sounddevice", listed)  # type: ignore[arg-type]
    desk = Desk(listed)
    desk.deck.set_device(wanted)
    desk.start(whole(ramp(0.5)))
    refused = desk.last(Refused)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NoDevice)
    assert refused.error.reason == NoDevice.NONE
    listed.here = ["a new one"]
    desk.start(whole(ramp(0.5)), ticket=2)
    assert np.array_equal(desk.hear(0.3), ramp(0.5)[: round(0.3 * RATE)])
    assert desk.last(Devices) == Devices(("a new one",), None)
    assert not any(isinstance(report, Moved) for report in desk.reports)
    desk.deck.close()


def test_a_device_that_another_program_holds_is_told_as_that(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = desk.device.OutputStream
    held = {1, None}  # numbers of speaker 0, which is the default one

    def stream(*, device: int | None, **how: object) -> object:
        if device in held:
            raise desk.device.PortAudioError(
                "Error opening OutputStream: Device unavailable", -9985
            )
        return opens(device=device, **how)

    monkeypatch.setattr(desk.device, "OutputStream", stream)
    desk.deck.set_device("speaker 0")
    desk.start(whole(ramp(0.5)))
    refused = desk.last(Refused)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NoDevice)
    assert (refused.error.reason, "another program" in str(refused.error)) == (NoDevice.BUSY, True)
    held.remove(None)
    desk.start(whole(ramp(0.5)), ticket=2)
    moved = desk.last(Moved)
    assert isinstance(moved, Moved)
    assert moved.why is not None
    assert (moved.lost, moved.why.reason) == ("speaker 0", NoDevice.BUSY)
    assert [type(report) for report in desk.reports[-2:]] == [Devices, Moved]  # nothing hides it


def test_a_device_that_is_held_is_told_as_that_also_when_the_list_leaves_it_out(
    monkeypatch: pytest.MonkeyPatch, device: FakeDevice
) -> None:
    listed = Listed("speaker 0")

    def held(**how: object) -> object:
        listed.here = []
        raise listed.PortAudioError("Error opening OutputStream: Device unavailable", -9985)

    monkeypatch.setattr(listed, "OutputStream", held)
    monkeypatch.setitem(sys.modules, "sounddevice", listed)  # type: ignore[arg-type]
    desk = Desk(listed)
    desk.deck.set_device("speaker 0")
    desk.start(whole(ramp(0.5)))
    refused = desk.last(Refused)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NoDevice)
    assert refused.error.reason == NoDevice.BUSY
    desk.deck.close()


@pytest.mark.parametrize("how", ["stop", "seek", "another", "speed", "loop", "device", "end"])
def test_nothing_that_is_done_to_a_sound_clicks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("engine.audio.deck._DEAF", 10)  # the test is slow to ask
    deck, track = desk.deck, whole(tone(4.0, RATE))
    desk.start(track)
    before = desk.hear(0.5031)
    if how == "stop":
        deck.stop()
    elif how == "seek":
        deck.start(track, 2.2502, 2)
    elif how == "another":
        deck.start(whole(-tone(2.0, RATE)[100:]), 0.0, 2)
    elif how == "speed":
        deck.set_speed(1.5)
    elif how == "loop":
        deck.set_loop((0.1003, 0.3))
        deck.start(track, 0.1003, 2)
    elif how == "device":
        deck.set_device("speaker 1")
    else:
        deck.close(0)
    done: list[bool] = []
    deck._orders.put(lambda: done.append(True))
    while not done and deck._thread.is_alive():
        if deck._leaving and desk.device.stream is not None:
            desk.device.pull(160)
    if how not in ("stop", "end"):
        desk.hear(0.4)
    monkeypatch.setattr("engine.audio.deck._DEAF", 0.01)
    kinks = np.abs(np.diff(desk.device.heard, 2))
    assert kinks.max() < 4 * np.abs(np.diff(before, 2)).max()
    assert len(desk.device.heard) > len(before) + FADE
    assert (desk.device.stream is None) == (how in ("stop", "end"))
    if how == "device":  # and it goes on where the first one was left
        assert desk.deck.position()[1] == pytest.approx(0.5031 + 0.008 + 0.4 - 0.1, abs=0.02)


def test_stop_gives_the_device_back_at_once(desk: Desk) -> None:
    desk.start(whole(ramp(9.0)))
    desk.hear(0.1)
    desk.deck.stop()
    desk.settle()
    assert desk.device.stream is None
    desk.start(whole(ramp(9.0)), ticket=2)
    desk.deck.close(20)
    assert not desk.deck._thread.is_alive()
    assert [type(report) for report in desk.reports] == [Devices]  # looked for once, at the start


def test_a_device_that_still_asks_while_it_is_closed_gets_silence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.start(whole(ramp(9.0)))
    desk.hear(0.1)
    monkeypatch.setattr(desk.device.stream, "abort", lambda: desk.device.pull(480))
    desk.deck.stop()
    desk.settle()
    assert len(desk.device.heard) == 4800 + 480
    assert not desk.device.heard[4800:].any()


def test_a_deck_without_an_output_waits_for_orders_alone(desk: Desk) -> None:
    waits = []

    class Orders(queue.SimpleQueue):
        def get(self, block: bool = True, timeout: float | None = None) -> object:
            waits.append(timeout)
            return super().get(block, timeout)

    old, desk.deck._orders = desk.deck._orders, Orders()
    old.put(None)  # the deck still waits there
    for _ in range(3):
        desk.settle()
    assert set(waits) == {None}


@pytest.mark.parametrize(
    ("source", "loop", "second", "place"),
    [
        (0.5, (0.5, 1.0), 0.25, 0.75),
        (0.5, (0.5, 1.0), 0.5, 0.5),  # the end of a loop is its beginning
        (1.0, (0.5, 1.0), 0.25, 0.75),
        (1.2, (0.5, 1.0), 0.25, 1.45),  # behind it nothing is repeated
        (0.5, (0.5, None), 1.75, 0.75),
        (0.5, (1.0, 1.0), 1.0, 1.5),
        (0.5, None, 9.0, 2.0),
    ],
)
def test_a_position_in_a_loop(
    source: float, loop: tuple[float, float | None] | None, second: float, place: float
) -> None:
    segment = _Segment(RATE, source, 1.0, loop)
    assert segment.at((1 + second) * RATE, RATE, 2.0) == pytest.approx(place)
    assert segment.at(0, RATE, 2.0) == _Segment(0, source, 1.0, loop).at(0, RATE, 2.0)


@pytest.mark.parametrize("cuts", [[], [1], [5, 5, 17]])
def test_a_track_reads_across_its_pieces(cuts: list[int]) -> None:
    sound = ramp(0.001)
    track = whole(*np.split(sound, cuts))
    assert np.array_equal(track.read(0, 1000), sound)
    assert np.array_equal(track.read(3, 21), sound[3:21])
    assert len(track.read(48, 60)) == 0


def test_a_device_that_keeps_asking_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.audio.deck._LOOK", 1000)  # no looks but ours
    monkeypatch.setattr("engine.audio.deck._GONE", 3)

    def look() -> None:
        desk.deck._orders.put(desk.deck._watch)
        desk.settle()

    desk.start(whole(ramp(9.0)))
    for _ in range(9):
        desk.device.pull()
        look()
    assert len(desk.device.opened) == 1
    for _ in range(4):
        look()
    assert len(desk.device.opened) == 2


@pytest.mark.parametrize("silent", [False, True])
def test_what_starts_in_a_pause_is_not_heard_and_loses_nothing(desk: Desk, silent: bool) -> None:
    """silent: the pause has been heard; then nothing of what was before it is heard any more."""
    desk.start(whole(ramp(1.0)))
    desk.hear(0.1)
    desk.deck.paused = True
    if silent:
        desk.device.pull(480)
    second = np.full(RATE // 2, 0.5, dtype=np.float32)
    desk.start(whole(second), ticket=2)
    assert not desk.hear(0.1).any()
    desk.deck.paused = False
    heard = desk.hear_all()
    assert np.count_nonzero(heard) == len(second)  # the first ones fade in
    if silent:
        assert heard[:FADE] == pytest.approx(0.5 * np.arange(1, FADE + 1) / FADE, abs=1e-6)


def test_a_position_within_what_was_made_already_is_of_the_old_speed(desk: Desk) -> None:
    desk.start(whole(tone(4.0, RATE)))
    desk.hear(1.0)
    desk.deck.set_speed(2.0)
    desk.settle()
    assert desk.deck.position()[1] == pytest.approx(0.9)  # the device holds 0.1 s
