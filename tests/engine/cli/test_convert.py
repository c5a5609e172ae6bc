"""The command `convert`, from files to files, with an engine that needs no model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import nullcontext
from pathlib import Path

import pytest
import soundfile

import main
from engine.cli import convert, models
from engine.conversion import inputs
from engine.conversion.speeds import Speeds
from engine.engines import Engines
from engine.script.pace import START
from engine.script.project import Project
from engine.script.row_limits import Speakable, learned
from tests.engine.script.speaker import Speaker

ROOT = Path(__file__).resolve().parents[3]
BOOK = """# One

Hello there, this is the first chapter of a book about something.

ANNA: I do not think so, not at all.

BEN: But I do, and I say it loudly, with many words.

# Two

The second chapter is shorter. It has two sentences.
"""


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    speaker = Speaker()
    monkeypatch.setattr(Engines, "_build", lambda self, request: speaker)
    monkeypatch.setattr(models, "find_model", lambda name: Path("model"))
    return speaker


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.md"
    path.write_text(BOOK, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> int:
    return main.main(["convert", *map(str, arguments)])


def test_a_text_becomes_a_recording(
    book: Path, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(book, "--out", out, "--subtitles", "srt", "--json", tmp_path / "s.json") == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [str(out / "book.wav")]
    assert {p.name for p in out.iterdir()} == {
        *("book.wav", "book.srt", "book.takes.json", "book.project")
    }
    summary = json.loads((tmp_path / "s.json").read_text())
    audio, rate = soundfile.read(out / "book.wav")
    assert summary["seconds_of_sound"] == pytest.approx(len(audio) / rate)
    assert summary["rows"] == summary["made"] == len(speaker.rows)
    assert summary["failed"] == 0
    assert f"{summary['rows']} rows: {summary['made']} takes made" in printed.err
    assert "I do not think so" in (out / "book.srt").read_text()
    assert speaker.closed


def test_a_slower_way_is_told_once(
    book: Path, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    speaker.notes = ("the compiled step needs a C compiler",)
    second = tmp_path / "second.txt"
    second.write_text("Another book, of one sentence.")
    assert run(book, second, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().err.count("the compiled step needs a C compiler") == 1


def test_a_second_run_needs_no_engine(
    book: Path,
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(book, "--out", tmp_path / "out") == 0
    before = (tmp_path / "out" / "book.wav").stat().st_mtime_ns

    def nobody(self: object, request: object) -> Speaker:
        raise AssertionError("an engine was built")

    monkeypatch.setattr(Engines, "_build", nobody)
    assert run(book, "--out", tmp_path / "out") == 0
    assert " 0 takes made" in capsys.readouterr().err
    assert (tmp_path / "out" / "book.wav").stat().st_mtime_ns == before


def test_fresh_makes_everything_again(book: Path, tmp_path: Path, speaker: Speaker) -> None:
    for option, times in (("--resume", 1), ("--resume", 1), ("--fresh", 2)):
        assert run(book, "--out", tmp_path / "out", option) == 0
        texts = [row.text for row in speaker.rows]
        assert all(texts.count(text) == times for text in texts)


def test_voices_seeds_and_sampling_reach_the_engine(
    book: Path, tmp_path: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.script.maker.voice_hash", lambda voice, model: f"hash of {voice}")
    voices = ("--voice", "teller", "--speaker", "ANNA=anna", "--speaker", "BEN=ben")
    (tmp_path / "words.txt").write_text("loudly==LOWDLY\n")
    options = ("--seed", "7", "--temperature", "0.5", "--replace", tmp_path / "words.txt")
    assert run(book, "--out", tmp_path / "out", *voices, *options) == 0
    said = {row.text: row.voice for row in speaker.rows}
    assert said["I do not think so, not at all."] == "anna"
    assert said["But I do, and I say it LOWDLY, with many words."] == "ben"
    assert {row.voice for row in speaker.rows} == {"teller", "anna", "ben"}
    assert {row.seed for row in speaker.rows} == {7}
    assert speaker.requests[0].sampling.semantic.temperature == 0.5
    listed = json.loads((tmp_path / "out" / "book.takes.json").read_text())
    assert "loudly" in listed["rows"][3]["text"]  # as it was written


def test_failed_rows_are_listed_and_the_rest_is_there(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(
        "id,text\nr1,This row is fine and long enough.\nr2,This row is cut and stays so.\n"
        "r3,This one is unspeakable for ever.\n"
    )
    out = tmp_path / "out"
    json_file = tmp_path / "s.json"
    assert run(tmp_path / "a.csv", "--out", out, "--per", "row", "--json", json_file) == 3
    err = capsys.readouterr().err
    assert "row r2: the model did not end the sentence (the best take is used)" in err
    assert "row r3: the text is 999 word pieces" in err
    assert "(left out)" in err
    assert {p.name for p in out.glob("*.wav")} == {"a-r1.wav", "a-r2.wav"}
    (script,) = json.loads(json_file.read_text())["scripts"]
    assert [failed["row"] for failed in script["failed"]] == ["r2", "r3"]
    assert len([row for row in speaker.rows if "cut" in row.text]) >= 3


def test_a_dry_run_writes_nothing(
    book: Path, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book, "--out", tmp_path / "out", "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "as a guess" in shown
    assert "I do not think so, not at all." in shown
    assert "ANNA" in shown
    assert not (tmp_path / "out").exists()
    assert not speaker.requests
    run(book, "--out", tmp_path / "out")
    capsys.readouterr()
    assert run(book, "--out", tmp_path / "out", "--dry-run") == 0
    assert "0:00 of it is to be spoken" in capsys.readouterr().out


def test_what_was_learned_of_a_voice_shows_in_the_next_plan(
    book: Path, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(4):
        assert run(book, "--out", tmp_path / "out", "--fresh") == 0
    ((key, rates),) = json.loads(learned().path.read_text()).items()
    assert len(rates) == 4 * 5  # the headings are too short to tell
    assert learned().of(key) != START
    capsys.readouterr()
    assert run(book, "--out", tmp_path / "new", "--dry-run") == 0
    words = "But I do, and I say it loudly, with many words."
    shown = capsys.readouterr().out
    assert f"~{learned().of(key).seconds(words):.1f}" in shown
    assert "by the last speed of this machine" in shown


def test_the_work_is_predicted_by_the_last_speed_and_its_error_told(
    book: Path,
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("engine.conversion.pipeline.way", lambda model, settings: "this way")
    assert run(book, "--out", tmp_path / "out", "--json", tmp_path / "s.json") == 0
    summary = json.loads((tmp_path / "s.json").read_text())
    said = capsys.readouterr().err
    assert " of work was predicted, it took " in said
    assert summary["predicted_work"] == summary["scripts"][0]["predicted_work"] > 0
    speed = Speeds().of("this way")
    assert speed == pytest.approx(summary["real_time_factor"], abs=2e-4)
    assert run(book, "--out", tmp_path / "new", "--dry-run") == 0
    assert "by the last speed of this machine" in capsys.readouterr().out
    assert run(book, "--out", tmp_path / "new", "--json", tmp_path / "s.json", "--overwrite") == 0
    again = json.loads((tmp_path / "s.json").read_text())
    assert 0.4 < again["predicted_work"] / (speed * again["seconds_of_sound"]) < 1.6
    assert run(book, "--out", tmp_path / "new") == 0
    assert "predicted" not in capsys.readouterr().err.splitlines()[-1]


def test_a_folder_is_all_its_texts_but_our_own_results(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = tmp_path / "texts"
    (texts / "part").mkdir(parents=True)
    (texts / "a.txt").write_text("This is the text of a, with some words.")
    (texts / "part" / "b.txt").write_text("This is the text of b, with some words.")
    (texts / "picture.png").write_bytes(b"\x89PNG")
    (texts / ".hidden.txt").write_text("Nobody reads this.")
    for _ in range(2):  # the second time the results lie among the texts
        assert run(texts, "--out", texts, "--subtitles", "srt") == 0
        assert capsys.readouterr().out.splitlines() == [
            str(texts / "a.wav"),
            str(texts / "part" / "b.wav"),
        ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--name", "{mood}"), "unknown {mood}"),
        (("--name", "../{script}"), "leaves the output folder"),
        (("--name", "{script}", "--per", "chapter"), "would both be written"),
        (("--speaker", "ANNA"), "--speaker is NAME=VOICE"),
        (("--tag", "mood=good"), "no tag mood"),
        (("--takes", "0"), "1 to 100 takes"),
        (("--anchor", "3"), "belongs to the history continue"),
        (("--longest", "99"), "--longest lies between"),
        (("--format", "opus", "--rate", "44100"), "opus cannot hold"),
        (("--voice", "nobody.npz"), "no voice file nobody.npz"),
        (("--replace", "nothing.txt"), "cannot read nothing.txt"),
        (("--json", "no/such/folder.json"), "no folder"),
    ],
)
def test_what_is_wrong_is_said_before_any_work(
    options: tuple[str, ...],
    words: str,
    book: Path,
    tmp_path: Path,
    speaker: Speaker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(book, "--out", tmp_path / "out", *options) == 2
    assert words in capsys.readouterr().err
    assert not speaker.requests
    assert not list(tmp_path.glob("out/*.wav"))


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: (folder / "empty.txt").write_bytes(b""),
        lambda folder: (folder / "binary.txt").write_bytes(bytes(range(256)) * 50),
        lambda folder: (folder / "bomb.epub").write_bytes(b"PK\x03\x04 no zip at all"),
        lambda folder: None,
    ],
)
def test_inputs_that_cannot_be_read_are_a_sentence(
    make: object, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder)  # type: ignore[operator]
    assert run(folder, "--out", tmp_path / "out") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_cannot_be_read_in_a_folder_does_not_stop_the_rest(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"")
    (folder / "b.txt").write_text("These are words to speak.")
    assert run(folder, "--out", tmp_path / "out") == 3
    printed = capsys.readouterr()
    assert "a.txt is empty" in printed.err
    assert printed.out.splitlines() == [str(tmp_path / "out" / "b.wav")]
    assert run(folder / "a.txt", folder / "b.txt", "--out", tmp_path / "out") == 2  # by name


def test_two_texts_of_one_name_are_refused(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("Some words to speak.")
    assert run(tmp_path / "x", tmp_path / "y", "--out", tmp_path / "out") == 2
    assert "would both be written" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_damaged_take_is_mended_on_the_way(book: Path, tmp_path: Path, speaker: Speaker) -> None:
    out = tmp_path / "out"
    assert run(book, "--out", out) == 0
    before = (out / "book.wav").read_bytes()
    (out / "book.wav").unlink()
    project = Project(out / "book.project")
    path = project.store.path(str(project.states()[-1].key))
    path.write_bytes(path.read_bytes()[:500])
    speaker.requests.clear()
    assert run(book, "--out", out) == 0
    assert len(speaker.rows) == 1
    assert (out / "book.wav").read_bytes() == before


def test_what_a_reader_would_guess_can_be_said(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    def planned(name: str, data: bytes, *options: str) -> str:
        (tmp_path / name).write_bytes(data)
        assert run(tmp_path / name, "--out", tmp_path / "out", "--dry-run", *options) == 0
        return capsys.readouterr().out

    note = b"Lit in March.[^1]\n\n[^1]: Port book.\n"
    assert "Port book" not in planned("note.md", note)
    assert "Port book" in planned("note.md", note, "--notes")
    play = b"ANNA: Hello.\n\nBEN: Good evening, I say.\n"
    assert "ANNA: Hello." not in planned("play.txt", play)
    assert "ANNA: Hello." in planned("play.txt", play, "--no-speakers")
    assert "caféteria" in planned("one.txt", b"The caf\xe9teria.", "--encoding", "latin-1")
    table = b"a,b\nThe first of all texts.,The second of all texts.\n"
    assert "The second" in planned("t.csv", table, "--column", "text=b")
    assert "The first" in planned("t.csv", table, "--column", "text=1")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--column", "text"), "--column is FIELD=NAME, not 'text'"),
        (("--column", "txt=a"), "a table has no txt: name one of text, id"),
        (("--column", "text=c"), "the table has no column c, only text, b"),
        (("--encoding", "klingon"), "there is no encoding klingon"),
        (("--encoding", "base64"), "there is no encoding base64"),
        (("--encoding", "ascii"), None),
    ],
)
def test_a_wrong_guess_of_the_user_is_a_sentence(
    options: tuple[str, str],
    said: str | None,
    tmp_path: Path,
    speaker: Speaker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "t.csv").write_text("text,b\nHello there.,x\n")
    code = run(tmp_path / "t.csv", "--out", tmp_path / "out", "--dry-run", *options)
    assert code == (0 if said is None else 2)
    assert (said or "") in capsys.readouterr().err


def reads_latin(text: str) -> str:
    return "" if text.isascii() else "the model cannot read these letters: …"


def test_a_row_that_the_model_cannot_read_is_not_spoken(
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Speakable, "unreadable", lambda self, text: reads_latin(text))
    foreign = "".join(f"今日は{number}、Helloです。\n\n" for number in range(5))
    (tmp_path / "mix.txt").write_text(f"The lamp was lit early.\n\n{foreign}", encoding="utf-8")
    assert run(tmp_path / "mix.txt", "--out", tmp_path / "out", "--dry-run") == 0
    rows = "mix.txt, rows 0002, 0003, 0004, 0005 and 0006: the model cannot read"
    assert capsys.readouterr().err.count(rows) == 1
    for _ in range(2):  # also when there is nothing left to speak
        assert run(tmp_path / "mix.txt", "--out", tmp_path / "out") == 3
        assert [row.text for row in speaker.rows] == ["The lamp was lit early."]
        assert "mix.txt, row 0003: the model cannot read" in capsys.readouterr().err
    (tmp_path / "words.txt").write_text("今日は==Today\nです==,\n/[、。]/==,\n", encoding="utf-8")
    replace = ("--replace", tmp_path / "words.txt", "--language", "en")  # of figures, too
    assert run(tmp_path / "mix.txt", "--out", tmp_path / "out", *replace) == 0


def test_a_text_of_which_nothing_can_be_read_is_refused_before_any_work(
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Speakable, "unreadable", lambda self, text: reads_latin(text))
    (tmp_path / "ja.txt").write_text("今日はいい天気です。", encoding="utf-8")
    assert run(tmp_path / "ja.txt", "--out", tmp_path / "out") == 2
    assert "ja.txt: the model cannot read" in capsys.readouterr().err
    assert speaker.requests == []


def test_an_audiobook_is_what_shops_ask_for(book: Path, tmp_path: Path, speaker: Speaker) -> None:
    out = tmp_path / "out"
    assert run(book, "--out", out, "--loudness", "audiobook", "--format", "mp3") == 0
    info = soundfile.info(out / "book.mp3")
    assert info.samplerate == 44_100
    assert (out / "book.mp3").stat().st_size * 8 / info.duration == pytest.approx(192_000, rel=0.03)


def test_a_watched_folder_is_converted_as_files_come(tmp_path: Path, speaker: Speaker) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("The first text has some words.")
    parser = main.build_parser()
    args = parser.parse_args(["convert", "--watch", str(folder), "--out", str(out)])
    works: list[convert.Work] = []
    real = convert.Work

    def work(*arguments: object) -> convert.Work:
        works.append(real(*arguments))  # type: ignore[arg-type]
        return works[-1]

    codes = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "_POLL", 0.02)
        patch.setattr(convert, "Work", work)
        patch.setattr(convert, "ctrl_c_cancels", lambda work: nullcontext())
        thread = threading.Thread(target=lambda: codes.append(convert.run(args)))
        thread.start()
        try:
            wait_for(out / "a.takes.json")
            (folder / "bad.txt").write_bytes(b"")  # does not end it
            (folder / "b.txt").write_text("The second text comes later.")
            wait_for(out / "b.takes.json")
        finally:
            works[0].cancel()
            thread.join(30)
    assert {p.name for p in out.glob("*.wav")} == {"a.wav", "b.wav"}
    assert len({row.text for row in speaker.rows}) == len(speaker.rows) == 2


def wait_for(path: Path) -> None:
    import time

    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        threading.Event().wait(0.01)


@pytest.mark.skipif(os.name != "posix", reason="system: needs POSIX signals")
def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    rows = "\n\n".join(f"This is row number {i} of a long script." for i in range(200))
    (tmp_path / "a.txt").write_text(rows)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.engine.script.speaker",
            "convert",
            tmp_path / "a.txt",
            "--out",
            tmp_path / "out",
        ],
        cwd=ROOT,
        env={**os.environ, "SPEAKER_DELAY": "0.05"},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(tmp_path / "out" / "a.project" / "takes.jsonl")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert err.splitlines()[-1] == "bark-studio: stopped"
    assert 0 < len(Project(tmp_path / "out" / "a.project").store) < 200
    assert not (tmp_path / "out" / "a.wav").exists()


def test_subtitles_become_sound_in_their_time(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = tmp_path / "talk.srt"
    talk.write_text(
        "1\n00:00:01,000 --> 00:00:01,500\nThe lamp is lit in all of the houses here.\n\n"
        "2\n00:00:06,000 --> 00:00:09,000\nNobody has seen the harbour.\n"
    )
    out = tmp_path / "out"
    options = ("--timed", "--stretch", "0.9,1.2", "--subtitles", "srt", "--length", "0:12.5")
    assert run(talk, "--out", out, *options) == 0
    said = capsys.readouterr().err
    assert "talk.srt: by its predicted length, cue 1 at 0:00:01.000 runs" in said
    assert "talk.wav: cue 1 at 0:00:01.000 runs" in said
    assert "cue 2" not in said
    assert soundfile.info(out / "talk.wav").duration == pytest.approx(12.5, abs=0.001)
    assert "00:00:06,000 --> " in (out / "talk.srt").read_text()
    rows = json.loads((out / "talk.takes.json").read_text())["rows"]
    assert [row["cue"] for row in rows] == [[1.0, 1.5], [6.0, 9.0]]
    for options, words in (
        (("--length", "3"), "--length belongs to --timed"),
        (("--timed", "--stretch", "fast"), "--stretch is two numbers"),
        (("--timed", "--length", "long"), "--length is a number of seconds"),
        (("--timed", "--per", "row"), "not one per row"),
    ):
        assert run(talk, "--out", tmp_path / "other", *options) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "other").exists()
