"""What transformers writes: the reference of the searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from engine.text.engine import TextEngine
from tests.engine.text.tiny import END, make_tokenizer

PROMPTS = ("the path", "To be, or not to be: that is the question", "x")
EngineOf = Callable[..., TextEngine]


def expected(model: Any, prompt: str, new: int, **options: Any) -> Any:
    """What transformers generates: tokens without prompt and end, and the whole output."""
    tokens = torch.tensor([make_tokenizer().encode(prompt).ids])
    output = model.generate(
        tokens,
        attention_mask=torch.ones_like(tokens),
        max_new_tokens=new,
        return_dict_in_generate=True,
        output_scores=True,
        **options,
    )
    rows = [row[tokens.shape[1] :].tolist() for row in output.sequences]
    return [row[: row.index(END)] if END in row else row for row in rows], output
