"""How well speech is understood: the words that a recogniser hears otherwise, with bounds.

NumPy only at import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.bench.share import Share
from engine.listening.alignment import compare
from engine.listening.heard import Recogniser
from engine.listening.windows import for_ears

_DRAWS, _SEED = 2000, 0  # of sentences, for the bounds


@dataclass(frozen=True, slots=True)
class Understood:
    """What was heard of some sentences. errors: words of each that were heard otherwise, or
    besides. meant: words of each."""

    errors: tuple[int, ...]
    meant: tuple[int, ...]

    @property
    def share(self) -> Share:
        """Errors for each word that was meant."""
        return _bounded(np.array(self.errors), np.array(self.meant))

    def against(self, other: Understood) -> Share:
        """How much more of the same sentences was heard otherwise than of another speaker."""
        if self.meant != other.meant:
            raise ValueError("both have to say the same sentences")
        return _bounded(np.array(self.errors) - np.array(other.errors), np.array(self.meant))


def understood(
    recogniser: Recogniser,
    texts: Sequence[str],
    sounds: Sequence[NDArray[np.float32]],
    rate: int,
    language: str,
) -> Understood:
    """Have a recogniser hear takes, each alone: in company a word may go to a neighbour.

    sounds: float32 (samples,) at rate Hz, of each text. Raises UserError where it cannot hear.
    """
    errors, meant = [], []
    for text, sound in zip(texts, sounds, strict=True):
        (heard,) = recogniser.hear([for_ears(sound, rate)], language)
        found = compare(text, heard)
        errors.append(found.errors)
        meant.append(len(found.meant))
    return Understood(tuple(errors), tuple(meant))


def _bounded(errors: NDArray[np.int64], meant: NDArray[np.int64]) -> Share:
    random = np.random.default_rng(_SEED)
    drawn = random.integers(0, len(meant), (_DRAWS, len(meant)))
    shares = errors[drawn].sum(1) / meant[drawn].sum(1)
    low, high = np.percentile(shares, [2.5, 97.5]).tolist()
    return Share(float(errors.sum() / meant.sum()), low, high)
