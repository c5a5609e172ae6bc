"""Two hosts, namespaces of this machine's network, and a cable between them that is pulled."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.engine.cluster.test_ray import books, command, contents, takes_in, wait_until

HEAD, OTHER = "10.231.27.1", "10.231.27.2"
RAY = "/tmp/ray"
# Ray takes half a minute to believe that a node is dead; here ten seconds.
IMPATIENT = {
    "RAY_health_check_initial_delay_ms": "2000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "10",
}


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass
class Running:
    """A process on a host. told: the file that it writes its sentences to."""

    process: subprocess.Popen[bytes]
    told: Path


class Host:
    """A namespace of the network, with a /tmp/ray of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        ip("netns", "add", name)
        self.name, self.folder = name, folder / name
        self.running: list[Running] = []
        (self.folder / "ray").mkdir(parents=True)

    def start(self, *arguments: str) -> Running:
        """A process on this host."""
        bind = shlex.join(["mount", "--bind", str(self.folder / "ray"), RAY])
        inside = f"{bind} && exec {shlex.join(arguments)}"
        env = os.environ | IMPATIENT | {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(ROOT)}
        told = self.folder / f"{len(self.running)}.txt"
        with told.open("wb") as file:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.name, "sh", "-c", inside],
                cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=file,
            )  # fmt: skip
        self.running.append(Running(process, told))
        return self.running[-1]

    def lends(self, *options: str) -> Running:
        """A core to Ray."""
        ray = Path(sys.executable).with_name("ray")
        return self.start(str(ray), "start", *options, "--num-cpus=1", "--block")

    def listens(self, port: int) -> bool:
        """Whether somebody on it does."""
        heard = subprocess.run(
            ["ip", "netns", "exec", self.name, "ss", "-Hltn", f"sport = :{port}"],
            check=True, capture_output=True,
        )  # fmt: skip
        return bool(heard.stdout.strip())

    def close(self) -> None:
        """End all that runs on it, and it."""
        inside = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True)
        for pid in inside.stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        for running in self.running:
            running.process.wait()
        ip("netns", "del", self.name)


class Cable:
    """Between the two."""

    def __init__(self, one: Host, other: Host) -> None:
        self.host, self.end = one.name, f"a{os.getpid()}"
        far = f"b{os.getpid()}"
        ip("link", "add", self.end, "type", "veth", "peer", "name", far)
        for host, end, address in ((one, self.end, HEAD), (other, far, OTHER)):
            ip("link", "set", end, "netns", host.name)
            ip("-n", host.name, "addr", "add", f"{address}/24", "dev", end)
            ip("-n", host.name, "link", "set", end, "up")
            ip("-n", host.name, "link", "set", "lo", "up")

    def pull(self) -> None:
        """Nothing passes."""
        ip("-n", self.host, "link", "set", self.end, "down")

    def plug(self) -> None:
        """It passes again."""
        ip("-n", self.host, "link", "set", self.end, "up")


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    if not all(map(shutil.which, ("ip", "ss"))) or os.geteuid() != 0:
        pytest.skip("hosts in namespaces need root, and `ip` and `ss` of iproute2")
    Path(RAY).mkdir(exist_ok=True)  # where each mounts its own
    with ExitStack() as made:
        try:
            pair = [Host(f"bark-{name}-{os.getpid()}", tmp_path) for name in ("head", "other")]
        except subprocess.CalledProcessError as error:
            pytest.skip(f"this machine allows no namespaces: {error.stderr.decode().strip()}")
        for host in pair:
            made.callback(host.close)
        yield pair[0], pair[1]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_link_is_cut_and_restored(tmp_path: Path, hosts: tuple[Host, Host]) -> None:
    head, other = hosts
    cable = Cable(head, other)
    source, out = books(tmp_path / "books", 200), tmp_path / "many"
    ray = head.lends("--head", f"--node-ip-address={HEAD}", "--port=6379")
    wait_until(lambda: head.listens(6379), ray.process)
    there = [f"--address={HEAD}:6379", f"--node-ip-address={OTHER}"]
    other.lends(*there)
    many = head.start(*command(source, out, "--cluster", f"{HEAD}:6379"))
    told = many.told
    wait_until(lambda: takes_in(out) >= 4, many.process)
    cable.pull()
    wait_until(lambda: takes_in(out) >= 8, many.process)
    cable.plug()
    wait_until(lambda: takes_in(out) >= 12, many.process)
    assert "is lost" not in told.read_text(), "a short cut is waited for"
    cable.pull()
    wait_until(lambda: "is lost" in told.read_text(), many.process)
    cable.plug()
    other.lends(*there)
    many.process.wait()
    assert many.process.returncode == 0, told.read_text()
    subprocess.run(command(source, tmp_path / "one"), cwd=ROOT, check=True, capture_output=True)
    assert contents(out) == contents(tmp_path / "one")
    lent = re.findall(r": (\d+) rows, ", told.read_text())
    assert len(lent) >= 3, "who came back spoke, too"
    assert sum(map(int, lent)) == takes_in(out)
