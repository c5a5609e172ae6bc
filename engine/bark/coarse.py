"""Coarse stage: semantic ids → the first codebooks of the codec, interleaved, window by window.

A window holds some semantic ids, the infer token and the latest coarse ids, and gains a few new
coarse ids; then it slides (suno-ai/bark, `generate_coarse`). As long as neither of its two ends
has slid, the next window begins with exactly what the cache already holds, and nothing is read
again: the original and transformers read every window from scratch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.bark.batch import CausalStage
from engine.bark.checkpoint import Weights
from engine.bark.config import BarkConfig
from engine.bark.decoder import Meaning, Tick
from engine.bark.linear import Compute
from engine.bark.load import load_decoder
from engine.bark.one_thread import one_thread
from engine.bark.sampling import Sampler
from engine.bark.state import State
from engine.bark.voices import Voice


@dataclass(eq=False)
class CoarseRow:
    """A row in flight.

    semantic: history and own semantic ids; base: how many of them are history. history: coarse ids
    of the voice in the stage's vocabulary, interleaved. tokens: new ones. total: how many to make.
    window: first semantic and first coarse id of the window that the cache holds. refills: windows
    that had to be read.
    """

    index: int
    semantic: list[int]
    base: int
    history: list[int]
    uniforms: Tensor  # float32 (total,)
    total: int
    sampler: Sampler
    tokens: list[int] = field(default_factory=list)
    window: tuple[int, int] = (-1, -1)
    position: int = 0
    refills: int = 0
    fixed = False  # it has no end

    @property
    def left(self) -> int:
        """Tokens that it can still get."""
        return self.total - len(self.tokens)


class CoarseStage(CausalStage[CoarseRow]):
    """Semantic ids → coarse codes, for many rows at once."""

    def __init__(
        self, weights: Weights, config: BarkConfig, compute: Compute, *, long_window: bool = False
    ) -> None:
        size, rules = config.coarse, config.coarse_rules
        first = config.semantic_rules.semantic_vocab_size
        last = first + rules.n_coarse_codebooks * config.codebook_size
        head = weights.get(
            "coarse_acoustics.lm_head.weight", (size.output_vocab_size, size.hidden_size)
        )
        # Only codes may come. transformers lets the last codebook run on into ids that are no
        # codes, and folds them into wrong ones later; the original forbids them, and so do we.
        super().__init__(
            load_decoder(weights, "coarse_acoustics", size, head[first:last].clone(), compute),
            compute,
        )
        self.rules = rules
        self.first = first
        self.codebook_size = config.codebook_size
        self.ratio = config.semantic_to_coarse_ratio
        self.semantic_history = math.floor(rules.max_coarse_history / self.ratio)
        self.window = self._window_length(config, long_window)
        table = weights.get(
            "coarse_acoustics.input_embeds_layer.weight", (size.input_vocab_size, size.hidden_size)
        )
        self.register_buffer("embedding", table.to(compute.tables))
        outputs = torch.arange(last - first).view(-1, self.codebook_size)
        self.register_buffer("outputs_of_book", outputs)

    outputs_of_book: Tensor  # int64 (codebooks, codebook size)

    def _window_length(self, config: BarkConfig, long_window: bool) -> int:
        """New ids of a window. A long one stays inside what it sees of the semantic ids."""
        rules = self.rules
        if not long_window:
            return rules.sliding_window_len
        ahead = int((rules.max_coarse_input_length - self.semantic_history) * self.ratio)
        prompt = rules.max_coarse_input_length + 1 + rules.max_coarse_history
        longest = min(2 * rules.sliding_window_len, ahead, config.coarse.block_size + 1 - prompt)
        longest -= longest % rules.n_coarse_codebooks
        return max(longest, rules.sliding_window_len)

    @property
    def positions(self) -> int:
        """Positions of the cache that a row can need."""
        rules = self.rules
        return rules.max_coarse_input_length + 1 + rules.max_coarse_history + self.window

    def length(self, semantic_tokens: int) -> int:
        """Coarse ids for so many semantic ids, all codebooks together."""
        books = self.rules.n_coarse_codebooks
        return round(math.floor(semantic_tokens * self.ratio / books) * books)

    def row(
        self,
        index: int,
        semantic: list[int],
        voice: Voice | None,
        uniforms: Tensor,
        sampler: Sampler,
    ) -> CoarseRow:
        """A row that continues a voice, or starts from nothing."""
        base, history = 0, list[int]()
        if voice is not None:
            kept_semantic, history = self._history(voice)
            base = len(kept_semantic)
            semantic = kept_semantic + semantic
        total = self.length(len(semantic) - base)
        return CoarseRow(index, semantic, base, history, uniforms, total, sampler)

    def _history(self, voice: Voice) -> tuple[list[int], list[int]]:
        """The end of a voice: semantic ids, and coarse ids as the stage's own vocabulary."""
        offsets = self.first + self.codebook_size * torch.arange(len(voice.coarse))
        coarse = (torch.from_numpy(voice.coarse).long() + offsets.unsqueeze(1)).T.flatten()
        count = min(
            self.semantic_history,
            len(voice.semantic) - len(voice.semantic) % 2,
            math.floor(len(coarse) / self.ratio),
        )
        if count == 0:
            return [], []
        # The two newest ids are dropped "for time alignment" by the original: it sounds better.
        kept = coarse[-round(count * self.ratio) :][:-2]
        return [int(i) for i in voice.semantic[-count:]], kept.tolist()

    def _slide(self, row: CoarseRow) -> tuple[int, int]:
        """Where the next window of a row begins: its first semantic and first coarse id."""
        now = row.base + round(len(row.tokens) / self.ratio)
        known = len(row.history) + len(row.tokens)
        return max(0, now - self.semantic_history), max(0, known - self.rules.max_coarse_history)

    def _prompt(self, row: CoarseRow) -> Tensor:
        """Embeddings of the window that `row.window` describes: (positions, width)."""
        rules = self.rules
        semantic_start, coarse_start = row.window
        semantic = row.semantic[semantic_start:][: rules.max_coarse_input_length]
        padding = [rules.coarse_semantic_pad_token] * (
            rules.max_coarse_input_length - len(semantic)
        )
        coarse = (row.history + row.tokens)[coarse_start:]
        ids = [*semantic, *padding, rules.coarse_infer_token, *coarse]
        with one_thread():
            return self.embedding[torch.tensor(ids, device=self.embedding.device)]

    def _read_window(self, slot: int, tick: Tick) -> None:
        row = self.rows[slot]
        row.refills += 1
        self.read(slot, self._prompt(row), tick)

    def admit(self, row: CoarseRow, tick: Tick) -> None:
        """Read the first window of a row and put it in flight."""
        row.window = self._slide(row)
        row.refills += 1
        self.join(row, self._prompt(row), tick)

    def choose(self, logits: Tensor, state: State) -> Tensor:
        """The next coarse id of each row, one of the codebook whose turn it is."""
        book = state.made % self.rules.n_coarse_codebooks
        own = logits.gather(1, self.outputs_of_book[book])
        codes = state.sampling.choose(own, state.number)
        return torch.add(codes + self.first, book, alpha=self.codebook_size)

    def meaning(self) -> Meaning:
        return Meaning(
            self.embedding, self.first, self.rules.n_coarse_codebooks, self.codebook_size
        )

    def certain(self, row: CoarseRow) -> int:
        return min(row.left, self.window - len(row.tokens) % self.window)

    def step(self, tick: Tick) -> list[CoarseRow]:
        """The next id or ids of every row in flight. Returns the rows that are finished, taken
        out."""
        slid = []
        for row, tokens in zip(self.rows, self.take(), strict=True):
            for token in tokens:
                row.tokens.append(self.token(token))
                if not row.left:
                    break
                at_window = len(row.tokens) % self.window == 0
                if at_window and (window := self._slide(row)) != row.window:
                    row.window = window
                    slid.append(row)
                    break
        gone = self.drop([i for i, row in enumerate(self.rows) if not row.left])
        if len(slid) < len(self.rows):
            # Rows whose window slid take part as well, to keep the batch whole, and are then read.
            self.go_on()
        for slot, row in enumerate(self.rows):
            if row in slid:
                self._read_window(slot, tick)
        return gone

    def heard(self, row: CoarseRow) -> Tensor:
        """Codes of the frames of a row up to the last window that is full: as `codes`."""
        return self.codes(row, len(row.tokens) - len(row.tokens) % self.window)

    def codes(self, row: CoarseRow, count: int | None = None) -> Tensor:
        """Codes of the frames that a row has so far: int64 (codebooks, frames). count: of its ids
        that are looked at; None takes all."""
        books = self.rules.n_coarse_codebooks
        count = len(row.tokens) if count is None else count
        whole = row.tokens[: count - count % books]
        offsets = self.first + self.codebook_size * torch.arange(books)
        return (torch.tensor(whole, dtype=torch.int64).view(-1, books) - offsets).T
