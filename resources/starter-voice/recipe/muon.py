"""Muon: momentum, made orthogonal, for the matrices of the layers. Half the steps of AdamW."""

from __future__ import annotations

import torch
from torch import Tensor


class Muon(torch.optim.Optimizer):
    """For two-dimensional weights. rate: as of AdamW. decay: of the weights, as AdamW's."""

    def __init__(self, weights: list[Tensor], rate: float, decay: float) -> None:
        super().__init__(weights, {"lr": rate, "decay": decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """One step down."""
        for group in self.param_groups:
            for weight in group["params"]:
                momentum = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 0.05)
                update = weight.grad.lerp(momentum, 0.95)
                # q, k and v are three matrices in one
                whole = update.shape[0] != 3 * update.shape[1]
                parts = (update,) if whole else update.split(update.shape[1])
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
