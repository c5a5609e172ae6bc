"""Semantic stage: text → semantic ids, about 50 for a second of sound.

The prompt is fixed in length: at each position the embedding of a text id plus that of a semantic
id of the voice, both padded, then the infer token (suno-ai/bark, `generate_text_semantic`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.bark.batch import CausalStage
from engine.bark.checkpoint import Weights
from engine.bark.config import BarkConfig
from engine.bark.linear import Compute
from engine.bark.native import load_transformer
from engine.bark.sampling import Sampler
from engine.bark.transformer import Tick
from engine.errors import UserError


@dataclass(eq=False)
class SemanticRow:
    """A row in flight. limit: tokens at most. fixed: exactly that many, the end cannot come."""

    index: int
    text_ids: list[int]
    history: Tensor | None  # int64 (S,), the voice's semantic ids
    uniforms: Tensor  # float32 (limit,)
    limit: int
    fixed: bool = False
    tokens: list[int] = field(default_factory=list)
    ended: bool = False
    position: int = 0


class SemanticStage(CausalStage[SemanticRow]):
    """Text ids → semantic ids, for many rows at once."""

    def __init__(self, weights: Weights, config: BarkConfig, compute: Compute) -> None:
        size, rules = config.semantic, config.semantic_rules
        head = weights.get("semantic.lm_head.weight", (size.output_vocab_size, size.hidden_size))
        # Only these ids may come: all semantic ids, then the end.
        allowed = [*range(rules.semantic_vocab_size), rules.eos_token_id]
        super().__init__(
            load_transformer(weights, "semantic", size, compute), head[allowed].clone(), compute
        )
        self.rules = rules
        self.weights = weights
        self.input_vocab = size.input_vocab_size
        # The table has a row for each word piece of a large vocabulary, of which a prompt uses a
        # few: those are read from the file, and only the semantic ids are kept in memory.
        self.register_buffer("embedding", self._embed(range(rules.semantic_vocab_size)))

    embedding: Tensor

    def _embed(self, ids: range | list[int]) -> Tensor:
        if max(ids) >= self.input_vocab:
            raise UserError(
                f"the tokenizer or voice gives id {max(ids)}, the semantic model knows "
                f"{self.input_vocab}: its files do not belong together; get the model again"
            )
        shape = (self.input_vocab, self.transformer.config.hidden_size)
        rows = self.weights.rows("semantic.input_embeds_layer.weight", shape, ids)
        return rows.to(self.compute.tables)

    def admit(self, row: SemanticRow, tick: Tick) -> None:
        """Read the prompt of a row and put it in flight."""
        rules = self.rules
        length = rules.max_input_semantic_length
        text = [i + rules.text_encoding_offset for i in row.text_ids[:length]]
        text += [rules.text_pad_token] * (length - len(text))
        history = [] if row.history is None else row.history[-length:].tolist()
        history += [rules.eos_token_id] * (length - len(history))
        embedded = self._embed([*text, *history, rules.semantic_infer_token])
        embedded = embedded.to(self.logits.device, self.compute.activations)
        prompt = torch.cat([embedded[:length] + embedded[length : 2 * length], embedded[-1:]])
        self.rows.append(row)
        self.read(len(self.rows) - 1, prompt, tick)

    def step(self, sampler: Sampler, min_eos_p: float) -> list[SemanticRow]:
        """One token for every row in flight. Returns the rows that are finished, taken out.

        min_eos_p: a row ends as soon as its end is at least this probable, before temperature; 0
        waits until the end is drawn.
        """
        count = len(self.rows)
        logits = self.logits[:count]
        end = self.outputs - 1
        fixed = [i for i, row in enumerate(self.rows) if row.fixed]
        if fixed:
            logits[fixed, end] = -torch.inf
        uniforms = torch.stack([row.uniforms[len(row.tokens)] for row in self.rows])
        chosen = sampler(logits, uniforms)
        if min_eos_p > 0:
            ends = logits.softmax(-1)[:, end] > min_eos_p
            chosen = chosen.masked_fill(ends, end)
        finished = []
        for slot, (row, token) in enumerate(zip(self.rows, chosen.tolist(), strict=True)):
            if token == end:
                row.ended = True
            else:
                row.tokens.append(token)
            if row.ended or len(row.tokens) == row.limit:
                row.ended = row.ended or row.fixed
                finished.append(slot)
        gone = self.drop(finished)
        if self.rows:
            last = torch.tensor([row.tokens[-1] for row in self.rows], device=chosen.device)
            self.advance(self.embedding[last])
        return gone
