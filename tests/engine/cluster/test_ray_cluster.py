"""Machines of a cluster that are silent, broken or gone: a sentence each, and the others go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import engine
from engine.cluster.actor import Cannot, Ready
from engine.cluster.classes import resolver
from engine.cluster.fleet import Event, Heard, Hopeless, Joined, Left
from engine.cluster.orders import Task
from engine.cluster.ray_cluster import RayCluster
from engine.errors import UserError
from engine.settings import Settings
from tests.engine.cluster.fake_ray import FakeRay, Machine, RayError


@dataclass
class Clock:
    """As the module `time`."""

    now: float = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("engine.cluster.ray_cluster.time", clock)
    return clock


@pytest.fixture
def said() -> list[str]:
    return []


def cluster_of(said: list[str], *machines: Machine) -> RayCluster:
    task = Task(version=engine.__version__, model="m", place=Path("nowhere"), name="nobody's")
    return RayCluster(FakeRay(*machines), task, Path("nowhere"), said.append)


def polled(cluster: RayCluster, times: int) -> Sequence[Event]:
    return [event for _ in range(times) for event in cluster.poll(0.1)]


def test_who_does_not_answer_is_named_once(clock: Clock, said: list[str]) -> None:
    able = Machine("able", {"task": engine.__version__, "prepare": Ready(2), "take": []})
    busy = Machine("busy", {"task": engine.__version__})
    cluster = cluster_of(said, able, busy)
    events = polled(cluster, 4)
    assert Joined("able", 2) in events
    assert Heard("able", []) in events
    assert not said
    clock.now += 61
    polled(cluster, 3)
    (sentence,) = said
    assert sentence.startswith("busy has not answered for a minute: another program")
    assert "its cores or its card" in sentence

    busy.answers["prepare"] = Ready(1)
    assert Joined("busy", 1) in polled(cluster, 2)
    clock.now += 61
    polled(cluster, 2)
    assert [one for one in said[1:] if one.startswith("busy")] == [said[-1]]
    assert "others get its rows in the end" in said[-1]


def test_the_cluster_itself_is_gone(clock: Clock, said: list[str]) -> None:
    ray = FakeRay(Machine("a"))
    task = Task(version=engine.__version__, model="m", place=Path("nowhere"), name="nobody's")
    cluster = RayCluster(ray, task, Path("nowhere"), said.append)
    cluster.poll(0.1)
    ray.gone = RayError("failed to reach the GCS\nand a long story")
    clock.now += 3
    with pytest.raises(
        UserError, match=r"does not answer any more \(failed to reach the GCS\): no"
    ):
        cluster.poll(0.1)


def test_what_an_actor_dies_of_is_told(clock: Clock, said: list[str]) -> None:
    broken = RayError("ray::Actor.prepare() (pid=7)", ValueError("no such thing\nat all"))
    machine = Machine("a", {"task": engine.__version__, "prepare": broken})
    cluster = cluster_of(said, machine)
    events = polled(cluster, 8)
    lost = [event.reason for event in events if isinstance(event, Left)]
    assert lost[:-1] == ["a failed and is started again"] * 2
    assert lost[-1] == "a is lost (ValueError: no such thing): others take its rows"
    assert isinstance(events[-1], Hopeless)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"task": None}, "a has no Bark Studio in the Python that runs Ray there"),
        ({"task": "9.9"}, f"a has Bark Studio 9.9, and this is {engine.__version__}: install"),
        (
            {
                "task": engine.__version__,
                "prepare": Cannot("lacks torch: set Bark Studio up there"),
            },
            "a lacks torch: set Bark Studio up there: it takes no part",
        ),
    ],
)
def test_who_cannot_help_is_named_with_the_reason(
    clock: Clock, said: list[str], answers: dict[str, object], words: str
) -> None:
    cluster = cluster_of(said, Machine("a", answers), Machine("empty", cores=0))
    events = polled(cluster, 4)
    assert any(sentence.startswith(words) for sentence in said)
    assert "empty lends no cores and no card to the cluster: it takes no part" in said
    last = events[-1]
    assert isinstance(last, Hopeless)
    assert words in last.reason


def test_the_class_is_chosen_without_who_does_not_answer(said: list[str]) -> None:
    both = [("int8", "int8-a"), ("float32", "")]
    ray = FakeRay(Machine("able", {"task": both}), Machine("busy"), Machine("off", alive=False))
    tokens = resolver(ray, said.append)(Settings(precision="auto"))
    assert tokens["arithmetic"] == "int8-a"
    assert said[0].startswith("busy has not said in 60 seconds how it computes")
    assert said[1:] == ["new scripts are spoken in int8-a"]
    assert [call.machine.name for call in ray.cancelled] == ["busy"]
    with pytest.raises(UserError, match="no machine of the cluster can compute in int8"):
        resolver(FakeRay(), said.append)(Settings(precision="int8"))
