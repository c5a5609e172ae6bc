"""The transformers as they are trained: names and arithmetic of transformers' Bark.

Reader (semantic) and Speaker (coarse, model_codes.py) have helpers that exist in training alone:
`plain` folds them into the tables of a Bark, and `take` goes on from such tables.
"""

from __future__ import annotations

import math

import torch
from layout import BLOCK, END, HEADS, TEXT_IDS, VOICES, Sizes
from torch import Tensor, nn
from torch.nn import functional as F

# (rows, positions, 2): first and last text id that a head shall look at; −1 where it may choose.
Guide = dict[int, Tensor]


class Layer(nn.Module):
    """One layer."""

    def __init__(self, width: int, *, causal: bool) -> None:
        super().__init__()
        self.causal = causal
        self.layernorm_1 = nn.LayerNorm(width, bias=not causal)
        self.layernorm_2 = nn.LayerNorm(width, bias=not causal)
        self.attn = nn.ModuleDict(
            {
                "att_proj": nn.Linear(width, 3 * width, bias=False),
                "out_proj": nn.Linear(width, width, bias=False),
            }
        )
        self.mlp = nn.ModuleDict(
            {
                "in_proj": nn.Linear(width, 4 * width, bias=False),
                "out_proj": nn.Linear(4 * width, width, bias=False),
            }
        )

    def forward(self, x: Tensor, skip: int = 0, cache: list[Tensor] | None = None) -> Tensor:
        """(rows, positions, width) → the same without the first `skip` positions."""
        return self.guided(x, skip, cache)[0]

    def guided(
        self, x: Tensor, skip: int = 0, cache: list[Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """And the scores of the attention, (rows, heads, new positions, positions)."""
        rows, positions, width = x.shape
        y = self.attn["att_proj"](self.layernorm_1(x)).view(rows, positions, 3, HEADS, -1)
        q, k, v = y.permute(2, 0, 3, 1, 4)
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        y, scores = attend(q[:, :, skip:], k, v, causal=self.causal)
        y = y.transpose(1, 2).reshape(rows, positions - skip, width)
        x = x[:, skip:] + self.attn["out_proj"](y)
        y = F.gelu(self.mlp["in_proj"](self.layernorm_2(x)))
        return x + self.mlp["out_proj"](y), scores


def attend(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> tuple[Tensor, Tensor]:
    """Attention, (rows, heads, positions, width of a head) each, and its scores; in bfloat16 under
    autocast.

    Written out: PyTorch 2.13's fused attention for processors takes twice as long backwards.
    """
    new, old = q.shape[2], k.shape[2]
    mask = q.new_zeros(new, old)
    if causal:
        later = torch.ones(new, old, dtype=torch.bool, device=q.device).triu(old - new + 1)
        mask.masked_fill_(later, -torch.inf)
    q, k, v = (x.flatten(0, 1) for x in (q, k, v))
    with torch.autocast(q.device.type, enabled=False):
        scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=q.shape[-1] ** -0.5)
        mixed = scores.softmax(-1) @ v
    return mixed.unflatten(0, (-1, HEADS)), scores.unflatten(0, (-1, HEADS))


def missed(scores: Tensor, wanted: Guide, ids: int) -> Tensor:
    """What the heads do not look at, in nats: the mean of −log of the weight on what they shall.

    scores: (rows, heads, new positions, positions), whose first `ids` are text."""
    total = scores.new_zeros((), dtype=torch.float32)
    at = torch.arange(ids, device=scores.device)
    for head, spans in wanted.items():
        weights = scores[:, head, -spans.shape[1] :].float().log_softmax(-1)[..., :ids]
        outside = (at < spans[..., :1]) | (at > spans[..., 1:])
        inside = weights.masked_fill(outside, -1e4).logsumexp(-1)
        total = total - inside[spans[..., 0] >= 0].mean()
    return total


class Body(nn.Module):
    """Layers and the last norm: (rows, positions, width) → the same."""

    def __init__(self, layers: int, width: int, *, causal: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, causal=causal) for _ in range(layers))
        self.layernorm_final = nn.LayerNorm(width, bias=not causal)
        for name, weight in self.named_parameters():  # what a layer adds starts small
            if weight.ndim == 2:
                small = (2 * layers) ** -0.5 if name.endswith("out_proj.weight") else 1.0
                nn.init.normal_(weight, std=0.02 * small)

    def forward(self, x: Tensor, skip: int = 0, caches: list[list[Tensor]] | None = None) -> Tensor:
        """Without the first `skip` positions, of which nothing is predicted."""
        for i, layer in enumerate(self.layers):
            last = i + 1 == len(self.layers)
            x = layer(x, skip if last else 0, caches[i] if caches else None)
        out: Tensor = self.layernorm_final(x)
        return out


class Spoken(nn.Module):
    """Vectors of semantic ids: that of the unit and that of the voice."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.units = table(BLOCK, width)
        self.voices = table(len(VOICES), width)

    def forward(self) -> Tensor:
        """(END, width)."""
        return (self.voices[:, None] + self.units).flatten(0, 1)

    def take(self, weight: Tensor) -> None:
        """Go on from (END, width)."""
        blocks = weight.unflatten(0, (-1, BLOCK))
        self.units.copy_(blocks[0])
        self.voices.copy_((blocks - blocks[0]).mean(1))


def table(rows: int, width: int) -> nn.Parameter:
    """Small random vectors."""
    return nn.Parameter(torch.randn(rows, width) * 0.02)


def waves(x: Tensor, shortest: float, longest: float, count: int) -> Tensor:
    """Sines and cosines of places, their periods in equal steps of ratio: (places, 2 · count)."""
    periods = shortest * (longest / shortest) ** (torch.arange(count) / (count - 1))
    angles = 2 * math.pi * x[:, None] / periods
    return torch.cat([angles.sin(), angles.cos()], 1)


class Places(nn.Module):
    """Vectors of the positions of text and semantic ids, which share features: text id i and the
    semantic id about as far into its row. A plain table in the end."""

    RATES = (1.9, 3.1)  # semantic ids of a sound, of a mora

    def __init__(self, positions: int, ids: int, width: int) -> None:
        super().__init__()
        at = torch.arange(positions).float()
        spoken = (at - ids - 1).clamp(min=0)
        features = [waves(at, 3, 700, 28)]
        for rate in self.RATES:
            both = torch.where(at < ids, at, spoken / rate)
            features.append(waves(both, 8, 200, 16))
        features.append(torch.stack([at < ids, at >= ids], 1).float())
        axes = torch.linalg.qr(torch.randn(256, 256))[0][:, :width]
        self.register_buffer("features", torch.cat(features, 1), persistent=False)
        self.mixer = nn.Parameter(axes[: self.features.shape[1]] * 0.24)
        self.position = nn.Parameter(torch.zeros(positions, width))

    features: Tensor

    def forward(self) -> Tensor:
        """(positions, width)."""
        return self.position + self.features @ self.mixer / 8

    def take(self, weight: Tensor) -> None:
        """Go on from (positions, width)."""
        self.mixer.zero_()
        self.position.copy_(weight)


class Reader(nn.Module):
    """Semantic: text → semantic ids."""

    def __init__(self, sizes: Sizes, positions: int, ids: int) -> None:
        """ids: text ids of a prompt."""
        super().__init__()
        self.ids = ids
        self.body = Body(sizes.layers, sizes.width, causal=True)
        self.places = Places(positions, ids, sizes.width)
        self.text = table(TEXT_IDS + 1, sizes.width)  # the last: pad
        self.spoken, self.heads = Spoken(sizes.width), Spoken(sizes.width)
        self.end, self.end_head, self.infer = (table(1, sizes.width) for _ in range(3))

    def prompt(self, words: Tensor, history: Tensor) -> Tensor:
        """Text ids (0 … TEXT_IDS), semantic ids, (rows, ids) each → (rows, ids + 1, width)."""
        spoken = torch.cat([self.spoken(), self.end])
        infer = self.infer.expand(len(words), 1, -1)
        return torch.cat([self.text[words] + spoken[history], infer], 1)

    def forward(self, words: Tensor, history: Tensor, tokens: Tensor) -> Tensor:
        """Logits of what follows the prompt and each of its tokens: (rows, tokens + 1, END + 1)."""
        return self.guided(words, history, tokens, [])[0]

    def guided(
        self, words: Tensor, history: Tensor, tokens: Tensor, wanted: list[Guide]
    ) -> tuple[Tensor, Tensor]:
        """wanted: of the layers before the last. And what their heads missed."""
        spoken = torch.cat([self.spoken(), self.end])
        x = torch.cat([self.prompt(words, history), spoken[tokens]], 1)
        x = x + self.places()[: x.shape[1]]
        lost = x.new_zeros((), dtype=torch.float32)
        layers = self.body.layers
        for i, layer in enumerate(layers):
            x, scores = layer.guided(x, self.ids if i + 1 == len(layers) else 0)
            guide = i - (len(layers) - 1 - len(wanted))
            if 0 <= guide < len(wanted):
                lost = lost + missed(scores, wanted[guide], self.ids)
        return F.linear(self.body.layernorm_final(x), self.head()), lost

    def head(self) -> Tensor:
        """(END + 1, width)."""
        return torch.cat([self.heads(), self.end_head])

    def plain(self) -> dict[str, Tensor]:
        """Tables of Bark's semantic model."""
        return body_of(self.body) | {
            "position_embeds_layer.weight": self.places(),
            "input_embeds_layer.weight": torch.cat(
                [self.spoken(), self.end, self.text, self.infer]
            ),
            "lm_head.weight": self.head(),
        }

    @torch.no_grad()
    def take(self, found: dict[str, Tensor]) -> None:
        """Go on from tables of Bark's semantic model."""
        take_body(self.body, found)
        self.places.take(found["position_embeds_layer.weight"])
        inputs, head = found["input_embeds_layer.weight"], found["lm_head.weight"]
        self.spoken.take(inputs[:END])
        self.heads.take(head[:END])
        for parameter, values in (
            (self.end, inputs[END : END + 1]), (self.text, inputs[END + 1 : -1]),
            (self.infer, inputs[-1:]), (self.end_head, head[END:]),
        ):  # fmt: skip
            parameter.copy_(values)


def body_of(body: Body) -> dict[str, Tensor]:
    """Its tensors under Bark's names."""
    return dict(body.named_parameters())


def take_body(body: Body, found: dict[str, Tensor]) -> None:
    """Go on from them."""
    body.load_state_dict({name: found[name] for name in body.state_dict()})
