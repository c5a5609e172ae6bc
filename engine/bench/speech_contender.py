"""One contender of `main.py bench speech`, in a process of its own: ours or transformers'.

Both load once, warm up, and then speak the same request each time they are asked to.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.bench import runner
from engine.bench.runner import Values
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.api import SpeechRequest

STAGES = ("semantic", "coarse", "fine", "codec")
TOKENS = STAGES[:3]  # the stages that make tokens
TEXT = "Good morning to you."  # a prompt is padded to one length: another text costs the same
WARM_UP = 8  # semantic tokens

Generate = Callable[[int], Values]  # speak so many semantic tokens → what one run returns


def request_of(voice: str | None, rows: int, tokens: int) -> SpeechRequest:
    """What both sides speak: the same text in every row, exactly so many semantic tokens."""
    from engine.api import SpeechRequest, SpeechRow, SpeechSampling

    return SpeechRequest(
        rows=(SpeechRow(text=TEXT, voice=voice),) * rows,
        sampling=SpeechSampling.greedy(),
        semantic_tokens=tokens,
    )


def prepare(description: Values) -> Callable[[], Values]:
    """Load and warm up one contender; the function that is one measured run of it."""
    side = {"ours": _ours, "transformers": _transformers}[description["side"]]
    generate = side(description)
    tokens = description["tokens"]
    generate(min(WARM_UP, tokens))
    return lambda: generate(tokens)


def _ours(description: Values) -> Generate:
    import torch

    from engine.bark.engine import BarkEngine
    from engine.models.hub import fetch_file

    folder, settings = Path(description["folder"]), Settings(**description["settings"])
    engine = BarkEngine(folder, settings, fetch_file)

    def generate(tokens: int) -> Values:
        request = request_of(description["voice"], description["rows"], tokens)
        start = time.perf_counter()
        speech = engine.generate(request)
        return {
            "seconds": time.perf_counter() - start,
            "stages": {stage: speech.metrics.stages[stage] for stage in STAGES},
            "seconds_of_sound": speech.takes[0].seconds,
            "tokens": [
                {stage: getattr(take, stage).tolist() for stage in TOKENS} for take in speech.takes
            ],
            "device_bytes": speech.metrics.device_bytes,
            "choices": speech.choices,
            "threads": torch.get_num_threads(),
        }

    return generate


def _transformers(description: Values) -> Generate:
    """transformers' BarkModel as anyone would call it: from_pretrained and generate.

    One thing is mended: the coarse stage may not choose ids above the last codebook, which
    transformers allows and then folds into wrong codes. Without that the tokens of both sides part
    at the first such id, and random weights make many. It costs microseconds a token.
    """
    # Read when transformers is imported.
    os.environ.update(TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
    import torch
    from torch import Tensor, nn
    from transformers import BarkModel

    from engine.bark.config import read_config
    from engine.bark.tokenizer import TextTokenizer
    from engine.bark.voices import find_voice
    from engine.models.hub import fetch_file
    from engine.system.meter import Meter

    folder, rows, device = (description[key] for key in ("folder", "rows", "device"))
    config = read_config(Path(folder))
    dtype = getattr(torch, description["precision"])
    model: Any = BarkModel.from_pretrained(folder, dtype=dtype)
    model.eval().to(device)
    books = config.coarse_rules.n_coarse_codebooks
    first = config.semantic_rules.semantic_vocab_size  # the first coarse id of the first codebook
    last = first + books * config.codebook_size

    def forbid(module: nn.Module, inputs: Any, logits: Tensor) -> None:
        logits[..., last:] = -torch.inf

    model.coarse_acoustics.lm_head.register_forward_hook(forbid)

    ids = TextTokenizer(Path(folder))(TEXT)
    padding = [0] * (config.semantic_rules.max_input_semantic_length - len(ids))
    inputs = {
        "input_ids": torch.tensor([ids + padding] * rows, device=device),
        "attention_mask": torch.tensor([[1] * len(ids) + padding] * rows, device=device),
    }
    voice = find_voice(description["voice"], Path(folder), config, fetch_file)
    history = voice and {
        f"{stage}_prompt": torch.from_numpy(getattr(voice, stage)).long().to(device)
        for stage in TOKENS
    }

    # Not entered: that would begin a new peak, and the peak since the start is wanted.
    meter = Meter(device)
    made: dict[str, Tensor] = {}

    def watch(owner: Any, method: str, stage: str) -> None:
        original = getattr(owner, method)

        def watched(*args: Any, **kwargs: Any) -> Any:
            with meter.stage(stage):
                output = original(*args, **kwargs)
            # A copy: the coarse stage overwrites the semantic tokens.
            made[stage] = output.clone() if isinstance(output, Tensor) else output
            return output

        setattr(owner, method, watched)

    watch(model.semantic, "generate", "semantic")
    watch(model.coarse_acoustics, "generate", "coarse")
    watch(model.fine_acoustics, "generate", "fine")
    watch(model, "codec_decode", "codec")

    def generate(tokens: int) -> Values:
        before = meter.metrics().stages
        start = time.perf_counter()
        audio = model.generate(
            **inputs,
            history_prompt=history,
            do_sample=False,
            fine_temperature=1.0,  # the name for greedy there
            semantic_min_new_tokens=tokens,
            semantic_max_new_tokens=tokens,
        )
        seconds = time.perf_counter() - start
        after = meter.metrics()
        coarse = (made["coarse"] - first) % config.codebook_size
        made["coarse"] = coarse.view(rows, -1, books).transpose(1, 2)
        return {
            "seconds": seconds,
            "stages": {stage: after.stages[stage] - before.get(stage, 0.0) for stage in STAGES},
            "seconds_of_sound": audio.shape[-1] / config.sample_rate,
            "tokens": [{stage: made[stage][i].tolist() for stage in TOKENS} for i in range(rows)],
            "device_bytes": after.device_bytes,
            "choices": {"device": device, "precision": description["precision"]},
            "threads": torch.get_num_threads(),
        }

    return generate


if __name__ == "__main__":
    runner.serve(prepare)
