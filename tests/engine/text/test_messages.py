"""What crosses to the text process and back is what was sent."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.api import BeamSearch, CompileCost, Greedy, Metrics, Sampling, Text, TextRequest
from engine.readings import (
    Compared,
    Comparison,
    ComparisonRequest,
    ScoreRequest,
    Scores,
    TextWork,
    TokenScore,
)
from engine.text.messages import answer_as_plain, answer_of, as_plain, request_of


@pytest.mark.parametrize(
    "request_",
    [
        TextRequest(prompts=("a", "é"), search=Greedy(repetition_penalty=1.2), stop=("x",)),
        TextRequest(prompts=("a",), search=Sampling(seed=(3, 4)), precision="int8", cut=True),
        TextRequest(prompts=("a",), search=BeamSearch(), history=(("system", "brief"),)),
        ComparisonRequest(text="a b", tokens=7),
        ScoreRequest(written=TextRequest(prompts=("a",), search=Sampling()), tokens=(4, 5)),
    ],
)
def test_requests(request_: TextWork) -> None:
    assert request_of(json.loads(json.dumps(as_plain(request_)))) == request_


def test_answers() -> None:
    row = Compared(precision="int8", key_values="float16", perplexity=2.5, differ=3)
    comparison = Comparison(rows=(row,), tokens=9, left_out=1)
    assert answer_of(json.loads(json.dumps(answer_as_plain(comparison)))) == comparison
    token = TokenScore(text="é", probability=0.25, likeliest=(("x", 0.5), ("é", 0.25)))
    scores = Scores(tokens=(token,), rest="�")
    assert answer_of(json.loads(json.dumps(answer_as_plain(scores)))) == scores
    text = Text(
        texts=("a",),
        scores=(-0.5,),
        tokens=(np.array([1, 2], np.int32),),
        endings=("end",),
        metrics=Metrics(stages={"decode": 0.5}),
        compiled=CompileCost(hits=2),
        precision="Q4_1",
        notes=("a note",),
        steps=2,
        step_bytes=100,
        bandwidth=1e9,
    )
    back = answer_of(json.loads(json.dumps(answer_as_plain(text))))
    assert isinstance(back, Text)
    for name in ("texts", "scores", "endings", "metrics", "compiled", "notes", "step_share"):
        assert getattr(back, name) == getattr(text, name)
    assert back.tokens[0].tolist() == [1, 2]
    assert back.step_share == pytest.approx(200 / 0.5 / 1e9)
