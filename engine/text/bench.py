"""The text benchmark: same weights, same machine, same number of tokens, contenders taking turns.

Every contender (engine/text/contender.py) lives in a process of its own and continues the same
prompts greedily by the same number of tokens; engine/bench.py lets them take turns. Its cold run
(loaded, but neither traced nor compiled) is reported apart from the warm ones. Prints tables for
people and one JSON line last for programs. The comparisons need transformers, torch and keras-hub,
which the program itself does not.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine import bench
from engine.bench import Contender, Run, Values
from engine.errors import UserError
from engine.text.contender import LATER

OTHERS = ("transformers", "keras-hub", "eager")
MODULE = "engine.text.contender"
STEPS = 5  # processes that run the one-step example, whose first call must be a process's first
NEEDS = 3 * 10**9  # bytes of memory for a contender with the dimensions of GPT-2 small


def run(args: argparse.Namespace) -> int:
    """Measure what the arguments ask for; see cli.add_bench_arguments. Raises UserError."""
    others = [name for name in args.compare.split(",") if name]
    for name in others:
        if name not in OTHERS:
            raise UserError(f"--compare knows {', '.join(OTHERS)}, not {name}")
    try:
        batches = [int(size) for size in args.batch.split(",")]
    except ValueError as error:
        raise UserError(f"--batch takes numbers such as 1,8, not {args.batch}") from error
    if min(*batches, args.prompt, args.tokens, args.trials, 256) < 1:
        raise UserError("--batch, --prompt, --tokens and --trials start at 1")
    with _model(args.model) as place:
        starts = _starts(place, max(batches), args.prompt, args.tokens)
        prompts = starts[0].pop("prompts")
        starts[1].pop("prompts")
        result: dict[str, Any] = {
            "model": args.model or "GPT-2 small dimensions, random weights",
            "prompt": args.prompt,
            "tokens": args.tokens,
            "machine": bench.machine("tensorflow", "transformers", "keras-hub"),
            "starts": starts,
            "batches": [],
        }
        _print_starts(starts)
        for size in batches:
            contenders = [
                _contender(name, place, prompts=prompts[:size], tokens=args.tokens)
                for name in ("xla", *others)
            ]
            measured = _measured(bench.take_turns(contenders, args.trials, NEEDS, _tell))
            result["batches"].append({"batch": size, "contenders": measured})
            _print_batch(size, args.tokens, measured)
        if args.examples:
            result["examples"] = {**_once("examples", place), "one_step": _steps(place)}
            _print_examples(result["examples"])
    line = json.dumps(result)
    if args.json:
        from engine.system.atomic_files import write_atomically

        write_atomically(Path(args.json), line.encode() + b"\n")
    print(line)
    return 0


def _contender(side: str, place: Path, **description: Any) -> Contender:
    return Contender(side, MODULE, {"side": side, "place": str(place), **description})


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _starts(place: Path, rows: int, prompt: int, new: int) -> list[Values]:
    """Two starts of the program with one compile cache: what a new and a known bucket cost."""
    starts = []
    with tempfile.TemporaryDirectory() as cache:
        about = {"cache": cache, "rows": rows, "prompt": prompt, "tokens": new}
        for _ in range(2):
            starts.append(_once("start", place, **about))
    return starts


def _steps(place: Path) -> Values:
    """The one-step example in fresh processes: its calls, and each process's ratio."""
    steps = [_once("step", place) for _ in range(STEPS)]
    later = [statistics.median(step["later"]) for step in steps]
    ordered = sorted(seconds for step in steps for seconds in step["later"])
    return {
        "eager": bench.spread([step["eager"] for step in steps]),
        "first": bench.spread([step["first"] for step in steps]),
        "later": bench.spread(later),
        "later_95": ordered[int(0.95 * len(ordered))],
        "slowest_later": bench.spread(
            [max(step["later"]) / steady for step, steady in zip(steps, later, strict=True)]
        ),
        "slowest_read": bench.spread(
            [max(step["reads"]) / statistics.median(step["reads"]) for step in steps]
        ),
        "ratio": bench.spread(
            [step["first"] / steady for step, steady in zip(steps, later, strict=True)]
        ),
    }


