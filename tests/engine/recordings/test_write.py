"""Recordings: which rows, which level, which gaps; nothing written twice."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pyloudnorm
import pytest
import soundfile

from engine.audio.join import Gaps
from engine.errors import UserError
from engine.listening.heard import Heard, Word
from engine.recordings.ownership import Permission
from engine.recordings.plan import Delivery
from engine.recordings.recording import Recording
from engine.recordings.write import Deliverer
from engine.script.hearings import Hearing
from engine.script.project import Project
from engine.script.rows import Script, ScriptRow
from engine.script.selection import RowState
from tests.engine.script.speaker import RATE, Speaker
from tests.engine.script.test_render import WORDS, render
from tests.pictures import jpeg, png

TEXTS = [f"{WORDS} number {i}{end}" for i, end in enumerate((".", ",", "?", "", ".", "!"))]


def make(
    folder: Path, rows: tuple[ScriptRow, ...], **fields: object
) -> tuple[Project, list[RowState]]:
    script = Script(title="My script", rows=rows, **fields)  # type: ignore[arg-type]
    project = Project.create(folder / "p", script, voices={"": "anna"})
    return project, list(render(project, Speaker()).states)


def rows(*texts: str, **fields: object) -> tuple[ScriptRow, ...]:
    return tuple(
        ScriptRow(id=f"r{i}", text=text, **fields)  # type: ignore[arg-type]
        for i, text in enumerate(texts)
    )


_METER = re.compile(r"I:\s+(-?[\d.]+) LUFS|Peak:\s+(-?[\d.]+) dBFS")


def measured_by_ffmpeg(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, by the reference meter."""
    command = ["ffmpeg", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = _METER.findall(summary[summary.rindex("Summary:") :])
    return float(found[0][0]), float(found[1][1])


Delivered = Callable[..., list[Recording]]


@pytest.fixture
def deliver(tmp_path: Path) -> Delivered:
    """Make six rows and deliver them as asked for."""
    made: list[tuple[Project, list[RowState]]] = []

    def run(permission: Permission | None = None, **options: object) -> list[Recording]:
        if not made:
            made.append(make(tmp_path, rows(*TEXTS)))
        project, states = made[0]
        delivery = Delivery(out=tmp_path / "out", **options)  # type: ignore[arg-type]
        return Deliverer(project, delivery, permission).write_all(states)

    return run


@pytest.mark.parametrize("target", ["-16", "-18", "-23", "audiobook"])
def test_the_loudness_is_within_half_a_unit(target: str, deliver: Delivered) -> None:
    (recording,) = deliver(loudness=target)
    audio, rate = soundfile.read(recording.path)
    wanted = {"audiobook": -20.0}.get(target) or float(target)
    assert pyloudnorm.Meter(rate).integrated_loudness(audio) == pytest.approx(wanted, abs=0.5)
    peak = {"audiobook": -3.0}.get(target, -1.0)
    assert 20 * np.log10(np.abs(audio).max()) <= peak + 0.01
    assert recording.loudness == pytest.approx(wanted, abs=0.5)


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("target", ["-16", "-23", "audiobook"])
def test_the_reference_meter_agrees(target: str, channels: int, deliver: Delivered) -> None:
    wanted, peak = {"audiobook": (-20.0, -3.0)}.get(target) or (float(target), -1.0)
    for options in ({"format": "wav24"}, {"format": "flac", "rate": 48_000}):
        (recording,) = deliver(
            loudness=target, channels=channels, name=f"{{script}}-{len(options)}.{{ext}}", **options
        )
        loudness, highest = measured_by_ffmpeg(recording.path)
        assert loudness == pytest.approx(wanted, abs=0.35)  # ffmpeg rounds to tenths
        assert loudness == pytest.approx(recording.loudness, abs=0.3)
        assert highest <= peak + 0.1
        assert highest == pytest.approx(recording.peak, abs=0.15)


@pytest.mark.parametrize("format", ["mp3", "opus", "m4b", "ogg"])
def test_peaks_hold_after_a_lossy_format_and_another_rate(format: str, deliver: Delivered) -> None:
    (recording,) = deliver(loudness="audiobook", format=format, rate=48_000)
    with av.open(str(recording.path)) as container:
        to_float = av.AudioResampler(format="flt", layout="mono")
        frames = [
            f.to_ndarray()[0] for d in container.decode(audio=0) for f in to_float.resample(d)
        ]
    audio = np.concatenate(frames)
    # The fake's voice is white noise, the worst there is for a lossy format.
    assert 20 * np.log10(np.abs(audio).max()) < 0
    loud = pyloudnorm.Meter(48_000).integrated_loudness(audio.astype(np.float64))
    assert loud == pytest.approx(-20, abs=1.0)


def test_two_channels_are_as_loud_as_one(deliver: Delivered) -> None:
    (recording,) = deliver(loudness="-23", channels=2)
    audio, rate = soundfile.read(recording.path)
    assert audio.shape[1] == 2
    assert pyloudnorm.Meter(rate).integrated_loudness(audio) == pytest.approx(-23, abs=0.3)
    assert recording.loudness == pytest.approx(-23, abs=0.1)


def test_rows_come_to_one_level_and_gaps_have_their_length(tmp_path: Path) -> None:
    gaps = Gaps()
    project, states = make(
        tmp_path,
        (
            *rows(*TEXTS[:4]),
            ScriptRow(id="p", text=TEXTS[4], pause=0.9),
            ScriptRow(id="s", text=TEXTS[5], speaker="ANNA"),
        ),
    )
    (recording,) = Deliverer(project, Delivery(out=tmp_path / "out")).write_all(states)
    places = list(recording.places.values())
    between = [b[0] - a[1] for a, b in itertools.pairwise(places)]
    wanted = [gaps.sentence, gaps.clause, gaps.sentence, 0.9, gaps.speaker]
    assert between == pytest.approx(wanted, abs=1 / RATE)
    audio, rate = soundfile.read(recording.path)
    meter = pyloudnorm.Meter(rate)
    levels = [
        meter.integrated_loudness(audio[round(a * rate) : round(b * rate)]) for a, b in places
    ]
    assert max(levels) - min(levels) < 1.0
    for (_, end), (start, _) in itertools.pairwise(places):
        assert not audio[round(end * rate) : round(start * rate)].any()


def test_as_spoken_leaves_every_sample(deliver: Delivered, tmp_path: Path) -> None:
    recordings = deliver(loudness=None, per="row", format="wav-float")
    project = Project(tmp_path / "p")
    for recording, state in zip(recordings, project.states(), strict=True):
        audio, _ = soundfile.read(recording.path, dtype="float32")
        take, _ = project.store.audio(str(state.key))
        inside = audio[200:-200]
        at = np.correlate(take, inside[:500], "valid").argmax()
        assert np.array_equal(take[at : at + len(inside)], inside)


def test_a_recording_per_row_chapter_or_file(tmp_path: Path) -> None:
    script = (
        ScriptRow(id="h1", text="One.", heading=True),
        *rows(*TEXTS[:2]),
        ScriptRow(id="h2", text="Two.", chapter=1, heading=True),
        ScriptRow(id="x", text=TEXTS[2], chapter=1),
    )
    project, states = make(tmp_path, script, chapters=("The First", "The Second"))
    names: dict[str, list[str]] = {}
    for per in ("file", "chapter", "row"):
        out = tmp_path / per
        found = Deliverer(project, Delivery(out=out, per=per, format="m4b")).write_all(states)
        names[per] = [recording.path.name for recording in found]
    assert names["file"] == ["My script.m4b"]
    assert names["chapter"] == ["My script-01.m4b", "My script-02.m4b"]
    assert names["row"] == [f"My script-{id}.m4b" for id in ("h1", "r0", "r1", "h2", "x")]
    with av.open(str(tmp_path / "file" / "My script.m4b")) as container:
        chapters = container.chapters()
        assert [c["metadata"]["title"] for c in chapters] == ["The First", "The Second"]
        second = float(chapters[1]["start"] * chapters[1]["time_base"])
    whole = Deliverer(project, Delivery(out=tmp_path / "file", format="m4b")).write_all(states)[0]
    assert second == pytest.approx(whole.places["h2"][0], abs=0.01)
    with av.open(str(tmp_path / "chapter" / "My script-02.m4b")) as container:
        assert container.metadata["title"] == "The Second"
        assert container.metadata["album"] == "My script"
        assert container.metadata["track"] == "2"


def test_parts_of_a_table_row_are_one_recording(tmp_path: Path) -> None:
    script = (
        ScriptRow(id="a", text=TEXTS[0], part_of="a", file="lines/first.wav"),
        ScriptRow(id="a-2", text=TEXTS[1], part_of="a"),
        ScriptRow(id="b", text=TEXTS[2]),
    )
    project, states = make(tmp_path, script, kind="table")
    delivery = Delivery(out=tmp_path / "out", per="row")
    found = Deliverer(project, delivery).write_all(states)
    assert [r.path.relative_to(tmp_path / "out").as_posix() for r in found] == [
        "lines/first.wav",
        "My script-b.wav",
    ]
    assert list(found[0].places) == ["a", "a-2"]


def test_subtitles_and_the_list_say_where_rows_are(deliver: Delivered, tmp_path: Path) -> None:
    (recording,) = deliver(subtitles=("srt", "vtt"))
    srt = recording.path.with_suffix(".srt").read_text()
    start, end = recording.places["r1"]
    assert (
        f"\n\n2\n00:00:{start:06.3f} --> 00:00:{end:06.3f}\n{TEXTS[1]}\n".replace(".", ",", 2)
        in srt
    )
    assert recording.path.with_suffix(".vtt").read_text().startswith("WEBVTT")
    listed = json.loads((tmp_path / "out" / "My script.takes.json").read_text())
    assert [row["text"] for row in listed["rows"]] == TEXTS
    assert {"script", "recipe", "maker", "files", "subtitles", "left_out", "rows"} < listed.keys()
    assert list(listed["rows"][1]) == [
        *("row", "text", "speaker", "voice", "direction", "seed", "take", "hash"),
        *("status", "verdict", "start", "end", "file"),
    ]
    assert (listed["rows"][1]["start"], listed["rows"][1]["end"]) == (start, end)
    assert listed["rows"][1]["file"] == "My script.wav"
    assert listed["rows"][1]["hash"] == Project(tmp_path / "p").state("r1").key
    assert listed["recipe"]["seed"] == 0


def test_what_is_there_is_not_written_again(deliver: Delivered, tmp_path: Path) -> None:
    first = deliver(per="row", format="flac")
    assert not any(recording.reused for recording in first)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    ledger = tmp_path / "p" / "delivered.jsonl"
    noted = ledger.read_bytes()
    again = deliver(per="row", format="flac")
    assert ledger.read_bytes() == noted
    assert all(recording.reused for recording in again)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times
    assert [r.places for r in again] == [r.places for r in first]
    first[3].path.unlink()
    third = deliver(per="row", format="flac")
    assert [r.reused for r in third] == [True, True, True, False, True, True]
    assert not any(r.reused for r in deliver(per="row", format="flac", loudness="-23"))


def test_a_recording_of_0_1_0_is_known_by_its_content_from_now_on(
    deliver: Delivered, tmp_path: Path
) -> None:
    path, ledger = deliver(manifest=False)[0].path, tmp_path / "p" / "delivered.jsonl"
    lines = map(json.loads, filter(None, ledger.read_text().splitlines()))
    (line,) = (line for line in lines if "file" in line)
    about = {key: line[key] for key in line.keys() - {"file", "size", "mtime", "sha256"}}
    stamp = [path.stat().st_size, path.stat().st_mtime_ns]
    ledger.write_text(json.dumps({"path": str(path), "stamp": stamp, **about}) + "\n")
    assert deliver(manifest=False)[0].reused
    os.utime(path, ns=(1, 1))  # as a copy has it
    assert deliver(manifest=False)[0].reused
    noted = json.loads(ledger.read_text().splitlines()[-1])
    assert (noted["mtime"], noted["sha256"]) == (1, line["sha256"])  # no need to hash it again


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"format": "wav24"}),
        ({}, {"loudness": None}),
        ({}, {"rate": 16_000}),
        ({}, {"channels": 2}),
        ({}, {"gaps": Gaps(sentence=0.5)}),
        ({}, {"tags": {"artist": "Anna"}}),
        ({"format": "mp3", "bitrate": 48}, {"format": "mp3", "bitrate": 64}),
    ],
)
def test_another_form_is_written_again(
    before: dict[str, object], after: dict[str, object], deliver: Delivered
) -> None:
    deliver(**before)
    assert not deliver(**after)[0].reused


