"""Beam search: the texts and scores of transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from engine.api import BeamSearch, TextRequest
from tests.engine.text.reference import PROMPTS, EngineOf, expected
from tests.engine.text.tiny import END, make_tokenizer


@pytest.mark.slow
@pytest.mark.parametrize("length_penalty", [-1.0, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_beams_equal_transformers(
    family: str, length_penalty: float, engine_of: EngineOf, torch_of: Callable[[str], Any]
) -> None:
    search = BeamSearch(beams=4, length_penalty=length_penalty, sequences=3)
    request = TextRequest(prompts=PROMPTS, search=search, max_new_tokens=24)
    fast, slow = (
        engine_of(family).generate(request),
        engine_of(family, eager=True).generate(request),
    )
    assert [t.tolist() for t in fast.tokens] == [t.tolist() for t in slow.tokens]
    for number, prompt in enumerate(PROMPTS):
        reference, output = expected(
            torch_of(family),
            prompt,
            24,
            do_sample=False,
            num_beams=4,
            num_return_sequences=3,
            length_penalty=length_penalty,
        )
        here = slice(3 * number, 3 * number + 3)
        assert [tokens.tolist() for tokens in fast.tokens[here]] == reference
        assert fast.scores[here] == pytest.approx(output.sequences_scores.tolist(), abs=1e-3)
        assert list(fast.scores[here]) == sorted(fast.scores[here], reverse=True)


def test_beams_end_at_end_tokens_as_in_transformers(
    engine_of: EngineOf, torch_of: Callable[[str], Any]
) -> None:
    """The tiny models seldom end; here a frequent token is made their end."""
    engine = engine_of()
    request = TextRequest(prompts=PROMPTS[:1], search=BeamSearch(beams=3, sequences=3))
    likely = int(engine.generate(TextRequest(prompts=PROMPTS[:1])).tokens[0][3])
    tokenizer = engine.tokenizer
    object.__setattr__(tokenizer, "ends", (likely,))
    try:
        result = engine.generate(request)
    finally:
        object.__setattr__(tokenizer, "ends", (END,))
    ids = torch.tensor([make_tokenizer().encode(PROMPTS[0]).ids])
    output = torch_of("llama").generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=128,
        do_sample=False,
        num_beams=3,
        num_return_sequences=3,
        eos_token_id=likely,
        pad_token_id=END,
        return_dict_in_generate=True,
        output_scores=True,
    )
    assert "end" in result.endings
    assert result.scores == pytest.approx(output.sequences_scores.tolist(), abs=1e-3)
    for tokens, row in zip(result.tokens, output.sequences.tolist(), strict=True):
        rest = row[ids.shape[1] :]
        assert tokens.tolist() == (rest[: rest.index(likely)] if likely in rest else rest)
