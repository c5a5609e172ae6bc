"""The text benchmark: same weights, same machine, same number of tokens, alternating runs.

Every contender continues the same prompts greedily by the same number of tokens. Its first call
(cold: loading done, tracing and compiling not) is reported apart from the warm ones. Prints a table
for people and one JSON line last for programs. The comparisons need transformers, torch and
keras-hub, which the program itself does not.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api import BeamSearch, Greedy, Sampling, TextRequest, UserError
from engine.text.engine import TextEngine

Tokens = NDArray[np.int32]
Contender = Callable[[Tokens, int], Tokens]  # prompts [B, P], new tokens N → [B, N]

OTHERS = ("transformers", "keras-hub", "eager")
CHILD_SECONDS = 300


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
        result: dict[str, Any] = {
            "model": args.model or "GPT-2 small dimensions, random weights",
            "prompt": args.prompt,
            "tokens": args.tokens,
            "cores": os.cpu_count(),
            "starts": _starts(place, args.prompt, args.tokens),
            "batches": [],
        }
        _print_starts(result["starts"])
        engine = TextEngine(place, device="cpu", batch_size=max(batches))
        contenders: dict[str, Contender] = {"xla": partial(_write, engine)}
        contenders |= {name: _contender(name, place, max(batches)) for name in others}
        for size in batches:
            prompts = _prompts(engine, size, args.prompt)
            measured = _measure(contenders, prompts, args.tokens, args.trials)
            result["batches"].append({"batch": size, "contenders": measured})
            _print_batch(size, args.tokens, measured)
        if args.examples:
            result["examples"] = _examples(engine)
            _print_examples(result["examples"])
        engine.close()
    line = json.dumps(result)
    if args.json:
        from engine.files import write_atomically

        write_atomically(Path(args.json), line.encode() + b"\n")
    print(line)
    return 0


# ── measuring ─────────────────────────────────────────────────────────────────────────────────


def _measure(
    contenders: dict[str, Contender], prompts: Tokens, new: int, trials: int
) -> dict[str, dict[str, Any]]:
    """Cold and warm seconds of each, warm runs taking turns; ratios to "xla" turn by turn."""
    measured: dict[str, dict[str, Any]] = {}
    texts = {}
    for name, generate in contenders.items():
        seconds, texts[name] = _timed(generate, prompts, new)
        measured[name] = {"cold": seconds, "warm": []}
    for _ in range(trials):
        for name, generate in contenders.items():
            measured[name]["warm"].append(_timed(generate, prompts, new)[0])
    ours = measured["xla"]["warm"]
    for name, values in measured.items():
        warm = values["warm"]
        ratios = [theirs / own for theirs, own in zip(warm, ours, strict=True)]
        values["milliseconds_per_step"] = 1000 * statistics.median(warm) / new
        values["tokens_per_second"] = prompts.shape[0] * new / statistics.median(warm)
        values["ratio"] = statistics.median(ratios)
        values["spread"] = [min(ratios), max(ratios)]
        values["same_tokens"] = float(np.mean(texts[name] == texts["xla"]))
    return measured


def _timed(generate: Contender, prompts: Tokens, new: int) -> tuple[float, Tokens]:
    start = time.perf_counter()
    tokens = generate(prompts, new)
    return time.perf_counter() - start, tokens


def _starts(place: Path, prompt: int, new: int) -> list[dict[str, float]]:
    """Two starts of the program with one compile cache: what a new and a known bucket cost."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "engine.text.bench"]
        command += [str(place), cache, str(prompt), str(new)]
        starts = []
        for _ in range(2):
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=CHILD_SECONDS
            )
            if done.returncode:
                raise UserError(done.stderr.strip().splitlines()[-1])
            starts.append(json.loads(done.stdout.splitlines()[-1]))
    return starts


def start_once(place: Path, cache: Path, prompt: int, new: int) -> dict[str, float]:
    """What one start costs, in seconds and bytes; runs in a process of its own."""
    from engine.measure import Meter

    before = _private_bytes()
    engine = TextEngine(place, device="cpu", cache=cache)
    text = _prompt_text(engine, prompt, 0)
    request = TextRequest(prompts=(text,), max_new_tokens=new, chat=False, full_length=True)
    start = time.perf_counter()
    cold = engine.warm(request)
    wall = time.perf_counter() - start
    with Meter() as meter:
        first, second = engine.generate(request), engine.generate(request)
        peak = meter.metrics().host_bytes
    return {
        "trace": cold.trace,
        "compile": cold.compile,
        "wall": wall,
        "first": first.metrics.seconds,
        "second": second.metrics.seconds,
        "first_token": second.first_token,
        "tokens_per_second": second.tokens_per_second,
        "weight_bytes": engine.model.checkpoint.bytes,
        "peak_bytes": peak,
        "private_bytes": _private_bytes(),
        "private_bytes_before": before,
    }


