"""The text benchmark: same weights, same machine, same number of tokens, contenders taking turns.

For each model, search and number of rows: ours compiled by XLA is the reference; beside it, in
turns, ours again in a process that finds the compiled functions on the disk (a restart, and the
noise of two equal cases), ours without compiling, ours by the step in C, and other libraries. Each
contender (text_contender.py) lives in a process of its own and continues the same prompts by the
same number of tokens. Its first call (traced and compiled, where it does that) is reported apart
from the later ones. The comparisons need transformers, torch and keras-hub, which the program
itself does not. Standard library only at import.
"""

from __future__ import annotations

import contextlib
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.bench import results, rounds, runner
from engine.bench.environment import Environment
from engine.bench.rounds import Measured, Rounds
from engine.bench.runner import Contender, Pool, Tell, Values
from engine.errors import UserError

OURS, RESTART = "XLA", "XLA, restarted"
OWN_STEP = "own-step"  # in C: a file's blocks as they lie, a folder's weights in int8
OTHERS = ("eager", OWN_STEP, "transformers", "keras-hub", "llama.cpp")
SEARCHES = ("greedy", "sample", "beam")
MODULE = "engine.bench.text_contender"
RANDOM = "gpt2-random"  # of GPT-2 small's dimensions
STEPS = 5  # processes that run the one-step example, whose first call must be a process's first
LATER = 200  # calls of the one-step example after its first
NEEDS = 3 * 10**9  # bytes of memory for a contender with the dimensions of GPT-2 small


def measure(
    models: Sequence[str] = (RANDOM,),
    *,
    others: Sequence[str] = (),
    searches: Sequence[str] = ("greedy",),
    batches: Sequence[int] = (1,),
    prompt: int = 64,
    tokens: int = 192,
    loops: int = 5,
    minutes: float | None = None,
    examples: bool = False,
    tell: Tell = lambda _: None,
    show: Callable[[str, Any], None] = lambda *_: None,
) -> Values:
    """Let all contenders write; the report, ready for JSON.

    models: as for `write`, and RANDOM. others: of OTHERS. searches: of SEARCHES. prompt, tokens:
    how many a row has and gets. minutes: for each part; see `rounds.interleave`. examples: also
    the text's small ones, with the first model. show: is given the name and the figures of each
    part as it is done: "starts", "part", "examples". Raises UserError.
    """
    environment = Environment("tensorflow", "transformers", "keras-hub", "llama-cpp-python")
    if environment.warning:
        tell(f"WARNING: {environment.warning}")
    found: Values = {"prompt": prompt, "tokens": tokens, "starts": {}, "parts": []}
    for name in models:
        with model_folder(name) as place:
            starts = _starts(place, max(batches), prompt, tokens, tell)
            prompts = starts[0].pop("prompts")
            starts[1].pop("prompts")
            found["starts"][name] = starts
            show("starts", {"model": name, "starts": starts})
            for search in searches:
                for size in batches:
                    described = {
                        "search": search,
                        "prompts": prompts[:size],
                        "tokens": tokens,
                        "rows": size,
                    }
                    until = None if minutes is None else time.monotonic() + 60 * minutes
                    done = _part(place, described, others, loops, until, tell)
                    part = {"model": name, "search": search, "rows": size, **_figures(done)}
                    found["parts"].append(part)
                    show("part", part)
            if examples and name == models[0]:
                steps = _steps(place, tell)
                found["examples"] = {**_once("examples", place, tell), "one_step": steps}
                show("examples", found["examples"])
    return results.report("text", environment, **found)


def _part(
    place: Path,
    described: Values,
    others: Sequence[str],
    loops: int,
    until: float | None,
    tell: Tell,
) -> Rounds:
    """One model, search and number of rows. The reference compiles first, so that the restarted
    one finds what it compiled."""
    with tempfile.TemporaryDirectory() as cache, Pool(NEEDS, tell) as pool:
        about = {**described, "cache": cache}
        contenders = [_contender(OURS, place, **about), _contender(RESTART, place, **about)]
        contenders += [_contender(name, place, **described) for name in others]
        reference, *cases = contenders
        return rounds.interleave(
            reference, cases, pool=pool, loops=loops, until=until, narrow=0, tell=tell
        )


