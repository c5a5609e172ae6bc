"""Fine stage: the first codebooks → all codebooks, window by window.

Not causal: each pass over a window sees all its frames and predicts one more codebook for all of
them at once (suno-ai/bark, `generate_fine`). A clip shorter than a window is padded and the padding
takes part, as it did in training; `unpadded` leaves it out, and the work with it.

On an accelerator all windows are computed in one and the same memory, and the passes are captured
where the device can do that (graphs.py): there a whole window is chosen for, and what was known
before stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from engine.bark.checkpoint import Weights
from engine.bark.config import BarkConfig
from engine.bark.decoder import Tick
from engine.bark.graphs import Graphs
from engine.bark.linear import Compute, make_linear
from engine.bark.load import load_reader
from engine.bark.one_thread import one_thread
from engine.bark.sampling import Sampler, Sampling, all_finite, must_be_finite, overflowed


class FineStage(nn.Module):
    """Coarse codes → all codes, one row at a time: a row never sees another one's frames."""

    def __init__(
        self, weights: Weights, config: BarkConfig, compute: Compute, *, unpadded: bool = False
    ) -> None:
        super().__init__()
        size = config.fine
        self.rules = config.fine_rules
        self.n_coarse = config.coarse_rules.n_coarse_codebooks
        self.codebook_size = config.codebook_size
        self.compute = compute
        self.unpadded = unpadded
        self.heads_of_attention = size.num_heads
        self.reader = load_reader(weights, "fine_acoustics", size, compute)
        tables, heads = [], []
        for book in range(size.n_codes_total):
            name = f"fine_acoustics.input_embeds_layers.{book}.weight"
            table = weights.get(name, (size.input_vocab_size, size.hidden_size))
            tables.append(table.to(compute.tables))
            if book >= self.n_coarse:
                # A head is tied to the embedding of the next codebook where the file has no own.
                own = f"fine_acoustics.lm_heads.{book - size.n_codes_given}.weight"
                head = (
                    weights.get(own, (size.output_vocab_size, size.hidden_size))
                    if (own in weights)
                    else table
                )
                heads.append(make_linear(head[: self.codebook_size].clone(), None, compute))
        self.register_buffer("tables", torch.stack(tables))
        self.heads = nn.ModuleList(heads)
        self._still: _Window | None = None

    tables: Tensor  # (codebooks, vocabulary, width)

    def forward(self) -> FineStage:
        """Does nothing: entering a stage is what offload hooks listen to."""
        return self

    def windows(self, frames: int, history: int) -> list[tuple[int, int]]:
        """(first frame, first frame to fill) of each window over history and new frames."""
        length, hop = self.rules.max_fine_input_length, self.rules.max_fine_history_length
        if self.unpadded and history + frames <= length:
            return [(0, history)]
        total = max(history + frames, length)
        count = max(0, math.ceil((frames - (length - history)) / hop)) + 1
        return [
            (min(i * hop, total - length), min(history + i * hop, total - hop))
            for i in range(count)
        ]

    def numbers(self, frames: int, history: int) -> int:
        """Random numbers that `generate` needs."""
        passes = self.rules.n_fine_codebooks - self.n_coarse
        return len(self.windows(frames, history)) * passes * self._length(frames + history)

    def _length(self, total: int) -> int:
        """Frames of a window, where there are so many frames in all."""
        longest = self.rules.max_fine_input_length
        return min(total, longest) if self.unpadded else longest

    def generate(
        self,
        coarse: Tensor,
        history: Tensor | None,
        sampler: Sampler,
        uniforms: Tensor,
        tick: Tick,
        passed: Callable[[int, int], None],
    ) -> Tensor:
        """coarse: int64 (coarse codebooks, frames) → int64 (codebooks, frames).

        history: int64 (codebooks, frames) of earlier sound, of which the last hop is used.
        uniforms: float32 (numbers(…),). passed(done, total) is called after every pass.
        """
        rules = self.rules
        frames = coarse.shape[1]
        codes = coarse.new_full((frames, rules.n_fine_codebooks), self.codebook_size)
        codes[:, : self.n_coarse] = coarse.T
        known = 0
        if history is not None:
            earlier = history.T[-rules.max_fine_history_length :].to(codes)
            known = len(earlier)
            codes = torch.cat([earlier, codes])
        window = self._length(len(codes))
        if len(codes) < window:
            padding = codes.new_full((window - len(codes), codes.shape[1]), self.codebook_size)
            codes = torch.cat([codes, padding])
        codes = codes.to(self.compute.device)
        uniforms = uniforms.to(self.compute.device).view(-1, window)

        windows = self.windows(frames, known)
        passes = rules.n_fine_codebooks - self.n_coarse
        for i, (start, fill) in enumerate(windows):
            part = codes[start : start + window]  # a view: what is filled in stays for the next
            numbers = uniforms[i * passes : (i + 1) * passes]
            done = range(i * passes, (i + 1) * passes)
            ways = self._alike if self._is_static else self._as_it_is
            for n, _ in zip(done, ways(part, fill - start, numbers, sampler, tick), strict=True):
                passed(n + 1, len(windows) * passes)
        return codes[known : known + frames].T.cpu()

    @property
    def _is_static(self) -> bool:
        """Whether all windows are computed in one place. Unpadded ones have their own lengths."""
        return self.compute.steps != "one" and not self.unpadded

    def _as_it_is(
        self, part: Tensor, first: int, numbers: Tensor, sampler: Sampler, tick: Tick
    ) -> Iterator[None]:
        """Fill a window in, pass by pass. part: int64 (frames, codebooks). first: frame to fill.
        numbers: float32 (passes, frames)."""
        with one_thread():
            embedded = self._sum(part[:, : self.n_coarse])
        for n, book in enumerate(range(self.n_coarse, part.shape[1])):
            with one_thread():
                x = embedded + self.tables[book][part[:, book]]
            hidden = self.reader.read(x, tick)
            logits = self.heads[n](hidden[first:]).float()
            with one_thread():
                must_be_finite(logits, self.compute.precision)
                part[first:, book] = sampler(logits, numbers[n][first:])
                embedded = embedded + self.tables[book][part[:, book]]
            yield

    def _alike(
        self, part: Tensor, first: int, numbers: Tensor, sampler: Sampler, tick: Tick
    ) -> Iterator[None]:
        """As `_as_it_is`, with the same operations on the same memory for every window."""
        if self._still is None or self._still.codes.shape != part.shape:
            self._still = _Window(part, numbers, self.tables.shape[-1], self.compute)
        still = self._still
        still.begin(part, first, numbers, sampler)
        still.run("sum", lambda: still.embedded.copy_(self._sum(still.codes[:, : self.n_coarse])))
        for n, book in enumerate(range(self.n_coarse, part.shape[1])):
            tick()
            still.run(n, partial(self._pass, still, n, book))
            yield
        part.copy_(still.codes)
        if bool(still.bad):
            raise overflowed(self.compute.precision)

    def _pass(self, still: _Window, n: int, book: int) -> None:
        x = still.embedded + self.tables[book][still.codes[:, book]]
        logits = self.heads[n](self.reader.read(x, lambda: None)).float()
        still.bad.logical_or_(~all_finite(logits).all())
        chosen = still.sampling.choose(logits, still.numbers[n])
        own = still.codes[:, book]
        own.copy_(torch.where(still.places >= still.first, chosen, own))
        still.embedded.add_(self.tables[book][own])

    def release(self) -> None:
        """Give everything back but the weights."""
        self.forget_graphs()  # and they hold this stage
        self._still = None

    def forget_graphs(self) -> None:
        """Captured passes look at weights that go."""
        if self._still is not None:
            self._still.graphs.clear()

    @property
    def note(self) -> str:
        """A sentence, where the passes could not be captured."""
        return "" if self._still is None else self._still.graphs.note

    def _sum(self, codes: Tensor) -> Tensor:
        """Summed embeddings of the first codebooks: (frames, books) → (frames, width)."""
        found = torch.stack([t[c] for t, c in zip(self.tables, codes.T, strict=False)])
        return found.to(self.compute.activations).sum(0)


class _Window:
    """The memory in which every window is filled in."""

    def __init__(self, part: Tensor, numbers: Tensor, width: int, compute: Compute) -> None:
        device = part.device
        self.codes = torch.zeros_like(part)
        self.numbers = torch.zeros_like(numbers)
        self.embedded = torch.zeros(len(part), width, dtype=compute.activations, device=device)
        self.places = torch.arange(len(part), device=device)
        self.first = torch.zeros(1, dtype=torch.int64, device=device)
        self.bad = torch.zeros((), dtype=torch.bool, device=device)
        self.graphs = Graphs.of(compute.steps)
        self.sampling: Sampling
        self._sampler: Sampler | None = None

    def begin(self, part: Tensor, first: int, numbers: Tensor, sampler: Sampler) -> None:
        """Lay a window in."""
        if sampler != self._sampler:
            self.graphs.clear()
            self.sampling, self._sampler = Sampling([sampler], part.device), sampler
        self.codes.copy_(part)
        self.numbers.copy_(numbers)
        self.first.fill_(first)
        self.bad.fill_(False)

    def run(self, key: object, work: Callable[[], object]) -> None:
        """A part of the passes."""
        self.graphs.run(key, work, (self.codes, self.embedded, self.bad))