def test_lists_and_a_name_that_comes_out_the_same_write_no_recording_again(
    deliver: Delivered,
) -> None:
    deliver()
    for same in ({"subtitles": ("srt",)}, {"manifest": False}, {"name": "My script"}):
        assert deliver(**same)[0].reused


@pytest.mark.parametrize(
    "change",
    [
        {"pause": 0.9},
        {"speaker": "ANNA"},
        {"heading": True},
        {"text": f"{WORDS} number 1?"},
        {"chapter": 1},
    ],
)
def test_a_row_that_changed_around_its_take_is_written_again(
    change: dict[str, object], tmp_path: Path
) -> None:
    first, second, third = rows(*TEXTS[:3])
    project, states = make(tmp_path, (first, second, third), chapters=("One", "Two"))
    delivery = Delivery(out=tmp_path / "out")
    Deliverer(project, delivery).write_all(states)
    project.lock_all(["r0", "r1", "r2"])  # the takes stay, whatever happens to the rows
    changed = (first, second.replace(**change), third.replace(chapter=change.get("chapter", 0)))  # type: ignore[arg-type]
    project.set_script(project.script.replace(rows=changed))
    assert [state.key for state in project.states()] == [state.key for state in states]
    assert not Deliverer(project, delivery).write_all(project.states())[0].reused


