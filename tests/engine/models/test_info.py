"""What is known of a model."""

from __future__ import annotations

import pytest

from engine.models.info import ModelFacts


@pytest.mark.parametrize("longest", [0.5, 14.0])
def test_a_row_is_planned_well_below_the_longest(longest: float) -> None:
    facts = ModelFacts(
        voices=(), sample_rate=24_000, max_tokens=256, max_seconds=longest, sound_tags=True
    )
    assert 0.7 * longest < facts.safe_seconds < 0.9 * longest
