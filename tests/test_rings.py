"""The long ring searches a property at random and says how to repeat; in the slow one a test can
have the machine for itself."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import rings
from tests.conftest import ROOT

PROPERTY = """from hypothesis import given, settings, strategies as st

seen = set()

@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_rare(number):
    seen.add(number)
    assert len(seen) < 1000

def test_other():
    pass
"""


@pytest.mark.slow
def test_the_long_ring_searches_properties_and_prints_what_repeats_a_failure(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_property.py").write_text(PROPERTY)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    long\n")

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.rings", *arguments]
        done = subprocess.run(
            [*command, f"--rootdir={tmp_path}", "-c", tmp_path / "pytest.ini", tmp_path],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        return done.stdout

    assert "2 passed" in run()  # the hundred examples that are the same everywhere
    assert "2 deselected" in run("-m", "slow")
    found = run("-m", "long")
    assert "1 failed, 1 deselected" in found
    assert "@reproduce_failure(" in found


@pytest.mark.slow
def test_a_worker_that_dies_leaves_the_rest_to_the_others_and_the_test_it_died_of(
    tmp_path: Path,
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    slow\n    long\n")
    for name in "abcdef":
        tests = "".join(f"def test_{number}():\n    pass\n\n" for number in range(3))
        dies = "import os\n\ndef test_dies():\n    os._exit(3)\n\n" if name in "ce" else ""
        (tmp_path / f"test_{name}.py").write_text(tests + dies + "def test_last():\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.rings", "-n", "2"]
    done = subprocess.run(
        [*command, f"--rootdir={tmp_path}", "-c", tmp_path / "pytest.ini", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "2 failed, 24 passed" in done.stdout, done.stdout
    for name in "ce":
        assert f"crashed while running 'test_{name}.py::test_dies'" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX locks")
def test_who_wants_the_machine_alone_waits_for_who_is_there_and_is_the_next() -> None:
    import fcntl

    here: set[str] = set()
    seen: list[tuple[str, set[str]]] = []

    def work(name: str, alone: bool) -> None:
        with rings.machine(alone=alone):
            here.add(name)
            seen.append((name, set(here)))
            here.remove(name)

    first = threading.Thread(target=work, args=("alone", True))
    second = threading.Thread(target=work, args=("shared", False))
    with rings.machine(alone=False):
        here.add("was there")
        work("beside", False)
        first.start()
        with Path(rings.__file__).open() as gate:
            while True:  # until it waits
                try:
                    fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    break
                fcntl.flock(gate, fcntl.LOCK_UN)
                threading.Event().wait(0.01)
        second.start()
        here.remove("was there")
    first.join()
    second.join()
    assert seen[0] == ("beside", {"was there", "beside"})
    assert seen[1:] == [("alone", {"alone"}), ("shared", {"shared"})]
