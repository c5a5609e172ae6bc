"""The small examples of the text on XLA, with our model: one step, padding, options, five calls."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from engine.api import BeamSearch, Greedy, Sampling, TextRequest
from engine.bench import runner
from engine.bench.runner import Values
from engine.bench.text import LATER
from engine.bench.text_prompts import prompt_text, prompts_of
from engine.text.engine import TextEngine

REQUESTS = 20  # requests of 64 tokens after the first, in one bucket


def _next_token(engine: TextEngine) -> Callable[[Any], Any]:
    """Tokens [B, T] → the likeliest next one [B]: the source text's example."""
    import tensorflow as tf

    decoder = engine.model.decoder

    def next_token(tokens: Any) -> Any:
        empty = decoder.empty(tf.zeros(tokens.shape[0], tf.int32), tokens.shape[1])
        return tf.argmax(decoder.read(tokens, empty).logits, axis=-1)

    return next_token


def step(engine: TextEngine) -> Values:
    """One step as the source text runs it: plainly, then by XLA, whose first call it must be."""
    import tensorflow as tf

    next_token = _next_token(engine)
    one = tf.constant(prompts_of(engine, 1, 4))  # as many tokens as in the source text
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


def examples(engine: TextEngine) -> Values:
    """Two lengths without and with padding; a new option; later requests in one bucket."""
    import tensorflow as tf

    def write(length: int, search: Greedy | Sampling | BeamSearch) -> None:
        engine.generate(
            TextRequest(prompts=(texts[length],), search=search, max_new_tokens=8, chat=False)
        )

    xla_next_token = tf.function(_next_token(engine), jit_compile=True, autograph=False)
    unpadded = {
        length: _calls(xla_next_token, tf.constant(prompts_of(engine, 1, length)))
        for length in (4, 5)
    }
    texts = {length: prompt_text(engine, length, 0) for length in (4, 5)}
    padded = {length: _calls(write, length, Greedy(repetition_penalty=1.1)) for length in (4, 5)}
    # As in the source text: another option is another function.
    beams = _calls(write, 4, BeamSearch(beams=2))
    sampled = [
        _calls(write, 4, Sampling(temperature=temperature), count=1)[0]
        for temperature in (1.0, 0.7)
    ]
    whole = TextRequest(prompts=(texts[4],), max_new_tokens=64, chat=False, full_length=True)
    _, *later = (engine.generate(whole).metrics.seconds for _ in range(1 + REQUESTS))
    return {
        "without_padding": unpadded,
        "with_padding": padded,
        "beams": beams,
        "max_plus_constant": _max_plus_constant(),
        "sampling": sampled[0],
        "sampling_with_new_temperature": sampled[1],
        "requests": runner.spread(later),
    }


def story(engine: TextEngine) -> Values:
    """What the text measures, in its order, with ours (recipes/xla.py has its own code)."""
    import tensorflow as tf

    began = time.perf_counter()
    next_token = _next_token(engine)
    one = tf.constant(prompts_of(engine, 1, 4))
    _calls(next_token, one, count=1)
    found: Values = {"step eager": _calls(next_token, one, count=1)[0]}
    xla_next = tf.function(next_token, jit_compile=True, autograph=False)
    found["step first"], *later = _calls(xla_next, one, count=11)
    found["step later"] = min(later)
    texts = {length: prompt_text(engine, length, 0) for length in (4, 5)}
    for name, length, search in (
        ("generate, 4 tokens", 4, Greedy()),
        ("generate, 5 tokens", 5, Greedy()),
        ("generate, 4 padded to 8", 4, Greedy()),
        ("generate, 5 padded to 8", 5, Greedy()),
        ("num_beams=2, first", 4, BeamSearch(beams=2)),
        ("num_beams=2, later", 4, BeamSearch(beams=2)),
        ("sampling, first", 4, Sampling(seed=(42, 0))),
        ("sampling, later", 4, Sampling(seed=(42, 0))),
    ):
        request = TextRequest(
            prompts=(texts[length],),
            search=search,
            max_new_tokens=32,
            chat=False,
            full_length=True,
        )
        start = time.perf_counter()
        engine.generate(request)
        found[name] = time.perf_counter() - start
    return {"seconds": time.perf_counter() - began, "examples": found}


def _max_plus_constant() -> list[Values]:
    """The source text's five calls of one small function: what it must compile anew for."""
    import tensorflow as tf

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def max_plus_constant(tensor: Any, scalar: int) -> Any:
        return tf.math.reduce_max(tensor) + scalar

    calls = (
        ("the first call", tf.constant([0, 0, 0]), 1),
        ("other values", tf.constant([1000, 0, -10]), 1),
        ("another type", tf.constant([0, 0, 0], dtype=tf.int64), 1),
        ("another shape", tf.constant([0, 0, 0, 0]), 1),
        ("another scalar", tf.constant([0, 0, 0]), 2),
    )
    found = []
    for name, tensor, scalar in calls:
        before = max_plus_constant.experimental_get_tracing_count()
        (seconds,) = _calls(max_plus_constant, tensor, scalar, count=1)
        compiled = max_plus_constant.experimental_get_tracing_count() > before
        found.append({"call": name, "seconds": seconds, "compiled": compiled})
    return found
