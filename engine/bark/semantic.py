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
from engine.bark.decoder import Meaning, Tick
from engine.bark.linear import Compute
from engine.bark.load import load_decoder
from engine.bark.one_thread import one_thread
from engine.bark.sampling import Sampler
from engine.bark.state import State
from engine.errors import UserError


@dataclass(eq=False)
class SemanticRow:
    """A row in flight. limit: tokens at most. fixed: exactly that many, the end cannot come."""

    index: int
    text_ids: list[int]
    history: Tensor | None  # int64 (S,), the voice's semantic ids
    uniforms: Tensor  # float32 (limit,)
    limit: int
    sampler: Sampler
    fixed: bool = False
    tokens: list[int] = field(default_factory=list)
    ended: bool = False
    position: int = 0

    @property
    def left(self) -> int:
        """Tokens that it can still get."""
        return self.limit - len(self.tokens)


class SemanticStage(CausalStage[SemanticRow]):
    """Text ids → semantic ids, for many rows at once."""

    def __init__(self, weights: Weights, config: BarkConfig, compute: Compute) -> None:
        size, rules = config.semantic, config.semantic_rules
        head = weights.get("semantic.lm_head.weight", (size.output_vocab_size, size.hidden_size))
        # Only these ids may come: all semantic ids, then the end.
        allowed = [*range(rules.semantic_vocab_size), rules.eos_token_id]
        super().__init__(
            load_decoder(weights, "semantic", size, head[allowed].clone(), compute), compute
        )
        self.rules = rules
        self.weights = weights
        self.input_vocab = size.input_vocab_size
        # The table has a row for each word piece of a large vocabulary, of which a prompt uses a
        # few: those are read from the file, and only the semantic ids are kept in memory.
        self.register_buffer("embedding", self._embed(range(rules.semantic_vocab_size)))

    def _embed(self, ids: range | list[int]) -> Tensor:
        if max(ids) >= self.input_vocab:
            raise UserError(
                f"the tokenizer or voice gives id {max(ids)}, the semantic model knows "
                f"{self.input_vocab}: its files do not belong together; get the model again"
            )
        shape = (self.input_vocab, self.decoder.config.hidden_size)
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
        with one_thread():
            embedded = self._embed([*text, *history, rules.semantic_infer_token])
            embedded = embedded.to(self.compute.device, self.compute.activations)
            prompt = torch.cat([embedded[:length] + embedded[length : 2 * length], embedded[-1:]])
        self.join(row, prompt, tick)

    def choose(self, logits: Tensor, state: State) -> Tensor:
        """The next semantic id of each row, or the end, which is the last of the outputs."""
        end = self.decoder.outputs - 1
        if state.any_fixed:
            logits[:, end].masked_fill_(state.fixed, -torch.inf)
        chosen = state.sampling.choose(logits, state.number)
        return state.sampling.end(logits, chosen, end)

    def meaning(self) -> Meaning:
        outputs = self.decoder.outputs
        return Meaning(self.embedding, 0, 1, outputs, end=outputs - 1)

    def step(self) -> list[SemanticRow]:
        """The next token or tokens of every row in flight. Returns the rows that are finished,
        taken out."""
        finished = []
        for slot, (row, tokens) in enumerate(zip(self.rows, self.take(), strict=True)):
            for token in tokens:
                self._give(row, self.token(token))
                if row.ended or not row.left:
                    row.ended = row.ended or row.fixed
                    finished.append(slot)
                    break
        gone = self.drop(finished)
        if self.rows:
            self.go_on()
        return gone

    def _give(self, row: SemanticRow, token: int) -> None:
        if token == self.decoder.outputs - 1:
            row.ended = True
        else:
            row.tokens.append(token)
