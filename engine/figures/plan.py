"""What is to be measured, how long that takes, and what is heard while it goes on. Standard library
only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

# What `bench speech --vary` can switch.
VARIED = ("attention", "step", "precision", "batch", "offload", "padding", "window")
_ENOUGH = 1000  # rounds: the minutes end it, or the narrow bounds


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A run of `bench speech`. vary: of VARIED. batches: rows spoken together; the first are the
    reference's. tokens: semantic ones of a row. minutes: None to measure `loops` rounds instead.
    cross: every combination instead of each change alone. compare: transformers as well.

    Raises ValueError for what cannot be measured.
    """

    model: str
    vary: tuple[str, ...] = VARIED
    batches: tuple[int, ...] = (1, 8)
    tokens: int = 32
    minutes: float | None = 3.0
    loops: int = 5
    cross: bool = False
    compare: bool = False

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("choose a model to measure")
        if not set(self.vary) <= set(VARIED):
            raise ValueError(f"what is compared is of {', '.join(VARIED)}")
        if not (self.vary or self.compare):
            raise ValueError("choose something to compare")
        if not self.batches or min(self.batches) < 1 or self.tokens < 1 or self.loops < 1:
            raise ValueError("rows, tokens and loops are counted from 1 on")
        if self.minutes is not None and not 0 < self.minutes < float("inf"):
            raise ValueError("minutes are more than 0")

    def arguments(self) -> list[str]:
        """Those of main.py."""
        found = ["bench", "speech", "--model", self.model, "--tokens", str(self.tokens)]
        # A thing that nobody varies: argparse takes no empty list.
        found += ["--vary", ",".join(self.vary) or "batch"]
        found += ["--batch", ",".join(map(str, self.batches if "batch" in self.vary else (1,)))]
        if self.minutes is None:
            found += ["--loops", str(self.loops), "--narrow", "0"]
        else:
            found += ["--loops", str(_ENOUGH), "--minutes", f"{self.minutes:g}"]
        found += ["--cross"] if self.cross else []
        return [*found, *(["--compare", "transformers"] if self.compare else [])]


@dataclass(frozen=True, slots=True)
class Prediction:
    """How long a plan takes. seconds: None where nobody knows before it has begun. at_most: the
    minutes end it; only its first round may outlast them. cases: that are measured, the reference
    and its double among them."""

    seconds: float | None
    at_most: bool
    cases: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What a measurement tells. at: "loading" or "measuring" a case, "comparing" its tokens,
    "warning" and "other" with words instead of a case. round: 0 before the first. report: as far
    as it has come, after a round."""

    at: Literal["loading", "measuring", "comparing", "warning", "other", "round"]
    words: str = ""
    round: int = 0
    report: dict[str, Any] | None = None
