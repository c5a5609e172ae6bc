"""The source texts beside us, read from a real report."""

from __future__ import annotations

import math

import pytest

from engine.errors import UserError
from engine.figures.story import steps
from tests.engine.figures import real


def test_a_real_story_has_three_columns() -> None:
    found = {step.name: step for step in steps(real.story())}
    base = found["base"]
    assert (base.text.seconds, base.text.bytes) == (9.384, 1_915_000_000)
    assert base.times == pytest.approx(base.printed.seconds / base.ours.seconds)
    assert found["offload"].printed.refused
    assert math.isnan(found["offload"].times)
    assert found["step first"].text.seconds == 3.951  # it is printed in milliseconds
    assert math.isnan(found["generate eager"].text.seconds)


def test_a_damaged_story_is_a_sentence() -> None:
    for spoil in ({"bark": [{}]}, {"xla": None}, {"bark": [3]}):
        with pytest.raises(UserError, match="is damaged: measure again"):
            steps({**real.story(), **spoil})
