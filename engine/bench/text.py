"""The text benchmark: same weights, same machine, same number of tokens, contenders taking turns.

Every contender (text_contender.py) lives in a process of its own and continues the same prompts
greedily by the same number of tokens; runner.py lets them take turns. Its cold run (loaded, but
neither traced nor compiled) is reported apart from the warm ones. The comparisons need
transformers, torch and keras-hub, which the program itself does not. Standard library only at
import.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.bench import results, runner
from engine.bench.environment import Environment
from engine.bench.runner import Contender, Run, Values
from engine.errors import UserError

OTHERS = ("transformers", "keras-hub", "eager")
MODULE = "engine.bench.text_contender"
STEPS = 5  # processes that run the one-step example, whose first call must be a process's first
LATER = 200  # calls of the one-step example after its first
NEEDS = 3 * 10**9  # bytes of memory for a contender with the dimensions of GPT-2 small


Tell = Callable[[str], None]  # hears what is done next


def measure(
    model: str | None = None,
    *,
    others: Sequence[str] = (),
    batches: Sequence[int] = (1,),
    prompt: int = 64,
    tokens: int = 192,
    trials: int = 5,
    examples: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    show: Callable[[str, Any], None] = lambda *_: None,
) -> Values:
    """Let all contenders write; the report, ready for JSON.

    model: as for `write`; None is random weights of GPT-2 small's dimensions. others: of OTHERS.
    prompt, tokens: how many a row has and gets. show: is given the name and the figures of each
    part as it is done: "starts", "batch", "examples". Raises UserError.
    """
    for name in others:
        if name not in OTHERS:
            raise UserError(f"--compare knows {', '.join(OTHERS)}, not {name}")
    if min(*batches, prompt, tokens, trials, 256) < 1:
        raise UserError("--batch, --prompt, --tokens and --trials start at 1")
    environment = Environment("tensorflow", "transformers", "keras-hub")
    with _model(model) as place:
        starts = _starts(place, max(batches), prompt, tokens, tell)
        prompts = starts[0].pop("prompts")
        starts[1].pop("prompts")
        result: Values = {
            "model": model or "GPT-2 small dimensions, random weights",
            "prompt": prompt,
            "tokens": tokens,
            "starts": starts,
            "batches": [],
        }
        show("starts", starts)
        for size in batches:
            contenders = [
                _contender(name, place, prompts=prompts[:size], tokens=tokens)
                for name in ("xla", *others)
            ]
            measured = _measured(runner.take_turns(contenders, trials, NEEDS, tell))
            batch = {"batch": size, "contenders": measured}
            result["batches"].append(batch)
            show("batch", {**batch, "tokens": tokens})
        if examples:
            steps = _steps(place, tell)
            result["examples"] = {**_once("examples", place, tell), "one_step": steps}
            show("examples", result["examples"])
    return results.report("text", environment, **result)


def _contender(side: str, place: Path, **description: Any) -> Contender:
    return Contender(side, MODULE, {"side": side, "place": str(place), **description})


def _starts(place: Path, rows: int, prompt: int, new: int, tell: Tell) -> list[Values]:
    """Two starts of the program with one compile cache: what a new and a known bucket cost."""
    starts = []
    with tempfile.TemporaryDirectory() as cache:
        about = {"cache": cache, "rows": rows, "prompt": prompt, "tokens": new}
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


def _measured(runs: list[Run]) -> dict[str, Values]:
    """What each contender took, and its ratio to ours trial by trial."""
    by_name: dict[str, list[Values]] = {}
    for run in runs:
        by_name.setdefault(run.contender, []).append(run.values)
    ours = by_name["xla"]
    measured = {}
    for name, values in by_name.items():
        pairs = list(zip(values, ours, strict=True))
        rows, length = len(values[0]["tokens"]), len(values[0]["tokens"][0])
        seconds = runner.spread([value["seconds"] for value in values])
        equal = [
            mine == theirs
            for text, reference in zip(values[0]["tokens"], ours[0]["tokens"], strict=True)
            for mine, theirs in zip(text, reference, strict=True)
        ]
        measured[name] = {
            "cold": values[0]["cold"],
            "seconds": seconds,
            "milliseconds_per_step": 1000 * seconds["median"] / length,
            "tokens_per_second": rows * length / seconds["median"],
            "ratio": runner.spread([value["seconds"] / own["seconds"] for value, own in pairs]),
            "same_tokens": sum(equal) / len(equal),
            "peak_bytes": max(value["peak_bytes"] for value in values),
        }
    return measured


# ── the model ─────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _model(name: str | None) -> Iterator[Path]:
    """The named model, or GPT-2 small with random weights in a folder that goes afterwards."""
    if name is not None:
        from engine.models.packaged import find

        yield find(name)
        return
    try:
        import transformers
    except ImportError as error:
        raise UserError("without --model the benchmark needs transformers: install it") from error
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
