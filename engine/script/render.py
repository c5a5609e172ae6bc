"""Rows → takes. The engine speaks; beside it takes are checked, stored, and re-rolled.

`Renderer` is an engine like any other: a RenderRequest runs as a Job on the engine thread. What is
finished is on the disk at once, so Stop, a crash or a full disk cost only what was in work.
"""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from engine.api import (
    Engine,
    Metrics,
    Progress,
    Report,
    Speech,
    SpeechRequest,
    SpeechRow,
    Take,
    silent,
)
from engine.audio.loudness import loudness
from engine.errors import UserError
from engine.script.being_heard import BeingHeard
from engine.script.chains import with_parents
from engine.script.ears import EarsOfRun, Listener
from engine.script.kept_take import kept
from engine.script.pace import Paces
from engine.script.project import Project
from engine.script.rendering import Outcome, Rendering, RenderRequest, TakeOrder
from engine.script.selection import Maker, RowState

_CHUNK_SECONDS = 400.0  # of predicted sound in one request: 40 MB, and few batches run empty
_CHUNK_ROWS = 256
_END = 16  # rows that are the last ones in work: two batches
_AHEAD = 16  # takes that may wait for their check before the engine does


SpeechEngineFor = Callable[[SpeechRequest], Engine[SpeechRequest, Speech]]
Identify = Callable[[Project], Maker]
Unreadable = Callable[[str], str]  # a text → why the model cannot read it, "" where it can


class Renderer:
    """Engine[RenderRequest, Rendering]. Used by one thread at a time.

    Reports what the speech engine reports, and Progress(stage="rows", done, total, row, take)
    whenever a row is settled: row counts in the script, take is the one just made.
    """

    def __init__(
        self,
        engine_for: SpeechEngineFor,
        identify: Identify,
        learned: Paces | None = None,
        unreadable: Unreadable = lambda text: "",
        listener: Listener | None = None,
    ) -> None:
        """engine_for: gives the engine that speaks; asked only when there is something to say.
        identify: says what that engine is, by content, without loading it. learned: where the pace
        of voices is found, and kept for other projects. unreadable: why a text cannot be spoken, or
        "": such rows fail before anything is spoken. listener: hears every take that its signal
        calls good, of projects whose recipe names it."""
        self._unreadable = unreadable
        self._engine_for = engine_for
        self._identify = identify
        self._learned = learned
        self._listener = listener

    def generate(self, request: RenderRequest, report: Report = silent) -> Rendering:
        """Make what is missing. Raises UserError, Cancelled; what was finished before stays."""
        project = request.project
        with project.rendering():
            project.set_maker(self._identify(project))
            if self._learned is not None:
                project.fix_paces(self._learned)
            run = self._start(request, report)
            if self._listener is not None and project.recipe.listen == self._listener.by:
                run.ears = EarsOfRun(project, self._listener)
            try:
                return run.run()
            finally:
                if run.ears is not None:
                    run.ears.close()
                if run.made:
                    project.hold(run.standing)
                if self._learned is not None:
                    self._learned.learn(run.heard)

    def _start(self, request: RenderRequest, report: Report) -> Run:
        return Run(request, self._engine_for, self._unreadable, report)

    def close(self) -> None:
        """Nothing: the speech engine belongs to whoever gave it."""


