"""One contender of `main.py bench text`, in a process of its own; also a start, and the examples.

Each loads once, continues the prompts once (its first call: loaded, but not yet compiled) and
then the same prompts again each time it is asked to, by the same number of tokens.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from engine.api import BeamSearch, Greedy, Sampling, TextRequest
from engine.bench import runner
from engine.bench.runner import Values
from engine.bench.text import OURS, OWN_STEP, RESTART
from engine.bench.text_prompts import Tokens, prompts_of
from engine.errors import UserError
from engine.text.checkpoint.load import open_source
from engine.text.engine import TextEngine
from engine.text.precision import choose, others

Generate = Callable[[Tokens, int], Tokens]  # prompts [B, P], new tokens N → [B, N]
_SEARCHES: dict[str, Greedy | Sampling | BeamSearch] = {
    "greedy": Greedy(),
    "sample": Sampling(seed=(42, 0)),  # as in the source text
    "beam": BeamSearch(beams=2),
}


def prepare(description: Values) -> Callable[[], Values]:
    """Load what the description names; the function that is one measured run of it."""
    place, side = Path(description["place"]), description["side"]
    if side == "start":
        return partial(start_once, place, description)
    if side in ("step", "examples", "story"):
        from engine.bench import text_examples

        return partial(
            getattr(text_examples, side), TextEngine(place, device="cpu", precision="float32")
        )
    prompts, new = np.array(description["prompts"], np.int32), description["tokens"]
    try:
        generate = _SIDES[side](place, description)
    except (ImportError, ValueError) as error:  # transformers wants accelerate with a ValueError
        raise UserError(f"to compare with {side}, install it ({error})") from error

    def run() -> Values:
        start = time.perf_counter()
        tokens = generate(prompts, new)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "first": first, "tokens": tokens.tolist()}

    first = 0.0
    first = run()["seconds"]
    return run


def _ours(place: Path, description: Values) -> Generate:
    """TextEngine on tokens: their text, checked to become the same tokens again."""
    cache, search = description.get("cache"), _SEARCHES[description["search"]]
    used = "float32" if description["side"] != OWN_STEP else _own_precision(place, search)
    engine = TextEngine(
        place,
        device="cpu",
        batch_size=description["rows"],
        eager=description["side"] == "eager",
        precision=used,
        cache=None if cache is None else Path(cache),
    )
    if used == "float32":
        assert engine.model  # loaded now

    def generate(prompts: Tokens, new: int) -> Tokens:
        texts = tuple(engine.tokenizer.decode(row) for row in prompts.tolist())
        request = TextRequest(
            prompts=texts,
            search=search,
            max_new_tokens=new,
            chat=False,
            full_length=True,
        )
        return np.stack(engine.generate(request).tokens)

    return generate


def _own_precision(place: Path, search: Greedy | Sampling | BeamSearch) -> str:
    """The precision that the step in C has for a model. Raises UserError where it has none."""
    source = open_source(place)
    asked, _ = others(source)[0]
    choice = choose(source, asked, "cpu", TextRequest(prompts=("a",), search=search))
    if not choice.native:
        raise UserError(choice.note)
    return asked


def _transformers(place: Path, description: Values) -> Generate:
    """transformers' torch model in float32, on as many threads as torch chooses."""
    import torch
    from transformers import AutoModelForCausalLM

    where = {"pretrained_model_name_or_path": str(place)}
    if place.is_file():
        where = {"pretrained_model_name_or_path": str(place.parent), "gguf_file": place.name}
    model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32).eval()  # type: ignore[no-untyped-call]
    searches: dict[str, Values] = {
        "greedy": {"do_sample": False},
        "sample": {"do_sample": True, "top_k": 0, "temperature": 1.0, "top_p": 1.0},
        "beam": {"num_beams": 2, "do_sample": False},
    }
    search = searches[description["search"]]

    def generate(prompts: Tokens, new: int) -> Tokens:
        tokens = torch.from_numpy(prompts.astype(np.int64))
        torch.manual_seed(42)
        with torch.inference_mode():
            written = model.generate(
                tokens,
                attention_mask=torch.ones_like(tokens),
                min_new_tokens=new,
                max_new_tokens=new,
                eos_token_id=None,
                pad_token_id=0,
                **search,
            )
        return np.asarray(written[:, prompts.shape[1] :], np.int32)

    return generate


def _keras_hub(place: Path, description: Values) -> Generate:
    """KerasHub's model with the TensorFlow backend, compiled by XLA."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras_hub

    if place.is_file():
        raise UserError("keras-hub reads no GGUF file: compare it on a transformers folder")
    backbone = keras_hub.models.Backbone.from_preset(str(place))
    kind = {"GPT2Backbone": "GPT2CausalLM", "LlamaBackbone": "LlamaCausalLM"}
    model = getattr(keras_hub.models, kind[type(backbone).__name__])(backbone, preprocessor=None)
    sampler = {
        "greedy": "greedy",
        "sample": keras_hub.samplers.RandomSampler(seed=42),
        "beam": keras_hub.samplers.BeamSampler(num_beams=2),
    }[description["search"]]
    model.compile(sampler=sampler, jit_compile=True)

    def generate(prompts: Tokens, new: int) -> Tokens:
        rows, length = prompts.shape
        padded = np.zeros((rows, length + new), np.int32)
        padded[:, :length] = prompts
        mask = np.zeros_like(padded)
        mask[:, :length] = 1
        output = model.generate({"token_ids": padded, "padding_mask": mask}, stop_token_ids=None)
        return np.asarray(output["token_ids"], np.int32)[:, length:]

    return generate


def _llama_cpp(place: Path, description: Values) -> Generate:
    """llama.cpp on the file as it is, quantised weights and all; rows one after another."""
    import llama_cpp

    if not place.is_file():
        raise UserError("llama.cpp reads GGUF files alone: compare it on smollm2")
    if description["search"] == "beam":
        raise UserError("llama-cpp-python has no beam search")
    length = len(description["prompts"][0]) + description["tokens"]
    model = llama_cpp.Llama(str(place), n_ctx=length + 8, seed=42, verbose=False)
    drawn = {"temp": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    search = {"temp": 0.0} if description["search"] == "greedy" else drawn

    def generate(prompts: Tokens, new: int) -> Tokens:
        texts = []
        for prompt in prompts.tolist():
            model.reset()
            written = model.generate(prompt, reset=True, repeat_penalty=1.0, **search)
            texts.append([token for token, _ in zip(written, range(new), strict=False)])
        return np.array(texts, np.int32)

    return generate


_SIDES: dict[str, Callable[[Path, Values], Generate]] = {
    OURS: _ours,
    RESTART: _ours,
    "eager": _ours,
    OWN_STEP: _ours,
    "transformers": _transformers,
    "keras-hub": _keras_hub,
    "llama.cpp": _llama_cpp,
}


# ── a start, and the small examples of the source text ────────────────────────────────────────


def start_once(place: Path, description: Values) -> Values:
    """What one start costs, in seconds and bytes, and prompts for all contenders."""
    from engine.system.meter import Meter

    before = _private_bytes()
    engine = TextEngine(place, device="cpu", cache=Path(description["cache"]), precision="float32")
    prompts = prompts_of(engine, description["prompts"], description["prompt"])
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


if __name__ == "__main__":
    runner.serve(prepare)
