"""The Models view on the real threads with a fake backend: fetch, pause, resume, verify, remove."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.models.info import ModelInfo, Tell, Verdict
from gui.models.card import ModelCard
from gui.models.view import ModelsView
from gui.studio.context import Context
from tests.gui.fake_backend import FakeBackend

LEFT = Qt.MouseButton.LeftButton
SMALL = "suno/bark-small"


class SlowBackend(FakeBackend):
    """Downloads in steps that the test allows; what it has is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Semaphore(0)
        self.done = 0
        self.error: Exception | None = None

    def download(self, model: str, tell: Tell) -> Path:
        while self.done < 1000:
            self.set_state(model, "partial")
            while not self.go_on.acquire(timeout=0.05):
                tell(self.done, 1000)
            if self.error is not None:
                raise self.error
            self.done += 250
            tell(self.done, 1000)
        self._here(model)
        return Path(model)

    def set_state(self, model: str, state: str) -> None:
        self.known = tuple(
            dataclasses.replace(info, state=state) if info.id == model else info
            for info in self.known
        )


@pytest.fixture
def backend() -> SlowBackend:
    backend = SlowBackend()
    starter, small, text = backend.known
    backend.known = (
        dataclasses.replace(starter, id="starter-voice"),
        dataclasses.replace(small, source="huggingface.co/suno/bark-small", license="MIT"),
        dataclasses.replace(text, removable=True),
    )
    return backend


@pytest.fixture
def view(studio: Context, qtbot: QtBot) -> ModelsView:
    view = ModelsView(studio)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    return view


def buttons(card: ModelCard) -> list[str]:
    """The words on the buttons that are shown."""
    all_buttons = (card.use, card.get, card.stop, card.open, card.check, card.remove)
    return [button.text() for button in all_buttons if button.isVisibleTo(card)]


def test_what_each_model_offers(view: ModelsView) -> None:
    assert buttons(view.cards["starter-voice"]) == ["In use", "Open folder", "Verify"]
    assert buttons(view.cards[SMALL]) == ["Download"]
    assert buttons(view.cards["smollm2"]) == ["Open folder", "Verify", "Remove…"]
    names = [b.accessibleName() for card in view.cards.values() for b in (card.get, card.check)]
    assert len(set(names)) == len(names)


def test_size_source_and_licence_are_said_before_the_click(view: ModelsView) -> None:
    card = view.cards[SMALL]
    assert card.where.text() == "Not on this machine; 1.7 GB to download"
    assert "MIT licence" in card.about.text()
    assert "huggingface.co/suno/bark-small" in card.about.text()


def test_a_download_is_shown_paused_resumed_and_ends(
    view: ModelsView, backend: SlowBackend, studio: Context, qtbot: QtBot
) -> None:
    card = view.cards[SMALL]
    qtbot.mouseClick(card.get, LEFT)
    assert buttons(card) == ["Pause"]
    backend.go_on.release()
    qtbot.waitUntil(lambda: card.bar.value() == 250)
    assert card.where.text() == "250 bytes of 1 kB"
    qtbot.mouseClick(card.stop, LEFT)
    qtbot.waitUntil(lambda: not card.busy)
    assert buttons(card) == ["Resume"]
    assert "Half downloaded (1.7 GB so far)" in card.where.text()
    qtbot.mouseClick(card.get, LEFT)
    backend.go_on.release(4)
    with qtbot.waitSignal(studio.models_changed):
        pass
    assert buttons(card) == ["Use", "Open folder", "Verify"]
    with qtbot.waitSignal(studio.model_changed):
        qtbot.mouseClick(card.use, LEFT)
    assert buttons(card)[0] == "In use"
    assert card.use.isChecked()
    qtbot.mouseClick(card.use, LEFT)
    assert card.use.isChecked()
    assert buttons(view.cards["starter-voice"])[0] == "Use"


