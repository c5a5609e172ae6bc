"""A request at work with XLA: rows in buckets, prefill in chunks, blocks of tokens, beams."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import fsum
from typing import Any

import numpy as np
import tensorflow as tf

from engine.api import BeamSearch, Progress, Report, Sampling, TextRequest
from engine.system.meter import Meter
from engine.text.beams import Beams, advance, candidates
from engine.text.checkpoint.config import Architecture
from engine.text.checkpoint.model import Checkpoint
from engine.text.compiler import Compiler, Wanted
from engine.text.decoder import Context, Decoder, prefill, take_rows
from engine.text.search import BLOCK, NOTHING, Choice, Draft, write_block
from engine.text.tokenizer import Tokenizer
from engine.text.writing import Row, Writing, as_written

CHUNKS = (16, 32, 64)  # tokens of a prompt read by one call; longer prompts take several
LEAST_CHUNK = 4  # below, reading is as slow as writing
READ_WORK = 1.6e10  # weights · tokens · rows of such a call: 0.1 s on two cores, so Stop is heard
SLOTS = 256  # of the smallest cache; larger ones double
CALL_SECONDS = 0.18  # how long a call may write before the next chance to stop

Function = Callable[..., Any]


@dataclass(frozen=True)
class XlaModel:
    """What a TextEngine keeps between requests."""

    checkpoint: Checkpoint
    decoder: Decoder
    device: str
    compiler: Compiler
    precision: str = "float32"

    @property
    def most_tokens(self) -> int:
        """Tokens of all rows that may be read by one call."""
        if "CPU" not in self.device:
            return 8 * CHUNKS[-1]
        return max(1, int(READ_WORK / (self.checkpoint.bytes / 4)))

    @property
    def step_bytes(self) -> int:
        """Bytes of weights that a step reads."""
        return self.checkpoint.bytes

    @property
    def architecture(self) -> Architecture:
        """Its sizes."""
        return self.checkpoint.architecture

    @property
    def tokenizer(self) -> Tokenizer:
        """Text to tokens and back."""
        return self.checkpoint.tokenizer


@dataclass(frozen=True, slots=True)
class Bucket:
    """The shapes that are compiled: rows, tokens of a chunk, slots of a cache."""

    rows: int
    chunk: int
    slots: int

    @classmethod
    def of(cls, rows: int, longest: int, new: int, most: int) -> Bucket:
        """The smallest for so many rows, tokens of the longest prompt, and new tokens.

        most: tokens of all rows that may be read by one call.
        """
        rows = power_of_two(rows)
        chunk = next((size for size in CHUNKS if size >= longest), CHUNKS[-1])
        while chunk > LEAST_CHUNK and chunk * rows > most:
            chunk //= 2
        padded = -(-longest // chunk) * chunk
        return cls(rows, chunk, max(SLOTS, power_of_two(padded + new)))


def power_of_two(number: int) -> int:
    """The smallest power of two that is not below a number above 0."""
    return 1 << (number - 1).bit_length()


class XlaWriting(Writing):
    """A request whose functions XLA has compiled."""

    def __init__(
        self, model: XlaModel, request: TextRequest, meter: Meter, report: Report, batch_size: int
    ) -> None:
        super().__init__(model, request, meter, report, batch_size)
        self._xla = model

    def functions(self, batch: list[Row]) -> list[Function]:
        """What is compiled for a batch: read, then write_block, or candidates and advance."""
        search, decoder, bucket = self._request.search, self._xla.decoder, self._bucket(batch)
        wanted: dict[Any, Wanted] = {
            ("read", bucket): Wanted(
                partial(prefill, decoder),
                lambda: (
                    tf.zeros((bucket.rows, bucket.chunk), tf.int32),
                    self._empty(bucket.rows, bucket),
                    tf.constant(False),
                ),
                lambda tokens, context, go: context,
            )
        }
        if isinstance(search, BeamSearch):
            rows, shape = bucket.rows * search.beams, (bucket.rows, search.beams)
            keep = max(2, 1 + len(self._ends)) * search.beams
            wanted["candidates", shape, keep] = Wanted(
                partial(candidates, keep=keep),
                lambda: (self._empty(rows, bucket).logits, tf.zeros(shape)),
                lambda *_: (0, 0),
            )
            wanted["advance", shape, bucket.slots] = Wanted(
                partial(advance, decoder),
                lambda: (self._empty(rows, bucket), *[tf.zeros(rows, tf.int32)] * 2),
                lambda context, *_: context,
            )
        else:
            sampled = isinstance(search, Sampling)
            wanted["write", sampled, bucket.rows, bucket.slots] = Wanted(
                partial(write_block, decoder, sampled),
                lambda: (
                    self._draft(batch, bucket, self._empty(bucket.rows, bucket)),
                    self._choice(batch, bucket),
                    tf.constant(0),
                ),
                lambda draft, *_: (draft, 0, 0),
            )
        with self._meter.stage("compile"):
            return self._xla.compiler.get(wanted, self._report)

    def write(self, batch: list[Row]) -> None:
        """Write the texts of a batch."""
        with tf.device(self._xla.device):
            read, *rest = self.functions(batch)
            context = self._prefill(batch, read)
            self._decoding = time.perf_counter()
            with self._meter.stage("decode"):
                if isinstance(self._request.search, BeamSearch):
                    self._follow_beams(self._request.search, batch, context, *rest)
                else:
                    self._write_blocks(batch, context, *rest)

    # ── shapes and data ───────────────────────────────────────────────────────────────────────

    def _bucket(self, batch: list[Row]) -> Bucket:
        longest = max(len(row.prompt) for row in batch)
        new = max(self._longest(row.prompt) for row in batch)
        return Bucket.of(len(batch), longest, new, self._xla.most_tokens)

    def _empty(self, rows: int, bucket: Bucket) -> Context:
        return self._xla.decoder.empty(tf.zeros(rows, tf.int32), bucket.slots)

    def _draft(self, batch: list[Row], bucket: Bucket, context: Context) -> Draft:
        seen = np.zeros((bucket.rows, self._xla.architecture.vocabulary), bool)
        for line, row in zip(seen, batch, strict=False):
            line[row.prompt] = True
        done = np.arange(bucket.rows) >= len(batch)  # rows that only fill the bucket
        return Draft(context, tf.constant(seen), tf.constant(done), tf.constant(0))

    def _choice(self, batch: list[Row], bucket: Bucket) -> Choice:
        search = self._request.search
        sampling = search if isinstance(search, Sampling) else Sampling()
        keys = np.zeros((bucket.rows, 2), np.uint32)
        keys[: len(batch)] = [row.key for row in batch]
        known = len(self._xla.tokenizer.ends)
        ends = [*self._ends, *[NOTHING] * (max(1, known) - len(self._ends))]
        return Choice(
            temperature=tf.constant(sampling.temperature, tf.float32),
            top_k=tf.constant(sampling.top_k),
            top_p=tf.constant(sampling.top_p, tf.float32),
            penalty=tf.constant(getattr(search, "repetition_penalty", 1.0), tf.float32),
            keys=tf.constant(keys),
            ends=tf.constant(ends),
        )

    def _prefill(self, batch: list[Row], read: Function) -> Context:
        """Read the prompts, chunk by chunk."""
        bucket = self._bucket(batch)
        longest = max(len(row.prompt) for row in batch)
        length = -(-longest // bucket.chunk) * bucket.chunk
        tokens = np.zeros((bucket.rows, length), np.int32)
        padding = np.full(bucket.rows, length - 1, np.int32)
        for number, row in enumerate(batch):
            padding[number] = length - len(row.prompt)
            tokens[number, padding[number] :] = row.prompt
        context = self._xla.decoder.empty(tf.constant(padding), bucket.slots)
        self._read += sum(len(row.prompt) for row in batch)
        with self._meter.stage("prefill"):
            for start in range(0, length, bucket.chunk):
                self._report(Progress(stage="prefill", done=start, total=length))
                chunk = tf.constant(tokens[:, start : start + bucket.chunk])
                context = read(chunk, context, tf.constant(True))
                self._passes += 1
                context.slot.numpy()  # waits for the device
        self._report(Progress(stage="prefill", done=length, total=length))
        return context

    # ── greedy and sampling ───────────────────────────────────────────────────────────────────

    def _write_blocks(self, batch: list[Row], context: Context, write_block: Function) -> None:
        bucket = self._bucket(batch)
        draft, choice = self._draft(batch, bucket, context), self._choice(batch, bucket)
        writers = [self._writer(row.prompt) for row in batch]
        gained: list[list[float]] = [[] for _ in batch]  # log-probabilities
        written, total = 0, max(self._longest(row.prompt) for row in batch)
        steps = 1  # the first token is shown as soon as there is one
        while not all(writer.ending for writer in writers):
            start = time.perf_counter()
            draft, *block = write_block(draft, choice, tf.constant(steps))
            tokens, gains = (part.numpy()[:steps] for part in block)
            seconds = (time.perf_counter() - start) / steps
            self._note_first_token()
            written += steps
            for number, (row, writer) in enumerate(zip(batch, writers, strict=True)):
                if not writer.ending:
                    before = writer.length
                    piece = writer.write(tokens[:, number].tolist())
                    gained[number] += gains[: writer.length - before, number].tolist()
                    self._tell(row.number, piece, writer, fsum(gained[number]), written, total)
            ended = [bool(writer.ending) for writer in writers]
            ended += [True] * (bucket.rows - len(batch))
            draft = draft._replace(done=tf.constant(ended))
            steps = max(1, min(BLOCK, int(CALL_SECONDS / seconds), total - written))
        self._steps += written
        self._end(writers, gained)

    # ── beams ─────────────────────────────────────────────────────────────────────────────────

    def _follow_beams(
        self,
        search: BeamSearch,
        batch: list[Row],
        context: Context,
        candidates: Function,
        advance: Function,
    ) -> None:
        rows, vocabulary = context.padding.shape[0], context.logits.shape[-1]
        prompts = [self._beams(search, row.prompt) for row in batch]
        # Prompts that only fill the bucket end at once.
        prompts += [Beams(search.beams, 1.0, 1, lambda _: True) for _ in range(rows - len(batch))]
        context = take_rows(context, tf.repeat(tf.range(rows), search.beams))
        offsets = np.arange(rows)[:, None] * search.beams
        written, total = 0, max(self._longest(row.prompt) for row in batch)
        while True:
            scores = np.stack([prompt.scores for prompt in prompts])
            best, places = candidates(context.logits, tf.constant(scores))
            for prompt, score, place in zip(prompts, best.numpy(), places.numpy(), strict=True):
                if prompt.open:
                    prompt.step(score, place, vocabulary)
            self._note_first_token()
            written += 1
            self._report(Progress(stage="decode", done=written, total=total))
            if not any(prompt.open for prompt in prompts):
                break
            parents = offsets + np.stack([prompt.parents for prompt in prompts])
            tokens = np.array([text[-1] if text else 0 for p in prompts for text in p.texts])
            context = advance(
                context,
                tf.constant(parents.reshape(-1), tf.int32),
                tf.constant(tokens, tf.int32),
            )
        self._steps += written
        for row, prompt in zip(batch, prompts, strict=False):
            for copy, (score, text) in enumerate(prompt.finished[: search.sequences]):
                writer = self._writer(row.prompt)
                piece = writer.write(text)
                number = row.number * search.sequences + copy
                self._report(
                    Progress(
                        stage="decode",
                        done=written,
                        total=total,
                        row=number,
                        text=piece,
                        written=as_written(writer, score),
                    )
                )
                self._written.append((writer, score))

    def _beams(self, search: BeamSearch, prompt: list[int]) -> Beams:
        def ends(text: list[int]) -> bool:
            if not self._request.stop:
                return text[-1] in self._ends
            writer = self._writer(prompt)
            writer.write(text)
            return writer.ending in ("end", "stop")

        return Beams(search.beams, search.length_penalty, self._longest(prompt), ends)
