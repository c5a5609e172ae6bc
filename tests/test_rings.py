"""What the long ring does with a property: it searches at random, and says how to repeat."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