def test_a_second_download_waits_and_can_be_taken_back(
    view: ModelsView, backend: SlowBackend, qtbot: QtBot
) -> None:
    qtbot.mouseClick(view.cards[SMALL].get, LEFT)
    qtbot.mouseClick(view.cards["smollm2"].check, LEFT)
    second = view.cards["smollm2"]
    assert second.where.text() == "Waiting…"
    qtbot.mouseClick(second.stop, LEFT)
    qtbot.mouseClick(view.cards[SMALL].stop, LEFT)
    qtbot.waitUntil(lambda: not second.busy and not view.cards[SMALL].busy)


def test_a_failure_is_said_and_can_be_tried_again(
    view: ModelsView, backend: SlowBackend, studio: Context, qtbot: QtBot
) -> None:
    card = view.cards[SMALL]
    backend.error = UserError("connect to the network")
    qtbot.mouseClick(card.get, LEFT)
    with qtbot.waitSignal(studio.said) as said:
        backend.go_on.release()
    assert said.args == ["connect to the network", "error", ""]
    assert buttons(card) == ["Resume"]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict(), ["starter-voice is complete and undamaged.", "note"]),
        (
            Verdict("a file is damaged: get it again"),
            ["a file is damaged: get it again", "warning"],
        ),
        (
            Verdict(hashed=False),
            [
                "starter-voice looks undamaged: headers and syntax were checked, "
                "for lack of hashes.",
                "note",
            ],
        ),
    ],
)
def test_verifying(
    view: ModelsView,
    backend: SlowBackend,
    studio: Context,
    qtbot: QtBot,
    verdict: Verdict,
    said: list[str],
) -> None:
    backend.verdict = verdict
    with qtbot.waitSignal(studio.said) as signal:
        qtbot.mouseClick(view.cards["starter-voice"].check, LEFT)
    assert signal.args == [*said, ""]
    assert "downloads" in backend.threads


@pytest.mark.parametrize("yes", [True, False])
def test_removing_asks_first(
    view: ModelsView,
    backend: SlowBackend,
    studio: Context,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    yes: bool,
) -> None:
    asked: list[str] = []

    def question(parent: object, title: str, text: str, *rest: object) -> object:
        asked.append(text)
        buttons = QMessageBox.StandardButton
        return buttons.Yes if yes else buttons.Cancel

    monkeypatch.setattr(QMessageBox, "question", question)
    card = view.cards["smollm2"]
    if yes:
        with qtbot.waitSignal(studio.said):
            qtbot.mouseClick(card.remove, LEFT)
        assert buttons(card)[0] == "Download"
    else:
        qtbot.mouseClick(card.remove, LEFT)
        assert not card.busy
    assert asked == ["Delete smollm2 (93 bytes) from this machine?"]
    assert backend.removed == (["smollm2"] if yes else [])


def test_offline_forbids_every_download(
    view: ModelsView, backend: SlowBackend, studio: Context, qtbot: QtBot
) -> None:
    view.id.setText("somebody/bark")
    assert view.get.isEnabled()
    view.offline.click()
    assert backend.is_offline
    assert studio.state.get("offline", False)
    assert not view.cards[SMALL].get.isEnabled()
    assert not view.get.isEnabled()
    qtbot.keyClick(view.id, Qt.Key.Key_Return)
    assert list(view.cards) == ["starter-voice", SMALL, "smollm2"]
    view.offline.click()
    assert view.cards[SMALL].get.isEnabled()


def test_another_model_by_its_id(view: ModelsView, backend: SlowBackend, qtbot: QtBot) -> None:
    for wrong in ("", "bark", "a/", "/b", "a/b/c"):
        view.id.setText(wrong)
        assert not view.get.isEnabled()
    view.id.setText(" somebody/bark ")
    qtbot.keyClick(view.id, Qt.Key.Key_Return)
    card = view.cards["somebody/bark"]
    assert card.busy
    backend.known = (
        *backend.known,
        ModelInfo(id="somebody/bark", kind="speech", state="absent"),
    )
    backend.go_on.release(4)
    qtbot.waitUntil(lambda: buttons(card) == ["Use", "Open folder", "Verify"])


def test_a_model_that_is_gone_goes(view: ModelsView, backend: SlowBackend, studio: Context) -> None:
    backend.known = backend.known[:1]
    studio.models_changed.emit()
    assert list(view.cards) == ["starter-voice"]