def test_what_was_cut_off_a_take_is_in_no_recording_and_no_subtitle(tmp_path: Path) -> None:
    project, states = make(tmp_path, rows("The harbour was lit all night.", *TEXTS[:1]))
    kinds = ("srt", "words.json")
    delivery = Delivery(out=tmp_path / "out", loudness=None, format="wav24", subtitles=kinds)

    def deliver() -> Recording:
        (recording,) = Deliverer(project, delivery).write_all(project.states())
        return recording

    def lists() -> tuple[list[str], dict[str, Any], dict[str, Any]]:
        texts = [path.with_suffix(f".{kind}").read_text() for kind in (*kinds, "takes.json")]
        return texts[0].splitlines(), json.loads(texts[1]), json.loads(texts[2])

    whole = deliver()
    path = whole.path
    before = path.read_bytes()
    assert "trim" not in lists()[2]["rows"][0]
    project.set_recipe(dataclasses.replace(project.recipe, listen="ears"))
    state = project.states()[0]
    assert state.key is not None
    assert state.key == states[0].key
    words = ("the", "harbour", "was", "lit", "all", "night")
    heard = Heard(words=tuple(Word(f" {w}", 0.5 + n / 4, 0.7 + n / 4) for n, w in enumerate(words)))
    project.hearings.put(state.key, "ears", Hearing.of(project.script.rows[0].text, heard))
    assert deliver().reused
    project.trim("r0", begin=1)
    project.trim("r0", end=3)
    recording = deliver()
    assert not recording.reused
    assert deliver().reused

    audio, rate = project.store.audio(state.key)
    start, end = recording.places["r0"]
    first, last = round(0.72 * rate), round(1.48 * rate)  # 30 ms around 0.75 … 1.45
    assert round(start * rate) == 0
    assert round(end * rate) == last - first
    fade = rate // 100
    written = soundfile.read(path, dtype="float32")[0][fade : last - first - fade]
    np.testing.assert_allclose(written, audio[first + fade : last - fade], atol=1e-6)
    srt, by_words, listed = lists()
    assert srt[1:3] == ["00:00:00,000 --> 00:00:00,760", "harbour was lit"]
    assert by_words["rows"][0]["words"] == [
        {"text": "harbour", "start": 0.03, "end": 0.23},
        {"text": "was", "start": 0.28, "end": 0.48},
        {"text": "lit", "start": 0.53, "end": 0.73},
    ]
    assert listed["rows"][0]["trim"] == {"begin": 0.72, "end": 1.48, "text": "harbour was lit"}
    assert listed["rows"][0]["text"] == "The harbour was lit all night."
    saved = whole.places["r0"][1] - end
    assert recording.places["r1"][0] == pytest.approx(whole.places["r1"][0] - saved, abs=1e-6)

    project.reroll("r0")
    render(project, Speaker())
    told = "another take was trimmed of rows that are whole now: r0"
    assert told in deliver().notes
    project.untrim("r0")
    assert told not in deliver().notes
    project.choose("r0", 0)
    assert not deliver().reused
    assert path.read_bytes() == before


