"""What reports of `bench speech` say about settings: by case, and by option.

Reports are plain values, as engine/bench/results.py writes them. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Values = dict[str, Any]

ENOUGH = 5  # rounds, the fewest that tell a difference
# Option → the field of Settings and the value that a case has which shows what it brings, or, where
# the reference has it already, the value of the case without it.
_ALONE = {
    "attention": ("attention", "eager", True),
    "kernel": ("kernel", "torch", True),
    "offload": ("offload", True, False),
    "long_window": ("long_window", True, False),
    "unpadded": ("unpadded", True, False),
}


@dataclass(frozen=True)
class Results:
    """Reports of one model on this machine by this version, newest first. problems: a sentence for
    each file that is left out."""

    reports: list[Values]
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What one choice brought here, beside everything else as it was.

    times: as fast, low to high with 95 %; None where they are not known. seen: the difference is
    more than noise. tokens: "same tokens", "rounding" or "different". bytes: more (or, below 0,
    less) at the peak. words: how much more of them a judge heard otherwise, a share, and between
    which that lies with 95 %; None where none listened.
    """

    times: float
    low: float | None
    high: float | None
    seen: bool
    tokens: str
    bytes: int
    words: tuple[float, float, float] | None = None


def of(report: Values) -> bool:
    """Whether a report says what this program's options bring."""
    return _is_speech(report) and report.get("rounds", 0) >= ENOUGH


def too_short(report: Values) -> bool:
    """Whether it would, had it had more rounds."""
    return _is_speech(report) and not of(report)


def _is_speech(report: Values) -> bool:
    return (
        report.get("benchmark") == "speech"
        and report.get("finished", True)  # one that was stopped has not looked at the tokens
        and isinstance(report.get("cases"), list)
        and isinstance(report.get("reference"), dict)
        and "seconds" in report["reference"]
    )


def ours(report: Values) -> Iterator[Values]:
    """Cases of this program that were measured, the reference first."""
    for case in (report["reference"], *report["cases"]):
        if case.get("side", "ours") == "ours" and "seconds" in case:
            yield case


def settings_of(case: Values) -> Values:
    """Fields of Settings of a case; reports of before have no "settings", but names."""
    if isinstance(case.get("settings"), dict):
        return {**case["settings"], "device": case["choices"]["device"]}  # it may say "auto"
    parts = set(case["name"].split(" · "))
    together = "all together" in parts
    return {
        "device": case["choices"]["device"],
        "precision": case["precision"],
        "attention": case["choices"]["attention"],
        "kernel": "torch" if "torch's step" in parts else "auto",
        "offload": "offload" in parts,
        "batch_size": case["rows"],
        "unpadded": together or "unpadded" in parts,
        "long_window": together or "long window" in parts,
        "early_sound": False,
    }


def brought(reports: Sequence[Values], field: str, value: Any) -> Brought | None:
    """What a value of a field of Settings brought, by the newest report that has it; None where
    that was not measured."""
    for report in sorted(filter(of, reports), key=lambda found: str(found["date"]), reverse=True):
        first = settings_of(report["reference"])
        without = _ALONE.get(field, (field, value, False))
        turned = without[2] and value != without[1]  # the reference has it
        wanted = {**first, field: without[1] if turned else value}
        if field == "batch_size" and value != first[field]:
            found = _nearest_batch(report, first, value)
        else:
            found = next((c for c in report["cases"] if _is(c, wanted)), None)
        if found is not None and found.get("ratio"):
            return _brought(report["reference"], found, turned)
    return None


def _is(case: Values, wanted: Values) -> bool:
    return case.get("side", "ours") == "ours" and "seconds" in case and settings_of(case) == wanted


def _nearest_batch(report: Values, first: Values, rows: int) -> Values | None:
    cases = [c for c in report["cases"] if _is(c, {**first, "batch_size": c.get("rows")})]
    several = [case for case in cases if case["rows"] > 1]
    return min(several, key=lambda case: abs(case["rows"] - rows), default=None)


def _brought(reference: Values, case: Values, turned: bool) -> Brought:
    ratio = case["ratio"]
    bounds = [bound for bound in (ratio["low"], ratio["high"]) if bound]
    times = ratio["middle"] if turned else 1 / ratio["middle"]
    ends = sorted(bound if turned else 1 / bound for bound in bounds)
    more = case["peak_bytes"] - reference["peak_bytes"]
    if case.get("device_bytes") or reference.get("device_bytes"):
        more = case["device_bytes"] - reference["device_bytes"]
    return Brought(
        times=times,
        low=ends[0] if len(ends) == 2 else None,
        high=ends[1] if len(ends) == 2 else None,
        seen=ratio["seen"] != "no difference seen",
        tokens=case.get("tokens", {}).get("word", ""),
        bytes=-more if turned else more,
        words=_words(case, turned),
    )


def _words(case: Values, turned: bool) -> tuple[float, float, float] | None:
    found = case.get("words", {}).get("difference")
    if found is None:
        return None
    value, low, high = (float(found[name]) for name in ("value", "low", "high"))
    return (-value, -high, -low) if turned else (value, low, high)
