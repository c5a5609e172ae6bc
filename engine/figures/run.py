"""Runs of `bench speech` as they are read: what was measured, where, and each result of it.

Reports are plain values, as engine/bench/results.py writes them; other programs may have had them
in their hands, so nothing in them is believed before it was looked at. Standard library only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import UserError
from engine.figures.paired import Ratio

Values = dict[str, Any]

STAGES = ("semantic", "coarse", "fine", "codec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One case of one run. refused: why it was not measured; then all figures are empty.

    rows: spoken together. seconds: of each round's call, whatever its rows. bytes: at the peak, of
    the accelerator where it used one. stages: seconds of a call, by name. ratio: to the reference,
    a row to a row; None for that itself. ratios: of each round. way: what is equal in cases that
    differ in rows alone.
    """

    name: str
    side: str = "ours"
    precision: str = ""
    rows: int = 1
    refused: str = ""
    seconds: tuple[float, ...] = ()
    latency: float = math.nan
    throughput: float = math.nan
    real_time_factor: float = math.nan
    bytes: int = 0
    stages: tuple[float, ...] = ()
    ratio: Ratio | None = None
    ratios: tuple[float, ...] = ()
    seen: str = ""
    tokens: str = ""
    way: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether there are figures."""
        return bool(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its results, the reference first. here: on this processor, by this version. noise:
    what the reference against itself looked like. report: as it was read."""

    model: str
    date: str
    machine: dict[str, str]
    rounds: int
    tokens: int
    results: tuple[Result, ...]
    finished: bool = True
    warning: str = ""
    noise: Ratio | None = None
    here: bool = True
    report: Values = field(default_factory=dict, repr=False, compare=False)

    @property
    def version(self) -> str:
        """Of the program."""
        return self.machine.get("bark-studio", "")


@dataclass(frozen=True)
class Runs:
    """All that are kept, newest first. problems: a sentence for each file that is left out. story:
    the newest report of `bench story`, if there is one."""

    runs: list[Run]
    problems: list[str]
    story: Values | None = None


def run_of(report: Values, *, here: bool = True) -> Run:
    """A report as a run. Raises UserError for one whose figures are none."""
    try:
        return Run(
            model=str(report["model"]),
            date=str(report["date"]),
            machine={str(name): str(words) for name, words in report["machine"].items()},
            rounds=int(report["rounds"]),
            tokens=int(report["tokens"]),
            results=tuple(_results(report)),
            finished=bool(report.get("finished", True)),
            warning=str(report.get("warning") or ""),
            noise=_ratio(report.get("noise")),
            here=here,
            report=report,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        name = report.get("file", "a report")
        raise UserError(f"{name} is damaged: measure again") from error


def _results(report: Values) -> Iterator[Result]:
    for case in (report["reference"], *report["cases"]):
        if "seconds" not in case:
            yield Result(
                name=str(case["name"]),
                side=str(case.get("side", "ours")),
                rows=int(case.get("rows", 1)),
                refused=str(case.get("refused", "")),
            )
            continue
        yield Result(
            name=str(case["name"]),
            side=str(case.get("side", "ours")),
            precision=str(case["precision"]),
            rows=_positive(case["rows"], int),
            seconds=tuple(_positive(value) for value in case["seconds"]["all"]),
            latency=_positive(case["seconds"]["median"]),
            throughput=_positive(case["throughput"]),
            real_time_factor=_positive(case["real_time_factor"]),
            bytes=_positive(case.get("device_bytes") or case["peak_bytes"], int),
            stages=tuple(max(0.0, _finite(case["stages"][stage])) for stage in STAGES),
            ratio=_ratio(case.get("ratio")),
            ratios=tuple(_positive(v) for v in (case.get("ratio") or {}).get("all", ())),
            seen=str(case["ratio"]["seen"]) if case.get("ratio") else "",
            tokens=str(case.get("tokens", {}).get("word", "")),
            way=_way(case),
        )


def _way(case: Values) -> str:
    settings = case.get("settings")
    if not isinstance(settings, dict):
        return f"{case.get('side', 'ours')} {case['precision']}"
    return json.dumps({**settings, "batch_size": 0}, sort_keys=True)


def _ratio(stored: Any) -> Ratio | None:
    if not stored:
        return None
    high = stored.get("high")
    return Ratio(
        middle=_positive(stored["middle"]),
        low=_finite(stored["low"]),
        high=math.inf if high is None else _finite(high),
        rounds=int(stored["rounds"]),
    )


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no figure")
    return float(value)


def _positive(value: Any, kind: Any = float) -> Any:
    if _finite(value) <= 0:
        raise ValueError(f"{value!r} is no measurement")
    return kind(value)
