"""Requests and answers of the text engine as plain values, which JSON carries between processes."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from engine import api
from engine.api import Metrics, Text, TextRequest
from engine.readings import (
    Compared,
    Comparison,
    ComparisonRequest,
    ScoreRequest,
    Scores,
    TextWork,
    TokenScore,
)

Message = dict[str, Any]

_SEARCHES = {kind.__name__: kind for kind in (api.Greedy, api.Sampling, api.BeamSearch)}
_OWN = (
    "texts",
    "scores",
    "tokens",
    "endings",
    "notes",
    "metrics",
    "compiled",
)  # that need more than JSON


def as_plain(request: TextWork) -> Message:
    """A request as JSON has it."""
    values = dataclasses.asdict(request)
    if isinstance(request, TextRequest):
        values["search"]["kind"] = type(request.search).__name__
    elif isinstance(request, ScoreRequest):
        values["written"] = as_plain(request.written)
    return values


def request_of(values: Message) -> TextWork:
    """What `as_plain` made."""
    if "written" in values:
        written = _text_request(values.pop("written"))
        return ScoreRequest(written=written, tokens=tuple(values.pop("tokens")), **values)
    return _text_request(values) if "search" in values else ComparisonRequest(**values)


def _text_request(values: Message) -> TextRequest:
    search = values["search"]
    kind = _SEARCHES[search.pop("kind")]
    if "seed" in search:
        search["seed"] = tuple(search["seed"])
    values["prompts"], values["stop"] = tuple(values["prompts"]), tuple(values["stop"])
    values["history"] = tuple((role, text) for role, text in values["history"])
    return TextRequest(**{**values, "search": kind(**search)})


def answer_as_plain(answer: Text | Comparison | Scores) -> Message:
    """An answer as JSON has it."""
    if not isinstance(answer, Text):
        return dataclasses.asdict(answer)
    values = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
    values["tokens"] = [tokens.tolist() for tokens in answer.tokens]
    values["metrics"] = dataclasses.asdict(answer.metrics)
    values["compiled"] = dataclasses.asdict(answer.compiled)
    return values


def answer_of(values: Message) -> Text | Comparison | Scores:
    """What `answer_as_plain` made."""
    if "rest" in values:
        return Scores(tokens=tuple(map(_token_score, values["tokens"])), rest=values["rest"])
    if "rows" in values:
        return Comparison(**{**values, "rows": tuple(Compared(**row) for row in values["rows"])})
    return Text(
        texts=tuple(values["texts"]),
        scores=tuple(values["scores"]),
        tokens=tuple(np.array(tokens, np.int32) for tokens in values["tokens"]),
        endings=tuple(values["endings"]),
        notes=tuple(values["notes"]),
        metrics=Metrics(**values["metrics"]),
        compiled=api.CompileCost(**values["compiled"]),
        **{name: value for name, value in values.items() if name not in _OWN},
    )


def _token_score(values: Message) -> TokenScore:
    likeliest = tuple((text, chance) for text, chance in values["likeliest"])
    return TokenScore(**{**values, "likeliest": likeliest})
