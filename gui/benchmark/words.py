"""Names of cases and runs, and their figures, in the language of the window."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from engine.figures.paired import LEAST_ROUNDS, Ratio
from engine.figures.plan import Notice
from engine.figures.run import Result, Run

_ROWS = re.compile(r"(\d+) rows?")
translate = QCoreApplication.translate


def case_name(name: str) -> str:
    """ "int8 · 8 rows" as people here say it. What is no word of ours stays."""
    parts = _parts()
    return " · ".join(_rows(part) or parts.get(part, part) for part in name.split(" · "))


def _rows(part: str) -> str:
    found = _ROWS.fullmatch(part)
    if found is None:
        return ""
    count = int(found[1])
    return (
        translate("Benchmark", "1 row")
        if count == 1
        else translate("Benchmark", "{0} rows").format(count)
    )


def _parts() -> dict[str, str]:
    return {
        "fused attention": translate("Benchmark", "fused attention"),
        "eager attention": translate("Benchmark", "eager attention"),
        "own step": translate("Benchmark", "compiled step"),
        "torch's step": translate("Benchmark", "torch's step"),
        "offload": translate("Benchmark", "offload"),
        "no offload": translate("Benchmark", "no offload"),
        "padded": translate("Benchmark", "padding"),
        "unpadded": translate("Benchmark", "no padding"),
        "plain window": translate("Benchmark", "plain window"),
        "long window": translate("Benchmark", "long window"),
        "all together": translate("Benchmark", "all together"),
        "the reference again": translate("Benchmark", "the reference again"),
    }


def run_name(run: Run) -> str:
    """When, which model, and what has to be known before its figures are read."""
    parts = [_when(run.date), run.model]
    if not run.here:
        machine = run.machine.get("processor", "")
        parts.append(translate("Benchmark", "{0}, version {1}").format(machine, run.version))
    if not run.finished:
        parts.append(translate("Benchmark", "stopped"))
    return " · ".join(parts)


def _when(date: str) -> str:
    moment = QDateTime.fromString(date, Qt.DateFormat.ISODate)
    if not moment.isValid():
        return date
    return QLocale().toString(moment.toLocalTime(), QLocale.FormatType.ShortFormat)


def about(run: Run) -> str:
    """What a run's figures depend on, and how far they can be trusted."""
    parts = [
        translate("Benchmark", "Rounds: {0}").format(run.rounds),
        translate("Benchmark", "tokens a row: {0}").format(run.tokens),
    ]
    if run.noise is not None:
        noise = translate("Benchmark", "noise: two equal cases differ by {0}")
        parts.append(noise.format(bounds(run.noise)))
    parts += [run.machine[name] for name in ("processor", "instructions") if name in run.machine]
    if run.version:
        parts.append(translate("Benchmark", "version {0}").format(run.version))
    return " · ".join(parts)


# ── figures ───────────────────────────────────────────────────────────────────────────────────


def figure(value: float) -> str:
    """Three digits that count; "–" for what is not known."""
    if not math.isfinite(value):
        return "–"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def against(result: Result) -> str:
    """What a ratio to the reference says."""
    if result.ratio is None:
        return translate("Benchmark", "reference") if result.is_measured else "–"
    if result.ratio.rounds < LEAST_ROUNDS:
        return translate("Benchmark", "{0} of its time, too few rounds").format(
            figure(result.ratio.middle)
        )
    return speed(result.ratio)


def speed(ratio: Ratio) -> str:
    """ "2.9× faster (2.5–3.4)", or that no difference was seen."""
    if not ratio.is_seen:
        return translate("Benchmark", "no difference seen ({0})").format(bounds(ratio))
    if ratio.middle < 1:
        times, low, high = 1 / ratio.middle, 1 / ratio.high, 1 / max(ratio.low, 1e-9)
        words = translate("Benchmark", "{0}× faster ({1}–{2})")
    else:
        times, low, high = ratio.middle, ratio.low, ratio.high
        words = translate("Benchmark", "{0}× slower ({1}–{2})")
    return words.format(
        *(f"{value:.2f}" if times < 2 else f"{value:.1f}" for value in (times, low, high))
    )


def bounds(ratio: Ratio) -> str:
    """The bounds as percents of more or less: "−3 % to +5 %"."""
    if ratio.rounds < 2 or not math.isfinite(ratio.high):
        return translate("Benchmark", "one round")
    return translate("Benchmark", "{0} to {1}").format(_percent(ratio.low), _percent(ratio.high))


def _percent(ratio: float) -> str:
    percent = 100 * (ratio - 1)
    return f"{'−' if round(percent) < 0 else '+'}{abs(percent):.0f} %"


def tokens(result: Result) -> str:
    """What became of a result's tokens."""
    words = {
        "same tokens": translate("Benchmark", "same"),
        "rounding": translate("Benchmark", "rounded"),
        "different": translate("Benchmark", "others"),
    }
    return words.get(result.tokens, "–")


# ── what is heard ─────────────────────────────────────────────────────────────────────────────


def heard(what: Notice) -> str:
    """What is measured now."""
    name = case_name(what.words)
    if what.at == "loading":
        return translate("Benchmark", "Loading and warming up: {0}").format(name)
    if what.at == "measuring":
        return translate("Benchmark", "Round {0}: {1}").format(what.round, name)
    if what.at == "round":
        return translate("Benchmark", "Round {0}").format(what.round)
    if what.at == "comparing":
        return translate("Benchmark", "Looking where the tokens part: {0}").format(name)
    return ""
