"""One request at work, whatever computes it: rows in batches, texts as they grow, the result."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    BeamSearch,
    CompileCost,
    Progress,
    Report,
    Sampling,
    Text,
    TextRequest,
    WrittenText,
)
from engine.errors import UserError
from engine.system.meter import Meter
from engine.text.checkpoint.config import Architecture
from engine.text.tokenizer import Tokenizer
from engine.text.writer import Writer


class Model(Protocol):
    """What a TextEngine keeps between requests."""

    @property
    def architecture(self) -> Architecture:
        """Its sizes."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Text to tokens and back."""

    @property
    def precision(self) -> str:
        """The numbers that its products are made of, for the user."""

    @property
    def step_bytes(self) -> int:
        """Bytes of weights that a step reads."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text to write; with beams, a prompt. key: its random stream, uint32 [2]."""

    number: int
    prompt: list[int]
    key: NDArray[np.uint32]


class Writing:
    """Everything that happens to one request, batch after batch. What computes it says how a batch
    is written."""

    def __init__(
        self, model: Model, request: TextRequest, meter: Meter, report: Report, batch_size: int
    ) -> None:
        self._model, self._request, self._meter, self._report = model, request, meter, report
        self._batch_size = batch_size
        self._ends = () if request.full_length else model.tokenizer.ends
        self._written: list[tuple[Writer, float]] = []
        self._first_token = self._decoding = 0.0
        self._read = self._kept = self._steps = self._passes = 0
        self._notes: list[str] = []

    def batches(self) -> Iterator[list[Row]]:
        """The rows of the request, as many together as may be. Raises UserError, see _encode."""
        search = self._request.search
        copies = search.sequences if isinstance(search, Sampling) else 1
        keys = random_keys(search.seed if isinstance(search, Sampling) else (0, 0), copies)
        prompts = [self._encode(prompt) for prompt in self._request.prompts]
        rows = [
            Row(number * copies + copy, prompt, keys[copy])
            for number, prompt in enumerate(prompts)
            for copy in range(copies)
        ]
        size = self._batch_size
        if isinstance(search, BeamSearch):
            size = max(1, size // search.beams)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def result(self, compiled: CompileCost, *, note: str = "") -> Text:
        """What has been written."""
        return Text(
            texts=tuple(writer.text for writer, _ in self._written),
            scores=tuple(score for _, score in self._written),
            tokens=tuple(np.array(writer.tokens, np.int32) for writer, _ in self._written),
            endings=tuple(writer.ending for writer, _ in self._written),
            metrics=self._meter.metrics(),
            compiled=compiled,
            first_token=self._first_token,
            precision=self._model.precision,
            notes=tuple(filter(None, (note, *self._notes))),
            read=self._read,
            kept=self._kept,
            steps=self._steps,
            step_bytes=self._model.step_bytes,
            passes=self._passes,
        )

    # ── for those that write ──────────────────────────────────────────────────────────────────

    def _encode(self, prompt: str) -> list[int]:
        """Prompt → tokens. Raises UserError when the model's context has no room for one more, and
        the request does not let its beginning be left out."""
        tokens, context = self._tokens(prompt), self._model.architecture.context
        if len(tokens) < context:
            return tokens
        if not self._request.cut:
            raise UserError(
                f"the prompt has {len(tokens)} tokens, but prompt and new text together have room "
                f"for {context}: shorten it, or let its beginning be left out (--cut-prompt)"
            )
        # As much of its end as leaves room for the new text, or for half the context.
        room = context - min(self._request.max_new_tokens, context // 2)
        plain = self._model.tokenizer.encode(prompt, chat=False)
        left_out = len(tokens) - room
        while left_out < len(plain):
            tokens = self._tokens(self._model.tokenizer.decode(plain[left_out:]))
            if len(tokens) <= room:
                self._notes.append(
                    f"{left_out} tokens at the beginning of a prompt were left out: the model's "
                    f"context has room for {context}"
                )
                return tokens
            left_out += len(tokens) - room
        raise UserError(f"what comes before the prompt leaves no room in {context} tokens for it")

    def _tokens(self, prompt: str) -> list[int]:
        """The tokens of a prompt, each of which the model knows: another would be read from
        somewhere else in memory. Raises UserError."""
        request, most = self._request, self._model.architecture.vocabulary
        tokens = self._model.tokenizer.encode(prompt, chat=request.chat, history=request.history)
        if not tokens:
            raise UserError("nothing is left of the prompt in the model's tokens: write another")
        if not 0 <= min(tokens) <= max(tokens) < most:
            raise UserError(
                f"the model's tokenizer gives the token {max(tokens)}, and its vocabulary has "
                f"{most}: they do not belong together; fetch the model again"
            )
        return tokens

    def _longest(self, prompt: list[int]) -> int:
        """New tokens that a prompt may get: what was asked for, or what the context has room."""
        room = self._model.architecture.context - len(prompt)
        return min(self._request.max_new_tokens, room)

    def _writer(self, prompt: list[int]) -> Writer:
        longest = self._longest(prompt)
        return Writer(
            self._model.tokenizer,
            prompt,
            longest=longest,
            full="context" if longest < self._request.max_new_tokens else "length",
            stop=self._request.stop,
            ends=self._ends,
        )

    def _tell(
        self, row: int, piece: str, writer: Writer, gain: float, done: int, total: int
    ) -> None:
        """Report a new piece of a row, and the whole text where it has ended. gain: the sum of its
        log-probabilities, exact, so that it does not matter how many tokens one call wrote."""
        ended = as_written(writer, gain / writer.length) if writer.ending else None
        self._report(
            Progress(stage="decode", done=done, total=total, row=row, text=piece, written=ended)
        )

    def _end(self, writers: list[Writer], gained: list[list[float]]) -> None:
        """These texts are the next of the result. gained: log-probabilities of their tokens."""
        for writer, gain in zip(writers, gained, strict=True):
            self._written.append((writer, fsum(gain) / writer.length))

    def _note_first_token(self) -> None:
        if not self._first_token:
            work = self._meter.metrics().seconds
            self._first_token = work + time.perf_counter() - self._decoding


def as_written(writer: Writer, score: float) -> WrittenText:
    """A text that has ended."""
    return WrittenText(
        text=writer.text, score=float(score), tokens=tuple(writer.tokens), ending=writer.ending
    )


def random_keys(seed: tuple[int, int], sequences: int) -> NDArray[np.uint32]:
    """The streams [sequences, 2] of a seed: sequence n has the same one in every batch."""
    streams = [np.random.SeedSequence((*seed, n)).generate_state(2) for n in range(sequences)]
    return np.stack(streams).astype(np.uint32)
