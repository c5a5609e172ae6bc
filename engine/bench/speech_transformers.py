"""One contender of `main.py bench speech`, in a process of its own: transformers' BarkModel.

As anyone would call it: from_pretrained and generate. What it refuses is told in its own words.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from engine.bench import runner
from engine.bench.runner import Values
from engine.bench.speech_contender import STAGES, TEXT, TOKENS, WARM_UP, save_witness


class Speaker:
    """A loaded and warm model. Called: one measured run.

    One thing is mended: the coarse stage may not choose ids above the last codebook, which
    transformers allows and then folds into wrong codes. Without that the tokens of both sides part
    at the first such id, and random weights make many. It costs microseconds a token.
    """

    def __init__(self, description: Values) -> None:
        # Read when transformers is imported.
        os.environ.update(TRANSFORMERS_VERBOSITY="error", HF_HUB_DISABLE_PROGRESS_BARS="1")
        import torch
        from transformers import BarkModel

        from engine.bark.config import read_config
        from engine.system.meter import Meter

        self._folder, self._described = Path(description["folder"]), description
        self._config = read_config(self._folder)
        self._device = description["device"]
        chosen = {"dtype": getattr(torch, description["precision"])}
        if description["attention"]:
            chosen["attn_implementation"] = description["attention"]
        model: Any = BarkModel.from_pretrained(str(self._folder), **chosen)
        model.eval()
        if description["offload"]:
            model.enable_cpu_offload()
        else:
            model.to(self._device)
        self._model = model
        rules = self._config.coarse_rules
        self._books = rules.n_coarse_codebooks
        # The first coarse id of the first codebook, and that behind the last.
        self._first = self._config.semantic_rules.semantic_vocab_size
        self._last = self._first + self._books * self._config.codebook_size
        model.coarse_acoustics.lm_head.register_forward_hook(self._forbid)
        self._inputs = self._prepared()
        self._meter = Meter(self._device)  # not entered: that would begin a new peak
        self._made: dict[str, Any] = {}
        self._watch(model.semantic, "generate", "semantic")
        self._watch(model.coarse_acoustics, "generate", "coarse")
        self._watch(model.fine_acoustics, "generate", "fine")
        self._watch(model, "codec_decode", "codec")
        self._generate(min(WARM_UP, description["tokens"]))

    def _forbid(self, module: Any, inputs: Any, logits: Any) -> None:
        logits[..., self._last :] = -float("inf")

    def _prepared(self) -> Values:
        import torch

        from engine.bark.tokenizer import TextTokenizer
        from engine.bark.voices import find_voice
        from engine.models.hub import fetch_file

        rows, device = self._described["rows"], self._device
        ids = TextTokenizer(self._folder)(TEXT)
        padding = [0] * (self._config.semantic_rules.max_input_semantic_length - len(ids))
        voice = find_voice(self._described["voice"], self._folder, self._config, fetch_file)
        return {
            "input_ids": torch.tensor([ids + padding] * rows, device=device),
            "attention_mask": torch.tensor([[1] * len(ids) + padding] * rows, device=device),
            "history_prompt": voice
            and {
                f"{stage}_prompt": torch.from_numpy(getattr(voice, stage)).long().to(device)
                for stage in TOKENS
            },
        }

    def _watch(self, owner: Any, method: str, stage: str) -> None:
        original = getattr(owner, method)

        def watched(*args: Any, **kwargs: Any) -> Any:
            with self._meter.stage(stage):
                output = original(*args, **kwargs)
            # A copy: the coarse stage overwrites the semantic tokens.
            self._made[stage] = output.clone() if hasattr(output, "clone") else output
            return output

        setattr(owner, method, watched)

    def _generate(self, tokens: int) -> Any:
        return self._model.generate(
            **self._inputs,
            do_sample=False,
            fine_temperature=1.0,  # the name for greedy there
            semantic_min_new_tokens=tokens,
            semantic_max_new_tokens=tokens,
        )

    def __call__(self) -> Values:
        import torch

        before = self._meter.metrics().stages
        start = time.perf_counter()
        audio = self._generate(self._described["tokens"])
        seconds = time.perf_counter() - start
        after = self._meter.metrics()
        rows, made, size = self._described["rows"], self._made, self._config.codebook_size
        coarse = (made["coarse"] - self._first) % size
        made["coarse"] = coarse.view(rows, -1, self._books).transpose(1, 2)
        return {
            "seconds": seconds,
            "stages": {stage: after.stages[stage] - before.get(stage, 0.0) for stage in STAGES},
            "seconds_of_sound": audio.shape[-1] / self._config.sample_rate,
            "tokens": [{stage: made[stage][i].tolist() for stage in TOKENS} for i in range(rows)],
            "device_bytes": after.device_bytes,
            "choices": {"device": self._device, "precision": self._described["precision"]},
            "threads": torch.get_num_threads(),
        }

    def witness(self) -> Values:
        """Write what the first row chose from to the file that the description names."""
        import numpy as np

        seen: dict[str, list[tuple[Any, Any]]] = {stage: [] for stage in TOKENS}

        def keep(stage: str, logits: Any) -> None:
            found = logits.detach().float().cpu().numpy()
            seen[stage].append((found.argmax(-1), found))

        def semantic(module: Any, inputs: Any, logits: Any) -> None:
            keep("semantic", logits[:1, -1, : self._first])  # their end cannot come

        def coarse(module: Any, inputs: Any, logits: Any) -> None:
            size = self._config.codebook_size
            start = self._first + len(seen["coarse"]) % self._books * size
            keep("coarse", logits[:1, -1, start : start + size])

        def fine(module: Any, inputs: Any, logits: Any) -> None:
            keep("fine", logits[0, :, : self._config.codebook_size])

        model = self._model
        hooks = [model.semantic.lm_head.register_forward_hook(semantic)]
        hooks.append(model.coarse_acoustics.lm_head.register_forward_hook(coarse))
        hooks += [head.register_forward_hook(fine) for head in model.fine_acoustics.lm_heads]
        try:
            self._generate(self._described["tokens"])
        finally:
            for hook in hooks:
                hook.remove()
        frames = int(np.shape(self._made["fine"])[-1])
        save_witness(Path(self._described["witness"]), seen, frames)
        return {}


if __name__ == "__main__":
    runner.serve(Speaker, refusals=(Exception,))
