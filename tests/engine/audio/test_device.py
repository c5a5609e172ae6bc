"""The queue of samples between those who make them and the device that takes them."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from engine.audio.device import Fifo, NoDevice, Output, output_devices
from tests.sound import FakeDevice


def numbers(start: int, stop: int) -> np.ndarray:
    return np.arange(start, stop, dtype=np.float32)


def read(fifo: Fifo, count: int) -> np.ndarray:
    out = np.full(count, -1, dtype=np.float32)
    return out[: fifo.read(out)]


def test_samples_come_out_in_order_however_they_are_asked_for() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 5), numbers(5, 6))
    fifo.push(numbers(6, 20))
    assert np.array_equal(read(fifo, 7), numbers(0, 7))
    assert (fifo.taken, fifo.waiting) == (7, 13)
    assert np.array_equal(read(fifo, 99), numbers(7, 20))
    assert (fifo.taken, fifo.waiting) == (20, 0)
    assert len(read(fifo, 3)) == 0


def test_it_is_finished_when_the_last_sample_was_taken() -> None:
    fifo = Fifo()
    assert not fifo.finished  # it has not begun
    fifo.push(numbers(0, 3), end=True)
    assert not fifo.finished
    read(fifo, 3)
    assert fifo.finished


def test_what_waits_fades_into_what_comes_instead() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 4), numbers(4, 9), end=True)
    read(fifo, 2)
    assert fifo.splice(4, np.full(5, 100, dtype=np.float32), 3) == 4
    assert fifo.waiting == 2 + 5
    assert read(fifo, 99).tolist() == [2, 3, 28, 52.5, 76.5, 100, 100]  # 4, 5, 6 fade
    assert not fifo.finished


def test_what_comes_too_late_for_its_place_is_left_out_as_far_as_it_is() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 9))
    read(fifo, 5)
    assert fifo.splice(3, numbers(100, 110), 0) == 3
    assert read(fifo, 99).tolist() == list(range(102, 110))


def test_what_stops_fades_out_and_what_begins_in_the_middle_fades_in() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 9))
    nothing = np.zeros(0, dtype=np.float32)
    assert fifo.splice(8, nothing, 3) == 8 + 3
    assert read(fifo, 99).tolist() == [*range(8), 6, 0, 0]
    assert fifo.splice(None, np.full(4, 8, dtype=np.float32), 3) == 11
    assert read(fifo, 99).tolist() == [8, 8, 8, 8]  # after silence
    assert fifo.splice(None, np.full(4, 8, dtype=np.float32), 3, fade_in=True) == 15
    assert read(fifo, 99).tolist() == [2, 4, 6, 8]


def test_nothing_left_to_keep_is_not_the_end() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 2), end=True)
    read(fifo, 2)
    assert fifo.splice(10, numbers(0, 0), 0) == 2
    assert not fifo.finished


# ── devices ───────────────────────────────────────────────────────────────────────────────────


class Interfaces(FakeDevice):
    """Two devices of one channel, which another interface of the system lists under names of its
    own."""

    def __init__(self) -> None:
        super().__init__(devices=2)
        self.asked: list[object] = []  # the device of each question after a rate

    def query_devices(self, number: int | None = None, kind: str | None = None) -> Any:
        devices = super().query_devices(number, kind)
        if kind is None:
            for device in devices:
                device["name"] += " (MME)" * device["hostapi"]
                device["max_output_channels"] = min(1, device["max_output_channels"])
        return devices

    def check_output_settings(self, *, samplerate: int, device: object = None, **_: object) -> None:
        self.asked.append(device)
        super().check_output_settings(samplerate=samplerate)


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> Interfaces:
    devices = Interfaces()
    monkeypatch.setitem(sys.modules, "sounddevice", devices)  # type: ignore[arg-type]
    return devices


def test_a_device_is_listed_once_under_the_name_of_the_usual_interface(devices: Interfaces) -> None:
    assert output_devices() == ["speaker 0", "speaker 1"]
    devices.default.hostapi = 1
    assert output_devices() == ["speaker 0 (MME)", "speaker 1 (MME)"]


def test_the_device_that_plays_is_asked_for_its_rate(devices: Interfaces) -> None:
    output = Output(24_000, lambda out: True, lambda: None, "speaker 1")
    output.close()
    assert devices.asked == [2]  # after the microphone and the first speaker
    assert devices.opened == ["speaker 1"]


@pytest.mark.parametrize(
    ("words", "number", "names", "reason"),
    [
        ("Device unavailable", -9985, ["speaker 0"], NoDevice.BUSY),
        ("Device or resource busy", -9999, ["speaker 0"], NoDevice.BUSY),
        ("Illegal combination of I/O devices", -9993, ["speaker 0"], NoDevice.REFUSED),
        ("Illegal combination of I/O devices", -9993, [], NoDevice.NONE),
    ],
)
def test_why_a_device_does_not_open(
    words: str,
    number: int,
    names: list[str],
    reason: str,
    devices: Interfaces,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**how: object) -> None:
        devices.names = names
        raise devices.PortAudioError(words, number)

    monkeypatch.setattr(devices, "OutputStream", refuse)
    with pytest.raises(NoDevice) as refused:
        Output(48_000, lambda out: True, lambda: None)
    assert refused.value.reason == reason
    assert (words in refused.value.detail) == (reason != NoDevice.NONE)
