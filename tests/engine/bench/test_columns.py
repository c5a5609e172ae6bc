"""Rows of words from a report."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bench import columns


def ratio(middle: float, low: float, high: float | None, rounds: int = 5, seen: str = "") -> Any:
    word = seen or ("faster" if middle < 1 else "slower")
    return {"middle": middle, "low": low, "high": high, "rounds": rounds, "seen": word}


@pytest.mark.parametrize(
    ("given", "middle", "bounds", "words"),
    [
        (ratio(0.3449, 0.33, 0.361), "0.34", "0.33–0.36", "2.9× faster"),
        (ratio(0.0521, 0.0511, 0.0533), "0.052", "0.051–0.053", "19.2× faster"),
        (ratio(12.34, 11.0, 14.0), "12.3", "11.0–14.0", "12.3× slower"),
        (ratio(1.01, 0.98, 1.04, seen="no difference seen"), "1.01", "0.98–1.04", "no difference"),
        (ratio(0.5, 0.0, None, rounds=1), "0.50", "one round", "2.0× faster"),
    ],
)
def test_ratios(given: Any, middle: str, bounds: str, words: str) -> None:
    assert columns.of_reference(given) == middle
    assert columns.between(given) == bounds
    assert columns.seen(given).startswith(words)
    assert columns.seen(None) == "–"


def case(name: str, **changes: Any) -> dict[str, Any]:
    values = {
        "name": name,
        "rows": 1,
        "precision": name if name == "int8" else "float32",
        "refused": "",
        "seconds": {"median": 2.0},
        "throughput": 0.5,
        "peak_bytes": 1_250_000_000,
        "device_bytes": 0,
        "real_time_factor": 0.4,
        "stages": {"semantic": 0.5, "coarse": 1, "fine": 0.25, "codec": 0.25},
        "seconds_of_sound": 5.0,
        "achieved": {
            "bytes_a_second": 15.5e9,
            "of_memory": 0.5,
            "operations_a_second": 120e9,
            "of_arithmetic": 0.75,
        },
    }
    return {**values, **changes}


REPORT: dict[str, Any] = {
    "tokens": 256,
    "voice": None,
    "rounds": 5,
    "noise": ratio(1.003, 0.985, 1.02, seen="no difference seen"),
    "reference": case("float32"),
    "cases": [
        case("int8", ratio=ratio(0.34, 0.33, 0.36), tokens={"word": "rounding"}),
        case("eager", ratio=ratio(1.0, 0.9, 1.1, seen="no difference seen")),
        {"name": "offload", "rows": 1, "refused": "It needs a card. See the page."},
    ],
}


def test_a_table_of_speech() -> None:
    found = columns.speech(REPORT)
    assert len({len(line) for line in [found.head, *found.rows]}) == 1
    cells = [dict(zip(found.head, row, strict=True)) for row in found.rows]
    assert [row[""] for row in cells] == ["float32", "int8", "eager", "offload"]
    assert cells[0]["of reference's time"] == "1 (reference)"
    assert cells[1]["max. GB"] == "1.25"
    assert cells[1]["tokens"] == "rounding"
    assert cells[1]["GB/s"] == "15.5 (50%)"
    assert cells[1]["GOP/s"] == "120 (75%)"
    assert cells[2]["95 %"] == "0.90–1.10, no difference seen"
    assert cells[3]["latency s"] == "refused"
    assert found.above.startswith("noise: the reference against itself, in another process, took")
    assert "1.00 of the time (0.98–1.02)" in found.above.replace("0.985", "0.98")
    assert "offload: refused: It needs a card." in found.notes
    assert "256 semantic tokens a row are 5.00 s of sound" in found.notes[-1]


def test_what_a_judge_heard() -> None:
    share, difference = ({"value": v, "low": v - 0.01, "high": v + 0.02} for v in (0.152, 0.005))
    report = {
        **REPORT,
        "judge": {"name": "whisper-tiny.en", "sentences": 12, "language": "en"},
        "reference": case("float32", words={"share": share}),
        "cases": [
            case("int8", ratio=None, words={"share": share, "difference": difference}),
            *REPORT["cases"][1:],
        ],
    }
    found = columns.speech(report)
    assert len({len(line) for line in [found.head, *found.rows]}) == 1
    assert [row[-2:] for row in found.rows] == [
        ["15.2 % (14.2 … 17.2)", ""],
        ["15.2 % (14.2 … 17.2)", "+0.5 (−0.5 … 2.5)"],
        ["–", "–"],
        ["–", "–"],
    ]
    assert "what whisper-tiny.en heard otherwise in 12 sentences" in found.notes[-1]


def test_memory_of_the_accelerator_where_there_is_one() -> None:
    report = {**REPORT, "reference": case("float16", device_bytes=500_000_000)}
    assert columns.speech(report).rows[0][2] == "0.50"
