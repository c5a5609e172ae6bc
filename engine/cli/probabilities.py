"""How likely the tokens of written texts were: asked after writing, as a table or for JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from engine.cli.table import table

if TYPE_CHECKING:
    from engine.api import Text, TextRequest
    from engine.readings import Scores
    from engine.text.engine import TextEngine


def ask(engine: TextEngine, request: TextRequest, text: Text, count: int) -> list[Scores]:
    """The scores of each text, in their order. count: of the likeliest tokens for each."""
    from engine.readings import ScoreRequest, Scores

    copies, found = getattr(request.search, "sequences", 1), []
    for number, tokens in enumerate(text.tokens):
        written = dataclasses.replace(request, prompts=(request.prompts[number // copies],))
        if not len(tokens):
            found.append(Scores(tokens=()))
            continue
        asked = ScoreRequest(written=written, tokens=tuple(tokens.tolist()), count=count)
        found.append(engine.generate(asked))
    return found


def as_table(scores: Scores) -> str:
    """One text for people."""
    rows = [
        [
            repr(token.text),
            f"{token.probability:.3f}",
            *(f"{text!r} {chance:.3f}" for text, chance in token.likeliest),
        ]
        for token in scores.tokens
    ]
    widest = max((len(row) for row in rows), default=2)
    head = ["token", "probability", "likeliest", *[""] * widest][:widest]
    return table(head, rows)


def as_json(scores: Scores) -> list[dict[str, Any]]:
    """One text for programs."""
    return [
        {
            "text": token.text,
            "probability": token.probability,
            "likeliest": [{"text": text, "probability": p} for text, p in token.likeliest],
        }
        for token in scores.tokens
    ]