def test_another_take_title_chapter_or_encoder_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (*rows(*TEXTS[:2]), ScriptRow(id="x", text=TEXTS[2], chapter=1))
    project, _ = make(tmp_path, script, chapters=("One", "Two"))

    def reused() -> bool:
        delivery = Delivery(out=tmp_path / "out", name="book")
        return Deliverer(project, delivery).write_all(project.states())[0].reused

    assert (reused(), reused()) == (False, True)
    project.reroll("x")
    render(project, Speaker())
    assert (reused(), reused()) == (False, True)
    project.set_script(project.script.replace(chapters=("One", "The End")))
    assert (reused(), reused()) == (False, True)
    project.set_script(project.script.replace(title="Another title"))
    assert (reused(), reused()) == (False, True)
    monkeypatch.setattr("engine.recordings.write.version", lambda package: "99")
    assert (reused(), reused()) == (False, True)


def test_the_cover_of_a_book_is_kept_beside_its_script_and_written(tmp_path: Path) -> None:
    project, states = make(tmp_path, rows(TEXTS[0]), cover=jpeg())
    assert b"cover" not in (project.folder / "script.json").read_bytes()
    project = Project.open(project.folder, "run")
    project.set_script(project.script.replace(title="Edited"))  # which knows of no cover
    assert (project.cover, project.script.cover) == (jpeg(), b"")

    def written(format: str) -> Recording:
        (recording,) = Deliverer(project, Delivery(out=tmp_path, format=format)).write_all(states)
        return recording

    with av.open(str(written("m4b").path)) as container:
        (packet,) = (packet for packet in container.demux(video=0) if packet.size)
        assert bytes(packet) == jpeg()
    written("wav")
    project.set_script(project.script.replace(cover=png()))
    assert (written("m4b").reused, written("wav").reused) == (False, True)
    project.close()
    (project.folder / "cover").unlink()
    (project.folder / "cover").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(UserError, match="is a link"):
        written("m4b")
    (project.folder / "cover").unlink()
    assert not written("m4b").reused  # and projects of 0.1.0 have none
    Project.create(project.folder, project.script.replace(cover=png()))
    Project.create(project.folder, project.script.replace(cover=b""))  # the book has lost it
    assert project.cover == b""