def _once(side: str, place: Path, **description: Any) -> Values:
    """What one run in a process of its own measures."""
    (only,) = bench.take_turns([_contender(side, place, **description)], 1, NEEDS, _tell)
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
        seconds = bench.spread([value["seconds"] for value in values])
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
            "ratio": bench.spread([value["seconds"] / own["seconds"] for value, own in pairs]),
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


# ── tables ────────────────────────────────────────────────────────────────────────────────────


def _print_starts(starts: list[dict[str, float]]) -> None:
    print("start     trace s   compile s   ready s   first text s   next text s   private MB")
    for name, start in zip(("first", "second"), starts, strict=True):
        print(
            f"{name:<8}{start['trace']:9.2f}{start['compile']:12.2f}{start['ready']:10.2f}"
            f"{start['first']:15.2f}"
            f"{start['second']:14.2f}{start['private_bytes'] / 1e6:13.0f}"
        )
    last = starts[-1]
    print(
        f"weights {last['weight_bytes'] / 1e6:.0f} MB · {last['tokens_per_second']:.1f} tokens a "
        f"second, the first after {last['first_token']:.2f} s · private memory is what no file "
        f"backs; with TensorFlow's own library {last['peak_bytes'] / 1e6:.0f} MB are resident\n"
    )


def _print_batch(size: int, new: int, measured: dict[str, Values]) -> None:
    head = ["", "cold s", "warm s", "ms/step", "tokens/s", "ratio", "spread", "same", "peak MB"]
    rows = [
        [
            name,
            f"{values['cold']:.2f}",
            f"{values['seconds']['median']:.2f}",
            f"{values['milliseconds_per_step']:.1f}",
            f"{values['tokens_per_second']:.1f}",
            f"{values['ratio']['median']:.2f}",
            f"{values['ratio']['min']:.2f}–{values['ratio']['max']:.2f}",
            f"{values['same_tokens']:.1%}",
            f"{values['peak_bytes'] / 1e6:.0f}",
        ]
        for name, values in measured.items()
    ]
    print(f"batch {size}, {new} new tokens\n{bench.table(head, rows)}\n")


def _print_examples(examples: dict[str, Any]) -> None:
    step = examples["one_step"]

    def span(values: Values, factor: float = 1, digits: int = 0) -> str:
        low, middle, high = (factor * values[name] for name in ("min", "median", "max"))
        return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"

    print(
        f"one step, {STEPS} fresh processes, median and spread: eager {span(step['eager'], 1000)} "
        f"ms, XLA first {span(step['first'], 1000)} ms, later {span(step['later'], 1000, 1)} ms "
        f"(95 % below {1000 * step['later_95']:.1f}): {span(step['ratio'])} times faster after the "
        f"first call; slowest of {LATER} later calls against their median "
        f"{span(step['slowest_later'], 1, 2)}, slowest of as many plain reads of memory in between "
        f"{span(step['slowest_read'], 1, 2)}"
    )
    for kind in ("without_padding", "with_padding"):
        for length, (first, second) in examples[kind].items():
            name = kind.replace("_", " ")
            print(f"{name}, {length} tokens: {1000 * first:.0f} ms, then {1000 * second:.0f} ms")
    print(
        f"sampling, a new kind of search: {1000 * examples['sampling']:.0f} ms; with a new "
        f"temperature: {1000 * examples['sampling_with_new_temperature']:.0f} ms"
    )
    later = examples["requests"]
    print(
        f"{len(later['all'])} later requests of 64 tokens: {span(later, 1000)} ms, slowest against "
        f"median {later['max'] / later['median']:.2f}\n"
    )
