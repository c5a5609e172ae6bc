"""Beam search: candidates and continuations inside compiled functions, the beams on the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.text.decoder import Context, Decoder, Tensor, take_rows


def candidates(logits: Tensor, scores: Tensor, keep: int) -> tuple[Tensor, Tensor]:
    """The best continuations of the beams, best first.

    logits: [prompts · beams, vocabulary]; scores: float32 [prompts, beams]. Returns scores float32
    and places int32 [prompts, keep]; place = beam · vocabulary + token.
    """
    prompts, beams = scores.shape
    total = tf.nn.log_softmax(logits) + tf.reshape(scores, (-1, 1))
    best = tf.math.top_k(tf.reshape(total, (prompts, beams * total.shape[-1])), keep)
    return best.values, best.indices


def advance(decoder: Decoder, context: Context, parents: Tensor, tokens: Tensor) -> Context:
    """Continue row parents[r] by tokens[r], for all rows; both int32 [rows]."""
    return decoder.read(tokens[:, None], take_rows(context, parents))


class Beams:
    """Beam search over one prompt: open beams, and the best texts that ended.

    Scores are log-probabilities divided by length ** length_penalty; the rules are those of
    transformers with early_stopping=False, so are the scores. ends: does this text end here?
    """

    def __init__(
        self, beams: int, length_penalty: float, longest: int, ends: Callable[[list[int]], bool]
    ) -> None:
        self.texts: list[list[int]] = [[] for _ in range(beams)]
        # Only the first beam counts at the start, or all beams would be the same text.
        self.scores = np.array([0.0] + [-1e9] * (beams - 1), np.float32)
        self.parents = np.zeros(beams, np.int32)
        self.finished: list[tuple[float, list[int]]] = []  # best first, at most `beams`
        self.open = True
        self._length_penalty, self._longest, self._ends = length_penalty, longest, ends

    def step(self, scores: NDArray[Any], places: NDArray[Any], vocabulary: int) -> None:
        """Choose among candidates [keep], best first, the beams of the next step."""
        beams, length = len(self.texts), len(self.texts[0]) + 1
        kept: list[tuple[float, int, list[int]]] = []
        for number, (score, place) in enumerate(zip(scores, places, strict=True)):
            parent, token = divmod(int(place), vocabulary)
            text = [*self.texts[parent], token]
            ended = length == self._longest or self._ends(text)
            if not ended:
                kept.append((float(score), parent, text))
            elif self.open and number < beams:
                self.finished.append((float(score) / length**self._length_penalty, text))
        self.finished.sort(key=lambda finished: finished[0], reverse=True)
        del self.finished[beams:]
        if not kept:
            self.open = False
            return
        # Fewer than `beams` survivors happen when nearly all end: a spent beam repeats the last.
        kept = kept[:beams] + [(-1e9, *kept[-1][1:])] * (beams - len(kept))
        self.scores = np.array([score for score, _, _ in kept], np.float32)
        self.parents = np.array([parent for _, parent, _ in kept], np.int32)
        self.texts = [text for _, _, text in kept]
        if len(self.finished) == beams:
            hope = self.scores[0] / length**self._length_penalty
            self.open = bool(hope > self.finished[-1][0])
