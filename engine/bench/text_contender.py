"""One contender of `main.py bench text`, in a process of its own; also a start, and the examples.

Each loads once, continues the prompts once (its cold run: loaded, but neither traced nor compiled)
and then the same prompts again each time it is asked to, greedily and by the same number of tokens.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api import BeamSearch, Greedy, Sampling, TextRequest
from engine.bench import runner
from engine.bench.runner import Values
from engine.bench.text import LATER
from engine.errors import UserError
from engine.text.engine import TextEngine

Tokens = NDArray[np.int32]
Generate = Callable[[Tokens, int], Tokens]  # prompts [B, P], new tokens N → [B, N]

REQUESTS = 20  # requests of 64 tokens after the first, in one bucket


def prepare(description: Values) -> Callable[[], Values]:
    """Load what the description names; the function that is one measured run of it."""
    place, side = Path(description["place"]), description["side"]
    if side == "start":
        return partial(start_once, place, description)
    if side in ("step", "examples"):
        engine = TextEngine(place, device="cpu")
        assert engine.model  # loaded now
        return partial(_one_step if side == "step" else _examples, engine)
    prompts, new = np.array(description["prompts"], np.int32), description["tokens"]
    try:
        generate = _sides(len(prompts))[side](place)
    except (ImportError, ValueError) as error:  # transformers wants accelerate with a ValueError
        raise UserError(f"to compare with {side}, install it ({error})") from error

    def run() -> Values:
        start = time.perf_counter()
        tokens = generate(prompts, new)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "cold": cold, "tokens": tokens.tolist()}

    cold = 0.0
    cold = run()["seconds"]
    return run


def _sides(rows: int) -> dict[str, Callable[[Path], Generate]]:
    def ours(place: Path, *, eager: bool = False) -> Generate:
        return partial(_write, TextEngine(place, device="cpu", batch_size=rows, eager=eager))

    return {
        "xla": ours,
        "eager": partial(ours, eager=True),
        "transformers": _transformers,
        "keras-hub": _keras_hub,
    }


def _write(engine: TextEngine, prompts: Tokens, new: int) -> Tokens:
    """TextEngine on tokens: their text, checked to become the same tokens again."""
    texts = tuple(engine.model.checkpoint.tokenizer.decode(row) for row in prompts.tolist())
    request = TextRequest(prompts=texts, max_new_tokens=new, chat=False, full_length=True)
    return np.stack(engine.generate(request).tokens)


def _transformers(place: Path) -> Generate:
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


def _keras_hub(place: Path) -> Generate:
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


# ── a start, and the small examples of the source text ────────────────────────────────────────


def start_once(place: Path, description: Values) -> Values:
    """What one start costs, in seconds and bytes, and prompts for all contenders."""
    from engine.system.meter import Meter

    before = _private_bytes()
    engine = TextEngine(place, device="cpu", cache=Path(description["cache"]))
    prompts = _prompts(engine, description["rows"], description["prompt"])
    text = engine.model.checkpoint.tokenizer.decode(prompts[0].tolist())
    request = TextRequest(
        prompts=(text,), max_new_tokens=description["tokens"], chat=False, full_length=True
    )
    start = time.perf_counter()
    cold = engine.warm(request)
    ready = time.perf_counter() - start
    with Meter() as meter:
        first, second = engine.generate(request), engine.generate(request)
        peak = meter.metrics().host_bytes
    return {
        "trace": cold.trace,
        "compile": cold.compile,
        "ready": ready,
        "first": first.metrics.seconds,
        "second": second.metrics.seconds,
        "first_token": second.first_token,
        "tokens_per_second": second.tokens_per_second,
        "weight_bytes": engine.model.checkpoint.bytes,
        "peak_bytes": peak,
        "private_bytes": _private_bytes(),
        "private_bytes_before": before,
        "prompts": prompts.tolist(),
    }


def _private_bytes() -> int:
    """Memory of this process that no file backs (Linux); elsewhere its resident memory."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    from engine.system.meter import resident_bytes

    return resident_bytes()


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


def _next_token(engine: TextEngine) -> Callable[[Any], Any]:
    """Tokens [B, T] → the likeliest next one [B]: the source text's example."""
    import tensorflow as tf

    decoder = engine.model.decoder

    def next_token(tokens: Any) -> Any:
        empty = decoder.empty(tf.zeros(tokens.shape[0], tf.int32), tokens.shape[1])
        return tf.argmax(decoder.read(tokens, empty).logits, axis=-1)

    return next_token


def _one_step(engine: TextEngine) -> Values:
    """One step as the source text runs it: plainly, then by XLA, whose first call it must be."""
    import tensorflow as tf

    next_token = _next_token(engine)
    one = tf.constant(_prompts(engine, 1, 4))  # as many tokens as in the source text
    eager = statistics.median(_calls(next_token, one, count=3))
    xla_next_token = tf.function(next_token, jit_compile=True, autograph=False)
    (first,) = _calls(xla_next_token, one, count=1)
    # What reading memory takes says how steady the machine itself is in these very moments.
    weights = engine.model.checkpoint.weights.embedding.numpy()
    later, reads = [], []
    for _ in range(LATER):
        later += _calls(xla_next_token, one, count=1)
        start = time.perf_counter()
        weights.sum()
        reads.append(time.perf_counter() - start)
    return {"eager": eager, "first": first, "later": later, "reads": reads}


def _calls(function: Callable[..., Any], *arguments: Any, count: int = 2) -> list[float]:
    """Seconds of each call, until its result is there."""
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        result = function(*arguments)
        if result is not None:
            result.numpy()
        seconds.append(time.perf_counter() - start)
    return seconds


def _examples(engine: TextEngine) -> Values:
    """Two lengths without and with padding; a new option; later requests in one bucket."""
    import tensorflow as tf

    def write(length: int, search: Greedy | Sampling | BeamSearch) -> None:
        engine.generate(
            TextRequest(prompts=(texts[length],), search=search, max_new_tokens=8, chat=False)
        )

    xla_next_token = tf.function(_next_token(engine), jit_compile=True, autograph=False)
    unpadded = {
        length: _calls(xla_next_token, tf.constant(_prompts(engine, 1, length)))
        for length in (4, 5)
    }
    texts = {length: _prompt_text(engine, length, 0) for length in (4, 5)}
    padded = {length: _calls(write, length, Greedy(repetition_penalty=1.1)) for length in (4, 5)}
    sampled = [
        _calls(write, 4, Sampling(temperature=temperature), count=1)[0]
        for temperature in (1.0, 0.7)
    ]
    whole = TextRequest(prompts=(texts[4],), max_new_tokens=64, chat=False, full_length=True)
    _, *later = (engine.generate(whole).metrics.seconds for _ in range(1 + REQUESTS))
    return {
        "without_padding": unpadded,
        "with_padding": padded,
        "sampling": sampled[0],
        "sampling_with_new_temperature": sampled[1],
        "requests": runner.spread(later),
    }


if __name__ == "__main__":
    runner.serve(prepare)
