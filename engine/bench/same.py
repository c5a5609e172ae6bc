"""Did two ways of computing come to the same? Looked at where their tokens first part.

Up to that token both have read exactly the same, so their logits there differ by arithmetic alone:
by rounding, if they are nearly the same and each took its own likeliest token. Everything else is
another computation, or a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAME, ROUNDING, DIFFERENT = "same tokens", "rounding", "different"
STAGES = ("semantic", "coarse", "fine")
ROUGH = 0.1  # rounding at most: root mean square of the difference, as a part of the logits' own

# By stage: tokens int (N,) as indices of logits float (N, V), in the order in which they came.
Witness = Mapping[str, tuple[NDArray[Any], NDArray[Any]]]


@dataclass(frozen=True)
class Verdict:
    """word: SAME, ROUNDING or DIFFERENT. stage, step: where the tokens first part. error: how far
    apart the logits are there, as a part of their own spread; None where they were not seen."""

    word: str
    stage: str = ""
    step: int = -1
    error: float | None = None


def verdict(reference: Witness, case: Witness) -> Verdict:
    """What became of a case, against the reference: both greedy, on one request."""
    for stage in STAGES:
        theirs, their_logits = reference[stage]
        ours, our_logits = case[stage]
        count = min(len(theirs), len(ours))
        apart = np.flatnonzero(theirs[:count] != ours[:count])
        if not len(apart):
            if len(theirs) != len(ours):
                return Verdict(DIFFERENT, stage, count)
            continue
        step = int(apart[0])
        width = min(their_logits.shape[1], our_logits.shape[1])  # an end that cannot come is last
        there, here = (x[step, :width].astype(float) for x in (their_logits, our_logits))
        error = distance(there, here)
        own = here[ours[step]] >= here[np.isfinite(here)].max()
        own &= there[theirs[step]] >= there[np.isfinite(there)].max()
        return Verdict(ROUNDING if own and error <= ROUGH else DIFFERENT, stage, step, error)
    return Verdict(SAME)


def distance(reference: NDArray[Any], case: NDArray[Any]) -> float:
    """Root mean square of the difference of logits (V,), as a part of the reference's spread; where
    a token may not come in one of them, it is left out."""
    known = np.isfinite(reference) & np.isfinite(case)
    difference = case[known] - reference[known]
    difference -= difference.mean()  # all of them higher or lower is the same choice
    return float(np.sqrt((difference**2).mean()) / max(reference[known].std(), 1e-9))
