"""A node: an engine of its own, fed with rows while it works.

Knows no network: rows are put in, results taken out. One thread speaks; whoever calls may be
another one each time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.api import Cancelled, Progress, Report, Speech, SpeechRequest, SpeechRow, Take
from engine.cluster.orders import Broken, Ended, Id, Made, Order, Refused, Result
from engine.errors import UserError, reason_of
from engine.job import More

Speak = Callable[[SpeechRequest, Report, More], Speech]  # as BarkEngine.generate

_MOST = 256  # rows of one request, whose takes are all held until it ends


class Node:
    """Speaks what it is given, the first row first, as many together as the engine takes."""

    def __init__(self, speak: Speak, voices: Path, prepare: Callable[[], None]) -> None:
        """voices: a folder for voice files. prepare: called on the thread that speaks, first."""
        self._speak, self._voices, self._prepare = speak, voices, prepare
        self._waiting: deque[Order] = deque()
        self._alone: deque[Order] = deque()  # one of them spoils the others' request
        self._results: list[Result] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="node", daemon=True)
        self._thread.start()

    def put(self, orders: Sequence[Order], voices: Mapping[str, bytes]) -> None:
        """Rows to speak. voices: files that they are the first to need, by name; rows whose voice
        this disk does not take are refused, for nobody waits for what this call raises."""
        refused: dict[str, str] = {}
        for name, data in voices.items():
            try:
                (self._voices / name).write_bytes(data)
            except OSError as error:
                refused[name] = f"its voice cannot be kept in {self._voices}: {reason_of(error)}"
        self._tell(*(Refused(o.id, refused[o.row.voice]) for o in orders if o.row.voice in refused))
        with self._changed:
            self._waiting.extend(order for order in orders if order.row.voice not in refused)
            self._changed.notify_all()

    def drop(self, ids: Sequence[Id]) -> None:
        """Rows that nobody wants any more: those that are not begun are not spoken."""
        gone = set(ids)
        with self._changed:
            for queue in (self._waiting, self._alone):
                kept = [order for order in queue if order.id not in gone]
                queue.clear()
                queue.extend(kept)

    def take(self, wait: float) -> list[Result]:
        """What has come of the rows since the last call; waits so many seconds for something."""
        with self._changed:
            self._changed.wait_for(lambda: self._results or self._closed, wait)
            results, self._results = self._results, []
        return results

    def close(self) -> None:
        """Stop at the engine's next report."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    # ── the thread that speaks ────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        try:
            self._prepare()
            while (found := self._next()) is not None:
                self._request(*found)
        except Cancelled:
            pass
        except Exception as error:  # a bug: the rows shall go elsewhere, and it shall be told
            self._tell(Broken(f"{type(error).__name__}: {error}"))

    def _next(self) -> tuple[Order, bool] | None:
        """The next row, and whether others may join it."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._alone or self._closed)
            if self._closed:
                return None
            if self._waiting:
                return self._waiting.popleft(), True
            return self._alone.popleft(), False

    def _request(self, first: Order, together: bool) -> None:
        """Speak a row. together: with those that come meanwhile and are spoken alike."""
        orders = [first]
        delivered: set[int] = set()
        since = time.perf_counter()

        def made(index: int, take: Take) -> Made:
            nonlocal since
            before, since = since, time.perf_counter()
            delivered.add(index)
            return Made(orders[index].id, take, since - before)

        def more(room: int) -> list[SpeechRow]:
            rows = list[SpeechRow]()
            with self._changed:
                while (
                    together
                    and len(rows) < room
                    and len(orders) < _MOST
                    and self._waiting
                    and self._waiting[0].how == first.how
                ):
                    orders.append(self._waiting.popleft())
                    rows.append(self._row(orders[-1]))
            return rows

        def report(progress: Progress) -> None:
            if self._closed:
                raise Cancelled
            if progress.stage == "load":
                nonlocal since
                since = time.perf_counter()
            if progress.take is not None:
                self._tell(made(progress.row, progress.take))

        try:
            speech = self._speak(first.how.request((self._row(first),)), report, more)
        except UserError as error:
            left = [order for index, order in enumerate(orders) if index not in delivered]
            if len(orders) == 1:
                self._tell(*(Refused(order.id, str(error)) for order in left))
            else:
                with self._changed:
                    self._alone.extend(left)
            return
        for index, take in enumerate(speech.takes):  # an engine may deliver in the end only
            if index not in delivered:
                self._tell(made(index, take))
        if speech.notes:
            self._tell(Ended(speech.notes))

    def _row(self, order: Order) -> SpeechRow:
        row = order.row
        if row.voice is None or not row.voice.lower().endswith(".npz"):
            return row
        path = str(self._voices / row.voice)
        return SpeechRow(text=row.text, voice=path, seed=row.seed, take=row.take)

    def _tell(self, *results: Result) -> None:
        with self._changed:
            self._results += results
            self._changed.notify_all()
