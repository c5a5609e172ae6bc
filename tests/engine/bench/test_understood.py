"""How well something is understood, with bounds; voices in the order of that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.bench.sentences import SENTENCES
from engine.bench.share import Share
from engine.bench.understood import Understood, understood
from engine.errors import UserError
from engine.listening.comparable import comparable
from engine.listening.heard import Heard, Word

RATE = 24_000


class Ears:
    """Hears each sentence as it is told, in turn."""

    def __init__(self, *heard: str) -> None:
        self._heard = list(heard)
        self.sizes: list[int] = []

    def hear(
        self, sounds: Sequence[NDArray[np.float32]], language: str, meant: Sequence[str] = ()
    ) -> list[Heard]:
        if language != "en":
            raise UserError(f"this recogniser does not know the language {language}")
        self.sizes += [len(sound) for sound in sounds]
        text = self._heard.pop(0)
        return [Heard(words=(Word(f" {text}", 0.0, 1.0),), language=language)]


def test_words_that_were_heard_otherwise_are_counted() -> None:
    sounds = [np.zeros(RATE, dtype=np.float32), np.zeros(2 * RATE, dtype=np.float32)]
    ears = Ears("the dog barked", "two too many words more")
    found = understood(ears, ("The dog barked.", "Two too many!"), sounds, RATE, "en")
    assert found == Understood(errors=(0, 2), meant=(3, 3))
    assert found.share.value == pytest.approx(2 / 6)
    assert (found.share.low, found.share.high) == (0.0, pytest.approx(2 / 3))
    assert ears.sizes == pytest.approx([16_000, 32_000], abs=2)  # as a recogniser wants it


def test_a_difference_is_of_the_same_sentences() -> None:
    one, other = Understood((1, 0, 2), (10, 10, 10)), Understood((1, 0, 1), (10, 10, 10))
    difference = one.against(other)
    assert difference.value == pytest.approx(1 / 30)
    assert difference.low == 0.0  # most was equal, whatever the sentences
    assert difference.high <= 0.1
    assert one.share.high > difference.high
    with pytest.raises(ValueError, match="same sentences"):
        one.against(Understood((1,), (10,)))
    assert Share(0.042, 0.01, 0.085).in_words() == "4.2 % (1.0 … 8.5)"
    assert Share(-0.012, -0.03, 0.004).as_difference() == "−1.2 (−3.0 … 0.4)"


def test_sentences_have_words_in_every_language() -> None:
    for language, sentences in SENTENCES.items():
        assert 6 <= len(set(sentences)) == len(sentences), language
        for sentence in sentences:
            assert len(comparable(sentence, language).keys) >= 4, sentence
    root = Path(__file__).resolve().parents[3]
    held = (root / "resources/starter-voice/recipe/held-out.txt").read_text(encoding="utf-8")
    assert not [sentence for sentence in SENTENCES["en"] if sentence in held]
