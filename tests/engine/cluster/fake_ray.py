"""What the program calls of Ray, on machines that answer as a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


class RayError(Exception):
    """As ray.exceptions.RayError. cause: what an actor raised."""

    def __init__(self, words: str, cause: Exception | None = None) -> None:
        super().__init__(words)
        self.cause = cause


@dataclass
class Machine:
    """answers: what it was asked ("task" is a function) → an answer, an error, or nothing yet."""

    name: str
    answers: dict[str, Any] = field(default_factory=dict)
    cores: int = 2
    alive: bool = True


@dataclass(eq=False)
class Call:
    """On its way to a machine."""

    machine: Machine
    what: str

    @property
    def done(self) -> bool:
        return self.what in self.machine.answers


class FakeRay:
    """As the module `ray`, connected."""

    exceptions = SimpleNamespace(RayError=RayError)
    util = SimpleNamespace(
        scheduling_strategies=SimpleNamespace(
            NodeAffinitySchedulingStrategy=lambda node_id, soft: node_id
        )
    )

    def __init__(self, *machines: Machine) -> None:
        self.machines = {machine.name: machine for machine in machines}
        self.cancelled: list[Call] = []
        self.gone: Exception | None = None  # the cluster itself

    def nodes(self) -> list[dict[str, Any]]:
        if self.gone is not None:
            raise self.gone
        return [
            {
                "NodeID": machine.name,
                "NodeManagerHostname": machine.name,
                "Alive": machine.alive,
                "Resources": {"CPU": machine.cores} if machine.cores else {},
            }
            for machine in self.machines.values()
        ]

    def remote(self, **options: Any) -> Callable[[Any], Any]:
        machine = self.machines[options["scheduling_strategy"]]

        def call(what: str) -> Any:
            return SimpleNamespace(remote=lambda *arguments: Call(machine, what))

        def wrapped(thing: Any) -> Any:
            if not isinstance(thing, type):
                return call("task")
            names = ("prepare", "receive", "take", "put", "drop")
            actor = SimpleNamespace(**{name: call(name) for name in names})
            return SimpleNamespace(remote=lambda *arguments: actor)

        return wrapped

    def wait(
        self, calls: Sequence[Call], num_returns: int, timeout: float
    ) -> tuple[list[Call], list[Call]]:
        ready = [call for call in calls if call.done][:num_returns]
        return ready, [call for call in calls if call not in ready]

    def get(self, call: Call) -> Any:
        answer = call.machine.answers[call.what]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def cancel(self, call: Call) -> None:
        self.cancelled.append(call)

    def kill(self, actor: Any) -> None:
        pass
