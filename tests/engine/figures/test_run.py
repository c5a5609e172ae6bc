"""Reports as runs: a real one is read whole, and nothing in a spoilt one is believed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import UserError
from engine.figures.run import run_of
from tests.engine.figures import real


def test_a_real_report_is_read() -> None:
    report = real.report()
    run = run_of(report)
    assert (run.model, run.rounds, run.tokens) == ("starter voice", report["rounds"], 32)
    assert run.version == report["machine"]["bark-studio"]
    first, *others = run.results
    assert first.ratio is None
    assert first.latency == report["reference"]["seconds"]["median"]
    assert [result.name for result in others] == [case["name"] for case in report["cases"]]
    int8 = next(result for result in others if result.name == "int8")
    assert int8.is_measured
    assert int8.ratio is not None
    assert len(int8.seconds) == len(int8.ratios) == run.rounds
    assert int8.seen == "faster"
    assert sum(int8.stages) == pytest.approx(int8.latency, rel=0.3)  # medians
    offload = next(result for result in others if result.name == "offload")
    assert not offload.is_measured
    assert offload.refused.startswith("offload needs an accelerator")
    assert math.isnan(offload.latency)


def _lacks(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda report: report.pop(name)


def test_a_report_whose_figures_are_none_is_a_sentence() -> None:
    spoils: list[Callable[[dict[str, Any]], Any]] = [
        *map(_lacks, ("reference", "cases", "machine", "rounds", "date", "tokens")),
        lambda report: report["cases"].append(3),
        lambda report: report["reference"]["seconds"].update(median="fast"),
        lambda report: report["reference"]["seconds"].update(all=[1.0, -1.0]),
        lambda report: report["reference"]["seconds"].update(all=None),
        lambda report: report["reference"].update(peak_bytes=math.nan),
        lambda report: report["reference"].update(throughput=math.inf),
        lambda report: report["reference"].update(rows=0),
        lambda report: report["reference"].update(stages=[1, 2, 3, 4]),
        lambda report: report["cases"][0]["ratio"].pop("middle"),
        lambda report: report["cases"][0].update(tokens="same"),
        lambda report: report.update(noise=True),
    ]
    for number, spoil in enumerate(spoils):
        report = {**real.report(), "file": "x.json"}
        spoil(report)
        with pytest.raises(UserError, match=r"x\.json is damaged: measure again"):
            print(number, run_of(report))
