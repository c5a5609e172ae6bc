"""Which node speaks which row: chunks by predicted seconds, so that all nodes end together.

Pure logic: the clock and the nodes are given from outside, and no thread, process or network is
known here. A chunk lasts a share of what is left (guided self-scheduling), and every node's is as
large as it is fast. Rows of a node that leaves go to others. When nothing waits, idle nodes are
given what the latest ones would come to last, so that a row is made at most twice at a time; the
first result counts, and the others are told to be late. Every call costs O(log nodes) a row.

A row that nodes die of, or that one refuses, is tried alone and elsewhere before it is given up.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from engine.cluster.worker import Key, Worker

LONGEST, SHORTEST = 120.0, 4.0  # seconds of the clock that a chunk lasts
MOST_ROWS = 256  # of a chunk
DEATHS = 4  # nodes that a row may outlive
REFUSALS = 2  # nodes that refuse a row before it is believed
GAIN = 0.5  # of the time that a row still takes, what a copy has to save
_HARMLESS = 3  # rows that a node refuses and none that it makes: it is the node's fault
_ROUNDS = 3.0  # chunks of every node in what is left
_LOOK_AGAIN = 2.0  # seconds until idle nodes are thought of again

Chunk = tuple[str, list[Key]]


@dataclass(slots=True)
class _Trouble:
    """What a row has done. last: the node that it was with."""

    deaths: int = 0
    refusals: int = 0
    last: str = ""


class Dispatcher:
    """Rows that are open, and the nodes that speak them. For one thread.

    Nodes are named by strings, rows by any key; of one key there is one row at a time. Times are
    seconds of any clock, as `time.monotonic` gives them.
    """

    def __init__(self, longest: float = LONGEST) -> None:
        """longest: seconds of the clock that a chunk may last."""
        self.given = 0  # rows handed out, copies and repeats among them
        self.copies = 0  # of those
        self._longest = longest
        self._nodes: dict[str, Worker] = {}
        self._seconds: dict[Key, float] = {}  # of all open rows
        self._waiting: deque[Key] = deque()  # finished ones among them are passed over
        self._suspects: deque[Key] = deque()  # waiting, too
        self._waiting_seconds = 0.0
        self._out: dict[Key, list[str]] = {}  # → who has it
        self._trouble: dict[Key, _Trouble] = {}
        self._speed = 0.0  # of all nodes
        self._wanting: dict[str, None] = {}  # nodes with room
        self._idle: dict[str, None] = {}  # nodes for which there was nothing
        self._latest: list[tuple[float, str, int]] = []  # heap: −end, node, version
        self._ranked_at: float | None = None  # None: something waits

    # ── what there is ─────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        """Rows that are open."""
        return len(self._seconds)

    def __contains__(self, key: Key) -> bool:
        return key in self._seconds

    @property
    def nodes(self) -> tuple[str, ...]:
        """Those that take part."""
        return tuple(self._nodes)

    @property
    def waiting_seconds(self) -> float:
        """Predicted seconds of the rows that no node has."""
        return self._waiting_seconds

    def speed(self, node: str = "") -> float:
        """Of a node, or of all: predicted seconds of sound in a second."""
        return self._nodes[node].speed if node else max(self._speed, 0.0)

    def rows_of(self, node: str) -> int:
        """How many rows a node has."""
        return len(self._nodes[node].rows)

    def left(self) -> float:
        """Seconds until all is done, as far as that is known; infinity without a node."""
        out = sum(w.seconds - w.copied / 2 for w in self._nodes.values())
        return (self._waiting_seconds + out) / self._speed if self._speed > 0 else float("inf")

    # ── rows and nodes come and go ────────────────────────────────────────────────────────────

    def add(self, rows: Iterable[tuple[Key, float]], *, first: bool = False) -> None:
        """More rows, each with its predicted seconds. first: before those that wait."""
        new = [(key, max(seconds, 0.1)) for key, seconds in rows if key not in self._seconds]
        self._seconds.update(new)
        self._waiting_seconds += sum(seconds for _, seconds in new)
        if first:
            self._waiting.extendleft(key for key, _ in reversed(new))
        else:
            self._waiting.extend(key for key, _ in new)
        self._wake()

    def join(self, node: str, now: float, *, slots: int = 1, speed: float | None = None) -> None:
        """A node that takes part from now on. slots: rows that it speaks together, and so wants.
        speed: a guess; by itself the others' median."""
        if node in self._nodes:
            return
        if speed is None:
            speed = median([w.speed for w in self._nodes.values()] or [1.0])
        self._nodes[node] = Worker(node, slots, speed, now)
        self._add_up()
        self._wanting[node] = None

    def leave(self, node: str, *, died: bool = True) -> list[Key]:
        """A node is gone; others get its rows. died: perhaps of one of them. Returns the rows that
        are given up, because too many nodes died of them."""
        worker = self._nodes.pop(node, None)
        if worker is None:
            return []
        self._wanting.pop(node, None)
        self._idle.pop(node, None)
        self._add_up()
        given_up, back = list[Key](), list[Key]()
        for key, seconds in worker.rows.items():
            self._release(key, node)
            if died:
                self._troubled(key, node).deaths += 1
            if key in self._out:  # a copy, which may succeed
                continue
            self._waiting_seconds += seconds
            if died and self._trouble[key].deaths >= DEATHS:
                given_up.append(key)
            elif self._is_suspect(key):
                self._suspects.append(key)
            else:
                back.append(key)
        for key in given_up:
            self.drop(key)
        self._waiting.extendleft(reversed(back))
        self._wake()
        return given_up

    def refused(self, node: str, key: Key) -> bool | None:
        """A node cannot make a row. True: nobody can, and it is given up; False: another one tries;
        None: it is not its to make any more."""
        worker = self._nodes.get(node)
        if worker is not None:
            worker.refused += 1
            worker.take(key)
            self._has_room(worker)
        if node not in self._out.get(key, ()):
            return None
        self._release(key, node)
        trouble = self._troubled(key, node)
        trouble.refusals += 1
        if key in self._out:  # a copy, which may succeed
            return False
        self._waiting_seconds += self._seconds[key]
        if trouble.refusals >= REFUSALS or set(self._nodes) <= {node}:
            self.drop(key)
            return True
        self._suspects.append(key)
        self._wake()
        return False

    def is_useless(self, node: str) -> bool:
        """Whether a node refuses everything, which then is not the rows' fault."""
        worker = self._nodes.get(node)
        return worker is not None and not worker.finished and worker.refused >= _HARMLESS

    def finished(self, node: str, key: Key, now: float) -> Sequence[str] | None:
        """A node has made a row: the others that still have it, and may leave it; None where
        somebody was faster, or the row was dropped."""
        worker, seconds = self._nodes.get(node), self._seconds.get(key)
        if worker is not None:
            if key in worker.rows:
                before = worker.speed
                worker.note(worker.rows[key], now)
                self._speed += worker.speed - before
            worker.take(key)
            self._rank(worker, now)
            self._has_room(worker)
        if seconds is None:
            return None
        return [name for name in self.drop(key) if name != node]

    def drop(self, key: Key) -> Sequence[str]:
        """Nobody wants this row any more. Returns who has it."""
        seconds, holders = self._seconds.pop(key, None), self._out.pop(key, None)
        self._trouble.pop(key, None)
        if seconds is not None and holders is None:
            self._waiting_seconds -= seconds
        if not self._seconds:
            self._waiting_seconds = 0.0
            self._waiting.clear()
            self._suspects.clear()
        for name in holders or ():
            worker = self._nodes[name]
            worker.take(key)
            self._has_room(worker)
        return holders or ()

    # ── handing out ───────────────────────────────────────────────────────────────────────────

    def hand_out(self, now: float) -> list[Chunk]:
        """What nodes with room shall do next. To be called after every other call, and now and
        then while nothing happens."""
        chunks: list[Chunk] = []
        if self._idle and self._ranked_at is not None and not self._is_ranked(now):
            self._rank_all(now)
            self._wake()
        while self._wanting:
            node = next(iter(self._wanting))
            del self._wanting[node]
            worker = self._nodes[node]
            keys = self._next(worker, now)
            if keys:
                self.given += len(keys)
                chunks.append((node, keys))
            else:
                self._idle[node] = None
        return chunks

    def _next(self, worker: Worker, now: float) -> list[Key]:
        suspect = self._suspect(worker, now)
        if suspect is not None:
            return [suspect]
        keys = list[Key]()
        if len(worker.rows) == 1 and self._is_suspect(next(iter(worker.rows))):
            return keys  # it is alone with its node
        room = worker.speed * self._span() - worker.seconds
        fair = len(self._waiting) * worker.speed / max(self._speed, worker.speed)
        least = max(1, min(worker.slots, round(fair)))
        while self._waiting and len(keys) < MOST_ROWS:
            if room <= 0 and len(worker.rows) >= least:
                break
            key = self._waiting.popleft()
            seconds = self._seconds.get(key)
            if seconds is None or key in self._out:  # it came back meanwhile
                continue
            self._waiting_seconds -= seconds
            self._give(worker, key, seconds, now)
            keys.append(key)
            room -= seconds
        return keys or self._copy(worker, now)

    def _span(self) -> float:
        """Seconds of the clock that a chunk lasts."""
        share = self._waiting_seconds / (_ROUNDS * self._speed) if self._speed > 0 else SHORTEST
        return min(self._longest, max(SHORTEST, share))

    def _suspect(self, worker: Worker, now: float) -> Key | None:
        """A row that made trouble, for a node that has nothing else to lose, and is another one
        than before where there is one."""
        if worker.rows:
            return None
        for _ in range(min(len(self._suspects), 8)):
            key = self._suspects.popleft()
            if key not in self._seconds or key in self._out:
                continue
            if self._trouble[key].last == worker.name and len(self._nodes) > 1:
                self._suspects.append(key)
                continue
            self._waiting_seconds -= self._seconds[key]
            self._give(worker, key, self._seconds[key], now)
            return key
        return None

    def _give(self, worker: Worker, key: Key, seconds: float, now: float) -> None:
        holders = self._out.setdefault(key, [])
        worker.give(key, seconds, now, copy=bool(holders))
        holders.append(worker.name)
        self._rank(worker, now)

    def _copy(self, worker: Worker, now: float) -> list[Key]:
        """What the latest nodes would come to last, for the free slots of one that is sooner."""
        if self._ranked_at is None:
            self._rank_all(now)
        keys = list[Key]()
        while len(worker.rows) < worker.slots and (late := self._latest_node()) is not None:
            key = next(reversed(late.alone))
            seconds = late.rows[key]
            end = now + worker.would_take(seconds)
            if late is worker or end - now > (late.end(now) - now) * GAIN:
                heapq.heappush(self._latest, (-late.end(now), late.name, late.version))
                break
            late.share(key)
            self._give(worker, key, seconds, now)
            self._rank(late, now)
            keys.append(key)
            self.copies += 1
        return keys

    # ── who is latest ─────────────────────────────────────────────────────────────────────────

    def _latest_node(self) -> Worker | None:
        """The node that will be the last to finish what it alone has, off the heap."""
        while self._latest:
            _, name, version = heapq.heappop(self._latest)
            worker = self._nodes.get(name)
            if worker is not None and worker.version == version and worker.alone:
                return worker
        return None

    def _rank(self, worker: Worker, now: float) -> None:
        if self._ranked_at is not None and worker.alone:
            heapq.heappush(self._latest, (-worker.end(now), worker.name, worker.version))

    def _rank_all(self, now: float) -> None:
        """Once in a while, for ends that have passed in silence."""
        self._ranked_at = now
        self._latest = [(-w.end(now), w.name, w.version) for w in self._nodes.values() if w.alone]
        heapq.heapify(self._latest)

    def _is_ranked(self, now: float) -> bool:
        return self._ranked_at is not None and abs(now - self._ranked_at) < _LOOK_AGAIN

    # ── keeping the books ─────────────────────────────────────────────────────────────────────

    def _release(self, key: Key, node: str) -> None:
        """A node does not have a row any more."""
        holders = self._out.get(key)
        if holders is None or node not in holders:
            return
        holders.remove(node)
        if not holders:
            del self._out[key]
        else:
            self._nodes[holders[0]].regain(key)

    def _troubled(self, key: Key, node: str) -> _Trouble:
        trouble = self._trouble.setdefault(key, _Trouble())
        trouble.last = node
        return trouble

    def _is_suspect(self, key: Key) -> bool:
        trouble = self._trouble.get(key)
        return trouble is not None and (trouble.deaths > 1 or trouble.refusals > 0)

    def _has_room(self, worker: Worker) -> None:
        few = worker.seconds <= worker.speed * self._span() / 2
        if few or len(worker.rows) < worker.slots:
            self._wanting[worker.name] = None
            self._idle.pop(worker.name, None)

    def _wake(self) -> None:
        """There may be something for those who had nothing."""
        self._wanting.update(self._idle)
        self._idle.clear()

    def _add_up(self) -> None:
        self._speed = sum(worker.speed for worker in self._nodes.values())
