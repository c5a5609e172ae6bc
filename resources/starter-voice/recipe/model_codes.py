"""The transformers of codes as they are trained: Speaker (coarse) and Fine."""

from __future__ import annotations

import torch
from codes import BANDS, BOOKS, SIZE
from layout import (
    COARSE_BOOKS,
    COARSE_IDS,
    COARSE_PAD,
    COARSE_SEMANTIC,
    END,
    FINE_WINDOW,
    Sizes,
)
from model import Body, Spoken, body_of, table, take_body
from torch import Tensor, nn
from torch.nn import functional as F


def alike(books: Tensor, width: int) -> Tensor:
    """First vectors of the codes, (BOOKS, SIZE, width): alike where their centroids are."""
    axes = torch.linalg.qr(torch.randn(max(width, BANDS), BANDS))[0][:width]
    return books / books.norm(dim=2).mean(1)[:, None, None] @ axes.T * 0.6


class Speaker(nn.Module):
    """Coarse: semantic ids and the codes so far → the next codes, book after book."""

    def __init__(self, sizes: Sizes, books: Tensor) -> None:
        """books: the centroids, (BOOKS, SIZE, BANDS)."""
        super().__init__()
        width = sizes.width
        self.body = Body(sizes.coarse_layers, width, causal=True)
        self.position = table(COARSE_SEMANTIC + 1 + COARSE_IDS, width)
        self.spoken = Spoken(width)
        near = alike(books, width)[:COARSE_BOOKS].flatten(0, 1)
        self.codes = nn.Parameter(near + table(len(near), width).detach())
        self.heads = nn.Parameter(near + table(len(near), width).detach())
        self.special = table(2, width)  # pad, infer

    def forward(self, ids: Tensor) -> list[Tensor]:
        """(rows, COARSE_SEMANTIC + 1 + codes) ids → for each book, (rows, frames, SIZE) logits of
        the codes that follow the infer token and each code."""
        vectors = torch.cat([self.spoken(), self.codes, self.special])
        x = vectors[ids] + self.position[: ids.shape[1]]
        hidden = self.body(x, COARSE_SEMANTIC)
        heads = self.heads.split(SIZE)
        return [F.linear(hidden[:, b::COARSE_BOOKS], heads[b]) for b in range(COARSE_BOOKS)]

    def plain(self) -> dict[str, Tensor]:
        """Tables of Bark's coarse model."""
        nothing = self.heads.new_zeros(END, self.heads.shape[1])  # semantic ids never come
        return body_of(self.body) | {
            "position_embeds_layer.weight": self.position,
            "input_embeds_layer.weight": torch.cat([self.spoken(), self.codes, self.special]),
            "lm_head.weight": torch.cat([nothing, self.heads]),
        }

    @torch.no_grad()
    def take(self, found: dict[str, Tensor]) -> None:
        """Go on from tables of Bark's coarse model."""
        take_body(self.body, found)
        inputs = found["input_embeds_layer.weight"]
        self.position.copy_(found["position_embeds_layer.weight"])
        self.spoken.take(inputs[:END])
        self.codes.copy_(inputs[END:COARSE_PAD])
        self.special.copy_(inputs[COARSE_PAD:])
        self.heads.copy_(found["lm_head.weight"][END:])


class Fine(nn.Module):
    """Fine: a table for each codebook; the head of a codebook is its table."""

    def __init__(self, sizes: Sizes, books: Tensor) -> None:
        super().__init__()
        self.body = Body(sizes.fine_layers, sizes.width, causal=False)
        self.position = table(FINE_WINDOW, sizes.width)
        near = F.pad(alike(books, sizes.width), (0, 0, 0, 1))  # the last id: unknown
        self.codes = nn.Parameter(near + torch.randn_like(near) * 0.02)

    def forward(self, known: Tensor, book: int) -> Tensor:
        """(rows, BOOKS, frames) codes, those of `book` as far as they are known → its logits."""
        x = torch.stack([self.codes[i][known[:, i]] for i in range(book + 1)]).sum(0)
        return F.linear(self.body(x + self.position[: x.shape[1]]), self.codes[book, :SIZE])

    def plain(self) -> dict[str, Tensor]:
        """Tables of Bark's fine model."""
        tables = {f"input_embeds_layers.{i}.weight": self.codes[i] for i in range(BOOKS)}
        return body_of(self.body) | tables | {"position_embeds_layer.weight": self.position}

    @torch.no_grad()
    def take(self, found: dict[str, Tensor]) -> None:
        """Go on from tables of Bark's fine model."""
        take_body(self.body, found)
        self.position.copy_(found["position_embeds_layer.weight"])
        for i in range(BOOKS):
            self.codes[i].copy_(found[f"input_embeds_layers.{i}.weight"])
