"""The queue of samples between those who make them and the device that takes them."""

from __future__ import annotations

import numpy as np

from engine.audio.device import Fifo


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
    fifo.push(numbers(0, 3), end=True)
    assert not fifo.finished
    read(fifo, 3)
    assert fifo.finished


def test_keeping_some_drops_the_rest_and_the_end() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 4), numbers(4, 9), end=True)
    read(fifo, 2)
    assert fifo.keep(4) == 6  # 2 taken, 4 to come
    assert fifo.waiting == 4
    fifo.push(numbers(100, 102))
    assert read(fifo, 99).tolist() == [2, 3, 4, 5, 100, 101]
    assert not fifo.finished


def test_nothing_left_to_keep_is_not_the_end() -> None:
    fifo = Fifo()
    fifo.push(numbers(0, 2), end=True)
    read(fifo, 2)
    assert fifo.keep(10) == 2
    assert not fifo.finished
