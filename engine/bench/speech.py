"""`main.py bench speech`: Bark's four stages, timed, ours beside transformers'.

Both sides speak one short text into exactly as many semantic tokens as asked for (`semantic_tokens`
here, `min_new_tokens` = `max_new_tokens` there), greedily, from the same text ids and the same
voice, so that they do the same work and, in float32, should make the same tokens. That they do is
looked at and reported, stage by stage. All seconds are wall-clock time of `generate` with the model
loaded and warm; those of several rows spoken together are divided by their number. `runner.py` lets
the contenders take turns. Standard library only at import.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.bench import runner
from engine.bench.runner import Contender, Run, Values
from engine.bench.speech_contender import STAGES, TEXT, TOKENS, WARM_UP, request_of
from engine.errors import UserError
from engine.settings import Settings
from engine.system.paths import cache_folder

REFERENCE = "transformers float32"


COMPARISONS = ("transformers", "transformers-batch")
PRECISIONS = tuple(
    choice
    for option in dataclasses.fields(Settings)
    if option.name == "precision"
    for choice in option.metadata["choices"]
    if choice != "auto"
)
_THEIRS = ("float32", "bfloat16", "float16")  # those that transformers has


def random_checkpoint(tell: Callable[[str], None]) -> Path:
    """A checkpoint of bark-small's dimensions with random weights, made once: 1.7 GB."""
    from engine.models.random_weights import write_random

    folder = cache_folder() / "bench" / "bark-small"
    if not folder.is_dir():  # it takes its name when it is complete
        tell(
            f"making a checkpoint of bark-small's dimensions with random weights in {folder} "
            "(once, 1.7 GB) …"
        )
        write_random("bark-small", folder)
    return folder


def measure(
    folder: Path,
    settings: Settings,
    *,
    compare: str | None = None,
    tokens: int = 256,
    batches: Sequence[int] = (1, 8),
    precisions: Sequence[str] | None = None,
    voice: str | None = None,
    trials: int = 2,
    tell: Callable[[str], None] = lambda _: None,
) -> Values:
    """Let all contenders speak; the report, ready for JSON.

    folder: the checkpoint. settings: of all of ours, but for precision and batch size. compare: of
    COMPARISONS; -batch measures transformers with as many rows as ours too. tokens: semantic ones
    of a row. precisions: of PRECISIONS; None takes those that count on this machine. What can be
    refused is refused first: UserError.
    """
    if compare and importlib.util.find_spec("transformers") is None:
        raise UserError(
            "--compare needs the package transformers: install it with pip install "
            "'transformers>=5.20,<5.24', or leave --compare out"
        )
    contenders = _contenders(folder, settings, compare, tokens, batches, precisions, voice)
    weights = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    runs = runner.take_turns(contenders, trials, needs=2 * weights, tell=tell)
    tell("done")
    results = _results(contenders, runs)
    return {
        "benchmark": "speech",
        "model": str(folder),
        "text": TEXT,
        "voice": voice,
        "tokens": tokens,
        "trials": trials,
        "warm_up_tokens": min(WARM_UP, tokens),
        "machine": {**runner.machine("transformers"), "threads": runs[0].values["threads"]},
        "contenders": results,
        "same_tokens": _same_tokens(results),
        "runs": [
            {"trial": r.trial, "contender": r.contender, "seconds": r.values["seconds"]}
            for r in runs
        ],
    }


def _contenders(
    folder: Path,
    settings: Settings,
    compare: str | None,
    tokens: int,
    batches: Sequence[int],
    precisions: Sequence[str] | None,
    voice: str | None,
) -> list[Contender]:
    """Whom to measure: transformers first, then ours. Raises UserError for what ours cannot do."""
    from engine.bark.engine import BarkEngine, choose
    from engine.models.hub import fetch_file

    device = choose(dataclasses.replace(settings, precision="float32")).device.type
    fastest = "int8" if device == "cpu" else "float16"
    precisions = precisions or ("float32", "bfloat16", fastest)
    if voice is not None and voice.lower().endswith(".npz"):
        voice = str(Path(voice).resolve())
    common = {"folder": str(folder), "voice": voice, "tokens": tokens, "device": device}

    contenders = []
    if compare:
        theirs = [p for p in _THEIRS if p == "float32" or p in precisions]
        together = batches if compare == "transformers-batch" else ()
        for precision in theirs:
            for rows in sorted({1, *together}):
                contenders.append(_contender("transformers", precision, rows, common))
    for precision in precisions:
        for rows in batches:
            try:
                changed: dict[str, Any] = {"precision": precision, "batch_size": rows}
                own = dataclasses.replace(settings, **changed)
            except ValueError as error:
                raise UserError(str(error)) from error
            # Looks at the checkpoint, the machine, the text, the voice and the number of tokens.
            engine = BarkEngine(folder, own, fetch_file)
            engine.check(request_of(voice, rows, tokens))
            described = {**common, "settings": dataclasses.asdict(own)}
            contenders.append(_contender("ours", precision, rows, described))
    return contenders


