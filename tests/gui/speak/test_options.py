"""The checkboxes: they say what the settings are, change them, and why one cannot be ticked."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.settings import Settings
from gui.speak.options import Options, choices
from gui.studio.context import USUAL, Context
from tests.gui.fake_backend import FakeBackend


@pytest.fixture
def options(qtbot: QtBot, studio: Context) -> Options:
    options = Options(studio)
    qtbot.addWidget(options)
    studio.limits_changed.emit({})  # asked, and nothing speaks against anything
    return options


def words(options: Options) -> str:
    return "\n".join(label.text() for label in options.findChildren(QLabel))


def test_every_field_of_the_settings_can_be_chosen() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}
    assert {choice.field for choice in choices()} | {"device", "precision"} == fields


def test_every_value_of_a_choice_is_one_that_settings_take() -> None:
    for choice in choices():
        for value in (*choice.on, choice.off):
            Settings(**{choice.field: value})


@pytest.mark.parametrize("choice", choices(), ids=lambda choice: choice.title)
def test_a_tick_changes_the_settings_and_taking_it_back_too(
    options: Options, studio: Context, choice: object
) -> None:
    field, on, off = choice.field, choice.on[0], choice.off  # type: ignore[attr-defined]
    studio.set_settings(studio.settings.replace(**{field: off}))
    box = options.box(field, on)
    assert not box.isChecked()
    box.click()
    assert getattr(studio.settings, field) == on
    box.click()
    assert getattr(studio.settings, field) == off


def test_one_precision_replaces_another(options: Options, studio: Context) -> None:
    options.precision.choose("int8")
    options.precision.choose("bfloat16")
    assert studio.settings.precision == "bfloat16"
    assert options.precision.box.currentText() == "16 bits (half)"


def test_what_the_machine_cannot_is_grey_and_says_why(
    qtbot: QtBot, studio: Context, backend: FakeBackend
) -> None:
    options = Options(studio)
    qtbot.addWidget(options)
    assert not options.box("offload", True).isEnabled()  # from the start: nobody knows yet
    with qtbot.waitSignal(studio.limits_changed):
        studio.start()
    assert not options.box("offload", True).isEnabled()
    assert backend.limits["offload", True] in words(options)
    half = options.precision.box.model().item(1)  # type: ignore[attr-defined]
    assert half.isEnabled()  # float16 alone cannot be done


def test_half_precision_takes_the_half_that_the_machine_can(
    qtbot: QtBot, options: Options, studio: Context, backend: FakeBackend
) -> None:
    backend.limits = {("precision", "bfloat16"): "no instructions for it"}
    with qtbot.waitSignal(studio.limits_changed):
        studio.start()
    options.precision.choose("bfloat16")
    assert studio.settings.precision == "float16"


def test_what_is_ticked_can_be_taken_back_where_the_machine_cannot(
    qtbot: QtBot, options: Options, studio: Context
) -> None:
    studio.set_settings(studio.settings.replace(offload=True))
    with qtbot.waitSignal(studio.limits_changed):
        studio.start()
    options.box("offload", True).click()
    assert studio.settings.offload is False
    assert not options.box("offload", True).isEnabled()


def test_batching_asks_how_many_rows(options: Options, studio: Context) -> None:
    options.box("batch_size", 8).click()
    options.batch_size.setValue(3)
    assert studio.settings.batch_size == 3
    studio.set_settings(studio.settings.replace(batch_size=1))
    assert not options.box("batch_size", 8).isChecked()
    assert options.batch_size.isHidden()


def test_the_device_is_chosen_and_an_absent_one_cannot_be(
    qtbot: QtBot, options: Options, studio: Context, backend: FakeBackend
) -> None:
    backend.limits = {("device", "cuda"): "no CUDA device"}
    with qtbot.waitSignal(studio.limits_changed):
        studio.start()
    cuda, cpu = options.device.findData("cuda"), options.device.findData("cpu")
    assert not options.device.model().item(cuda).isEnabled()  # type: ignore[attr-defined]
    options.device.setCurrentIndex(cpu)
    options.device.activated.emit(cpu)
    assert studio.settings.device == "cpu"


def test_exactness_is_said_as_the_settings_know_it(options: Options) -> None:
    exact = {f.name for f in dataclasses.fields(Settings) if f.metadata["exact"]}
    for choice in choices():
        box = options.box(choice.field, choice.on[0])
        same = "same result" in box.accessibleDescription()
        assert same == (choice.field in exact), choice.title


def test_what_was_measured_is_said_with_its_figures(options: Options) -> None:
    for choice in choices():
        heard = next(f for f in dataclasses.fields(Settings) if f.name == choice.field).metadata[
            "heard"
        ]
        description = options.box(choice.field, choice.on[0]).accessibleDescription()
        assert ("% misheard" in description) == (heard is not None)
        if heard is not None:
            assert f"{heard[0]} → {heard[1]} %" in description
            assert heard[2] < heard[3]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"attention": "eager"}, "kernel", "fused attention"),
        ({"offload": True, "device": "cpu"}, "offload", "accelerator"),
        ({"precision": "int8", "device": "cuda"}, "precision", "processors"),
    ],
)
def test_choices_that_do_not_go_together_say_so(
    qtbot: QtBot,
    options: Options,
    studio: Context,
    backend: FakeBackend,
    changes: dict[str, object],
    field: str,
    words: str,
) -> None:
    backend.limits = {}
    with qtbot.waitSignal(studio.limits_changed):
        studio.start()
    studio.set_settings(studio.settings.replace(**changes))
    if field == "precision":
        told = options.precision.about.text()
    else:
        told = options.box(field, {"kernel": "auto"}.get(field, True)).accessibleDescription()
    assert words in told
    options.reset.click()
    assert studio.settings == USUAL
