"""A real Ray cluster on this machine: several nodes and processes, nodes that are cut off."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import ROOT

pytest.importorskip("ray", reason="install: pip install 'bark-studio[cluster]'")

WORDS = "the quick brown fox jumps over the lazy dog and runs home through rain".split()  # noqa: SIM905


def books(folder: Path, rows: int) -> Path:
    """Two texts of so many sentences, the same every time."""
    chance = random.Random(rows)
    folder.mkdir()
    for name in ("first", "second"):
        sentences = [" ".join(chance.choices(WORDS, k=8)).capitalize() for _ in range(rows)]
        (folder / f"{name}.txt").write_text("\n\n".join(f"{s}." for s in sentences))
    return folder


def command(source: Path, out: Path, *options: str) -> list[str]:
    main = [sys.executable, str(ROOT / "main.py"), "convert"]
    return [*main, str(source), "--out", str(out), *options]


def takes_in(out: Path) -> int:
    """How many takes its projects list."""
    total = 0
    for listed in out.rglob("takes.jsonl"):
        with suppress(OSError):
            total += listed.read_bytes().count(b"\n")
    return total


def contents(out: Path) -> dict[str, str]:
    """Recordings and their lists byte for byte; takes by their arrays."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        digest = hashlib.sha256()
        if path.suffix == ".wav":
            digest.update(path.read_bytes())
        elif path.suffix == ".npz":
            with np.load(path) as arrays:
                for key in sorted(set(arrays) - {"note"}):
                    digest.update(key.encode() + arrays[key].tobytes())
        else:
            continue
        found[name] = digest.hexdigest()
    return found


@pytest.fixture(scope="module")
def rack() -> Iterator[Any]:
    """A cluster with a head of one core; tests add nodes."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", str(ROOT))
        head = {"num_cpus": 1, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        yield cluster
        cluster.shutdown()


def wait_until(fact: Callable[[], bool], process: subprocess.Popen[Any] | None = None) -> None:
    end = time.monotonic() + 120
    while not fact():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"it ended too early: {process.communicate()}")
        assert time.monotonic() < end
        time.sleep(0.02)


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_node_is_cut_off_and_the_result_is_that_of_one_machine(tmp_path: Path, rack: Any) -> None:
    source = books(tmp_path / "books", 8)
    rack.add_node(num_cpus=1)
    second = rack.add_node(num_cpus=1)
    many = start(*command(source, tmp_path / "many", "--cluster", rack.address))
    wait_until(lambda: takes_in(tmp_path / "many") >= 3, many)
    rack.remove_node(second, allow_graceful=False)
    out, told = many.communicate()
    assert many.returncode == 0, told
    assert sorted(Path(line).name for line in out.splitlines()) == ["first.wav", "second.wav"]
    subprocess.run(command(source, tmp_path / "one"), cwd=ROOT, check=True, capture_output=True)
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_twenty_nodes_are_cut_off_at_random_moments(tmp_path: Path, rack: Any) -> None:
    chance = random.Random(27)
    source = books(tmp_path / "books", 20)
    subprocess.run(command(source, tmp_path / "one"), cwd=ROOT, check=True, capture_output=True)
    expected = contents(tmp_path / "one")
    nodes = [rack.add_node(num_cpus=1) for _ in range(3)]
    for number in range(20):
        out = tmp_path / f"many {number}"
        many = start(*command(source, out, "--cluster", rack.address))
        there, moment = out, chance.randrange(1, 30)
        wait_until(lambda there=there, moment=moment: takes_in(there) >= moment, many)
        rack.remove_node(nodes.pop(chance.randrange(3)), allow_graceful=False)
        nodes.append(rack.add_node(num_cpus=1))
        _, told = many.communicate()
        assert many.returncode == 0, told
        assert contents(out) == expected, f"cut off after {moment} takes"


@pytest.mark.long
@pytest.mark.timeout(600)
def test_after_ctrl_c_one_machine_goes_on(tmp_path: Path, rack: Any) -> None:
    source = books(tmp_path / "books", 12)
    many = start(*command(source, tmp_path / "many", "--cluster", rack.address))
    wait_until(lambda: takes_in(tmp_path / "many") >= 4, many)
    many.send_signal(signal.SIGINT)
    _, told = many.communicate()
    assert many.returncode == 130, told
    there = takes_in(tmp_path / "many")
    again = start(*command(source, tmp_path / "many"))
    _, told = again.communicate()
    assert again.returncode == 0, told
    subprocess.run(command(source, tmp_path / "one"), cwd=ROOT, check=True, capture_output=True)
    assert contents(tmp_path / "many") == contents(tmp_path / "one")
    assert takes_in(tmp_path / "many") == takes_in(tmp_path / "one") > there


@pytest.mark.long
@pytest.mark.timeout(600)
def test_nodes_without_the_model_are_sent_it_and_another_version_is_refused(
    tmp_path: Path, rack: Any
) -> None:
    import engine
    from engine.cluster.fleet import Event, Hopeless, Joined
    from engine.cluster.orders import Task
    from engine.cluster.ray_address import connect
    from engine.cluster.ray_cluster import RayCluster
    from engine.models.bark import STARTER
    from engine.models.fingerprint import model_hash
    from engine.script.maker import token_settings
    from engine.settings import Settings

    own = tmp_path / "a model of nobody's"
    shutil.copytree(STARTER, own, ignore=shutil.ignore_patterns("recipe"))
    config = json.loads((own / "generation_config.json").read_text())
    (own / "generation_config.json").write_text(json.dumps(config | {"nobody": 1}))
    tokens = token_settings(Settings())
    task = Task(
        version=engine.__version__,
        model=model_hash(own),
        place=tmp_path / "not here",
        name="nobody's",
        tokens=tokens,
    )
    ray = connect(rack.address)
    try:
        for wrong in (task, dataclasses.replace(task, version="9.9")):
            said, events = list[str](), list[Event]()
            cluster = RayCluster(ray, wrong, own, said.append)
            wait_until(lambda cluster=cluster, events=events: _poll(cluster, events))
            cluster.close()
            if wrong is task:
                assert isinstance(events[0], Joined)
                assert any("has not the model nobody's: it is sent there" in one for one in said)
            else:
                assert isinstance(events[-1], Hopeless)
                assert f"has Bark Studio {engine.__version__}, and this is 9.9" in said[0]
    finally:
        ray.shutdown()


def _poll(cluster: Any, events: list[Any]) -> bool:
    events += cluster.poll(0.2)
    return bool(events)