def _figures(done: Rounds) -> Values:
    """Every contender's cost. equal: part of the tokens that are ours. break_even: calls from which
    on compiling has paid, against it."""
    ours = _case(done.reference, done.reference)
    cases = [_case(case, done.reference) for case in done.cases]
    for case in cases:
        if "seconds" in case and case["name"] != RESTART:
            case["break_even"] = break_even(
                ours["first"], ours["seconds"]["median"], case["seconds"]["median"]
            )
    noise = next((case.get("ratio") for case in cases if case["name"] == RESTART), None)
    return {"rounds": done.done, "noise": noise, "reference": ours, "cases": cases}


def _case(measured: Measured, reference: Measured) -> Values:
    values = results.measured(measured)
    if "seconds" not in values:
        return values
    run, expected = measured.runs[0], reference.runs[0]["tokens"]
    rows, length = len(run["tokens"]), len(run["tokens"][0])
    equal = [
        mine == theirs
        for text, other in zip(run["tokens"], expected, strict=True)
        for mine, theirs in zip(text, other, strict=True)
    ]
    seconds = values["seconds"]["median"]
    return {
        **values,
        "first": run["first"],
        "milliseconds_per_step": 1000 * seconds / length,
        "tokens_per_second": rows * length / seconds,
        "equal": sum(equal) / len(equal),
    }


def break_even(first: float, later: float, other: float) -> int | None:
    """The number of calls from which on a slow first call and quick later ones are less than as
    many calls of the other one; None where they never are. All in seconds a call."""
    if other <= later:
        return None
    return max(1, math.floor((first - later) / (other - later)) + 1)


def _contender(side: str, place: Path, **description: Any) -> Contender:
    return Contender(side, MODULE, {"side": side, "place": str(place), **description})


def _starts(place: Path, rows: int, prompt: int, new: int, tell: Tell) -> list[Values]:
    """Two starts of the program with one compile cache: what a new and a known bucket cost."""
    starts = []
    with tempfile.TemporaryDirectory() as cache:
        about = {"cache": cache, "prompts": rows, "prompt": prompt, "tokens": new}
        for _ in range(2):
            starts.append(_once("start", place, tell, **about))
    return starts


def _steps(place: Path, tell: Tell) -> Values:
    """The one-step example in fresh processes: its calls, and each process's ratio."""
    steps = [_once("step", place, tell) for _ in range(STEPS)]
    later = [statistics.median(step["later"]) for step in steps]
    ordered = sorted(seconds for step in steps for seconds in step["later"])
    return {
        "eager": runner.spread([step["eager"] for step in steps]),
        "first": runner.spread([step["first"] for step in steps]),
        "later": runner.spread(later),
        "later_95": ordered[int(0.95 * len(ordered))],
        "slowest_later": runner.spread(
            [max(step["later"]) / steady for step, steady in zip(steps, later, strict=True)]
        ),
        "slowest_read": runner.spread(
            [max(step["reads"]) / statistics.median(step["reads"]) for step in steps]
        ),
        "ratio": runner.spread(
            [step["first"] / steady for step, steady in zip(steps, later, strict=True)]
        ),
    }


def _once(side: str, place: Path, tell: Tell, **description: Any) -> Values:
    """What one run in a process of its own measures."""
    (only,) = runner.take_turns([_contender(side, place, **description)], 1, NEEDS, tell)
    return only.values


# ── the model ─────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def model_folder(name: str) -> Iterator[Path]:
    """The named model, or GPT-2 small with random weights in a folder that goes afterwards."""
    if name != RANDOM:
        from engine.models.packaged import find

        yield find(name)
        return
    try:
        import transformers
    except ImportError as error:
        raise UserError(f"{RANDOM} needs transformers: install it, or name a model") from error
    import tokenizers

    with tempfile.TemporaryDirectory() as folder:
        config = transformers.GPT2Config(bos_token_id=None, eos_token_id=None)
        transformers.set_seed(0)
        transformers.GPT2LMHeadModel(config).save_pretrained(folder)
        # One word a token, so that a text has exactly the tokens that it should.
        words = {f"w{number}": number for number in range(config.vocab_size)}
        core = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="w0"))
        core.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
        core.save(str(Path(folder, "tokenizer.json")))
        yield Path(folder)
