"""Advice for ten made-up machines, and by what was really measured with the starter voice."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.advice import measured
from engine.advice.advise import Advice, advise, as_json
from engine.advice.facts import Machine, Model, estimate
from engine.settings import Settings
from tests.conftest import ROOT

GB = 10**9
STARTER = Model(name="starter-voice", weights=29_000_000, largest=10_000_000, row=6_000_000)
SMALL = Model(name="suno/bark-small", weights=1_690 * 10**6, largest=760 * 10**6, row=150 * 10**6)
LARGE = Model(name="suno/bark", weights=4_490 * 10**6, largest=1_900 * 10**6, row=400 * 10**6)

VNNI = "AVX2, AVX-512, AVX-512 VNNI"
ON_A_CARD = {("precision", "int8"): "int8 is made for processors"}
ON_A_PROCESSOR = {
    ("offload", True): "offload needs an accelerator, and the work is done by the processor here",
    ("precision", "float16"): "float16 needs CUDA or MPS",
}
NO_8_BIT = {**ON_A_PROCESSOR, ("precision", "int8"): "int8 needs an x86 processor"}


def processor(free: float, instructions: str, **more: Any) -> Machine:
    return Machine(
        name="a processor",
        instructions=instructions,
        memory=round(1.3 * free * GB),
        free=round(free * GB),
        **{"refused": ON_A_PROCESSOR, **more},
    )


def card(card_free: float, device: str = "cuda", free: float = 12) -> Machine:
    return Machine(
        instructions=VNNI,
        own_step=True,
        free=round(free * GB),
        device=device,
        card="a card",
        card_free=round(card_free * GB),
        refused={},
    )


class Right(NamedTuple):
    """What is right for a machine and a model. warns: a part of a sentence, "" for none."""

    machine: Machine
    model: Model
    words: str
    fits: bool = True
    warns: str = ""


TABLE = {
    "a card of 2 GB, the large model": Right(
        card(1.8), LARGE, "cuda, float16, fused attention, offload, a row at a time"
    ),
    "a card of 24 GB, the large model": Right(
        card(23), LARGE, "cuda, float16, fused attention, 8 rows together"
    ),
    "a card of 1 GB, the large model": Right(
        card(0.9),
        LARGE,
        "int8, fused attention, own step, 8 rows together",
        warns="does not fit on a card: the processor computes",
    ),
    "64 cores with AVX-512": Right(
        processor(240, VNNI, own_step=True),
        LARGE,
        "int8, fused attention, own step, 8 rows together",
    ),
    "no AVX2": Right(
        processor(6, "not known on this system"),
        SMALL,
        "float32, fused attention, torch's step, 8 rows together",
        warns="torch alone makes the steps here",
    ),
    "no AVX2, little memory": Right(
        processor(2, "not known on this system"),
        SMALL,
        "bfloat16, fused attention, torch's step, 4 rows together",
        warns="bfloat16 is chosen for its size",
    ),
    "AVX2 without AVX-512": Right(
        processor(12, "AVX2", own_step=True),
        SMALL,
        "float32, fused attention, own step, 8 rows together",
    ),
    "no compiler": Right(
        processor(
            12,
            VNNI,
            refused={**ON_A_PROCESSOR, ("kernel", "auto"): "there is no C compiler: install gcc"},
        ),
        SMALL,
        "int8, fused attention, torch's step, 8 rows together",
        warns="there is no C compiler",
    ),
    "MPS of 16 GB": Right(card(11, "mps"), LARGE, "mps, float16, fused attention, 8 rows together"),
    "an ARM processor": Right(
        processor(6, "NEON, dot product", own_step=True, refused=NO_8_BIT),
        STARTER,
        "float32, fused attention, own step, 8 rows together",
    ),
    "half a gigabyte": Right(
        processor(0.5, VNNI, own_step=True),
        LARGE,
        "int8, fused attention, own step, a row at a time",
        fits=False,
        warns="it does not fit",
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_advice_for_made_up_machines(name: str) -> None:
    right = TABLE[name]
    advice = advise(right.machine, right.model)
    assert advice.words.startswith(right.words)
    assert advice.fits == right.fits
    warned = [said.words for said in advice.said if said.basis == "warning"]
    assert any(right.warns in words for words in warned) if right.warns else warned == []
    if advice.fits:
        assert advice.bytes <= 0.8 * advice.free
    assert advice.bytes == estimate(right.model, advice.settings)
    assert advice.times is None  # nobody measured it
    assert [said.basis for said in advice.said][-1] == "open"
    for field in ("precision", "offload"):
        chosen = getattr(advice.settings, field)
        assert right.machine.can(field, chosen)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A real run of the starter voice."""
    values: dict[str, Any] = json.loads(
        (ROOT / "tests" / "fixtures" / "bench" / "starter-voice.json").read_bytes()
    )
    return values


