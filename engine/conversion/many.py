"""A batch of files, spoken by a cluster: this machine reads, decides and keeps, the others speak.

Several scripts are rendered side by side, so that no node waits for the last rows of one of them;
each on a thread of its own, and all that is told is told by the thread that converts.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import engine
from engine.conversion.estimate import Clock, clock
from engine.conversion.listener import Listener
from engine.conversion.on_its_way import OnItsWay
from engine.conversion.orders import FindModel, Orders
from engine.conversion.pipeline import Work

if TYPE_CHECKING:
    from engine.cluster.fleet import Fleet, NodeStatus, Speaker, Status
    from engine.cluster.orders import Task
    from engine.script.render import Renderer
    from engine.script.rendering import Rendering

_SIDE_BY_SIDE = 16  # scripts
_ENOUGH = 300.0  # seconds of work of all nodes that wait, before another script begins
_DRAW = 0.25  # seconds between two looks
_NAMED = 6  # nodes in the live line


class ManyMachines(Work):
    """Work that a cluster does."""

    def __init__(
        self, orders: Orders, find_model: FindModel, listener: Listener, address: str
    ) -> None:
        """address: of a Ray cluster: "auto", or HOST:PORT. Raises UserError where Ray is absent."""
        from engine.cluster.ray_address import check_installed

        check_installed()
        super().__init__(orders, find_model, listener)
        self._address = address
        self._ray: Any = None
        self._fleet: Fleet | None = None  # since somebody has something to say
        self._fleet_lock = threading.Lock()
        self._clocks: dict[Path, Clock] = {}
        self._over = threading.Event()  # what is not begun is not begun any more
        self._sentences: deque[str] = deque()
        self._nodes: dict[str, NodeStatus] = {}  # of fleets that have ended

    def convert(self, sources: Mapping[Path, PurePosixPath]) -> None:
        """As Work."""
        if self._ray is None and not self.orders.dry_run:
            from engine.cluster.classes import resolver
            from engine.cluster.ray_address import connect

            self._ray = connect(self._address)
            self._goings.elsewhere(resolver(self._ray, self._listener.say))
        super().convert(sources)

    def close(self) -> None:
        """As Work; the cluster stays."""
        if self._fleet is not None:
            self._fleet.close()
        if self._ray is not None:
            self._ray.shutdown()
        super().close()

    def _make(self, scripts: Sequence[OnItsWay]) -> None:
        self._clocks = {script.source: Clock(script.project) for script in scripts}
        alike: dict[str, list[OnItsWay]] = {}
        for script in scripts:
            alike.setdefault(repr(self._task(script)), []).append(script)
        for together in alike.values():
            self._make_together(together)

    def _task(self, script: OnItsWay) -> Task:
        from engine.cluster.orders import Task

        maker, going = script.project.maker, script.going
        assert maker is not None
        assert going.model is not None
        return Task(
            version=engine.__version__,
            model=maker.model,
            place=going.model,
            name=maker.name or going.name,
            tokens=dict(maker.settings),
            settings=going.settings,
        )

    def _make_together(self, scripts: Sequence[OnItsWay]) -> None:
        """Scripts that are spoken by one model in one way."""
        self._over.clear()
        turn = threading.Lock()
        with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="script") as pool:
            work = [pool.submit(self._one, script, turn) for script in scripts]
            try:
                self._wait_for(work)
            finally:
                self._over.set()
                for future in work:
                    future.cancel()
                while not all(future.done() for future in work):  # one may just have begun
                    for job in tuple(self._jobs):
                        job.cancel()
                    wait(work, _DRAW)
                self._end_fleet()

    def _one(self, script: OnItsWay, turn: threading.Lock) -> None:
        """Render and write a script, on a thread of its own."""
        from engine.script.store import DamagedTake

        own = self._clocks[script.source]
        with turn:  # one after the other, each as soon as the nodes have room for it
            while self._fleet is not None and _ENOUGH < self._fleet.waiting < float("inf"):
                if self._over.wait(_DRAW):
                    break
            if self._over.is_set():
                raise KeyboardInterrupt
        script.rendering = self._render(script, own)
        try:
            self._background.submit(self._deliver, script).result()
        except DamagedTake:  # of an earlier run; it is forgotten now
            script.rendering = self._render(script)
            self._background.submit(self._deliver, script).result()

    def _wait_for(self, work: Sequence[Future[None]]) -> None:
        """Until all is done, or something is wrong. Tells meanwhile."""
        left = set(work)
        while left:
            done, left = wait(left, _DRAW, FIRST_COMPLETED)
            self._tell_news()
            for future in done:
                future.result()

    def _tell_news(self) -> None:
        while self._sentences:
            self._listener.say(self._sentences.popleft())
        if self._listener.live and self._fleet is not None:
            self._listener.progress(self._words(self._fleet.status()))

    def _words(self, status: Status) -> str:
        """Rows, speed, time left, nodes: for the live line."""
        rows = [own.rows for own in self._clocks.values()]
        done, total = sum(done for done, _ in rows), sum(total for _, total in rows)
        words = f"row {done} of {total}, {status.here} nodes"
        speed = sum(node.speed for node in status.nodes if node.here)
        if status.rate:
            words += f", {status.rate:.1f} rows/s"
            words += f", {clock(sum(own.left for own in self._clocks.values()) / speed)} left"
        named = sorted(status.nodes, key=lambda node: -node.rows)
        words += "".join(f"; {node.name}: {node.rows}" for node in named[:_NAMED])
        return words + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")

    def _end_fleet(self) -> None:
        fleet, self._fleet = self._fleet, None
        if fleet is None:
            return
        for node in fleet.status().nodes:
            before = self._nodes.get(node.name)
            if before is not None:
                rows, seconds = node.rows + before.rows, node.seconds + before.seconds
                node = dataclasses.replace(node, rows=rows, seconds=seconds)
            self._nodes[node.name] = node
        fleet.close()
        self._tell_news()

    def _renderer(self, script: OnItsWay) -> Renderer:
        from engine.cluster.rendering import FleetRenderer

        speaker_for = partial(self._speaker, self._task(script))
        return FleetRenderer(speaker_for, *self._checks(script))

    def _speaker(self, task: Task) -> Speaker:
        """Of a script that has something to say, perhaps only since its takes were heard."""
        from engine.cluster.fleet import Fleet
        from engine.cluster.ray_cluster import RayCluster

        with self._fleet_lock:
            if self._fleet is None:
                say = self._sentences.append
                self._fleet = Fleet(RayCluster(self._ray, task, task.place, say), say)
            return self._fleet.speaker()

    def _more_figures(self) -> dict[str, Any]:
        """What each node did."""
        nodes = sorted(self._nodes.values(), key=lambda node: -node.rows)
        for node in nodes[:_NAMED]:
            sound = f"{node.rows} rows, {node.seconds:.1f} s of sound"
            self._listener.say(f"{node.name}: {sound}, {node.speed:.2f} s of it in a second")
        if others := nodes[_NAMED:]:
            self._listener.say(f"{len(others)} more: {sum(node.rows for node in others)} rows")
        return {"nodes": [dataclasses.asdict(node) for node in nodes]}

    def _learn(self, script: OnItsWay, clock: Clock, rendering: Rendering) -> None:
        """Nothing is learned of this machine's speed."""

    def _progress(self, script: OnItsWay, clock: Clock, stage: str) -> None:
        """Told by `_wait_for`."""
