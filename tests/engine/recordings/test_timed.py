"""Sound in the time of its subtitles: where cues begin, how fast they are, what is not kept."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.audio.join import sounding
from engine.documents.subtitles import read_subtitles
from engine.errors import UserError
from engine.recordings.pauses import pause_between
from engine.recordings.plan import Delivery, plan
from engine.recordings.timed import Cue, Timing, cues_of, fit, foretold, speed_for, stretched
from engine.recordings.write import Deliverer
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow
from tests.engine.script.speaker import RATE, Speaker
from tests.engine.script.test_render import WORDS, render
from tests.fake import tone

TIMING = Timing()


def row(name: str, start: float | None, end: float | None, **fields: object) -> ScriptRow:
    return ScriptRow(id=name, text=f"{WORDS} {name}.", start=start, end=end, **fields)  # type: ignore[arg-type]


def test_a_sound_is_stretched_to_its_cue_within_bounds() -> None:
    for sound, room, speed in (
        (2.0, 2.0, 1.0),
        (2.0, 2.005, 1.0),  # nobody hears it
        (2.0, 1.8, 2 / 1.8),
        (2.0, 1.0, 1.3),
        (2.0, 2.2, 2 / 2.2),
        (2.0, 2.6, 1.0),  # the slowest would not fill it either
        (2.0, 0.0, 1.3),
        (2.0, -1.0, 1.3),
        (0.0, 2.0, 1.0),
    ):
        assert speed_for(sound, room, TIMING) == pytest.approx(speed), (sound, room)
    assert speed_for(2.0, 1.0, Timing(slowest=1, fastest=1)) == 1
    assert speed_for(2.0, 1.0, Timing(fastest=2)) == 2


def test_what_is_too_long_runs_into_the_silence_or_makes_the_next_one_wait() -> None:
    cues = [Cue((0,), 1.0, 2.0), Cue((1,), 4.0, 5.0), Cue((2,), 5.0, 6.0), Cue((3, 4), 9.0, 12.0)]
    fitted = list(fit(cues, [2.6, 2.6, 0.5, 2.2], [0, 0, 0, 0.5], TIMING))
    begins = [(round(one.begin, 3), round(one.end, 3)) for one in fitted]
    assert begins == [(1.0, 3.0), (4.0, 6.0), (6.0, 6.385), (9.0, 12.0)]
    rows = [row(str(n), c.start, c.end) for n, c in zip("abcde", [*cues, cues[-1]], strict=True)]
    said = foretold(
        [r.replace(part_of="d" if r.id in "de" else "") for r in rows],
        [2.6, 2.6, 0.5, 1.1, 1.1],
        Delivery(out=Path("out")).gaps,
        TIMING,
    )
    assert said == [
        "by its predicted length, cue a at 0:00:01.000 runs 1.0 s past its end at 1.30× speed",
        "by its predicted length, cue b at 0:00:04.000 runs 1.0 s past its end, into the next one "
        "at 1.30× speed",
        "by its predicted length, cue c at 0:00:05.000 begins 1.0 s late and runs 0.4 s past its "
        "end at 1.30× speed",
    ]


def test_many_overruns_are_counted() -> None:
    rows = [row(str(n), n * 10.0, n * 10 + 1.0) for n in range(20)]
    said = foretold(rows, [5.0] * 20, Delivery(out=Path("out")).gaps, TIMING)
    assert len(said) == 9
    assert said[-1] == "and 12 more cues that are not kept"


def test_pauses_in_a_cue_are_not_stretched_and_one_without_sound_keeps_its_time() -> None:
    rows = [row(name, 0.0, 2.0, part_of="a") for name in "ab"]
    gaps = Delivery(out=Path("out")).gaps
    assert gaps.sentence == 0.35
    (told,) = foretold(rows, [1.2, 1.2], gaps, TIMING)  # 2.4 s at 1.3 and 0.35 s
    assert "runs 0.2 s past its end at 1.30×" in told
    assert foretold(rows, [1.0, 1.0], gaps, TIMING) == []
    short = [row(name, 0.0, 0.1, part_of="a") for name in "ab"]
    assert foretold(short, [0.0, 0.0], gaps, TIMING) == []


def test_what_belongs_to_a_cue_is_one() -> None:
    rows = [
        row("1", 0.0, 1.0),
        row("2", 2.0, 3.0, part_of="2"),
        row("2-2", 3.0, 4.0, part_of="2"),
        row("3", 5.0, 6.0),
        row("4", 5.0, 7.0),
    ]
    assert cues_of(rows) == [Cue((0,), 0, 1), Cue((1, 2), 2, 4), Cue((3, 4), 5, 7)]


@pytest.mark.parametrize(
    ("rows", "per", "words"),
    [
        ((row("1", None, None),), "file", "row 1 has no time"),
        ((row("1", 2.0, 3.0), row("2", 1.0, 2.0)), "file", "row 2 begins before"),
        ((row("1", 2.0, 3.0),), "row", "not one per row"),
    ],
)
def test_what_cannot_be_timed_is_refused(rows: tuple[ScriptRow, ...], per: str, words: str) -> None:
    delivery = Delivery(out=Path("out"), per=per, timing=TIMING)
    with pytest.raises(UserError, match=words):
        plan(Script(title="t", rows=rows), delivery, lambda row: None)


@pytest.mark.parametrize("bounds", [(0.2, 1.3), (0.8, 3.0), (1.1, 1.3), (0.8, 0.9)])
def test_bounds_that_cannot_be(bounds: tuple[float, float]) -> None:
    with pytest.raises(UserError, match="times its speed"):
        Timing(slowest=bounds[0], fastest=bounds[1])
    for length in (0.0, -1.0, float("nan")):
        with pytest.raises(UserError, match="100 hours"):
            Timing(length=length)


def test_a_stretched_sound_has_its_length_its_beginning_and_its_pitch() -> None:
    silence = np.zeros(round(0.03 * RATE), dtype=np.float32)
    sound = np.concatenate([silence, tone(2.0, RATE), silence])
    for speed in (0.8, 1.3):
        made = stretched(sound, RATE, speed)
        assert len(made) / RATE == pytest.approx(len(sound) / RATE / speed, abs=0.03)
        begin, end = sounding(made, RATE)
        assert begin / RATE == pytest.approx(0.03, abs=0.011)
        assert 0 < (len(made) - end) / RATE < 0.05
        middle = made[len(made) // 4 : len(made) // 4 + RATE // 2]
        peak = np.abs(np.fft.rfft(middle * np.hanning(len(middle)))).argmax()
        assert peak * RATE / len(middle) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("length", [None, 30.0])
def test_the_subtitles_agree_with_the_sound(tmp_path: Path, length: float | None) -> None:
    cues = ((0.5, 4.5), (5.0, 9.0), (9.5, 9.9), (16.0, 21.0))
    rows = tuple(row(f"r{n}", *cue) for n, cue in enumerate(cues))
    project = Project.create(tmp_path / "p", Script(title="s", rows=rows, kind="subtitles"))
    states = render(project, Speaker()).states
    delivery = Delivery(out=tmp_path / "out", timing=Timing(length=length), subtitles=("srt",))
    (recording,) = Deliverer(project, delivery).write_all(states)
    audio, rate = soundfile.read(recording.path, dtype="float32")
    assert len(audio) / rate == pytest.approx(length or 21.0, abs=1 / rate)
    written = read_subtitles((tmp_path / "out" / "s.srt").read_text(), "s").rows
    for before, after in itertools.pairwise((*written, None)):
        assert before is not None
        assert before.start is not None
        assert before.end is not None
        until = len(audio) / rate if after is None else after.start
        assert until is not None
        part = audio[round(before.start * rate) : round(until * rate)]
        begin, end = sounding(part, rate)
        assert begin / rate < 0.05
        assert end / rate == pytest.approx(before.end - before.start, abs=0.05)
    for found, (start, end) in zip(written[:2], cues[:2], strict=True):
        assert found.start == start
        assert found.end == pytest.approx(end, abs=0.05)  # within bounds it is the cue
    assert [note[:7] for note in recording.notes if note.startswith("cue")] == ["cue r2 "]
    assert Deliverer(project, delivery).write_all(states)[0].reused
    other = Delivery(out=tmp_path / "out", timing=Timing(slowest=1, fastest=1))
    assert not Deliverer(project, other).write_all(states)[0].reused


def test_what_belongs_to_a_cue_keeps_its_pauses(tmp_path: Path) -> None:
    rows = tuple(row(name, 1.0, 30.0, part_of="r") for name in ("r", "r-2"))
    project = Project.create(tmp_path / "p", Script(title="s", rows=rows, kind="subtitles"))
    states = render(project, Speaker()).states
    delivery = Delivery(out=tmp_path / "out", timing=TIMING)
    places = Deliverer(project, delivery).write_all(states)[0].places
    assert places["r"][0] == 1.0
    pause = pause_between(delivery.gaps, *rows)
    assert pause > 0.2
    assert places["r-2"][0] - places["r"][1] == pytest.approx(pause, abs=1e-3)
