"""`main.py bench together`: speaking and writing in one program, in turns.

Writes, speaks, writes and speaks again through `Engines`, as the window does. It says how fast
each was the first and the second time, and how much memory the program and its child hold after
each step: that of writing must come back when speaking goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.bench import results, runner
from engine.bench.environment import Environment
from engine.bench.runner import Values


def measure(speech: Path, text: Path, tell: Callable[[str], None] = lambda _: None) -> Values:
    """Speak and write in turns; the report, ready for JSON. Raises UserError.

    speech: the checkpoint. text: the text model.
    """
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
    environment = Environment("tensorflow")
    engines = Engines(Settings(), speech, text)
    steps: list[dict[str, Any]] = []
    try:
        for turn in (1, 2):
            for name, request in (("write", beginning), ("speak", sentence)):
                tell(f"{name}, turn {turn} of 2")
                engine = engines.engine_for(request)
                engine.generate(request)  # loads, compiles, touches memory
                seconds = [engine.generate(request).metrics.seconds for _ in range(2)]
                steps.append(
                    {"step": name, "seconds": runner.spread(seconds), "bytes": held_bytes()}
                )
    finally:
        engines.close()
    steps.append({"step": "closed", "bytes": held_bytes()})
    _, spoken, _, again, _ = steps
    return results.report(
        "together",
        environment,
        steps=steps,
        left_behind=again["bytes"] - spoken["bytes"],
        speak_ratio=again["seconds"]["median"] / spoken["seconds"]["median"],
        write_ratio=steps[2]["seconds"]["median"] / steps[0]["seconds"]["median"],
    )


def held_bytes() -> int:
    """Resident memory of this process and its children; what they share counts for each."""
    import psutil

    here = psutil.Process()
    return sum(int(p.memory_info().rss) for p in (here, *here.children(recursive=True)))
