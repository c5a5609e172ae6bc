"""From one sound to another without a click."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FADE = 0.008  # seconds from one sound to another, and of every change of level: less clicks


def faded(old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (samples,): the old sound fading into the new one, which is as long or longer; where
    they are equal, nothing changes."""
    if not len(old):
        return new
    share = np.linspace(0, 1, len(old) + 2, dtype=np.float32)[1:-1]
    return np.concatenate([old + (new[: len(old)] - old) * share, new[len(old) :]])
