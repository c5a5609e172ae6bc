"""What `bench story` found, row by row: the text on its machine, its code here, ours here.

Standard library only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from engine.errors import UserError


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a call and bytes at the peak, NaN and 0 where they are not known. refused: why."""

    seconds: float = math.nan
    bytes: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a text. about: "bark" or "xla"."""

    about: str
    name: str
    text: Cost
    printed: Cost
    ours: Cost

    @property
    def times(self) -> float:
        """As fast as the text's own code here; NaN where that is not known."""
        return self.printed.seconds / self.ours.seconds


def steps(report: dict[str, Any]) -> list[Step]:
    """All of a report. Raises UserError for one whose figures are none."""
    try:
        found = [
            Step(
                "bark",
                str(row["name"]),
                Cost(
                    _seconds(row["text"]["seconds"]), round(1e9 * (row["text"]["gigabytes"] or 0))
                ),
                _cost(row["recipe"]),
                _cost(row["ours"]),
            )
            for row in report["bark"]
        ]
        for row in report["xla"]:
            text, printed, ours = (
                Cost(_seconds(row[who], 1000)) for who in ("text", "recipe", "ours")
            )
            printed = Cost(printed.seconds, 0, str(row.get("refused") or ""))
            found.append(Step("xla", str(row["name"]), text, printed, ours))
        return found
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        name = report.get("file", "a report")
        raise UserError(f"{name} is damaged: measure again") from error


def _cost(values: dict[str, Any]) -> Cost:
    if "seconds" not in values:
        return Cost(refused=str(values.get("refused") or ""))
    return Cost(_seconds(values["seconds"]["median"]), int(values["peak_bytes"]))


def _seconds(value: object, parts: int = 1) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValueError(f"{value!r} is no time")
    return float(value) / parts
