"""A minute of `bench speech` in a process of its own: what precision and rows together bring.

Standard library only.
"""

from __future__ import annotations

import time

from engine.bench import child
from engine.figures.plan import Plan
from engine.models.info import Tell

_EXPECTED = 75  # seconds, with the start and the end


def command(model: str) -> list[str]:
    """The arguments of main.py."""
    return Plan(model=model, vary=("precision", "batch"), minutes=1).arguments()


def run(model: str, tell: Tell) -> None:
    """Measure; the report is kept by the command itself. tell: seconds done, of so many expected.

    Raises UserError where it cannot be measured; lets Cancelled of `tell` pass, after the end of
    all its processes.
    """
    began = time.monotonic()
    child.run(
        command(model),
        lambda _: None,
        lambda: tell(min(round(time.monotonic() - began), _EXPECTED - 1), _EXPECTED),
    )
    tell(_EXPECTED, _EXPECTED)
