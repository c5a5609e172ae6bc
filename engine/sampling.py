"""How a token is chosen, in speech and in text. Known to all as words of engine.api.

Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

SEED_LIMIT = 2**63  # seeds are 0 … SEED_LIMIT − 1


# ── speech ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class StageSampling:
    """How one stage turns logits into a token.

    temperature: 0 is greedy (always the likeliest token), higher is livelier, None is what the
    checkpoint says. top_k: keep only the k likeliest tokens; 0 keeps all, as the original Bark does
    (transformers silently keeps 50). top_p: keep the likeliest tokens whose probabilities sum to
    p; 1 keeps all.
    """

    temperature: float | None = None
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if self.temperature is not None and not 0 <= self.temperature <= 10:
            raise ValueError(f"a temperature lies between 0 and 10, not at {self.temperature}")
        if self.top_k < 0:
            raise ValueError(f"top-k is 0 (off) or more, not {self.top_k}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top-p lies above 0 and at most at 1, not at {self.top_p}")


GREEDY = StageSampling(temperature=0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeechSampling:
    """Sampling of the three token stages, and when the semantic stage may end.

    min_eos_p: end the sentence as soon as its end is at least this probable (before temperature),
    0 waits until the end is drawn, None is the checkpoint's value. The original Bark uses 0.2.
    """

    semantic: StageSampling = StageSampling()
    coarse: StageSampling = StageSampling()
    fine: StageSampling = StageSampling()
    min_eos_p: float | None = None

    def __post_init__(self) -> None:
        if self.min_eos_p is not None and not 0 <= self.min_eos_p <= 1:
            raise ValueError(f"min-eos-p lies between 0 and 1, not at {self.min_eos_p}")

    @classmethod
    def greedy(cls) -> SpeechSampling:
        """Every stage takes the likeliest token: one text gives one sound."""
        return cls(semantic=GREEDY, coarse=GREEDY, fine=GREEDY, min_eos_p=0.0)


# ── text ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True, slots=True)
class Greedy:
    """Always the likeliest token.

    repetition_penalty: 1 changes nothing; above 1 makes tokens that were seen less likely.
    """

    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        _check_repetition_penalty(self.repetition_penalty)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """Draw every token from the model's probabilities.

    temperature, top_k, top_p: as in StageSampling. sequences: how many texts for each prompt.
    seed: two numbers; equal seeds give equal texts, alone or in any batch.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    sequences: int = 1
    seed: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        StageSampling(temperature=self.temperature, top_k=self.top_k, top_p=self.top_p)
        _check_repetition_penalty(self.repetition_penalty)
        if not 1 <= self.sequences <= 64:
            raise ValueError(f"1 to 64 texts can be written for a prompt, not {self.sequences}")
        if len(self.seed) != 2 or not all(0 <= number < SEED_LIMIT for number in self.seed):
            raise ValueError(f"a seed is two whole numbers from 0 to {SEED_LIMIT - 1}")


@dataclass(frozen=True, kw_only=True, slots=True)
class BeamSearch:
    """Follow the best `beams` texts at once and return the best `sequences` of them.

    length_penalty: scores are divided by length ** length_penalty; above 0 favours long texts.
    """

    beams: int = 4
    length_penalty: float = 1.0
    sequences: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.beams <= 64:
            raise ValueError(f"beam search follows 1 to 64 beams, not {self.beams}")
        if not -10 <= self.length_penalty <= 10:
            raise ValueError(f"a length penalty lies from -10 to 10, not at {self.length_penalty}")
        if not 1 <= self.sequences <= self.beams:
            raise ValueError(
                f"{self.beams} beams can return 1 to {self.beams} texts, not {self.sequences}"
            )


def _check_repetition_penalty(penalty: float) -> None:
    if not 0.1 <= penalty <= 10:
        raise ValueError(f"a repetition penalty lies between 0.1 and 10, not at {penalty}")
