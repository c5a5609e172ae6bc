"""Sampling and seed: what the boxes say is what the request gets."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.api import SEED_LIMIT, SpeechSampling, StageSampling
from gui.widgets.sampling import SamplingBox, SeedBox, from_plain, to_plain


@pytest.fixture
def box(qtbot: QtBot) -> SamplingBox:
    box = SamplingBox()
    qtbot.addWidget(box)
    return box


@pytest.fixture
def seed(qtbot: QtBot) -> SeedBox:
    seed = SeedBox()
    qtbot.addWidget(seed)
    return seed


SOME = SpeechSampling(
    semantic=StageSampling(temperature=0.0, top_k=50, top_p=0.95),
    coarse=StageSampling(temperature=0.6),
    fine=StageSampling(temperature=None, top_p=0.01),
    min_eos_p=0.2,
)


@pytest.mark.parametrize("sampling", [SpeechSampling(), SpeechSampling.greedy(), SOME])
def test_a_value_comes_back(box: SamplingBox, sampling: SpeechSampling) -> None:
    box.set_value(SOME)
    box.set_value(sampling)
    assert box.value() == sampling
    assert from_plain(to_plain(sampling)) == sampling


def test_untouched_it_is_what_the_model_says(box: SamplingBox) -> None:
    assert box.value() == SpeechSampling()


@pytest.mark.parametrize("rubbish", [{}, {"semantic": 1}, {**to_plain(SOME), "min_eos_p": 7}])
def test_rubbish_is_what_the_model_says(rubbish: dict[str, object]) -> None:
    assert from_plain(rubbish) == SpeechSampling()


def test_every_end_of_every_box_is_a_sampling(box: SamplingBox) -> None:
    for boxes in (box.temperature, box.top_k, box.top_p, [box.min_eos_p]):
        for one in boxes:  # type: ignore[attr-defined]
            for value in (one.minimum(), one.maximum()):
                one.setValue(value)
                box.value()


def test_a_change_is_told(qtbot: QtBot, box: SamplingBox) -> None:
    with qtbot.waitSignal(box.changed):
        box.top_k[2].setValue(9)


def test_the_die_draws_and_the_lock_keeps(seed: SeedBox) -> None:
    seed.set_value(5, locked=False)
    drawn = {seed.next() for _ in range(8)}
    assert len(drawn) > 1
    seed.set_value(5, locked=True)
    assert [seed.next() for _ in range(3)] == [5, 5, 5]
    seed.die.click()
    assert seed.next() == seed.value()


def test_a_seed_that_was_brought_back_counts_once(qtbot: QtBot, seed: SeedBox) -> None:
    seed.set_value(5, locked=False, once=True)
    assert seed.next() == 5
    assert {seed.next() for _ in range(8)} != {5}
    seed.edit.clear()
    qtbot.keyClicks(seed.edit, "77")
    assert seed.next() == 77


@pytest.mark.parametrize(("typed", "seed_of_it"), [("", 0), ("9" * 19, SEED_LIMIT - 1), ("7", 7)])
def test_whatever_is_typed_is_a_seed(seed: SeedBox, typed: str, seed_of_it: int) -> None:
    seed.edit.setText(typed)
    seed.lock.setChecked(True)
    assert seed.next() == seed_of_it
