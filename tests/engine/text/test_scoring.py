"""How likely a text was: what the model says behind each token, and nothing of the prompt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.api import Sampling, TextRequest
from engine.readings import ScoreRequest, Scores
from engine.text.engine import TextEngine
from engine.text.native import library
from tests.engine.text.tiny import END

EngineOf = Callable[..., TextEngine]


def scores_of(engine: TextEngine, request: TextRequest, count: int = 3) -> tuple[Scores, float]:
    """The scores of what a request wrote, and the score that its writing gave."""
    text = engine.generate(request)
    asked = ScoreRequest(written=request, tokens=tuple(text.tokens[0].tolist()), count=count)
    return engine.generate(asked), text.scores[0]


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_they_are_what_writing_was_scored_by(precision: str, engine_of: EngineOf) -> None:
    if precision == "int8" and library.find().library is None:
        pytest.skip(f"processor: {library.find().note}")
    request = TextRequest(
        prompts=("the path to the sea",),
        search=Sampling(temperature=0.8, seed=(3, 4)),
        max_new_tokens=30,
        full_length=True,
        precision=precision,
    )
    found, score = scores_of(engine_of("llama", eager=precision == "float32"), request)
    chances = [token.probability for token in found.tokens]
    assert np.log(chances).mean() == pytest.approx(score, rel=1e-4)
    for token in found.tokens:
        others = [chance for _, chance in token.likeliest]
        assert others == sorted(others, reverse=True)
        assert len(others) == 3
        assert max(others) >= token.probability * (1 - 1e-6)


def test_what_the_tokens_add_is_the_text(engine_of: EngineOf) -> None:
    engine = engine_of("llama", eager=True)
    tokens = engine.tokenizer.encode("a日本é")[:-1]
    request = TextRequest(prompts=("x",), precision="float32")
    found = engine.generate(ScoreRequest(written=request, tokens=(*tokens, END), count=0))
    assert [token.text for token in found.tokens] == ["a", "", "", "日", "", "", "本", "", ""]
    assert found.rest == "\N{REPLACEMENT CHARACTER}"
    assert found.tokens[0].likeliest == ()
    assert engine.generate(TextRequest(prompts=("x",), max_new_tokens=2)).texts


@pytest.mark.parametrize(("tokens", "count"), [((), 1), ((1,), 101), ((1,), -1)])
def test_what_cannot_be_asked_is_refused(tokens: tuple[int, ...], count: int) -> None:
    with pytest.raises(ValueError, match="told"):
        ScoreRequest(written=TextRequest(prompts=("a",)), tokens=tokens, count=count)
