"""Try cases again, and see what is wrong with them: python -m tests.hostile NUMBER…."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.hostile.judge import Judge, Order

with tempfile.TemporaryDirectory() as place:
    judge = Judge(Path(place) / "judge")
    for number in map(int, sys.argv[1:]):
        outcome = judge.try_case(number, Order([number]))
        print(f"case {number}, {outcome.kind}: {outcome.damage}", f"  {outcome.answer}", sep="\n")
        for fault in outcome.faults:
            print(f"  {fault}")
