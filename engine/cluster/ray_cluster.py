"""The nodes of a Ray cluster: found, asked, started, listened to.

Each machine has one actor for every graphics card, or one for all its cores. Whatever is asked of
an actor is a call on its way; nothing here waits for a single node. One thread uses this.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.cluster.actor import Actor, Cannot, Lacks, Ready
from engine.cluster.fleet import Event, Heard, Hopeless, Joined, Left
from engine.cluster.orders import Id, Order, Task
from engine.errors import UserError
from engine.system.outside import open_outside

_LOOK = 2.0  # seconds between two looks for new machines
_LONG_POLL = 5.0  # seconds that a node may have nothing to say
_TRIES = 3  # of a machine whose actor dies
_PATIENCE = 60.0  # seconds without an answer, after which that is said
_PIECE = 64 * 2**20  # bytes of a model in one object
_SILENT = {  # of what was asked → why that may be
    "receive": ": it is sent the model",
    "prepare": ": another program of the cluster may have its cores or its card",
    "take": ": others get its rows in the end, and what it still makes counts",
}
_SENT = ("*.json", "*.txt", "*.safetensors", "*.bin", "**/*.npy", "**/*.npz")


@dataclass(eq=False)
class _Member:
    """An actor and the call that it works on. what: "probe", "prepare", "receive" or "take"."""

    name: str
    machine: str  # Ray's id of it
    place: str  # its name
    gpu: bool
    cores: int
    actor: Any = None
    what: str = "probe"
    asked: float = 0.0  # when, by the monotonic clock
    told: bool = False  # that it does not answer


class RayCluster:
    """As Cluster of fleet.py."""

    def __init__(self, ray: Any, task: Task, model: Path, say: Callable[[str], None]) -> None:
        """ray: the module, connected. model: what nodes without it are sent. say: hears sentences,
        on the thread that polls."""
        self._ray, self._task, self._model, self._say = ray, task, model, say
        self._members: dict[str, _Member] = {}
        self._calls: dict[Any, _Member] = {}
        self._known: set[str] = set()  # machines that were looked at, by Ray's id
        self._failed: Counter[str] = Counter()  # times that an actor of a machine died
        self._refusals: list[str] = []
        self._working: set[str] = set()
        self._ever = False  # somebody worked
        self._looked = -_LOOK
        self._pieces: list[tuple[str, str, list[Any]]] | None = None
        self._names: Counter[str] = Counter()

    def poll(self, seconds: float) -> Sequence[Event]:
        """As Cluster. Raises UserError where the cluster itself is gone."""
        try:
            return self._poll(seconds)
        except (self._ray.exceptions.RayError, OSError) as error:
            raise UserError(
                f"the Ray cluster does not answer any more ({_first(error)}): nothing that came "
                "is lost; start it again, or go on without --cluster"
            ) from error

    def _poll(self, seconds: float) -> Sequence[Event]:
        events = list[Event]()
        if abs(time.monotonic() - self._looked) >= _LOOK:
            self._looked = time.monotonic()
            self._look_around(events)
        if not self._calls:
            if self._refusals and not self._ever:
                events.append(Hopeless("; ".join(dict.fromkeys(self._refusals))))
            else:
                time.sleep(seconds)
            return events
        calls = list(self._calls)
        ready, _ = self._ray.wait(calls, num_returns=1, timeout=seconds)
        if ready and len(calls) > 1:
            ready, _ = self._ray.wait(calls, num_returns=len(calls), timeout=0)
        for call in ready:
            member = self._calls.pop(call)
            try:
                self._answered(member, self._ray.get(call), events)
            except self._ray.exceptions.RayError as error:
                self._lost(member, error, events)
        self._tell_silent()
        return events

    def _ask(self, member: _Member, what: str, call: Any) -> None:
        """A call is on its way to a member."""
        member.what, member.asked = what, time.monotonic()
        self._calls[call] = member

    def _tell_silent(self) -> None:
        """Name those that have not answered for long, once until they do."""
        now = time.monotonic()
        for member in self._calls.values():
            if member.told or now - member.asked < _PATIENCE:
                continue
            member.told = True
            why = _SILENT.get(member.what, "")
            self._say(f"{member.name} has not answered for a minute{why}; Ctrl-C loses nothing")

    def send(self, node: str, orders: Sequence[Order], voices: Mapping[str, bytes]) -> None:
        """As Cluster."""
        member = self._members.get(node)
        if member is not None:  # that it died is heard of in `take`
            member.actor.put.remote(list(orders), dict(voices))

    def drop(self, node: str, ids: Sequence[Id]) -> None:
        """As Cluster."""
        member = self._members.get(node)
        if member is not None:
            member.actor.drop.remote(list(ids))

    def dismiss(self, node: str) -> None:
        """As Cluster."""
        member = self._members.get(node)
        if member is not None:
            self._forget(member)
            self._failed[member.machine] += 1

    def close(self) -> None:
        """As Cluster."""
        for member in list(self._members.values()):
            self._forget(member)

    # ── machines ──────────────────────────────────────────────────────────────────────────────

    def _look_around(self, events: list[Event]) -> None:
        machines = {m["NodeID"]: m for m in self._ray.nodes() if m["Alive"]}
        for member in [m for m in self._members.values() if m.machine not in machines]:
            self._gone(member, f"{member.name} has left the cluster", events)
        self._known &= machines.keys()  # one that comes back has a new id
        for machine, about in machines.items():
            if machine in self._known:
                continue
            self._known.add(machine)
            place = about.get("NodeManagerHostname") or about.get("NodeManagerAddress") or machine
            cores = int(about["Resources"].get("CPU", 0))
            cards = int(about["Resources"].get("GPU", 0))
            if not cores and not cards:
                self._refuse(f"{place} lends no cores and no card to the cluster: it takes no part")
            for _ in range(cards or min(cores, 1)):
                self._names[place] += 1
                number = self._names[place]
                name = place if number == 1 else f"{place} ({number})"
                member = _Member(name, machine, place, bool(cards), max(cores, 1))
                self._members[name] = member
                self._probe(member)

    def _there(self, member: _Member) -> Any:
        affinity = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        return affinity(node_id=member.machine, soft=False)

    def _probe(self, member: _Member) -> None:
        """Ask whether the program is there at all: an actor of ours could not even say no."""

        def version() -> str | None:  # travels by value: there may be nothing to import
            try:
                import engine
            except ImportError:
                return None
            return str(getattr(engine, "__version__", "")) or None

        there = self._there(member)
        task = self._ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=there)(version)
        self._ask(member, "probe", task.remote())

    def _start(self, member: _Member) -> None:
        share: dict[str, Any] = {"num_gpus": 1} if member.gpu else {"num_cpus": member.cores}
        options = {"max_concurrency": 4, "scheduling_strategy": self._there(member), **share}
        member.actor = self._ray.remote(**options)(Actor).remote(self._task, member.cores)
        self._ask(member, "prepare", member.actor.prepare.remote())

    # ── answers ───────────────────────────────────────────────────────────────────────────────

    def _answered(self, member: _Member, answer: Any, events: list[Event]) -> None:
        member.told = False
        if member.what == "probe":
            if answer is None:
                self._cannot(member, "has no Bark Studio in the Python that runs Ray there", events)
            elif answer != self._task.version:
                words = f"has Bark Studio {answer}, and this is {self._task.version}"
                self._cannot(member, f"{words}: install the same version there", events)
            else:
                self._start(member)
            return
        if member.what == "take":
            events.append(Heard(member.name, answer))
        elif isinstance(answer, Cannot):
            self._cannot(member, answer.reason, events)
            return
        elif isinstance(answer, Lacks):
            self._send_model(member, events)
            return
        elif isinstance(answer, Ready):
            self._ever = True
            self._working.add(member.name)
            events.append(Joined(member.name, answer.slots))
        self._ask(member, "take", member.actor.take.remote(_LONG_POLL))

    def _send_model(self, member: _Member, events: list[Event]) -> None:
        if self._pieces is None:
            try:
                self._pieces = self._stored()
            except (OSError, UserError, self._ray.exceptions.RayError) as error:
                words = f"has not the model, and it cannot be sent: {_first(error)}"
                self._cannot(member, words, events)
                return
        self._say(f"{member.name} has not the model {self._task.name}: it is sent there")
        self._ask(member, "receive", member.actor.receive.remote(self._pieces))

    def _stored(self) -> list[tuple[str, str, list[Any]]]:
        """The model's files in Ray's store, in pieces."""
        paths = {path for pattern in _SENT for path in self._model.glob(pattern) if path.is_file()}
        pieces = []
        for path in sorted(paths):
            references, digest = [], hashlib.sha256()
            with open_outside(path) as file:
                while data := file.read(_PIECE):
                    references.append(self._ray.put(data))
                    digest.update(data)
            name = path.relative_to(self._model).as_posix()
            pieces.append((name, digest.hexdigest(), references))
        return pieces

    # ── who goes ──────────────────────────────────────────────────────────────────────────────

    def _refuse(self, sentence: str) -> None:
        self._refusals.append(sentence)
        self._say(sentence)

    def _cannot(self, member: _Member, reason: str, events: list[Event]) -> None:
        self._forget(member)
        self._refuse(f"{member.name} {reason}: it takes no part")

    def _lost(self, member: _Member, error: BaseException, events: list[Event]) -> None:
        """An actor has died, or a call to it."""
        self._failed[member.machine] += 1
        if self._failed[member.machine] < _TRIES and self._is_alive(member.machine):
            self._gone(member, f"{member.name} failed and is started again", events)
            member.actor = None
            self._members[member.name] = member
            self._probe(member)
            return
        words = f"{member.name} is lost ({_first(error)}): others take its rows"
        if not self._ever:
            self._refusals.append(words)
        self._gone(member, words, events)

    def _gone(self, member: _Member, words: str, events: list[Event]) -> None:
        self._forget(member)
        events.append(Left(member.name, words))

    def _forget(self, member: _Member) -> None:
        self._members.pop(member.name, None)
        self._working.discard(member.name)
        self._calls = {call: own for call, own in self._calls.items() if own is not member}
        if member.actor is not None:
            with suppress(Exception):
                self._ray.kill(member.actor)

    def _is_alive(self, machine: str) -> bool:
        return any(m["NodeID"] == machine and m["Alive"] for m in self._ray.nodes())


def _first(error: BaseException) -> str:
    """The first line of what Ray says, which is long; of what an actor raised, what that says."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, Exception):
        return f"{type(cause).__name__}: {cause}".splitlines()[0][:200].rstrip(". ")
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(". ")
