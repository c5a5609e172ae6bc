"""Tells made sound from real sound, period by period (as in HiFi-GAN, small)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

PERIODS = (2, 3, 5, 7, 11)
CHANNELS = (1, 16, 32, 64, 64)
Seen = list[list[Tensor]]  # of each period, what each layer sees; the last is the verdict


class Period(nn.Module):
    """Looks at every period-th sample side by side."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.period = period
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), (3, 1), (2, 0))) for a, b in pairwise(CHANNELS)
        )
        self.verdict = weight_norm(nn.Conv2d(CHANNELS[-1], 1, (3, 1), 1, (1, 0)))

    def forward(self, sound: Tensor) -> list[Tensor]:
        """(rows, samples) → what each layer sees."""
        sound = F.pad(sound, (0, -sound.shape[1] % self.period))
        x = sound.unflatten(1, (-1, self.period))[:, None]
        seen = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            seen.append(x)
        return [*seen, self.verdict(x)]


class Discriminator(nn.Module):
    """One for each period."""

    def __init__(self) -> None:
        super().__init__()
        self.periods = nn.ModuleList(Period(period) for period in PERIODS)

    def forward(self, sound: Tensor) -> Seen:
        """(rows, samples) → what is seen."""
        return [period(sound) for period in self.periods]


def caught(real: Seen, made: Seen) -> Tensor:
    """What the discriminator learns from: real is 1, made is 0."""
    off = [
        (1 - r[-1]).square().mean() + m[-1].square().mean() for r, m in zip(real, made, strict=True)
    ]
    return torch.stack(off).mean()


def unlike(real: Seen, made: Seen) -> tuple[Tensor, Tensor]:
    """What the decoder learns from: how far from 1 its verdicts are, and how unlike real sound the
    layers see it."""
    fooled = torch.stack([(1 - m[-1]).square().mean() for m in made]).mean()
    layers = [
        (a.detach() - b).abs().mean() / a.detach().abs().mean()
        for r, m in zip(real, made, strict=True)
        for a, b in zip(r[:-1], m[:-1], strict=True)
    ]
    return fooled, torch.stack(layers).mean()