@pytest.mark.parametrize("lost", [1, 2, 40])
def test_what_follows_a_line_cut_by_a_crash_is_known(
    lost: int, deliver: Delivered, tmp_path: Path
) -> None:
    deliver(per="row", manifest=False)
    ledger = tmp_path / "p" / "delivered.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-lost])
    (tmp_path / "out" / "My script-r2.wav").unlink()
    if lost > 1:  # a line is on the disk before its file; without its line feed it is whole
        (tmp_path / "out" / "My script-r5.wav").unlink()
    second = deliver(per="row")
    assert [r.reused for r in second] == [True, True, False, True, True, lost == 1]
    assert all(r.reused for r in deliver(per="row"))


def test_a_file_of_the_same_size_that_was_changed_since_is_replaced_only_if_allowed(
    deliver: Delivered,
) -> None:
    first, second, *_ = deliver(per="row")
    data = first.path.read_bytes()
    stat = second.path.stat()
    first.path.write_bytes(bytes(len(data)))
    os.utime(first.path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))
    second.path.write_bytes(second.path.read_bytes() + b"more")
    os.utime(second.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    with pytest.raises(UserError, match="was not written by this program, or"):
        deliver(per="row")
    assert first.path.read_bytes() == bytes(len(data))
    again = deliver(Permission(overwrite=True), per="row")
    assert [r.reused for r in again[:3]] == [False, False, True]
    assert first.path.read_bytes() == data


def test_only_half_written_files_of_this_delivery_are_removed(
    deliver: Delivered, tmp_path: Path
) -> None:
    ours = [f".My script{name}.x1.part" for name in (".wav", ".srt", ".takes.json")]
    others = [".song.wav.x1.part", "My script.wav.part", ".My script.flac.x1.part", "notes.part"]
    (tmp_path / "out").mkdir()
    for name in (*ours, *others):
        (tmp_path / "out" / name).touch()
    deliver(subtitles=("srt",))
    left = {path.name for path in (tmp_path / "out").glob("*.part")}
    left |= {path.name for path in (tmp_path / "out").glob(".*")}
    assert left == set(others)


def test_a_row_without_a_take_is_left_out(tmp_path: Path) -> None:
    project, states = make(tmp_path, rows(TEXTS[0], "unspeakable.", TEXTS[2]))
    delivery = Delivery(out=tmp_path / "out", per="row", subtitles=("srt",))
    found = Deliverer(project, delivery).write_all(states)
    assert [r.path.name for r in found] == ["My script-r0.wav", "My script-r2.wav"]
    listed = json.loads((tmp_path / "out" / "My script.takes.json").read_text())
    assert [row["file"] is None for row in listed["rows"]] == [False, True, False]
    (whole,) = Deliverer(project, Delivery(out=tmp_path / "o2")).write_all(states)
    assert list(whole.places) == ["r0", "r2"]


def test_an_audiobook_says_what_a_shop_would_refuse(tmp_path: Path) -> None:
    project, states = make(tmp_path, rows(*TEXTS[:3]))
    for state in states:  # room noise of −40 dB under everything
        take = project.store.load(str(state.key))
        noise = np.random.default_rng(0).normal(0, 0.02, len(take.audio)).astype(np.float32)
        take.audio[:] += noise
        project.store.put(str(state.key), take, state.measures, {})  # type: ignore[arg-type]
    delivery = Delivery(out=tmp_path / "out", loudness="audiobook", per="row")
    (first, *_) = Deliverer(project, delivery).write_all(states)
    assert any("background noise" in note for note in first.notes)
    quiet = Delivery(out=tmp_path / "out", loudness="-18", per="row")
    assert Deliverer(project, quiet).write_all(states)[0].notes == ()


@pytest.mark.parametrize(
    ("loudness", "rms", "floor", "words"),
    [
        (-20.49, -18.0, -60.0, None),
        (-19.51, -23.0, -90.0, None),
        (-20.51, -20.0, -90.0, "its loudness is -20.5 LUFS and not -20"),
        (-19.49, -20.0, -90.0, "its loudness is -19.5 LUFS"),
        (-20.0, -17.9, -90.0, "its level is -17.9 dB"),
        (-20.0, -23.1, -90.0, "its level is -23.1 dB"),
        (-20.0, -20.0, -59.9, "its background noise is at -60 dB"),
    ],
)
def test_what_a_shop_takes_has_bounds(
    loudness: float, rms: float, floor: float, words: str | None, tmp_path: Path
) -> None:
    project = Project.create(tmp_path / "p", Script(title="t", rows=rows(*TEXTS)))
    deliverer = Deliverer(project, Delivery(out=tmp_path / "out", loudness="audiobook"))
    values = {"integrated": loudness, "rms": rms, "floor": floor}
    meter = SimpleNamespace(**{name: (lambda value=value: value) for name, value in values.items()})
    notes = deliverer._notes(meter)  # type: ignore[arg-type]
    assert len(notes) == (words is not None)
    assert all(str(words) in note for note in notes)


@pytest.mark.parametrize(
    ("options", "peak"),
    [({}, -3.0), ({"format": "flac"}, -3.0), ({"format": "mp3"}, -4.0), ({"rate": 16_000}, -3.0)],
)
def test_what_adds_to_a_peak_is_given_a_decibel(
    options: dict[str, object], peak: float, tmp_path: Path
) -> None:
    project, (state,) = make(tmp_path, rows(TEXTS[0]))
    take = project.store.load(str(state.key))
    take.audio[len(take.audio) // 2] = 1.0
    project.store.put(str(state.key), take, state.measures, {})  # type: ignore[arg-type]
    delivery = Delivery(out=tmp_path / "out", loudness="audiobook", **options)  # type: ignore[arg-type]
    (recording,) = Deliverer(project, delivery).write_all([state])
    assert recording.peak == pytest.approx(peak, abs=0.01)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_is_killed_as_a_file_takes_its_name_leaves_nothing_unknown(
    when: str, deliver: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def killed(path: Path, target: Path) -> Path:
        if target.suffix in (".wav", ".srt", ".json") and "out" in target.parts:
            if when == "after":
                real(path, target)
            raise KeyboardInterrupt
        return real(path, target)

    for _ in range(3):  # the recording, its subtitles, the list
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Path, "replace", killed)
            deliver(subtitles=("srt",), loudness="-23")
        if when == "before":
            break
    (recording,) = deliver(subtitles=("srt",), loudness="-23")
    assert recording.reused == (when == "after")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", killed)
        deliver(subtitles=("srt",))  # replaces what is there
    assert not deliver(subtitles=("srt",))[0].reused or when == "after"
