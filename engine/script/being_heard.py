"""The part of a rendering that has takes heard before they count."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from engine.api import Progress, Report, Take
from engine.script.ears import EarsOfRun
from engine.script.selection import Standing

_LOOK = 0.2  # seconds between two looks at Stop


class BeingHeard:
    """What a run knows of takes on their way to its ears. ears: None where nobody listens.
    counted: rows that are done. waiting: rows of which a take is to be made. last: what was
    reported last."""

    standing: Standing
    waiting: deque[int]
    report: Report
    last: Progress
    _settled: Callable[[int, Take | None], None]

    def __init__(self) -> None:
        self.ears: EarsOfRun | None = None
        self.counted: set[int] = set()
        self._takes: dict[int, Take] = {}  # the one just made, of rows that are being heard

    def _listen(self, *, wait: bool = False) -> None:
        """Take note of what was heard. wait: until something was, or somebody wants to stop."""
        assert self.ears is not None
        while wait and not self.ears.ready(_LOOK):
            self.report(self.last)
        for index in self.ears.poll():
            state, take = self.standing.settle(index), self._takes.pop(index, None)
            if state.next is not None:
                self.counted.discard(index)
                self.waiting.appendleft(index)
            else:
                self._end(index, take)

    def _end(self, index: int, take: Take | None) -> None:
        """A row has its take, as far as the signal tells: it counts when it is heard."""
        if not self._ask(index, take):
            self._settled(index, take)

    def _ask(self, index: int, take: Take | None) -> bool:
        """Have the take of a row heard, if it is to be."""
        state = self.standing.states[index]
        if self.ears is None or state.key is None or not self.ears.wants(state):
            return False
        self.counted.discard(index)
        if take is not None:
            self._takes[index] = take
        self.ears.ask(index, state.key, self.standing.text(index))
        return True
