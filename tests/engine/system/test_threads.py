"""torch's threads wait politely: decided before torch comes, and left to a user who has decided."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("chosen", "spins"),
    [
        ({}, "10000"),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"OMP_WAIT_POLICY": "passive"}, "None"),
    ],
)
@pytest.mark.parametrize("first", ["engine.bark", "engine.bark.config"])
def test_before_torch(chosen: dict[str, str], spins: str, first: str) -> None:
    code = (
        f"import os, sys, {first}; assert 'torch' not in sys.modules; "
        "print(os.environ.get('GOMP_SPINCOUNT'))"
    )
    free = {k: v for k, v in os.environ.items() if not k.startswith(("GOMP_", "OMP_"))}
    done = subprocess.run(
        *([sys.executable, "-c", code],), cwd=ROOT, env={**free, **chosen}, capture_output=True
    )
    assert done.stdout.decode().strip() == spins, done.stderr