class Run(BeingHeard):
    """One request on its way. Whoever speaks otherwise overrides `speak` and `wait`."""

    def __init__(
        self,
        request: RenderRequest,
        engine_for: SpeechEngineFor,
        unreadable: Unreadable,
        report: Report,
    ) -> None:
        super().__init__()
        self.project = request.project
        self.unreadable = unreadable
        self.engine_for = engine_for
        self.report = report
        self.started = time.perf_counter()
        self.standing = request.project.standing()
        self.standing.settle_all()
        self.project.keep_voices(self.standing)
        self.sources = set(self.standing.unknown_sources())
        self.wanted = with_parents(self.standing.rows, self.standing.parents, request.rows)
        self.waiting: deque[int] = deque()
        self.children: dict[int, list[int]] = {}
        for index, parent in enumerate(self.standing.parents):
            if parent is not None:
                self.children.setdefault(parent, []).append(index)
        self.checks: deque[Future[Outcome]] = deque()
        self.pending: set[str] = set()  # keys in work
        self.refusals: dict[str, set[int]] = {}  # what the engine said → rows
        self.thrown: BaseException | None = None  # by our own code, within the engine
        self.total = self.made = self.rerolled = 0
        self.seconds = self.engine_seconds = 0.0
        self.stages: dict[str, float] = {}
        self.host_bytes = self.device_bytes = 0
        self.notes: tuple[str, ...] = ()
        self.heard: dict[str, list[tuple[str, float]]] = {}  # good takes, by `voice_key`

    def run(self) -> Rendering:
        states = self.standing.states
        open_rows = [i for i in sorted(self.wanted) if not states[i].settled]
        reused = len(self.wanted) - len(open_rows)
        self.total = len(self.wanted)
        self.waiting.extend(i for i in open_rows if states[i].next is not None)
        self.counted = {*self.wanted} - {*open_rows}
        for index in sorted(self.counted):
            self._ask(index, None)
        with ThreadPoolExecutor(1, thread_name_prefix="takes") as self.checker:
            # Its end waits for the checks: what is spoken is kept, also after Stop.
            self._tell(-1, None)
            if self.waiting:  # what a check imports takes a second: while the engine loads
                self.checker.submit(loudness, np.zeros(1, dtype=np.float32), 24_000)
            while True:
                self.collect()
                if orders := self._next_orders():
                    self.speak(orders)
                elif not (self.wait() or self._compare()):
                    break
        if not self.made and len(self.refusals) == 1:
            raise UserError(next(iter(self.refusals)))
        if self.made:  # so it was the rows' fault, and will be again
            self.project.store.keep_refusals()
        seconds = time.perf_counter() - self.started
        why = self.ears.why if self.ears is not None else ""
        return Rendering(
            states=tuple(states),
            made=self.made,
            rerolled=self.rerolled,
            reused=reused,
            seconds=self.seconds,
            busy=self.engine_seconds / seconds if self.made else 1.0,
            metrics=Metrics(
                stages=self.stages, host_bytes=self.host_bytes, device_bytes=self.device_bytes
            ),
            notes=(*self.notes, *((f"takes are not heard: {why}",) if why else ())),
            heard=self.ears.heard if self.ears is not None else 0,
            listening=self.ears.seconds if self.ears is not None else 0.0,
            unheard=why,
        )

    def wait(self) -> bool:
        """Wait for what is at work: a check, or the ears. False where nothing is."""
        if self.checks:
            self.collect(wait=True)
        elif self.ears is not None and self.ears.busy:
            self._listen(wait=True)
        else:
            return False
        return True

    # ── orders ────────────────────────────────────────────────────────────────────────────────

    def _next_orders(self) -> list[TakeOrder]:
        """The next request's rows: the first ones first, so that they can be heard; at its end the
        longest first, so that no batch runs long with one row."""
        orders: list[tuple[float, TakeOrder]] = []
        seconds = 0.0
        left: list[int] = []
        while self.waiting and len(orders) < _CHUNK_ROWS and seconds < _CHUNK_SECONDS:
            index = self.waiting.popleft()
            state = self._read(index)  # an equal row may have been spoken meanwhile
            if state.next is None:
                self._end(index, None)
                continue
            order = self._order(index, state.next)
            if order.key in self.pending:  # the same text in the same voice
                left.append(index)
                continue
            self.pending.add(order.key)
            predicted = self.standing.pace(order.index).seconds(order.row.text)
            seconds += predicted
            orders.append((predicted, order))
        self.waiting.extendleft(reversed(left))
        end = max(len(orders) // 2, len(orders) - _END)
        orders[end:] = sorted(orders[end:], key=lambda pair: -pair[0])
        return [order for _, order in orders]

    def _read(self, index: int) -> RowState:
        """The state of a row: failed where the model cannot read its text."""
        state = self.standing.settle(index)
        if state.next is None:
            return state
        text = self.standing.text(index)
        if reason := self.unreadable(self.project.readings.kept(self.project.maker, text) or text):
            while state.next is not None:
                self.project.store.refuse(str(self.standing.key(index, state.next)), reason)
                state = self.standing.settle(index)
        return state

    def _order(self, index: int, number: int) -> TakeOrder:
        key = self.standing.key(index, number)
        assert key is not None
        row = SpeechRow(
            text=self.standing.text(index),
            voice=self.standing.voice(index),
            seed=self.standing.recipe.seed,
            take=number,
        )
        read = self.project.readings.of(self.standing.ways[-1].maker, row.text)
        return TakeOrder(index, number, key, row, dataclasses.replace(row, text=read))

    def speak(self, orders: list[TakeOrder]) -> None:
        """Have these takes made, each delivered to the checker as soon as it is there."""
        recipe = self.standing.recipe
        request = SpeechRequest(
            rows=tuple(order.given for order in orders),
            sampling=recipe.sampling,
            max_seconds=recipe.max_seconds,
            semantic_tokens=recipe.semantic_tokens,
        )
        aside = 0.0  # seconds of the engine's time that are ours
        delivered: set[int] = set()

        def deliver(position: int, take: Take) -> None:
            delivered.add(position)
            self.check(orders[position], take)

        def relay(progress: Progress) -> None:
            nonlocal aside
            start = time.perf_counter()
            try:
                if progress.take is not None:
                    deliver(progress.row, progress.take)
                else:
                    row = orders[progress.row].index if progress.row >= 0 else -1
                    rows = tuple(orders[position].index for position in progress.rows)
                    self.last = dataclasses.replace(progress, row=row, rows=rows)
                self.collect()
                self.report(self.last)
            except BaseException as error:
                self.thrown = error
                raise
            aside += time.perf_counter() - start

        started = time.perf_counter()
        engine = self.engine_for(request)
        speech, refusal = None, None
        try:
            speech = engine.generate(request, relay)
        except UserError as error:
            if error is self.thrown:  # a full disk, say
                raise
            refusal = error
        finally:
            self.engine_seconds += time.perf_counter() - started - aside
        if speech is None or refusal is not None:
            assert refusal is not None
            self._refused([o for i, o in enumerate(orders) if i not in delivered], refusal)
            return
        for position, take in enumerate(speech.takes):  # an engine may deliver in the end only
            if position not in delivered:
                deliver(position, take)
        for stage, seconds in speech.metrics.stages.items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds
        self.notes = speech.notes
        self.host_bytes = max(self.host_bytes, speech.metrics.host_bytes)
        self.device_bytes = max(self.device_bytes, speech.metrics.device_bytes)

    def _refused(self, orders: list[TakeOrder], error: UserError) -> None:
        """One row of a request cannot be spoken, and the engine says only that: find it."""
        if len(orders) > 1:
            middle = len(orders) // 2
            for half in (orders[:middle], orders[middle:]):
                self.speak(half)
        elif orders:
            self.refuse(orders[0], error)

    def refuse(self, order: TakeOrder, error: UserError) -> None:
        """A take that cannot be made. Raises the error where not the row is at fault."""
        refused_rows = self.refusals.setdefault(str(error), set())
        refused_rows.add(order.index)
        if not self.made and len(refused_rows) >= 3:
            raise error
        self.project.store.refuse(order.key, str(error))
        refused: Future[Outcome] = Future()
        refused.set_result(Outcome(order, None))
        self.checks.append(refused)

    # ── outcomes ──────────────────────────────────────────────────────────────────────────────

    def check(self, order: TakeOrder, take: Take) -> None:
        """Have a take measured and stored."""
        row, way = self.standing.rows[order.index], self.standing.ways[-1]
        self.checks.append(self.checker.submit(kept, self.project, order, row, way, take))

    def collect(self, *, wait: bool = False) -> None:
        """Take note of what the checker has finished. Raises its errors: a full disk."""
        while self.checks and (wait or self.checks[0].done() or len(self.checks) > _AHEAD):
            outcome = self.checks.popleft().result()
            wait = False
            order, take = outcome.order, outcome.take
            self.pending.discard(order.key)
            if take is not None:
                self.made += 1
                self.seconds += take.seconds
                row = self.standing.rows[order.index].id
                self.rerolled += order.number > self.project.choice(row).start
            state = self.standing.settle(order.index)
            if take is not None and state.key == order.key and state.status == "good":
                self._learn(order, state)
            if state.next is not None:
                self.waiting.appendleft(order.index)
            else:
                self._end(order.index, take)
        if self.ears is not None:
            self._listen(wait=self.ears.behind)

    def _learn(self, order: TakeOrder, state: RowState) -> None:
        key = self.project.pace_key(self.standing.rows[order.index])
        if key and state.measures is not None:
            self.heard.setdefault(key, []).append((order.row.text, state.measures.speech))

    def _settled(self, index: int, take: Take | None) -> None:
        """A row has its take: count it, and let those that continue it wait for theirs."""
        finished = [index]
        while finished:
            index = finished.pop()
            self.counted.add(index)
            if index in self.sources:
                self.project.keep_voices(self.standing)
            self._tell(index, take)
            take = None
            for child in self.children.get(index, ()):
                if child in self.wanted:
                    state = self.standing.settle(child)
                    if state.settled and child not in self.counted:
                        if not self._ask(child, None):
                            finished.append(child)
                    elif state.next is not None:
                        self.counted.discard(child)
                        self.waiting.append(child)

    def _compare(self) -> bool:
        """Every row has a take: are there any whose level jumps? Then they wait again."""
        if self.standing.compared or not all(state.settled for state in self.standing.states):
            return False
        again = [i for i in self.standing.compare_levels() if i in self.wanted]
        self.project.hold(self.standing)
        self.counted -= {*again}
        self.waiting.extend(again)
        return bool(again)

    def _tell(self, index: int, take: Take | None) -> None:
        self.last = Progress(
            stage="rows", done=len(self.counted), total=self.total, row=index, take=take
        )
        self.report(self.last)
        self.last = Progress(stage="rows", done=len(self.counted), total=self.total)
