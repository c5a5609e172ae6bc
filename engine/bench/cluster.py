"""`main.py bench cluster`: a catalogue over many machines that are only imagined.

The dispatcher is the real one (engine/cluster/dispatch.py); clock, nodes and network are simulated,
so that a thousand nodes and a million rows take half a minute of one core. Every node speaks
`slots` rows side by side, is up to `uneven` times as fast as another, and dies at random moments;
its death is noticed late. What rows take differs from what was predicted, and some are spoken
again.
"""

from __future__ import annotations

import heapq
import math
import random
import time
from dataclasses import asdict, dataclass
from typing import Any

from engine.bench.runner import Values
from engine.cluster.dispatch import Dispatcher
from engine.system.meter import resident_bytes

_TICK = 1.0  # seconds of the simulated clock between two looks of a driver that hears nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Rack:
    """What is simulated. seconds: of sound of a row, on the average. speed: of the median node,
    seconds of sound in a second. uneven: how many times as fast as the slowest the fastest is.
    deaths: share of the nodes that die in an hour. noticed: seconds until that is known. latency:
    seconds of a message. off: by how much a row is off its prediction, the standard deviation of a
    logarithm. again: share of the rows that are spoken twice."""

    nodes: int = 1000
    rows: int = 1_000_000
    slots: int = 8
    seconds: float = 6.0
    speed: float = 1.0
    uneven: float = 10.0
    deaths: float = 0.01
    noticed: float = 30.0
    latency: float = 0.05
    off: float = 0.25
    again: float = 0.03
    seed: int = 0


class _Node:
    """An imagined node: slots that are busy, and rows that wait for one."""

    __slots__ = ("busy", "dead", "dies", "name", "pace", "queue", "speed")

    def __init__(self, name: str, speed: float, slots: int, dies: float) -> None:
        self.name, self.speed, self.dies = name, speed, dies
        self.pace = speed / slots  # of one slot
        self.queue: dict[Any, None] = {}  # rows
        self.busy: set[int] = set()
        self.dead = False


class _Simulation:
    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        self.random = random.Random(rack.seed)
        self.dispatcher = Dispatcher()
        self.events: list[tuple[float, int, str, _Node | None, int]] = []
        self.count = 0
        self.now = self.driver = 0.0
        self.worked = 0.0  # seconds of sound that counted
        self.calls = self.made = self.wasted = self.dead = 0
        spread = math.log(rack.uneven) / 2
        self.nodes = {}
        for number in range(rack.nodes):
            speed = rack.speed * math.exp(self.random.uniform(-spread, spread))
            per_hour = -math.log1p(-rack.deaths) if rack.deaths else 0.0
            dies = self.random.expovariate(per_hour / 3600) if per_hour else math.inf
            self.nodes[f"node {number}"] = _Node(f"node {number}", speed, rack.slots, dies)
        self.lengths = [rack.seconds * self.random.uniform(1 / 6, 11 / 6) for _ in range(rack.rows)]
        self.again = {row for row in range(rack.rows) if self.random.random() < rack.again}
        self.total = sum(self.lengths) + sum(self.lengths[row] for row in self.again)

    def at(self, time: float, what: str, node: _Node | None = None, row: int = -1) -> None:
        self.count += 1
        heapq.heappush(self.events, (time, self.count, what, node, row))

    def run(self) -> Values:
        dispatcher, rack = self.dispatcher, self.rack
        start = time.perf_counter()
        dispatcher.add(enumerate(self.lengths))
        for own in self.nodes.values():
            dispatcher.join(own.name, 0.0, slots=rack.slots)
            if own.dies < math.inf:
                self.at(own.dies, "die", own)
        self.hand_out()
        self.driver += time.perf_counter() - start
        self.at(_TICK, "tick")
        while len(dispatcher):
            self.now, _, what, node, row = heapq.heappop(self.events)
            if what == "finish":
                assert node is not None
                self.finish(node, row)
                continue
            if what == "die":
                assert node is not None
                node.dead, self.dead = True, self.dead + 1
                self.at(self.now + rack.noticed, "noticed", node)
                continue
            start = time.perf_counter()
            if what == "take":
                assert node is not None
                self.take(node, row)
            elif what == "noticed":
                assert node is not None
                dispatcher.leave(node.name)
            elif what == "tick":
                self.at(self.now + _TICK, "tick")
            self.hand_out()
            self.driver += time.perf_counter() - start
            self.calls += 1
        return self.figures()

    def hand_out(self) -> None:
        for name, rows in self.dispatcher.hand_out(self.now):
            node = self.nodes[name]
            node.queue.update(dict.fromkeys(rows))
            self.begin(node, self.now + self.rack.latency)

    def begin(self, node: _Node, now: float) -> None:
        while node.queue and len(node.busy) < self.rack.slots:
            row = next(iter(node.queue))
            del node.queue[row]
            node.busy.add(row)
            off = self.rack.off
            taken = self.lengths[row] * math.exp(self.random.gauss(-off * off / 2, off))
            self.at(now + taken / node.pace, "finish", node, row)

    def finish(self, node: _Node, row: int) -> None:
        if node.dead:
            return
        node.busy.discard(row)
        self.begin(node, self.now)
        self.at(self.now + self.rack.latency, "take", node, row)

    def take(self, node: _Node, row: int) -> None:
        others = self.dispatcher.finished(node.name, row, self.now)
        if others is None:
            self.wasted += 1
            return
        self.made += 1
        self.worked += self.lengths[row]
        for name in others:
            self.nodes[name].queue.pop(row, None)  # one that is begun is finished in vain
        if row in self.again:
            self.again.discard(row)
            self.dispatcher.add([(row, self.lengths[row])], first=True)

    def ideal(self) -> float:
        """Seconds until all is done if no node is ever idle and nothing is lost."""
        done, now, speed = 0.0, 0.0, sum(node.speed for node in self.nodes.values())
        for node in sorted(self.nodes.values(), key=lambda node: node.dies):
            step = speed * (min(node.dies, math.inf) - now)
            if done + step >= self.total:
                break
            done, now, speed = done + step, node.dies, speed - node.speed
        return now + (self.total - done) / speed

    def figures(self) -> Values:
        ideal = self.ideal()
        could = sum(n.speed * min(self.now, n.dies) for n in self.nodes.values())
        given = self.dispatcher.given
        return {
            "rack": asdict(self.rack),
            "makespan": self.now,
            "ideal": ideal,
            "ratio": self.now / ideal,
            "idle": 1 - self.worked / could,
            "dead": self.dead,
            "given": given,
            "copies": self.dispatcher.copies,
            "wasted": self.wasted,
            "made": self.made,
            "driver_seconds": self.driver,
            "driver_microseconds_per_row": self.driver / given * 1e6,
            "rows_per_second": given / self.driver,
            "resident_bytes": resident_bytes(),
        }


def simulate(rack: Rack) -> Values:
    """Let a rack speak its rows. Returns what it came to: makespan, ideal (no node ever idle,
    nothing lost) in seconds of the simulated clock, idle (share of the living nodes' time that
    made nothing that counted), driver_seconds of this machine, and more."""
    return _Simulation(rack).run()
