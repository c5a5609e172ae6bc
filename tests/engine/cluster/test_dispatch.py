"""Rows to nodes: every row counts once, whatever dies, comes late or lies about the time."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bench.cluster import Rack, simulate
from engine.cluster.dispatch import DEATHS, Dispatcher
from engine.cluster.worker import Key


class Nodes:
    """Nodes that do what a test tells them."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.dispatcher = dispatcher
        self.has: dict[str, list[Key]] = {}
        self.counted: Counter[Key] = Counter()
        self.now = 0.0

    def join(self, *names: str, **options: float) -> None:
        for name in names:
            self.has[name] = []
            self.dispatcher.join(name, self.now, **options)  # type: ignore[arg-type]
        self.hand_out()

    def hand_out(self) -> None:
        for name, keys in self.dispatcher.hand_out(self.now):
            self.has[name] += keys

    def finish(self, name: str, key: Key | None = None) -> None:
        key = self.has[name][0] if key is None else key
        others = self.dispatcher.finished(name, key, self.now)
        if key in self.has.get(name, []):
            self.has[name].remove(key)
        if others is not None:
            self.counted[key] += 1
            for other in others:
                self.has[other].remove(key)
        self.hand_out()

    def die(self, name: str) -> list[Key]:
        del self.has[name]
        given_up = self.dispatcher.leave(name)
        self.hand_out()
        return given_up

    def finish_all(self) -> None:
        while len(self.dispatcher):
            self.now += 1
            for name in [name for name, keys in self.has.items() if keys]:
                if self.has[name]:
                    self.finish(name)
            self.hand_out()


def nodes_with(rows: int, *names: str, **options: float) -> Nodes:
    nodes = Nodes(Dispatcher())
    nodes.dispatcher.add((number, 6.0) for number in range(rows))
    nodes.join(*names, **options)
    return nodes


def test_rows_of_a_dead_node_go_to_others_and_before_those_that_wait() -> None:
    nodes = nodes_with(100, "a", "b")
    lost = nodes.has["a"][:]
    assert nodes.die("a") == []
    own, waiting = nodes.has["b"][-1], set(range(100)) - {*lost, *nodes.has["b"]}
    while own in nodes.has["b"] or len(nodes.has["b"]) < 2:
        nodes.finish("b")
    assert not nodes.counted.keys() & waiting
    assert nodes.has["b"][:2] == lost[:2]
    nodes.finish_all()
    assert nodes.counted == Counter(range(100))


def test_a_node_that_joins_late_gets_its_share() -> None:
    nodes = nodes_with(60, "a")
    nodes.finish("a")
    nodes.join("b")
    assert nodes.has["b"]
    nodes.finish_all()
    assert nodes.counted == Counter(range(60))


def test_a_slow_node_gets_smaller_chunks() -> None:
    nodes = nodes_with(4000)
    nodes.join("slow", speed=0.2)
    nodes.join("fast", speed=2.0)
    assert 5 * len(nodes.has["slow"]) <= len(nodes.has["fast"])


def test_chunks_shrink_towards_the_end_and_follow_the_speed_that_was_measured() -> None:
    nodes = nodes_with(2000, "a", "b")
    first = len(nodes.has["a"])
    for _ in range(300):  # a takes a second for a row of six, b ten
        nodes.now += 1
        nodes.finish("a")
        if nodes.now % 10 == 0:
            nodes.finish("b")
    assert nodes.dispatcher.speed("a") == pytest.approx(6.0, rel=0.1)
    assert nodes.dispatcher.speed("b") == pytest.approx(0.6, rel=0.3)
    while nodes.dispatcher.waiting_seconds > 300:
        nodes.now += 1
        nodes.finish("a")
    assert len(nodes.has["a"]) < first


def test_the_last_rows_are_given_to_two_and_the_first_result_counts() -> None:
    nodes = nodes_with(2, "slow", speed=0.01)
    assert nodes.has["slow"] == [0]
    nodes.join("fast", speed=10.0)
    assert nodes.has["fast"] == [1]
    nodes.now += 1
    nodes.finish("fast")
    assert nodes.has == {"slow": [0], "fast": [0]}
    nodes.join("third", speed=10.0)
    assert nodes.has["third"] == [], "a row is with two nodes at most"
    nodes.finish("fast")
    assert nodes.counted == Counter([0, 1])
    assert nodes.has["slow"] == [], "the slower one is told"
    assert nodes.dispatcher.finished("slow", 0, nodes.now) is None, "and its late take is not taken"


def test_a_node_that_says_nothing_any_more_holds_nobody_up() -> None:
    nodes = nodes_with(10, "hung", "fine", speed=1.0)
    while nodes.has["fine"]:
        nodes.now += 6
        nodes.finish("fine")
    while len(nodes.dispatcher) and nodes.now < 10_000:
        nodes.now += 6
        nodes.hand_out()
        if nodes.has["fine"]:
            nodes.finish("fine")
    assert nodes.counted == Counter(range(10))


def test_a_take_that_comes_from_a_node_given_up_counts_once() -> None:
    nodes = nodes_with(3, "a")
    key = nodes.has["a"][0]
    nodes.die("a")
    nodes.finish("a", key)  # the network was cut, and is there again
    nodes.join("b")
    nodes.finish_all()
    assert nodes.counted == Counter(range(3))