HERE = processor(18, VNNI, own_step=True)


def sentences(advice: Advice, basis: str) -> str:
    return "; ".join(said.words for said in advice.said if said.basis == basis)


def test_what_was_measured_comes_before_every_estimate(report: dict[str, Any]) -> None:
    case = next(case for case in report["cases"] if case["name"] == "int8 · 8 rows")
    advice = advise(HERE, STARTER, [report])
    assert advice.words == "int8, fused attention, own step, 8 rows together"
    assert (advice.bytes, advice.bytes_basis) == (case["peak_bytes"], "measured")
    assert advice.times == pytest.approx(1 / case["ratio"]["middle"])
    said = sentences(advice, "measured")
    assert f"{1 / case['ratio']['middle']:.1f} times as fast as float32" in said
    assert "by rounding" in said
    assert "56% of the processors" in sentences(advice, "warning")
    assert sentences(advice, "estimated") == sentences(advice, "open") == ""


def test_a_case_that_does_not_fit_now_is_not_advised(report: dict[str, Any]) -> None:
    small = processor(0.395, VNNI, own_step=True)
    advice = advise(small, STARTER, [report])
    assert advice.words == "int8, fused attention, own step, a row at a time"
    nothing = processor(0.2, VNNI, own_step=True)
    assert not advise(nothing, STARTER, [report]).is_measured


def test_noise_is_no_reason(report: dict[str, Any]) -> None:
    noisy = copy.deepcopy(report)
    for case in noisy["cases"]:
        if case.get("ratio"):
            case["ratio"]["seen"] = "no difference seen"
    advice = advise(HERE, STARTER, [noisy])
    assert advice.settings.precision == "float32"
    assert "nothing that was measured here is faster" in sentences(advice, "measured")


def test_what_changes_more_than_rounding_is_left_to_the_user(report: dict[str, Any]) -> None:
    best = copy.deepcopy(report)
    for case in best["cases"]:
        if case["name"] in ("all together", "unpadded", "long window"):
            case["ratio"] = {**case["ratio"], "middle": 0.01, "seen": "faster"}
    chosen = advise(HERE, STARTER, [best]).settings
    assert chosen.unpadded == "auto"
    assert not chosen.long_window


def test_too_few_rounds_are_no_figures_and_are_named(report: dict[str, Any]) -> None:
    advice = advise(HERE, STARTER, [{**report, "rounds": 4}])
    assert not advice.is_measured
    assert "too few rounds" in sentences(advice, "open")
    assert "too few" not in sentences(
        advise(HERE, STARTER, [report, {**report, "rounds": 4}]), "open"
    )


def test_a_device_that_was_chosen_by_itself_has_its_name(report: dict[str, Any]) -> None:
    newer = copy.deepcopy(report)
    for case in (newer["reference"], *newer["cases"]):
        if "seconds" in case:
            case["settings"] = {**measured.settings_of(case), "device": "auto"}
    advice = advise(HERE, STARTER, [newer])
    assert advice.settings.device == "cpu"
    assert advice.free == HERE.free


def test_the_newest_run_counts(report: dict[str, Any]) -> None:
    newer = copy.deepcopy(report)
    newer["date"] = "2099-01-01T00:00:00+00:00"
    newer["cases"] = [case for case in newer["cases"] if case["name"] == "bfloat16"]
    assert advise(HERE, STARTER, [newer, report]).settings.precision == "bfloat16"


def test_transformers_is_named_where_it_was_measured(report: dict[str, Any]) -> None:
    beside = copy.deepcopy(report)
    theirs = {**beside["reference"], "name": "transformers float32", "side": "transformers"}
    beside["cases"].append({**theirs, "real_time_factor": 1.0})
    case = next(case for case in report["cases"] if case["name"] == "int8 · 8 rows")
    said = sentences(advise(HERE, STARTER, [beside]), "measured")
    assert f"{1 / case['real_time_factor']:.1f} times as fast as transformers" in said


def test_it_is_plain_values() -> None:
    advice = advise(HERE, STARTER)
    values = json.loads(json.dumps(as_json(advice)))
    assert Settings(**values["settings"]) == advice.settings
    assert values["said"][0]["basis"] == "estimated"


def test_other_benchmarks_say_nothing(tmp_path: Path, report: dict[str, Any]) -> None:
    other = {**report, "benchmark": "text"}
    assert not advise(HERE, STARTER, [other]).is_measured