def _private_bytes() -> int:
    """Memory of this process that no file backs (Linux); elsewhere its resident memory."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    from engine.measure import resident_bytes

    return resident_bytes()


# ── contenders ────────────────────────────────────────────────────────────────────────────────


def _contender(name: str, place: Path, rows: int) -> Contender:
    if name == "eager":
        return partial(_write, TextEngine(place, device="cpu", batch_size=rows, eager=True))
    try:
        return {"transformers": _transformers, "keras-hub": _keras_hub}[name](place)
    except (ImportError, ValueError) as error:  # transformers wants accelerate with a ValueError
        raise UserError(f"to compare with {name}, install it ({error})") from error


def _write(engine: TextEngine, prompts: Tokens, new: int) -> Tokens:
    """TextEngine on tokens: their text, checked to become the same tokens again."""
    texts = tuple(engine.model.checkpoint.tokenizer.decode(row) for row in prompts.tolist())
    request = TextRequest(prompts=texts, max_new_tokens=new, chat=False, full_length=True)
    return np.stack(engine.generate(request).tokens)


def _transformers(place: Path) -> Contender:
    """transformers' torch model in float32, on as many threads as torch chooses."""
    import torch
    from transformers import AutoModelForCausalLM

    where = {"pretrained_model_name_or_path": str(place)}
    if place.is_file():
        where = {"pretrained_model_name_or_path": str(place.parent), "gguf_file": place.name}
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32).eval()  # type: ignore[no-untyped-call]

    def generate(prompts: Tokens, new: int) -> Tokens:
        tokens = torch.from_numpy(prompts.astype(np.int64))
        with torch.inference_mode():
            written = model.generate(
                tokens,
                attention_mask=torch.ones_like(tokens),
                do_sample=False,
                min_new_tokens=new,
                max_new_tokens=new,
                eos_token_id=None,
                pad_token_id=0,
            )
        return np.asarray(written[:, prompts.shape[1] :], np.int32)

    return generate