def test_a_row_that_kills_every_node_is_tried_alone_and_given_up() -> None:
    nodes = nodes_with(30)
    poison, deaths, given_up = 3, 0, list[Key]()
    for number in range(200):
        if not len(nodes.dispatcher):
            break
        name = f"node {number}"
        nodes.join(name, slots=4)
        while nodes.has.get(name):
            nodes.now += 1
            if poison in nodes.has[name][:4]:
                deaths += 1
                given_up += nodes.die(name)
            else:
                nodes.finish(name)
        if name in nodes.has:
            nodes.dispatcher.leave(name, died=False)
            del nodes.has[name]
    assert given_up == [poison]
    assert deaths == DEATHS
    assert nodes.counted == Counter(set(range(30)) - {poison})


def test_a_row_that_one_node_refuses_is_tried_by_another() -> None:
    nodes = nodes_with(12, "a", "b")
    refused = nodes.has["a"].pop(0)
    assert nodes.dispatcher.refused("a", refused) is False
    for _ in range(20):
        nodes.hand_out()
        for name in ("a", "b"):
            while nodes.has[name]:
                key = nodes.has[name][0]
                if key != refused:
                    nodes.finish(name)
                    continue
                assert name == "b", "not by the same one"
                nodes.has[name].remove(key)
                assert nodes.dispatcher.refused(name, key) is True
                assert nodes.dispatcher.refused(name, key) is None
    assert nodes.counted == Counter(set(range(12)) - {refused})


def test_a_node_that_refuses_everything_is_useless() -> None:
    nodes = nodes_with(30, "a", "b")
    for key in nodes.has["a"][:2]:
        assert nodes.dispatcher.refused("a", key) is False
        assert not nodes.dispatcher.is_useless("a")
    nodes.dispatcher.refused("a", nodes.has["a"][2])
    assert nodes.dispatcher.is_useless("a")
    nodes.finish("b")
    for key in nodes.has["b"][:5]:
        nodes.dispatcher.refused("b", key)
    assert not nodes.dispatcher.is_useless("b"), "it has made one"


@pytest.mark.parametrize("jump", [-1e6, 1e6])
def test_a_clock_that_jumps_loses_nothing_and_stops_nobody(jump: float) -> None:
    nodes = nodes_with(400, "a", "b", "c", slots=4)
    for step in range(60):
        nodes.now += 2
        for name in nodes.has:
            if nodes.has[name]:
                nodes.finish(name)
        if step == 30:
            nodes.now += jump
    assert all(nodes.has.values()), "everybody is at work"
    nodes.finish_all()
    assert nodes.counted == Counter(range(400))


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 6))
def test_whatever_happens_every_row_counts_once(seed: int, rows: int, slots: int) -> None:
    chance = random.Random(seed)
    nodes = Nodes(Dispatcher())
    nodes.dispatcher.add((n, chance.uniform(0.5, 11)) for n in range(rows))
    nodes.join("0", slots=slots)
    ghosts = list[tuple[str, Key]]()  # takes that are still on their way
    lost = set[Key]()
    for number in range(1, 60):
        nodes.now += chance.choice((0.0, 0.1, 5.0, 300.0, -5.0))
        name = chance.choice([*nodes.has])
        match chance.randrange(6):
            case 0:
                nodes.join(str(number), slots=slots, speed=chance.choice((0.01, 1.0, 50.0)))
            case 1 if len(nodes.has) > 1:
                ghosts += [(name, key) for key in nodes.has[name]]
                lost.update(nodes.die(name))
            case 2 if ghosts:
                nodes.finish(*ghosts.pop())
            case 3 if nodes.has[name]:
                key = nodes.has[name].pop()
                if nodes.dispatcher.refused(name, key):
                    lost.add(key)
            case _ if nodes.has[name]:
                nodes.finish(name, chance.choice(nodes.has[name]))
        nodes.hand_out()
        holders = Counter(key for keys in nodes.has.values() for key in keys)
        assert max(holders.values(), default=0) <= 2
        assert set(holders) <= {key for key in range(rows) if key in nodes.dispatcher}
        idle = sum(1 for key in range(rows) if key in nodes.dispatcher and key not in holders)
        assert (nodes.dispatcher.waiting_seconds > 1e-6) == (idle > 0)
    nodes.finish_all()
    assert nodes.counted == Counter(set(range(rows)) - lost)
    assert len(nodes.dispatcher) == 0
    assert nodes.dispatcher.waiting_seconds == 0


def test_a_rack_of_uneven_nodes_that_die_ends_soon_after_the_ideal() -> None:
    """The full size is in the long ring; this is a fiftieth of it, with more deaths."""
    came = simulate(Rack(nodes=20, rows=8_000, slots=1, deaths=0.3))
    assert came["dead"] >= 2
    assert came["ratio"] <= 1.1
    assert came["idle"] <= 0.1


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_thousand_nodes_and_a_million_rows() -> None:
    came = simulate(Rack())
    assert came["rack"]["rows"] == 1_000_000
    assert came["ratio"] <= 1.1
    assert came["idle"] <= 0.1
    assert came["rows_per_second"] >= 2000
