"""The text on optimizing Bark, as it prints it: one of its steps, in a process of its own.

Runs with the packages of lock.txt. Where the text leaves the length to chance, it is fixed, so that
all do the same work.
"""

from __future__ import annotations

import os
import time
from typing import Any

from engine.bench import runner
from engine.bench.runner import Values

SENTENCE = "Let's try generating speech, with Bark, a text-to-speech model"
PROMPTS = (
    "Let's try generating speech, with Bark, a text-to-speech model",
    "Wow, batching is so great!",
    "I love Hugging Face, it's so cool.",
)


class Step:
    """The model as one step of the text leaves it. Called: one loop of its measurement."""

    def __init__(self, description: Values) -> None:
        os.environ.update(TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
        os.environ["USE_TF"] = "0"  # else it is imported, whole
        import torch
        from transformers import AutoProcessor, BarkModel

        step, folder, device = (description[key] for key in ("step", "folder", "device"))
        # The text says float16, which processors have no arithmetic for.
        half = torch.bfloat16 if device == "cpu" else torch.float16
        together = step in ("together", "batch")
        dtype: Values = {"torch_dtype": half} if step == "half" or together else {}
        model: Any = BarkModel.from_pretrained(folder, **dtype).to(device).eval()
        if step == "bettertransformer" or together:
            model = model.to_bettertransformer()
        # A processor has nothing to offload from: told once, and the batch goes without.
        if step in ("offload", "together") or (together and device != "cpu"):
            model.enable_cpu_offload()
        processor = AutoProcessor.from_pretrained(folder)  # type: ignore[no-untyped-call]
        texts = list(PROMPTS) if step == "batch" else [SENTENCE]
        self._inputs = processor(texts).to(device)
        self._model, self._tokens, self._device = model, description["tokens"], device
        self()

    def __call__(self) -> Values:
        import torch
        from transformers import set_seed

        start = time.perf_counter()
        with torch.inference_mode():
            set_seed(0)
            self._model.generate(
                **self._inputs,
                do_sample=True,
                fine_temperature=0.4,
                coarse_temperature=0.8,
                semantic_min_new_tokens=self._tokens,
                semantic_max_new_tokens=self._tokens,
            )
        seconds = time.perf_counter() - start
        on_device = torch.cuda.max_memory_allocated() if self._device == "cuda" else 0
        return {"seconds": seconds, "device_bytes": on_device}


if __name__ == "__main__":
    runner.serve(Step, refusals=(Exception,))