def _keras_hub(place: Path) -> Contender:
    """KerasHub's model with the TensorFlow backend, compiled by XLA."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras_hub

    if place.is_file():
        raise UserError("keras-hub reads no GGUF file: compare it on a transformers folder")
    backbone = keras_hub.models.Backbone.from_preset(str(place))
    kind = {"GPT2Backbone": "GPT2CausalLM", "LlamaBackbone": "LlamaCausalLM"}
    model = getattr(keras_hub.models, kind[type(backbone).__name__])(backbone, preprocessor=None)
    model.compile(sampler="greedy", jit_compile=True)

    def generate(prompts: Tokens, new: int) -> Tokens:
        rows, length = prompts.shape
        padded = np.zeros((rows, length + new), np.int32)
        padded[:, :length] = prompts
        mask = np.zeros_like(padded)
        mask[:, :length] = 1
        output = model.generate({"token_ids": padded, "padding_mask": mask}, stop_token_ids=None)
        return np.asarray(output["token_ids"], np.int32)[:, length:]

    return generate


# ── models and prompts ────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _model(name: str | None) -> Iterator[Path]:
    """The named model, or GPT-2 small with random weights in a folder that goes afterwards."""
    if name is not None:
        from engine.text.models import find

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


def _prompts(engine: TextEngine, rows: int, length: int) -> Tokens:
    """Prompts of exactly `length` tokens, [rows, length]."""
    texts = [_prompt_text(engine, length, row) for row in range(rows)]
    return np.array(
        [engine.model.checkpoint.tokenizer.encode(text, chat=False) for text in texts], np.int32
    )


def _prompt_text(engine: TextEngine, length: int, row: int) -> str:
    """A text that is encoded to exactly so many tokens, another one for every row."""
    random = np.random.default_rng(row)
    vocabulary = engine.model.checkpoint.tokenizer.core.get_vocab_size()
    while True:
        tokens = engine.model.checkpoint.tokenizer.encode(
            engine.model.checkpoint.tokenizer.decode(random.integers(0, vocabulary, 4 * length)),
            chat=False,
        )
        # Cut texts may be encoded differently at the cut.
        for cut in range(length, length + 8):
            text = engine.model.checkpoint.tokenizer.decode(tokens[:cut])
            if len(engine.model.checkpoint.tokenizer.encode(text, chat=False)) == length:
                return text


# ── the small examples of the source text ─────────────────────────────────────────────────────


def _examples(engine: TextEngine) -> dict[str, Any]:
    """One step eager against XLA; two lengths without and with padding; a new option."""
    import tensorflow as tf

    decoder = engine.model.decoder

    def next_token(tokens: Any) -> Any:
        empty = decoder.empty(tf.zeros(tokens.shape[0], tf.int32), tokens.shape[1])
        return tf.argmax(decoder.read(tokens, empty).logits, axis=-1)

    def calls(function: Callable[..., Any], *arguments: Any, count: int = 2) -> list[float]:
        seconds = []
        for _ in range(count):
            start = time.perf_counter()
            function(*arguments)
            seconds.append(time.perf_counter() - start)
        return seconds

    def write(length: int, search: Greedy | Sampling | BeamSearch) -> None:
        engine.generate(
            TextRequest(prompts=(texts[length],), search=search, max_new_tokens=8, chat=False)
        )

    one = tf.constant(_prompts(engine, 1, 1))
    xla_next_token = tf.function(next_token, jit_compile=True, autograph=False)
    eager = statistics.median(calls(next_token, one, count=5))
    first, *later = calls(xla_next_token, one, count=21)
    unpadded = {
        length: calls(xla_next_token, tf.constant(_prompts(engine, 1, length))) for length in (4, 5)
    }
    texts = {length: _prompt_text(engine, length, 0) for length in (4, 5)}
    padded = {length: calls(write, length, Greedy(repetition_penalty=1.1)) for length in (4, 5)}
    sampled = [
        calls(write, 4, Sampling(temperature=temperature), count=1)[0] for temperature in (1.0, 0.7)
    ]
    return {
        "one_step": {
            "eager": eager,
            "first": first,
            "later": statistics.median(later),
            "slowest_later": max(later),
            "ratio": first / statistics.median(later),
        },
        "without_padding": unpadded,
        "with_padding": padded,
        "sampling": sampled[0],
        "sampling_with_new_temperature": sampled[1],
    }


# ── tables ────────────────────────────────────────────────────────────────────────────────────


def _print_starts(starts: list[dict[str, float]]) -> None:
    print("start     trace s   compile s   first text s   next text s   private MB")
    for name, start in zip(("first", "second"), starts, strict=True):
        print(
            f"{name:<8}{start['trace']:9.2f}{start['compile']:12.2f}{start['first']:15.2f}"
            f"{start['second']:14.2f}{start['private_bytes'] / 1e6:13.0f}"
        )
    last = starts[-1]
    print(
        f"weights {last['weight_bytes'] / 1e6:.0f} MB · {last['tokens_per_second']:.1f} tokens a "
        f"second, the first after {last['first_token']:.2f} s\n"
    )


def _print_batch(size: int, new: int, measured: dict[str, dict[str, Any]]) -> None:
    print(f"batch {size}, {new} new tokens")
    print(
        "                 cold s    warm s   ms/step   tokens/s   ratio   spread      same tokens"
    )
    for name, values in measured.items():
        low, high = values["spread"]
        print(
            f"{name:<14}{values['cold']:9.2f}{statistics.median(values['warm']):10.2f}"
            f"{values['milliseconds_per_step']:10.1f}{values['tokens_per_second']:11.1f}"
            f"{values['ratio']:8.2f}   {low:.2f}–{high:.2f}{values['same_tokens']:13.1%}"
        )
    print()


def _print_examples(examples: dict[str, Any]) -> None:
    step = examples["one_step"]
    print(
        f"one step: eager {1000 * step['eager']:.1f} ms, XLA first {1000 * step['first']:.0f} ms, "
        f"later {1000 * step['later']:.1f} ms (slowest {1000 * step['slowest_later']:.1f}): "
        f"{step['ratio']:.0f} times faster after the first call"
    )
    for kind in ("without_padding", "with_padding"):
        for length, (first, second) in examples[kind].items():
            name = kind.replace("_", " ")
            print(f"{name}, {length} tokens: {1000 * first:.0f} ms, then {1000 * second:.0f} ms")
    print(
        f"sampling, a new kind of search: {1000 * examples['sampling']:.0f} ms; with a new "
        f"temperature: {1000 * examples['sampling_with_new_temperature']:.0f} ms\n"
    )


if __name__ == "__main__":
    place, cache, prompt, new = sys.argv[1:]
    print(json.dumps(start_once(Path(place), Path(cache), int(prompt), int(new))))
