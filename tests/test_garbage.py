"""What a test leaves in a circle ends on the main thread and on no other."""

from __future__ import annotations

import gc
import threading

import pytest


@pytest.mark.usefixtures("qapp")
def test_nothing_ends_on_a_thread_that_asks_for_memory() -> None:
    ended: list[threading.Thread] = []

    class Left:
        def __init__(self) -> None:
            self.myself = self

        def __del__(self) -> None:
            ended.append(threading.current_thread())

    def ask() -> None:
        for _ in range(3000):  # more than Python's threshold, three times
            Left()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert not ended
    gc.collect()
    assert set(ended) == {threading.main_thread()}