def _contender(side: str, precision: str, rows: int, common: Values) -> Contender:
    name = f"{side} {precision}" + (f" × {rows}" if rows > 1 else "")
    described = {"side": side, "precision": precision, "rows": rows}
    return Contender(name, "engine.bench.speech_contender", {**described, **common})


# ── results ───────────────────────────────────────────────────────────────────────────────────


def _results(contenders: list[Contender], runs: list[Run]) -> list[Values]:
    """What was measured of each contender. Raises UserError if their work was not the same."""
    measured = {c.name: [r.values for r in runs if r.contender == c.name] for c in contenders}
    _check_same_work(measured)
    results: dict[str, Values] = {}
    for contender in contenders:
        values, rows = measured[contender.name], contender.description["rows"]
        seconds = runner.spread([run["seconds"] / rows for run in values])
        precision = contender.description["precision"]
        results[contender.name] = result = {
            "name": contender.name,
            **{key: contender.description[key] for key in ("side", "precision", "rows")},
            "choices": values[0]["choices"],
            "seconds_of_a_row": seconds,
            "stages_of_a_row": {
                stage: runner.spread([run["stages"][stage] / rows for run in values])
                for stage in STAGES
            },
            "seconds_of_sound_of_a_row": values[0]["seconds_of_sound"],
            "real_time_factor": seconds["median"] / values[0]["seconds_of_sound"],
            "host_bytes": max(run["peak_bytes"] for run in values),
            "device_bytes": max(run["device_bytes"] for run in values),
            "tokens_of_a_row": {
                stage: _size(tokens) for stage, tokens in values[0]["tokens"][0].items()
            },
        }
        result["times_faster_than"] = {
            other: results[other]["seconds_of_a_row"]["median"] / seconds["median"]
            for other in dict.fromkeys((REFERENCE, f"transformers {precision}"))
            if other in results
        }
        if REFERENCE in results:
            result["memory_of_reference"] = result["host_bytes"] / results[REFERENCE]["host_bytes"]
            if precision == "float32" and contender.description["side"] == "ours":
                theirs = measured[REFERENCE][0]["tokens"][0]
                result["equal_tokens"] = {
                    stage: _equal([row[stage] for row in values[0]["tokens"]], theirs[stage])
                    for stage in TOKENS
                }
    return list(results.values())


def _check_same_work(measured: dict[str, list[Values]]) -> None:
    """Every row of every run has the same number of tokens in each stage, and as much sound."""

    def work(run: Values, row: Values) -> tuple[str, ...]:
        sizes = [f"{_size(row[stage])} {stage}" for stage in TOKENS]
        return *sizes, f"{run['seconds_of_sound']} s of sound"

    done = {
        name: sorted({work(run, row) for run in runs for row in run["tokens"]})
        for name, runs in measured.items()
    }
    (name, usual), *others = done.items()
    for other, works in others:
        if works != usual:
            raise UserError(
                f"the comparison is void, the work was not the same: {name} made {usual}, "
                f"{other} {works}"
            )


def _size(tokens: Any) -> int:
    """Count of the numbers in nested lists."""
    return sum(map(_size, tokens)) if isinstance(tokens, list) else 1


def _equal(rows: list[Any], reference: Any) -> float:
    """Fraction of the tokens of all rows that are those of the reference."""
    import numpy as np

    return float(np.mean(np.array(rows) == np.array(reference)))


def _same_tokens(results: list[Values]) -> bool | None:
    """Whether all our float32 tokens are transformers'; None where nobody compared."""
    shares = [share for r in results for share in r.get("equal_tokens", {}).values()]
    return all(share == 1 for share in shares) if shares else None
