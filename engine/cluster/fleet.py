"""The driver's side: rows of many scripts go out to nodes, and their takes come home.

One thread talks to the cluster and asks the dispatcher; each script has a Speaker of its own, on
the thread that renders it. What a cluster is stands in `Cluster`: Ray's is in ray_cluster.py.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from engine.api import SpeechRow
from engine.cluster.dispatch import DEATHS, Dispatcher
from engine.cluster.orders import Broken, Ended, How, Id, Made, Order, Refused, Result
from engine.cluster.voices import Voices
from engine.errors import UserError

_POLL = 0.2  # seconds
_AHEAD = 64  # takes that wait for a script before the nodes do
_LATELY = 60.0  # seconds over which rows a second are counted


@dataclass(frozen=True, slots=True)
class Joined:
    """A node is ready. slots: rows that it speaks together."""

    node: str
    slots: int


@dataclass(frozen=True, slots=True)
class Left:
    """A node takes no part any more. reason: a sentence. died: perhaps of one of its rows."""

    node: str
    reason: str
    died: bool = True


@dataclass(frozen=True, slots=True)
class Heard:
    """What a node has made."""

    node: str
    results: Sequence[Result]


@dataclass(frozen=True, slots=True)
class Hopeless:
    """No node can take part. reason: a sentence."""

    reason: str


Event = Joined | Left | Heard | Hopeless


class Cluster(Protocol):
    """Nodes somewhere. All methods are called by one thread."""

    def poll(self, seconds: float) -> Sequence[Event]:
        """What has happened; waits so long for something."""
        ...

    def send(self, node: str, orders: Sequence[Order], voices: Mapping[str, bytes]) -> None:
        """Rows for a node, and files of voices that it has not been sent yet."""
        ...

    def drop(self, node: str, ids: Sequence[Id]) -> None:
        """Rows that a node may leave."""
        ...

    def dismiss(self, node: str) -> None:
        """A node that is not wanted any more."""
        ...

    def close(self) -> None:
        """Let all nodes go."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeStatus:
    """A node and its work. rows: that it made and that counted; seconds: of their sound. speed:
    predicted seconds of sound in a second. here: it takes part."""

    name: str
    rows: int
    seconds: float
    speed: float
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How a fleet stands. rate: rows that came home in a second, of late. left: seconds until
    what was put in is done; infinity without a node."""

    nodes: tuple[NodeStatus, ...]
    rate: float
    left: float

    @property
    def here(self) -> int:
        """Nodes that take part."""
        return sum(node.here for node in self.nodes)


class Fleet:
    """Nodes that speak with one task. Any thread, unless said otherwise."""

    def __init__(
        self,
        cluster: Cluster,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """say: hears sentences, on the fleet's thread."""
        self._cluster, self._say, self._clock = cluster, say, clock
        self._lock = threading.Lock()  # of the dispatcher and all that follows
        self._dispatcher = Dispatcher()
        self._orders: dict[Id, Order] = {}
        self._voices = Voices()
        self._has: dict[str, set[str]] = {}  # node → voices that it was sent
        self._nodes: dict[str, NodeStatus] = {}
        self._speakers: dict[int, Speaker] = {}
        self._count = 0  # of speakers
        self._came: deque[float] = deque()
        self._told: set[str] = set()  # of the engines' notes
        self.error: BaseException | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self._thread.start()

    def speaker(self) -> Speaker:
        """For one more script."""
        with self._lock:
            self._count += 1
            speaker = self._speakers[self._count] = Speaker(self, self._count)
        return speaker

    def status(self) -> Status:
        """How it stands."""
        with self._lock:
            now = self._clock()
            while self._came and now - self._came[0] > _LATELY:
                self._came.popleft()
            span = now - self._came[0] if self._came else 0.0
            present = set(self._dispatcher.nodes)
            nodes = tuple(
                replace(node, here=True, speed=self._dispatcher.speed(name))
                if name in present
                else node
                for name, node in self._nodes.items()
            )
            rate = len(self._came) / span if span > 1 else 0.0
            return Status(nodes=nodes, rate=rate, left=self._dispatcher.left())

    @property
    def waiting(self) -> float:
        """Seconds of the clock until the nodes have been given all that was put in."""
        with self._lock:
            speed = self._dispatcher.speed()
            return self._dispatcher.waiting_seconds / speed if speed > 0 else float("inf")

    def close(self) -> None:
        """Let the nodes go; what is not home by now is not made."""
        self._closed.set()
        self._thread.join()

    # ── a speaker's ───────────────────────────────────────────────────────────────────────────

    def put(self, script: int, rows: Sequence[tuple[str, SpeechRow, float]], how: How) -> None:
        """Rows of a script: key of the take, the row, predicted seconds. Raises UserError for a
        voice that is missing."""
        with self._lock:
            added = list[tuple[Id, float]]()
            for key, row, seconds in rows:
                voice = self._voices.hold(row.voice)
                own = SpeechRow(text=row.text, voice=voice, seed=row.seed, take=row.take)
                id = script, key
                self._orders[id] = Order(id, own, how)
                added.append((id, seconds))
            # Later takes of rows that failed, before what has never been tried.
            self._dispatcher.add(added, first=any(row.take for _, row, _ in rows))

    def forget(self, script: int) -> None:
        """A script that nobody renders any more."""
        with self._lock:
            self._speakers.pop(script, None)
            for id in [id for id in self._orders if id[0] == script]:
                self._dispatcher.drop(id)
                self._finish(id)

    def _finish(self, id: Id) -> None:
        order = self._orders.pop(id, None)
        if order is not None:
            self._voices.release(order.row.voice)

    # ── the fleet's thread ────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        try:
            while not self._closed.is_set():
                for event in self._cluster.poll(_POLL):
                    self._happened(event)
                self._hand_out()
        except BaseException as error:
            self.error = error
        finally:
            with suppress(Exception):
                self._cluster.close()

    def _hand_out(self) -> None:
        sent = list[tuple[str, list[Order], dict[str, bytes]]]()
        with self._lock:
            for node, ids in self._dispatcher.hand_out(self._clock()):
                orders = [self._orders[id] for id in ids]  # type: ignore[index]
                has = self._has[node]
                names = {order.row.voice for order in orders if order.row.voice in self._voices}
                voices = {name: self._voices[name] for name in names - has if name is not None}
                has.update(voices)
                sent.append((node, orders, voices))
        for node, orders, voices in sent:
            self._cluster.send(node, orders, voices)

    def _happened(self, event: Event) -> None:
        now = self._clock()
        match event:
            case Joined():
                with self._lock:
                    self._dispatcher.join(event.node, now, slots=event.slots)
                    self._has[event.node] = set()
                    status = NodeStatus(name=event.node, rows=0, seconds=0.0, speed=0.0, here=False)
                    self._nodes.setdefault(event.node, status)
            case Left():
                self._leaves(event)
            case Hopeless():
                raise UserError(event.reason)
            case Heard():
                for result in event.results:
                    self._heard(event.node, result, now)

    def _leaves(self, event: Left) -> None:
        with self._lock:
            had = event.node in self._dispatcher.nodes
            given_up = self._dispatcher.leave(event.node, died=event.died)
            self._has.pop(event.node, None)
            alone = had and not self._dispatcher.nodes
        self._say(event.reason)
        if alone:
            self._say("no machine takes part any more: waiting for one; Ctrl-C loses nothing")
        for id in given_up:
            self._deliver(Refused(id, f"{DEATHS} machines failed while they spoke it"))  # type: ignore[arg-type]

    def _heard(self, node: str, result: Result, now: float) -> None:
        match result:
            case Ended():
                for note in result.notes:
                    if note not in self._told:
                        self._told.add(note)
                        self._say(f"{node}: {note}")
            case Broken():
                self._dismiss(node, f"{node} failed: {result.reason}", died=True)
            case Made():
                with self._lock:
                    others = self._dispatcher.finished(node, result.id, now)
                    if others is None:
                        return
                    status = self._nodes[node]
                    seconds = status.seconds + result.take.seconds
                    self._nodes[node] = replace(status, rows=status.rows + 1, seconds=seconds)
                    self._came.append(now)
                for other in others:
                    self._cluster.drop(other, [result.id])
                self._deliver(result)
            case Refused():
                with self._lock:
                    given_up = self._dispatcher.refused(node, result.id)
                    useless = self._dispatcher.is_useless(node) and len(self._dispatcher.nodes) > 1
                if given_up:
                    self._deliver(result)
                if useless:
                    reason = f"{node} takes no part, it refuses every row: {result.reason}"
                    self._dismiss(node, reason, died=False)

    def _dismiss(self, node: str, reason: str, *, died: bool) -> None:
        self._cluster.dismiss(node)
        self._leaves(Left(node, reason, died))

    def _deliver(self, result: Made | Refused) -> None:
        with self._lock:
            self._finish(result.id)
            speaker = self._speakers.get(result.id[0])
        while speaker is not None and not self._closed.is_set() and not speaker.hear(result):
            pass


class Speaker:
    """The fleet as one script sees it. `put`, `results` and `close` on the thread that renders."""

    def __init__(self, fleet: Fleet, script: int) -> None:
        self._fleet, self._script = fleet, script
        self._results: deque[Made | Refused] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, rows: Sequence[tuple[str, SpeechRow, float]], how: How) -> None:
        """As Fleet.put."""
        self._fleet.put(self._script, rows, how)

    def results(self, wait: float) -> list[Made | Refused]:
        """What has come home; waits so many seconds for something. Raises what ended the fleet."""
        with self._changed:
            self._changed.wait_for(lambda: self._results, wait)
            found = list(self._results)
            self._results.clear()
            self._changed.notify_all()
        if not found and self._fleet.error is not None:
            raise self._fleet.error
        return found

    def hear(self, result: Made | Refused) -> bool:
        """On the fleet's thread: keep a result; False where the script is behind with its own."""
        with self._changed:
            free = self._changed.wait_for(
                lambda: self._closed or len(self._results) < _AHEAD, _POLL
            )
            if free and not self._closed:
                self._results.append(result)
                self._changed.notify_all()
            return free

    def close(self) -> None:
        """Nothing more is wanted."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._fleet.forget(self._script)
