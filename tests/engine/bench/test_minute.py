"""A minute of measuring in another process: it is stopped whole, and says why it cannot."""

from __future__ import annotations

import psutil
import pytest

from engine.api import Cancelled
from engine.bench import minute
from engine.errors import UserError
from engine.models.info import quiet
from tests.processes import words_of


@pytest.mark.slow  # processes: some seconds
def test_stopping_it_ends_everything_that_it_started() -> None:
    before = set(psutil.Process().children(recursive=True))
    seen: list[tuple[int, int]] = []

    def stop_when_one_is_at_work(done: int, total: int) -> None:
        seen.append((done, total))
        started = set(psutil.Process().children(recursive=True)) - before
        if any("speech_contender" in " ".join(words_of(process)) for process in started):
            raise Cancelled

    with pytest.raises(Cancelled):
        minute.run("starter-voice", stop_when_one_is_at_work)
    assert set(psutil.Process().children(recursive=True)) <= before
    assert all(done < total for done, total in seen)


@pytest.mark.slow  # a process
def test_what_cannot_be_measured_is_a_sentence() -> None:
    with pytest.raises(UserError, match=r"it could not be measured: there is no folder nowhere"):
        minute.run("nowhere", quiet)
