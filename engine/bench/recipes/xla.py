"""The text on generating text with XLA, as it prints it: all its examples, in a process of its own.

Runs with the packages of lock.txt, on Keras 2, which that code is made for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from engine.bench import runner
from engine.bench.runner import Values

NEW = 32  # tokens


def prepare(description: Values) -> Callable[[], Values]:
    """Load the model; a run is all examples, once."""
    os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")
    os.environ["TRANSFORMERS_VERBOSITY"] = "error"
    import tensorflow as tf
    from transformers import TFAutoModelForCausalLM  # type: ignore[attr-defined]  # of version 4

    model: Any = TFAutoModelForCausalLM.from_pretrained(description["place"])
    model.generation_config.pad_token_id = 0
    model.generation_config.eos_token_id = None

    def inputs(length: int, padded: int = 0) -> Values:
        """Tokens of a prompt, to the left of which padding stands."""
        left = max(0, padded - length)
        return {
            "input_ids": tf.constant([[0] * left + list(range(10, 10 + length))]),
            "attention_mask": tf.constant([[0] * left + [1] * length]),
        }

    def seconds(work: Callable[[], Any], count: int = 1) -> list[float]:
        found = []
        for _ in range(count):
            start = time.perf_counter()
            work().numpy()
            found.append(time.perf_counter() - start)
        return found

    def run() -> Values:
        began = time.perf_counter()

        def most_likely_next_token(inputs: Any) -> Any:
            return tf.argmax(model(inputs).logits[:, -1, :], axis=-1)

        one = inputs(4)
        most_likely_next_token(one)
        found: Values = {"step eager": seconds(lambda: most_likely_next_token(one))[0]}
        xla_next = tf.function(most_likely_next_token, jit_compile=True)
        found["step first"] = seconds(lambda: xla_next(one))[0]
        found["step later"] = min(seconds(lambda: xla_next(one), 10))
        length = {"max_new_tokens": NEW, "min_new_tokens": NEW}
        found["generate eager"] = seconds(lambda: model.generate(**inputs(4), **length))[0]
        xla_generate = tf.function(model.generate, jit_compile=True)
        # In the text's order: two lengths, then both padded to one, then another option.
        for name, given, more in (
            ("generate, 4 tokens", inputs(4), {}),
            ("generate, 5 tokens", inputs(5), {}),
            ("generate, 4 padded to 8", inputs(4, 8), {}),
            ("generate, 5 padded to 8", inputs(5, 8), {}),
            ("num_beams=2, first", inputs(4, 8), {"num_beams": 2}),
            ("num_beams=2, later", inputs(4, 8), {"num_beams": 2}),
            ("sampling, first", inputs(4, 8), {"do_sample": True, "seed": (42, 0)}),
            ("sampling, later", inputs(4, 8), {"do_sample": True, "seed": (42, 0)}),
        ):
            found[name] = seconds(lambda: xla_generate(**given, **length, **more))[0]  # noqa: B023
        return {"seconds": time.perf_counter() - began, "examples": found}

    return run


if __name__ == "__main__":
    runner.serve(prepare, refusals=(Exception,))
