"""A request at work with the step in C: prompts read in chunks, then a token of each text a step.

What was read stays until the next request: prompts that begin alike, and a conversation that goes
on, are read from where they part. That changes no bit, since an output of a product is one sum
whatever was computed beside it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine.api import BeamSearch, Progress
from engine.errors import UserError
from engine.text.checkpoint.config import Architecture
from engine.text.native.decoder import Decoder
from engine.text.native.grammar import Grammars
from engine.text.native.sampling import choose
from engine.text.tokenizer import Tokenizer
from engine.text.writing import Row, Writing

_READ_WORK = 2e10  # weights · tokens of a call that reads: 0.1 s on two cores, so Stop is heard
_CHUNK = (16, 256)  # tokens of such a call, at least and at most


@dataclass(kw_only=True)
class NativeModel:
    """What a TextEngine keeps between requests. held: the tokens in each slot of the decoder."""

    architecture: Architecture
    tokenizer: Tokenizer
    decoder: Decoder
    precision: str
    held: list[list[int]] = field(default_factory=list)

    @cached_property
    def grammars(self) -> Grammars:
        """For texts that follow a schema."""
        return Grammars(self.tokenizer, self.architecture.vocabulary)

    @property
    def step_bytes(self) -> int:
        """Bytes of weights that a step reads."""
        return self.decoder.weights.bytes

    @property
    def chunk(self) -> int:
        """Tokens of a prompt that are read by one call."""
        a, inner = self.architecture, self.decoder.weights.inner
        layer = a.width * (2 * a.n_head * a.head_dim + 2 * a.n_kv_head * a.head_dim)
        weights = a.n_layer * (layer + (3 if a.gated else 2) * a.width * inner)
        return int(min(max(_READ_WORK / weights, _CHUNK[0]), _CHUNK[1]))


class NativeWriting(Writing):
    """A request, greedy or sampled."""

    _model: NativeModel

    def write(self, batch: list[Row]) -> None:
        """Write the texts of a batch."""
        logits = self._read_prompts(batch)
        self._decoding = time.perf_counter()
        with self._meter.stage("decode"):
            self._write_tokens(batch, logits)

    # ── prompts ───────────────────────────────────────────────────────────────────────────────

    def _read_prompts(self, batch: list[Row]) -> list[np.ndarray]:
        """Read what is not there yet of each prompt; the logits behind each, [vocabulary]."""
        known = self._place(batch)
        total, done = sum(len(row.prompt) for row in batch), 0
        logits: list[np.ndarray] = []
        held = self._model.held
        with self._meter.stage("prefill"):
            for slot, row in enumerate(batch):
                start, before = known[slot], _longest_start(row.prompt, held[:slot])
                same = before[0] if before[1] == len(row.prompt) else None
                if same is not None and batch[same].prompt == row.prompt:  # sampled several times
                    self._model.decoder.copy(same, slot, len(row.prompt))
                    logits.append(logits[same])
                    start = len(row.prompt)
                elif before[1] > start:  # it begins like another one of this batch
                    self._model.decoder.copy(before[0], slot, before[1])
                    start = min(before[1], len(row.prompt) - 1)
                self._kept += start
                self._read += len(row.prompt) - start
                done += start
                for first in range(start, len(row.prompt), self._model.chunk):
                    self._report(Progress(stage="prefill", done=done, total=total))
                    part = row.prompt[first : first + self._model.chunk]
                    held[slot] = row.prompt[:first]  # true whatever `report` raises
                    last = first + len(part) == len(row.prompt)
                    found = self._model.decoder.read(
                        part, [slot] * len(part), list(range(first, first + len(part))), int(last)
                    )
                    done += len(part)
                    self._passes += 1
                    if last:
                        logits.append(found[0])
                held[slot] = list(row.prompt)
        self._report(Progress(stage="prefill", done=total, total=total))
        return logits

    def _place(self, batch: list[Row]) -> list[int]:
        """Give each row a slot; how many tokens of its prompt are there already. The last one is
        always read, since its logits are wanted."""
        held, taken, keep = self._model.held, set[int](), []
        for slot, row in enumerate(batch):
            rest = [tokens if old not in taken else [] for old, tokens in enumerate(held)]
            if (
                slot < len(held)
                and slot not in taken
                and held[slot] == row.prompt[: len(held[slot])]
            ):
                old, length = slot, len(held[slot])
            else:
                old, length = _longest_start(row.prompt, rest)
            taken.add(old)
            keep.append((old, slot, min(length, len(row.prompt) - 1)))
        positions = max(len(row.prompt) + self._longest(row.prompt) for row in batch)
        try:
            self._model.decoder.make_room(len(batch), positions, [each for each in keep if each[2]])
        except MemoryError as error:
            self._model.held.clear()
            raise UserError(
                f"there is no memory for {len(batch)} texts of {positions} tokens: ask for fewer "
                "tokens or fewer texts together"
            ) from error
        self._model.held[:] = [
            row.prompt[:length] for row, (_, _, length) in zip(batch, keep, strict=True)
        ]
        return [length for _, _, length in keep]

    # ── tokens ────────────────────────────────────────────────────────────────────────────────

    def _write_tokens(self, batch: list[Row], logits: list[np.ndarray]) -> None:
        search = self._request.search
        assert not isinstance(search, BeamSearch)
        writers = [self._writer(row.prompt) for row in batch]
        gained: list[list[float]] = [[] for _ in batch]
        seen = np.zeros((len(batch), self._model.architecture.vocabulary), bool)
        for line, row in zip(seen, batch, strict=True):
            line[row.prompt] = True
        schema = self._request.schema
        grammars = [self._model.grammars.begin(schema) for _ in batch] if schema else []
        held, step = self._model.held, 0
        total = max(self._longest(row.prompt) for row in batch)
        open_rows = list(range(len(batch)))
        while True:
            tokens = {}
            for place, number in enumerate(open_rows):
                row, writer = batch[number], writers[number]
                allowed = grammars[number].allowed() if grammars else None
                tokens[number], gain = choose(
                    logits[place], seen[number], search, row.key, step, allowed
                )
                if grammars:
                    grammars[number].take(tokens[number])
                seen[number, tokens[number]] = True
                gained[number].append(gain)
                self._note_first_token()
                piece = writer.write([tokens[number]])
                self._tell(row.number, piece, writer, sum(gained[number]), step + 1, total)
            step += 1
            self._steps += 1
            open_rows = [number for number in open_rows if not writers[number].ending]
            if not open_rows:
                break
            logits = list(
                self._model.decoder.read(
                    [tokens[number] for number in open_rows],
                    open_rows,
                    [len(held[number]) for number in open_rows],
                    len(open_rows),
                )
            )
            for number in open_rows:
                held[number].append(tokens[number])
        self._end(writers, gained)


def _longest_start(prompt: list[int], texts: list[list[int]]) -> tuple[int, int]:
    """Which text begins most like a prompt, and for how many tokens."""
    best = (0, 0)
    for number, text in enumerate(texts):
        limit = min(len(prompt), len(text))
        length = next((i for i in range(limit) if prompt[i] != text[i]), limit)
        if length > best[1]:
            best = (number, length)
    return best
