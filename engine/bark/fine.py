"""Fine stage: the first codebooks → all codebooks, window by window.

Not causal: each pass over a window sees all its frames and predicts one more codebook for all of
them at once (suno-ai/bark, `generate_fine`). A clip shorter than a window is padded and the padding
takes part, as it did in training; `unpadded` leaves it out, and the work with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.bark.checkpoint import Weights
from engine.bark.config import BarkConfig
from engine.bark.decoder import Tick
from engine.bark.linear import Compute, make_linear
from engine.bark.load import load_reader
from engine.bark.one_thread import one_thread
from engine.bark.sampling import Sampler, must_be_finite


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
        passes = range(self.n_coarse, rules.n_fine_codebooks)
        for i, (start, fill) in enumerate(windows):
            part = codes[start : start + window]  # a view: what is filled in stays for the next
            fresh = slice(fill - start, window)
            with one_thread():
                embedded = self._sum(part[:, : self.n_coarse])
            for n, book in enumerate(passes):
                with one_thread():
                    x = embedded + self.tables[book][part[:, book]]
                hidden = self.reader.read(x, tick)
                logits = self.heads[n](hidden[fresh]).float()
                done = i * len(passes) + n
                with one_thread():
                    must_be_finite(logits, self.compute.precision)
                    part[fresh, book] = sampler(logits, uniforms[done][fresh])
                    embedded = embedded + self.tables[book][part[:, book]]
                passed(done + 1, len(windows) * len(passes))
        return codes[known : known + frames].T.cpu()

    def _sum(self, codes: Tensor) -> Tensor:
        """Summed embeddings of the first codebooks: (frames, books) → (frames, width)."""
        found = torch.stack([t[c] for t, c in zip(self.tables, codes.T, strict=False)])
        return found.to(self.compute.activations).sum(0)
