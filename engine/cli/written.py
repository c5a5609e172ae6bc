"""What was written and what it cost, in a line for people and as plain values for programs.

Standard library only at import.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.api import Text, TextRequest


def summary(text: Text) -> str:
    """Tokens, speeds, precision, and what was compiled."""
    tokens = sum(len(tokens) for tokens in text.tokens)
    cost = text.compiled
    words = [
        f"{tokens} tokens in {text.metrics.seconds:.2f} s ({text.tokens_per_second:.1f} a second, "
        f"the first after {text.first_token:.2f} s)",
        f"read {text.read} at {text.read_per_second:.0f} a second"
        + _of_bandwidth(text.read_share)
        + f" and kept {text.kept}" * bool(text.kept),
        f"{1000 * text.step_seconds:.1f} ms a step" + _of_bandwidth(text.step_share),
        *([f"memory gives {text.bandwidth / 1e9:.1f} GB/s"] if text.bandwidth else []),
        text.precision,
        f"loaded in {text.metrics.stages.get('load', 0):.1f} s",
    ]
    if cost.hits + cost.misses:
        words.append(
            f"compiled functions: {cost.hits} ready, {cost.misses} new ({cost.trace:.1f} s traced, "
            f"{cost.compile:.1f} s compiled)"
        )
    return " · ".join(words)


def _of_bandwidth(share: float) -> str:
    """What the weights took of the memory's bandwidth, where that was measured."""
    return f" ({share:.0%} of the bandwidth)" if share else ""


def as_json(request: TextRequest, text: Text) -> dict[str, Any]:
    """A result as plain values: what `--json` writes."""
    copies = getattr(request.search, "sequences", 1)
    return {
        "texts": [
            {
                "prompt": request.prompts[number // copies],
                "text": written,
                "score": text.scores[number],
                "tokens": text.tokens[number].tolist(),
                "ending": text.endings[number],
            }
            for number, written in enumerate(text.texts)
        ],
        "search": {"kind": type(request.search).__name__, **dataclasses.asdict(request.search)},
        "precision": text.precision,
        "tokens_per_second": text.tokens_per_second,
        "prompt_tokens": {"read": text.read, "kept": text.kept},
        "read_per_second": text.read_per_second,
        "step_seconds": text.step_seconds,
        "step_bytes": text.step_bytes,
        "bandwidth": {
            "bytes_per_second": text.bandwidth,
            "read_share": text.read_share,
            "step_share": text.step_share,
        },
        "first_token": text.first_token,
        "metrics": dataclasses.asdict(text.metrics),
        "compiled": dataclasses.asdict(text.compiled),
    }
