"""The three transformers as they are trained: names and arithmetic of transformers' Bark."""

from __future__ import annotations

import torch
from layout import FINE_LAYERS, HEADS, LAYERS, WIDTH
from torch import Tensor, nn
from torch.nn import functional as F


class Block(nn.Module):
    """One layer."""

    def __init__(self, *, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.layernorm_1 = nn.LayerNorm(WIDTH, bias=not causal)
        self.layernorm_2 = nn.LayerNorm(WIDTH, bias=not causal)
        self.attn = nn.ModuleDict(
            {
                "att_proj": nn.Linear(WIDTH, 3 * WIDTH, bias=False),
                "out_proj": nn.Linear(WIDTH, WIDTH, bias=False),
            }
        )
        self.mlp = nn.ModuleDict(
            {
                "in_proj": nn.Linear(WIDTH, 4 * WIDTH, bias=False),
                "out_proj": nn.Linear(4 * WIDTH, WIDTH, bias=False),
            }
        )

    def forward(self, x: Tensor, skip: int = 0) -> Tensor:
        """(rows, positions, width) → the same without the first `skip` positions."""
        rows, positions, _ = x.shape
        y = self.attn["att_proj"](self.layernorm_1(x)).view(rows, positions, 3, HEADS, -1)
        q, k, v = y.permute(2, 0, 3, 1, 4)
        y = attend(q[:, :, skip:], k, v, causal=self.causal).transpose(1, 2)
        x = x[:, skip:] + self.attn["out_proj"](y.reshape(rows, positions - skip, WIDTH))
        y = F.gelu(self.mlp["in_proj"](self.layernorm_2(x)))
        return x + self.mlp["out_proj"](y)


def attend(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> Tensor:
    """Attention, (rows, heads, positions, width of a head) each; in bfloat16 under autocast.

    Written out: PyTorch 2.13's fused attention for processors takes twice as long backwards.
    """
    new, old = q.shape[2], k.shape[2]
    mask = q.new_zeros(new, old)
    if causal:
        mask.masked_fill_(torch.ones(new, old, dtype=torch.bool).triu(old - new + 1), -torch.inf)
    q, k, v = (x.flatten(0, 1) for x in (q, k, v))
    with torch.autocast("cpu", enabled=False):
        scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=q.shape[-1] ** -0.5)
        return (scores.softmax(-1) @ v).unflatten(0, (-1, HEADS))


class Body(nn.Module):
    """Positions, layers, last norm: (rows, positions, width) → the same."""

    def __init__(self, positions: int, layers: int, *, causal: bool) -> None:
        super().__init__()
        self.position_embeds_layer = nn.Embedding(positions, WIDTH)
        self.layers = nn.ModuleList(Block(causal=causal) for _ in range(layers))
        self.layernorm_final = nn.LayerNorm(WIDTH, bias=not causal)

    def forward(self, x: Tensor, skip: int = 0) -> Tensor:
        """Without the first `skip` positions, of which nothing is predicted."""
        x = x + self.position_embeds_layer.weight[: x.shape[1]]
        for layer in self.layers[:-1]:
            x = layer(x)
        return self.layernorm_final(self.layers[-1](x, skip))

    def start(self) -> None:
        """Small random weights; what a layer adds starts small."""
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                nn.init.normal_(weight, std=0.02)
                if name.endswith("out_proj.weight"):
                    nn.init.normal_(weight, std=0.02 / (2 * len(self.layers)) ** 0.5)


class Causal(Body):
    """Semantic and coarse."""

    def __init__(self, inputs: int, outputs: int, positions: int) -> None:
        super().__init__(positions, LAYERS, causal=True)
        self.input_embeds_layer = nn.Embedding(inputs, WIDTH)
        self.lm_head = nn.Linear(WIDTH, outputs, bias=False)
        self.start()


class Fine(Body):
    """Fine: a table for each codebook; the head of a codebook is its table."""

    def __init__(self, vocabulary: int, books: int, positions: int) -> None:
        super().__init__(positions, FINE_LAYERS, causal=False)
        self.input_embeds_layers = nn.ModuleList(
            nn.Embedding(vocabulary, WIDTH) for _ in range(books)
        )
        self.start()


class Muon(torch.optim.Optimizer):
    """Momentum, made orthogonal: for the matrices of the layers. About half the steps of AdamW."""

    def __init__(self, weights: list[Tensor], rate: float, decay: float) -> None:
        super().__init__(weights, {"lr": rate, "decay": decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for weight in group["params"]:
                momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 0.05)
                update = weight.grad.lerp(momentum, 0.95)
                # q, k and v are three matrices in one
                parts = update.split(WIDTH) if update.shape[0] == 3 * WIDTH else (update,)
                update = torch.cat([_orthogonal(part) for part in parts])
                weight.mul_(1 - group["lr"] * group["decay"])
                weight.sub_(update, alpha=group["lr"])


def _orthogonal(x: Tensor) -> Tensor:
    """Nearest matrix with singular values near 1 (Newton–Schulz), of the size of an AdamW step."""
    size = 0.2 * max(x.shape) ** 0.5
    flip = x.shape[0] > x.shape[1]
    y = (x.T if flip else x).bfloat16()
    y = y / (y.norm() + 1e-7)
    for _ in range(5):
        a = y @ y.T
        y = 3.4445 * y + (-4.7750 * a + 2.0315 * a @ a) @ y
    return (y.T if flip else y).float() * size
