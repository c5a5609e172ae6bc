"""A plan is what the command line understands by it."""

from __future__ import annotations

import pytest

from engine.cli.parser import build_parser
from engine.figures.plan import VARIED, Plan


def test_the_command_line_understands_a_plan() -> None:
    parser = build_parser()
    plans = [
        Plan(model="m"),
        Plan(model="m", vary=("batch", "precision"), batches=(1, 4, 16), cross=True, compare=True),
        Plan(model="m", vary=(), compare=True, minutes=None, loops=7, tokens=64),
        Plan(model="m", vary=("window",), minutes=0.5),
    ]
    asked = [parser.parse_args(plan.arguments()) for plan in plans]
    assert [args.vary for args in asked] == [
        VARIED,
        ("batch", "precision"),
        ("batch",),
        ("window",),
    ]
    assert [args.batch for args in asked] == [(1, 8), (1, 4, 16), (1,), (1,)]
    assert [args.minutes for args in asked] == [3, 3, None, 0.5]
    assert (asked[2].loops, asked[2].narrow, asked[2].tokens) == (7, 0, 64)  # exactly seven rounds
    assert [(args.cross, args.compare) for args in asked[:2]] == [
        (False, None),
        (True, "transformers"),
    ]


def test_what_cannot_be_measured_is_no_plan() -> None:
    for wrong in (
        {"model": ""},
        {"vary": ()},
        {"vary": ("colour",)},
        {"batches": ()},
        {"batches": (0,)},
        {"minutes": 0},
        {"minutes": float("inf")},
        {"loops": 0},
        {"tokens": 0},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            Plan(**{"model": "m", **wrong})  # type: ignore[arg-type]
