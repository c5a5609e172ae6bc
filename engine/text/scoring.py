"""How likely the tokens of a written text were, and which others would have been."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api import Progress, Report
from engine.readings import ScoreRequest, Scores, TokenScore
from engine.text.growing import Growing
from engine.text.reading import Read, chances
from engine.text.tokenizer import Tokenizer


def score(
    read: Read, tokenizer: Tokenizer, prompt: list[int], request: ScoreRequest, report: Report
) -> Scores:
    """prompt: the tokens that the text continues."""
    growing, shown = Growing(tokenizer, prompt[-4:]), 0
    found: list[TokenScore] = []
    every = [*prompt, *request.tokens][:-1]  # nothing is foretold by the last one
    place, total = 0, len(every)
    report(Progress(stage="prefill", done=0, total=total))
    for part in read(every):
        first = max(0, len(prompt) - 1 - place)  # rows before it foretell the prompt
        for row in chances(part[first:]):
            token = request.tokens[len(found)]
            growing.add(token)
            piece = growing.since(shown)[: max(0, growing.certain - shown)]
            shown += len(piece)
            found.append(_token(tokenizer, piece, token, row, request.count))
        place += len(part)
        report(Progress(stage="prefill", done=place, total=total))
    return Scores(tokens=tuple(found), rest=growing.since(shown))


def _token(
    tokenizer: Tokenizer, piece: str, token: int, chance: NDArray[np.float32], count: int
) -> TokenScore:
    best = np.argpartition(chance, -count)[-count:] if 0 < count < len(chance) else np.arange(0)
    best = best[np.argsort(-chance[best], kind="stable")]
    return TokenScore(
        text=piece,
        probability=float(np.exp(chance[token])),
        likeliest=tuple((tokenizer.decode([int(n)]), float(np.exp(chance[n]))) for n in best),
    )
