"""The door for those who script: it says what `say` says."""

from __future__ import annotations

import doctest
import json
import threading
from pathlib import Path

import numpy as np
import pytest

import main
from engine.api import SpeechSampling
from engine.audio.wav import to_pcm16
from engine.errors import UserError
from engine.models import packaged
from engine.speaker import Speaker
from tests.conftest import ROOT
from tests.fake import CUT, NOTHING, SAMPLE_RATE, FakeEngine

TEXT = "The lamp was lit early that night. Nobody knew why.\n\nIn the morning the boats were gone."


@pytest.mark.usefixtures("fake_engine")
def test_a_text_is_one_sound_of_all_its_rows() -> None:
    with Speaker() as speaker:
        spoken = speaker.say(TEXT)
        streamed = list(speaker.stream(TEXT))
    assert " ".join(row.text for row in spoken.rows) == " ".join(TEXT.split())
    assert [row.text for row in streamed] == [row.text for row in spoken.rows]
    np.testing.assert_array_equal(
        np.concatenate([row.sound for row in streamed]), spoken.audio, strict=True
    )
    assert spoken.sample_rate == SAMPLE_RATE
    assert len(spoken.takes) == len(spoken.rows) > 1


@pytest.mark.usefixtures("fake_engine")
def test_it_is_saved_in_the_format_of_its_name_and_over_nothing(tmp_path: Path) -> None:
    import soundfile

    with Speaker() as speaker:
        spoken = speaker.say("Hello.")
    file = spoken.save(tmp_path / "a.flac")
    samples, rate = soundfile.read(file, dtype="int16")
    assert rate == SAMPLE_RATE
    np.testing.assert_array_equal(samples, to_pcm16(spoken.audio))
    before = file.read_bytes()
    with pytest.raises(UserError, match="is there already"):
        spoken.save(file)
    assert file.read_bytes() == before
    assert spoken.save(str(file), replace=True) == file
    with pytest.raises(UserError, match="format"):
        spoken.save(tmp_path / "a.xyz")


@pytest.mark.usefixtures("fake_engine")
def test_a_notebook_shows_the_sound_and_text_that_cannot_be_taken_for_its_own() -> None:
    with Speaker() as speaker:
        shown = speaker.say("Less <b>is</b> more & so on.")._repr_html_()
    assert shown.startswith('<audio controls src="data:audio/wav;base64,UklGR')  # RIFF
    assert "<b>" not in shown
    assert "&lt;b&gt;" in shown


def test_who_leaves_the_loop_leaves_no_thread_and_no_row_behind(fake_engine: FakeEngine) -> None:
    with Speaker() as speaker:
        for _ in speaker.stream(TEXT):
            break
    assert len(fake_engine.requests) <= 2  # the one that was heard, and the one that was ahead
    assert not [thread for thread in threading.enumerate() if "engine" in thread.name]


def test_what_is_asked_for_reaches_the_engine_and_what_cannot_be_is_refused(
    fake_engine: FakeEngine,
) -> None:
    with Speaker() as speaker:
        speaker.say("Hello.", voice="joe", seed=3, sampling=SpeechSampling.greedy(), max_seconds=9)
        request = fake_engine.requests[-1]
        assert (request.rows[0].voice, request.rows[0].seed) == ("joe", 3)
        assert request.sampling == SpeechSampling.greedy()
        assert request.max_seconds == 9
        assert speaker.say("It is 3 o'clock.").rows[0].text == "It is three o'clock."
        assert speaker.say("It is 3 o'clock.", numbers=False).rows[0].text == "It is 3 o'clock."
        assert not speaker.say(CUT).takes[0].ended
        for text, told in ((" ", "no text"), ("Маяк", "cannot read"), (NOTHING, "said nothing")):
            with pytest.raises(UserError, match=told):
                speaker.say(text)
        with pytest.raises(ValueError, match="seed"):
            speaker.say("Hello.", seed=-1)
    with pytest.raises(ValueError, match="precision is one of"):
        Speaker(precision="int9")
    with pytest.raises(UserError):
        Speaker("no such folder")


def test_texts_are_said_together_in_one_request(fake_engine: FakeEngine) -> None:
    with Speaker() as speaker:
        spoken = speaker.say_together(["The lamp.", "It is 3 o'clock."], seed=4)
        assert [one.rows[0].text for one in spoken] == ["The lamp.", "It is three o'clock."]
        assert [len(one.takes) for one in spoken] == [1, 1]
        (request,) = fake_engine.requests
        assert [row.seed for row in request.rows] == [4, 4]
        with pytest.raises(UserError, match="longer than a row"):
            speaker.say_together(["short", TEXT])
        with pytest.raises(UserError, match="cannot read"):
            speaker.say_together(["Маяк"])


@pytest.mark.slow
def test_the_document_says_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged.get(packaged.STARTER)
    monkeypatch.chdir(tmp_path)
    done = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False)
    assert done.attempted > 25
    assert not done.failed


@pytest.mark.slow
def test_the_notebook_runs(capsys: pytest.CaptureFixture[str]) -> None:
    notebook = json.loads((ROOT / "docs/examples/optimizing-bark.ipynb").read_text("utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell.replace("LOOPS = 5", "LOOPS = 1"), "the notebook", "exec"), names)
    told = capsys.readouterr().out
    assert "same tokens: True" in told
    assert "one by one " in told
    assert "int8: " in told
    assert not any(cell.get("outputs") for cell in notebook["cells"])  # figures of one machine


@pytest.mark.slow
def test_it_is_the_sound_of_the_command_line(tmp_path: Path) -> None:
    import soundfile

    for number, text in enumerate(("Hello.", TEXT)):
        file = tmp_path / f"{number}.wav"
        assert main.main(["say", text, "--seed", "5", "-o", str(file)]) == 0
        with Speaker() as speaker:
            spoken = speaker.say(text, seed=5)
        samples, _ = soundfile.read(file, dtype="int16")
        np.testing.assert_array_equal(samples, to_pcm16(spoken.audio))
