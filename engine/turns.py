"""Requests of many threads, one after the other, on one thread of the engine's own."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from engine.api import Cancelled, Report, silent
from engine.engines import Engines
from engine.errors import UserError
from engine.job import Done, Failed, Job, Running, Update


class Closing(ABC):
    """What is closed at the end of a `with`."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Turns:
    """Asks the engines in the order in which the requests came. Any thread."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine")
        self._closed = False

    def ask(self, request: Any, report: Report = silent) -> Any:
        """The engine's answer; report is called on the engine's thread. Whoever is interrupted
        while he waits (Ctrl-C) has his request stopped. Raises what the engine raises."""
        if self._closed:
            raise UserError("this was closed: make a new one")

        def publish(update: Update) -> None:
            if isinstance(update, Running):
                report(update.progress)

        job = Job(request)
        work = self._thread.submit(job.run, self._engines.engine_for, publish)
        try:
            last = work.result()
        except BaseException:
            job.cancel()
            with contextlib.suppress(BaseException):
                work.result()
            raise
        if isinstance(last, Failed):
            raise last.error
        if not isinstance(last, Done):  # report raised it
            raise Cancelled
        return last.result

    def close(self) -> None:
        """Wait for what was asked and give the memory back. Twice is as good as once."""
        if not self._closed:
            self._closed = True
            self._thread.submit(self._engines.close).result()
            self._thread.shutdown()
