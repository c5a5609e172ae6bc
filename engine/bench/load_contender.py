"""One contender of `bench load`, in a process of its own: a voice that speaks, or decode steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from engine.bench import runner
from engine.bench.runner import Values

TEXT = "We have been waiting for more than an hour, and the next train is late."
STEPS = 50  # of a run
PROMPT = 256  # positions in the cache of the first row


def prepare(description: Values) -> Callable[[], Values]:
    """Load and warm up; the function that is one measured run."""
    run = {"say": _say, "step": _step}[description["case"]](description)
    run()
    return run


def _say(description: Values) -> Callable[[], Values]:
    from engine.api import SpeechRequest, SpeechRow
    from engine.bark.engine import BarkEngine
    from engine.settings import Settings

    settings = Settings(precision=description["precision"])
    engine = BarkEngine(Path(description["folder"]), settings)
    request = SpeechRequest(rows=(SpeechRow(text=TEXT, seed=3),))

    def run() -> Values:
        start = time.perf_counter()
        speech = engine.generate(request)
        seconds = time.perf_counter() - start
        return {"seconds": seconds / speech.seconds, "unit": "s of work for 1 s of sound"}

    return run


def _step(description: Values) -> Callable[[], Values]:
    import torch

    from engine.bark.checkpoint import Weights
    from engine.bark.config import read_config
    from engine.bark.engine import choose
    from engine.bark.sampling import Sampler, random_numbers
    from engine.bark.semantic import SemanticRow, SemanticStage
    from engine.settings import Settings

    folder, rows = Path(description["folder"]), description["rows"]
    compute = choose(Settings(precision="int8", device="cpu"))
    stage = SemanticStage(Weights(folder), read_config(folder), compute)

    def run() -> Values:
        with torch.inference_mode():
            stage.open(rows, PROMPT + 2 * STEPS + 1, STEPS + 1)
            for i in range(rows):
                numbers = random_numbers(i, 0, "semantic", STEPS + 1)
                row = SemanticRow(i, [i], None, numbers, STEPS + 1, Sampler(0.7), fixed=True)
                stage.admit(row, lambda: None)
            stage.step()
            start = time.perf_counter()
            for _ in range(STEPS - 1):
                stage.step()
            seconds = (time.perf_counter() - start) / (STEPS - 1)
            stage.close()
        return {"seconds": seconds, "unit": "s a step"}

    return run


if __name__ == "__main__":
    runner.serve(prepare)
