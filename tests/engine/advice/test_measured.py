"""What each option brought, read from a real run of the starter voice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.advice.measured import brought, settings_of
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(
        (ROOT / "tests" / "fixtures" / "bench" / "starter-voice.json").read_bytes()
    )
    return values


def case(report: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(case for case in report["cases"] if case["name"] == name)
    return found


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("precision", "int8", "int8"),
        ("precision", "bfloat16", "bfloat16"),
        ("batch_size", 8, "8 rows"),
        ("batch_size", 6, "8 rows"),  # the nearest that was measured
        ("unpadded", True, "unpadded"),
        ("long_window", True, "long window"),
    ],
)
def test_a_case_of_its_own(report: dict[str, Any], field: str, value: Any, name: str) -> None:
    found = brought([report], field, value)
    assert found is not None
    ratio = case(report, name)["ratio"]
    assert found.times == pytest.approx(1 / ratio["middle"])
    assert (found.low, found.high) == (
        pytest.approx(1 / ratio["high"]),
        pytest.approx(1 / ratio["low"]),
    )
    assert found.seen == (ratio["seen"] != "no difference seen")
    assert found.bytes == case(report, name)["peak_bytes"] - report["reference"]["peak_bytes"]


@pytest.mark.parametrize(
    ("field", "value", "without"),
    [("attention", "fused", "eager attention"), ("kernel", "auto", "torch's step")],
)
def test_what_the_reference_has_is_seen_by_a_case_without_it(
    report: dict[str, Any], field: str, value: str, without: str
) -> None:
    found = brought([report], field, value)
    assert found is not None
    assert found.times == pytest.approx(case(report, without)["ratio"]["middle"])
    assert found.times > 2
    assert found.low is not None
    assert found.low < found.times
    more = case(report, without)["peak_bytes"] - report["reference"]["peak_bytes"]
    assert found.bytes == -more


@pytest.mark.parametrize(("field", "value"), [("early_sound", True), ("offload", True)])
def test_what_was_not_measured_is_not_known(report: dict[str, Any], field: str, value: Any) -> None:
    assert brought([report], field, value) is None
    assert brought([], field, value) is None


def test_names_of_before_are_read_as_settings(report: dict[str, Any]) -> None:
    found = settings_of(case(report, "all together"))
    assert (found["precision"], found["batch_size"]) == ("int8", 8)
    assert found["unpadded"]
    assert found["long_window"]
    newer = {**case(report, "int8"), "settings": {"precision": "other", "device": "auto"}}
    assert settings_of(newer) == {"precision": "other", "device": "cpu"}


def test_too_few_rounds_bring_nothing(report: dict[str, Any]) -> None:
    assert brought([{**report, "rounds": 4}], "precision", "int8") is None


def test_what_a_judge_heard(report: dict[str, Any]) -> None:
    found = brought([report], "precision", "int8")
    assert found is not None
    assert found.words is None
    heard = {"value": 0.005, "low": -0.01, "high": 0.02}
    cases = [{**case, "words": {"share": heard, "difference": heard}} for case in report["cases"]]
    judged = {**report, "cases": cases}
    found = brought([judged], "precision", "int8")
    assert found is not None
    assert found.words == (0.005, -0.01, 0.02)
    turned = brought([judged], "attention", "fused")  # the reference has it
    assert turned is not None
    assert turned.words == (-0.005, -0.02, 0.01)
