"""`main.py bench together`: speaking and writing in one program, in turns.

Writes, speaks, writes and speaks again through `Engines`, as the window does. It says how fast
each was the first and the second time, and how much memory the program and its child hold after
each step: that of writing must come back when speaking goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine import bench, terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of `main.py bench together`."""
    parser.add_argument("--text-model", default="smollm2", help="as for write (default: smollm2)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")


def run(speech: Path, text: Path, file: str | None) -> int:
    """Measure, print a table and one JSON line; the exit code. Raises UserError."""
    from engine.api import SpeechRequest, SpeechRow, SpeechSampling, TextRequest
    from engine.engines import Engines
    from engine.settings import Settings

    sentence = SpeechRequest(
        rows=(SpeechRow(text="Good morning to you."),),
        sampling=SpeechSampling.greedy(),
        semantic_tokens=16,
    )
    beginning = TextRequest(
        prompts=("Once upon a time",), max_new_tokens=128, chat=False, full_length=True
    )
    engines = Engines(Settings(), speech, text)
    steps: list[dict[str, Any]] = []
    try:
        for turn in (1, 2):
            for name, request in (("write", beginning), ("speak", sentence)):
                print(f"{name}, turn {turn} of 2", file=sys.stderr)
                engine = engines.engine_for(request)
                engine.generate(request)  # loads, compiles, touches memory
                seconds = [engine.generate(request).metrics.seconds for _ in range(2)]
                steps.append(
                    {"step": name, "seconds": bench.spread(seconds), "bytes": held_bytes()}
                )
    finally:
        engines.close()
    steps.append({"step": "closed", "bytes": held_bytes()})
    _, spoken, _, again, _ = steps
    result = {
        "steps": steps,
        "left_behind": again["bytes"] - spoken["bytes"],
        "speak_ratio": again["seconds"]["median"] / spoken["seconds"]["median"],
        "write_ratio": steps[2]["seconds"]["median"] / steps[0]["seconds"]["median"],
        "machine": bench.machine("tensorflow"),
    }
    print(_table(steps))
    print(
        f"second against first time: writing {result['write_ratio']:.2f}, speaking "
        f"{result['speak_ratio']:.2f}; left behind after writing: "
        f"{result['left_behind'] / 1e6:.0f} MB"
    )
    line = json.dumps(result)
    if file:
        from engine.system.atomic_files import write_atomically

        write_atomically(Path(file), line.encode() + b"\n")
    print(line)
    return terminal.OK


def held_bytes() -> int:
    """Resident memory of this process and its children; what they share counts for each."""
    import psutil

    here = psutil.Process()
    return sum(int(p.memory_info().rss) for p in (here, *here.children(recursive=True)))


def _table(steps: list[dict[str, Any]]) -> str:
    rows = [
        [
            step["step"],
            f"{step['seconds']['median']:.2f}" if "seconds" in step else "–",
            f"{step['bytes'] / 1e6:.0f}",
        ]
        for step in steps
    ]
    return bench.table(["", "seconds of work", "MB held"], rows)
