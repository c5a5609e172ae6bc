"""A cluster whose nodes are threads of this process: real nodes, a real fleet, no network.

They speak with the engine of tests/engine/script/speaker.py.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engine.api import Report, Speech, SpeechRequest
from engine.cluster.fleet import Event, Fleet, Heard, Joined, Left
from engine.cluster.node import Node, Speak
from engine.cluster.orders import Id, Made, Order
from engine.job import More
from tests.engine.script.speaker import Speaker


class Threads:
    """As engine.cluster.fleet.Cluster."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: dict[str, Node] = {}
        self.made: list[tuple[str, Id]] = []  # by whom, in the order of arrival
        self.sent: dict[str, list[Order]] = {}
        self.voices: dict[str, list[str]] = {}  # node → files that it was sent
        self.dropped: list[tuple[str, Id]] = []
        self.dismissed: list[str] = []
        self.closed = threading.Event()
        self._tasks: queue.SimpleQueue[Callable[[], Event]] = queue.SimpleQueue()

    def join(self, name: str, speak: Speak | None = None, slots: int = 2) -> None:
        """A node that is there from now on; called from any thread."""

        def begin() -> Event:
            folder = self.folder / name
            folder.mkdir(exist_ok=True)
            self.nodes[name] = Node(speak or speaking(), folder, lambda: None)
            self.sent[name], self.voices[name] = [], []
            return Joined(name, slots)

        self._tasks.put(begin)

    def kill(self, name: str) -> None:
        """Without grace: what it has made and not told is lost."""

        def end() -> Event:
            self.nodes.pop(name, None)
            return Left(name, f"{name} is lost")

        self._tasks.put(end)

    def poll(self, seconds: float) -> Sequence[Event]:
        events = list[Event]()
        while not self._tasks.empty():
            events.append(self._tasks.get()())
        for name, node in list(self.nodes.items()):
            results = node.take(seconds / 20)
            self.made += [(name, r.id) for r in results if isinstance(r, Made)]
            if results:
                events.append(Heard(name, results))
        return events

    def send(self, node: str, orders: Sequence[Order], voices: Mapping[str, bytes]) -> None:
        if node in self.nodes:
            self.nodes[node].put(orders, voices)
            self.sent[node] += orders
            self.voices[node] += voices

    def drop(self, node: str, ids: Sequence[Id]) -> None:
        self.dropped += [(node, id) for id in ids]
        if node in self.nodes:
            self.nodes[node].drop(ids)

    def dismiss(self, node: str) -> None:
        self.dismissed.append(node)
        self.nodes.pop(node, None)

    def close(self) -> None:
        self.closed.set()


def speaking(engine: Speaker | None = None) -> Speak:
    """As BarkEngine.generate; it takes no further rows."""
    own = engine or Speaker()

    def speak(request: SpeechRequest, report: Report, more: More) -> Speech:
        return own.generate(request, report)

    return speak


def fleet_of(cluster: Threads, said: list[str]) -> Fleet:
    """A fleet over it. said: hears its sentences."""
    return Fleet(cluster, said.append)
