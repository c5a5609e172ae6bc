"""Parts of an operation: which, in which order, and by how many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch

from engine.bark.side_by_side import FEW, PARTS, cut, team


@pytest.mark.parametrize("channels", [1, 15, 16, 31, 32, 50, 64, 512, 515])
def test_the_parts_are_all_channels_once(channels: int) -> None:
    parts = cut(channels)
    assert [c for part in parts for c in range(part.start, part.stop)] == list(range(channels))
    assert len(parts) <= PARTS
    assert len(parts) == 1 or all(part.stop - part.start >= 16 for part in parts)


def part(number: int, seen: dict[int, tuple[int, int, bool]]) -> Callable[[], torch.Tensor]:
    def compute() -> torch.Tensor:
        here = (threading.get_ident(), torch.get_num_threads(), torch.is_inference_mode_enabled())
        seen[number] = here
        return torch.tensor(number)

    return compute


@pytest.mark.parametrize("threads", [1, 2, 3, 9])
def test_each_part_has_one_thread_and_its_place(threads: int) -> None:
    before = torch.get_num_threads()
    seen: dict[int, tuple[int, int, bool]] = {}
    try:
        torch.set_num_threads(threads)
        with torch.inference_mode(), team(torch.device("cpu")) as workers:
            results = workers.compute([part(number, seen) for number in range(PARTS)])
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert [int(result) for result in results] == list(range(PARTS))
    assert {(inside, inference) for _, inside, inference in seen.values()} == {(1, True)}
    assert len({thread for thread, *_ in seen.values()}) <= min(threads, PARTS)


def test_what_a_part_raises_is_raised() -> None:
    def broken() -> torch.Tensor:
        raise RuntimeError("no memory")

    before = torch.get_num_threads()
    with pytest.raises(RuntimeError, match="no memory"), team(torch.device("cpu")) as workers:
        workers.compute([broken, lambda: torch.zeros(1)])
    assert torch.get_num_threads() == before


def test_what_nobody_has_begun_is_done_here() -> None:
    """With one hand beside this thread, which waits: nobody else could do the middle part."""
    before, done = torch.get_num_threads(), threading.Event()

    def waits() -> torch.Tensor:
        return torch.tensor(done.wait(60))

    def goes_on() -> torch.Tensor:
        done.set()
        return torch.tensor(threading.get_ident() == here)

    here = threading.get_ident()
    try:
        torch.set_num_threads(2)
        with team(torch.device("cpu")) as workers:
            results = workers.compute([waits, goes_on, lambda: torch.tensor(7)])
    finally:
        torch.set_num_threads(before)
    assert [int(result) for result in results] == [1, 1, 7]


def test_little_is_left_to_the_thread_that_asks() -> None:
    before = torch.get_num_threads()
    seen: dict[int, tuple[int, int, bool]] = {}
    try:
        torch.set_num_threads(2)
        with team(torch.device("cpu")) as workers:
            workers.compute([part(number, seen) for number in range(PARTS)], FEW - 1)
    finally:
        torch.set_num_threads(before)
    assert {thread for thread, *_ in seen.values()} == {threading.get_ident()}
