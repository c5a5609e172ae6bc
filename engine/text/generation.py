"""One request at work: rows in buckets, prefill in chunks, blocks of tokens, beams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import fsum
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.api import BeamSearch, Progress, Report, Sampling, Text, TextRequest, WrittenText
from engine.errors import UserError
from engine.system.meter import Meter
from engine.text.beams import Beams, advance, candidates
from engine.text.checkpoint.model import Checkpoint
from engine.text.compiler import Compiler, Wanted
from engine.text.decoder import Context, Decoder, prefill, take_rows
from engine.text.search import BLOCK, NOTHING, Choice, Draft, random_keys, write_block
from engine.text.tokenizer import Writer

CHUNKS = (16, 32, 64)  # tokens of a prompt read by one call; longer prompts take several
LEAST_CHUNK = 4  # below, reading is as slow as writing
READ_WORK = 1.6e10  # weights · tokens · rows of such a call: 0.1 s on two cores, so Stop is heard
SLOTS = 256  # of the smallest cache; larger ones double
CALL_SECONDS = 0.18  # how long a call may write before the next chance to stop

Function = Callable[..., Any]


@dataclass(frozen=True)
class Model:
    """What a TextEngine keeps between requests."""

    checkpoint: Checkpoint
    decoder: Decoder
    device: str
    compiler: Compiler

    @property
    def most_tokens(self) -> int:
        """Tokens of all rows that may be read by one call."""
        if "CPU" not in self.device:
            return 8 * CHUNKS[-1]
        return max(1, int(READ_WORK / (self.checkpoint.bytes / 4)))

    def encode(self, prompt: str, chat: bool | None) -> list[int]:
        """Prompt → tokens. Raises UserError when the model's context has no room for one more."""
        tokens = self.checkpoint.tokenizer.encode(prompt, chat=chat)
        context = self.checkpoint.architecture.context
        if len(tokens) >= context:
            raise UserError(
                f"the prompt has {len(tokens)} tokens, but prompt and new text together have room "
                f"for {context}: shorten it"
            )
        return tokens


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


@dataclass(frozen=True, slots=True)
class Row:
    """A text to write; with beams, a prompt. key: its random stream, uint32 [2]."""

    number: int
    prompt: list[int]
    key: NDArray[np.uint32]


class Writing:
    """Everything that happens to one request, batch after batch."""

    def __init__(
        self, model: Model, request: TextRequest, meter: Meter, report: Report, batch_size: int
    ) -> None:
        self._model, self._request, self._meter, self._report = model, request, meter, report
        self._batch_size = batch_size
        self._ends = () if request.full_length else model.checkpoint.tokenizer.ends
        self._written: list[tuple[Writer, float]] = []
        self._first_token = self._decoding = 0.0

    def batches(self) -> Iterator[list[Row]]:
        """The rows of the request, as many together as may be. Raises UserError, see encode."""
        search = self._request.search
        copies = search.sequences if isinstance(search, Sampling) else 1
        keys = random_keys(search.seed if isinstance(search, Sampling) else (0, 0), copies)
        prompts = [
            self._model.encode(prompt, self._request.chat) for prompt in self._request.prompts
        ]
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

    def functions(self, batch: list[Row]) -> list[Function]:
        """What is compiled for a batch: read, then write_block, or candidates and advance."""
        search, decoder, bucket = self._request.search, self._model.decoder, self._bucket(batch)
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
            return self._model.compiler.get(wanted, self._report)

    def write(self, batch: list[Row]) -> None:
        """Write the texts of a batch."""
        with tf.device(self._model.device):
            read, *rest = self.functions(batch)
            context = self._prefill(batch, read)
            self._decoding = time.perf_counter()
            with self._meter.stage("decode"):
                if isinstance(self._request.search, BeamSearch):
                    self._follow_beams(self._request.search, batch, context, *rest)
                else:
                    self._write_blocks(batch, context, *rest)

    def result(self) -> Text:
        """What has been written."""
        return Text(
            texts=tuple(writer.text for writer, _ in self._written),
            scores=tuple(score for _, score in self._written),
            tokens=tuple(np.array(writer.tokens, np.int32) for writer, _ in self._written),
            endings=tuple(writer.ending for writer, _ in self._written),
            metrics=self._meter.metrics(),
            compiled=self._model.compiler.cost,
            first_token=self._first_token,
        )

    # ── shapes and data ───────────────────────────────────────────────────────────────────────

    def _longest(self, prompt: list[int]) -> int:
        """New tokens that a prompt may get: what was asked for, or what the context has room."""
        room = self._model.checkpoint.architecture.context - len(prompt)
        return min(self._request.max_new_tokens, room)

    def _bucket(self, batch: list[Row]) -> Bucket:
        longest = max(len(row.prompt) for row in batch)
        new = max(self._longest(row.prompt) for row in batch)
        return Bucket.of(len(batch), longest, new, self._model.most_tokens)

    def _empty(self, rows: int, bucket: Bucket) -> Context:
        return self._model.decoder.empty(tf.zeros(rows, tf.int32), bucket.slots)

    def _draft(self, batch: list[Row], bucket: Bucket, context: Context) -> Draft:
        seen = np.zeros((bucket.rows, self._model.checkpoint.architecture.vocabulary), bool)
        for line, row in zip(seen, batch, strict=False):
            line[row.prompt] = True
        done = np.arange(bucket.rows) >= len(batch)  # rows that only fill the bucket
        return Draft(context, tf.constant(seen), tf.constant(done), tf.constant(0))

    def _choice(self, batch: list[Row], bucket: Bucket) -> Choice:
        search = self._request.search
        sampling = search if isinstance(search, Sampling) else Sampling()
        keys = np.zeros((bucket.rows, 2), np.uint32)
        keys[: len(batch)] = [row.key for row in batch]
        known = len(self._model.checkpoint.tokenizer.ends)
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
        context = self._model.decoder.empty(tf.constant(padding), bucket.slots)
        with self._meter.stage("prefill"):
            for start in range(0, length, bucket.chunk):
                self._report(Progress(stage="prefill", done=start, total=length))
                chunk = tf.constant(tokens[:, start : start + bucket.chunk])
                context = read(chunk, context, tf.constant(True))
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
        for writer, gain in zip(writers, gained, strict=True):
            self._written.append((writer, fsum(gain) / writer.length))

    def _tell(
        self, row: int, piece: str, writer: Writer, gain: float, done: int, total: int
    ) -> None:
        """Report a new piece of a row, and the whole text where it has ended. gain: the sum of its
        log-probabilities, exact, so that it does not matter how many tokens one call wrote."""
        ended = _ended(writer, gain / writer.length) if writer.ending else None
        self._report(
            Progress(stage="decode", done=done, total=total, row=row, text=piece, written=ended)
        )

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
                        written=_ended(writer, score),
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

    def _writer(self, prompt: list[int]) -> Writer:
        longest = self._longest(prompt)
        return Writer(
            self._model.checkpoint.tokenizer,
            prompt,
            longest=longest,
            full="context" if longest < self._request.max_new_tokens else "length",
            stop=self._request.stop,
            ends=self._ends,
        )

    def _note_first_token(self) -> None:
        if not self._first_token:
            work = self._meter.metrics().seconds
            self._first_token = work + time.perf_counter() - self._decoding


def _ended(writer: Writer, score: float) -> WrittenText:
    return WrittenText(
        text=writer.text, score=float(score), tokens=tuple(writer.tokens), ending=writer.ending
    )
