"""The advice: what each word rests on, it is taken over, and a minute of measuring is watched."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.speak.advice import AdviceCard
from gui.speak.inspector import Inspector
from gui.studio.context import Context
from tests.conftest import ROOT
from tests.gui.fake_backend import FakeBackend


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A real run of the starter voice."""
    values: dict[str, Any] = json.loads(
        (ROOT / "tests" / "fixtures" / "bench" / "starter-voice.json").read_bytes()
    )
    return values


@pytest.fixture
def inspector(qtbot: QtBot, studio: Context) -> Inspector:
    inspector = Inspector(studio)
    qtbot.addWidget(inspector)
    inspector.show()
    return inspector


@pytest.fixture
def card(inspector: Inspector) -> AdviceCard:
    return inspector.advice


def ask(qtbot: QtBot, card: AdviceCard) -> None:
    card.ask_button.click()
    assert not card.ask_button.isEnabled()
    qtbot.waitUntil(card.words.isVisible)


def test_nothing_is_looked_at_unasked(card: AdviceCard) -> None:
    assert card.ask_button.isVisible()
    assert not card.apply_button.isVisible()


def test_without_figures_it_is_an_estimate_that_offers_to_measure(
    qtbot: QtBot, card: AdviceCard, studio: Context
) -> None:
    ask(qtbot, card)
    assert "Estimated: it takes 0.3 GB of memory" in card.reasons.text()
    assert "Not known: how fast it is here" in card.reasons.text()
    assert "Measured" not in card.reasons.text()
    assert card.measure_button.isVisible()
    studio.set_settings(studio.settings.replace(unpadded=True))
    card.apply_button.click()
    assert (studio.settings.precision, studio.settings.batch_size) == ("int8", 8)
    assert studio.settings.device == "auto"  # that is what it takes here
    assert studio.settings.unpadded  # the user's own choice
    assert not card.apply_button.isEnabled()


@pytest.mark.usefixtures("japanese")
def test_japanese_sentences_end_as_japanese_ones_do(
    qtbot: QtBot, card: AdviceCard, studio: Context, backend: FakeBackend
) -> None:
    backend.free = 10**8
    studio.set_settings(studio.settings.replace(precision="float32", batch_size=200))
    ask(qtbot, card)
    lines = [*card.reasons.text().splitlines(), card.warning.text()]
    assert len(lines) > 2
    assert [line for line in lines if not line.endswith("。") or line.endswith(".。")] == []


def test_a_minute_of_measuring_is_watched_and_counts(
    qtbot: QtBot,
    inspector: Inspector,
    card: AdviceCard,
    backend: FakeBackend,
    report: dict[str, Any],
) -> None:
    assert "Not measured here yet." in _brought(inspector)
    ask(qtbot, card)
    backend.measured = report
    card.measure_button.click()
    qtbot.waitUntil(lambda: card.progress.isVisible() and card.progress.value() == 10)
    assert not card.measure_button.isVisible()
    backend.measuring_goes_on.set()
    qtbot.waitUntil(lambda: "Measured here: it is 4.0 times as fast" in card.reasons.text())
    assert not card.progress.isVisible()
    qtbot.waitUntil(lambda: "2.4× faster" in _brought(inspector))


def _brought(inspector: Inspector) -> str:
    return " | ".join(row._brought.text() for row in inspector.options._rows)


def test_measuring_is_stopped(qtbot: QtBot, card: AdviceCard, backend: FakeBackend) -> None:
    ask(qtbot, card)
    card.measure_button.click()
    qtbot.waitUntil(lambda: card.progress.value() == 10)
    card.stop_button.click()
    backend.measuring_goes_on.set()
    qtbot.waitUntil(card.measure_button.isVisible)
    assert "Measured" not in card.reasons.text()


def test_what_cannot_be_measured_is_a_sentence(
    qtbot: QtBot, card: AdviceCard, backend: FakeBackend, studio: Context
) -> None:
    said: list[str] = []
    studio.said.connect(lambda sentence, kind, view: said.append(sentence))
    ask(qtbot, card)
    backend.measuring_goes_on.set()
    card.measure_button.click()
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["it could not be measured: the model is damaged"]
    assert card.measure_button.isVisible()


def test_a_choice_that_will_not_fit_is_warned_of_before_it_is_used(
    qtbot: QtBot, card: AdviceCard, backend: FakeBackend, studio: Context
) -> None:
    backend.free = 10**9
    ask(qtbot, card)
    assert not card.warning.isVisible()
    studio.set_settings(studio.settings.replace(precision="float32", batch_size=200))
    assert card.warning.isVisible()
    assert card.warning.text().startswith("About 1.5 GB are needed as it is chosen now")
    card.apply_button.click()
    assert not card.warning.isVisible()


def test_another_model_is_another_question(qtbot: QtBot, card: AdviceCard, studio: Context) -> None:
    ask(qtbot, card)
    studio.set_model("suno/bark-small")
    assert card.ask_button.isVisible()
    assert not card.words.isVisible()


def test_each_checkbox_says_what_it_brought(
    qtbot: QtBot, studio: Context, backend: FakeBackend, report: dict[str, Any]
) -> None:
    backend.reports = [report]
    backend.bad_results = ["x.json is damaged and is called x.json.damaged now"]
    said: list[str] = []
    studio.said.connect(lambda sentence, kind, view: said.append(sentence))
    inspector = Inspector(studio)
    qtbot.addWidget(inspector)
    qtbot.waitUntil(lambda: "Measured" in _brought(inspector))
    lines = {row.choice.field: row._brought.text() for row in inspector.options._rows}
    assert lines["attention"] == "Measured here: 2.4× faster, same tokens."
    assert lines["kernel"].startswith("Measured here: 2.7× faster, ")
    assert lines["batch_size"].startswith("Measured here: 1.3× faster, same tokens, +13")
    assert lines["long_window"].startswith("Measured here: no difference seen")
    assert lines["early_sound"] == "Not measured here yet."
    studio.set_settings(studio.settings.replace(precision="int8"))
    line = inspector.options.precision.brought
    assert line.text().startswith("Measured here: 2.0× faster, rounded tokens, −39")
    studio.set_settings(studio.settings.replace(precision="float32"))
    assert line.isHidden()  # it is what the others are held to
    inspector.options.look()
    backend.reports = [copy.deepcopy(report)]
    inspector.options.look()
    assert said == backend.bad_results  # once
