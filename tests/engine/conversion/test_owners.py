"""`convert` and the files that are there: whose each one is, before any work."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import soundfile

import main
from engine.cli import convert
from engine.conversion import inputs
from engine.script.project import Project
from tests.engine.cli.test_convert import run, speaker, wait_for
from tests.engine.documents.test_epub import book, opf
from tests.engine.script.speaker import Speaker

__all__ = ["speaker"]  # the fixture
CUES = "1\n00:00:00,000 --> 00:00:02,000\nHello there, you and I.\n"


def tree(folder: Path) -> dict[str, str]:
    """All files of a folder, by content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def text(path: Path, words: str = "Some words to speak, and some more.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    return path


@pytest.fixture
def dub(tmp_path: Path) -> Path:
    """A recording, its subtitles and a transcript by another program."""
    folder = tmp_path / "dub"
    text(folder / "talk.srt", CUES)
    (folder / "talk.wav").write_bytes(b"RIFF of the user")
    (folder / "talk.json").write_text('{"text": "my whisper transcript"}')
    return folder


def test_nothing_of_the_user_is_replaced(
    dub: Path, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(dub)
    for options in ((), ("--subtitles", "srt"), ("--dry-run",)):
        assert run(dub / "talk.srt", "--out", dub, *options) == 2
        err = capsys.readouterr().err
        assert "talk.wav is there and was not written by this program" in err
        assert len(err.splitlines()) == 1
        assert tree(dub) == before
    assert not speaker.requests
    # Not even where everything else may be: it is an input.
    assert run(dub / "talk.srt", "--out", dub, "--subtitles", "srt", "--overwrite") == 2
    assert "talk.srt is an input of this run" in capsys.readouterr().err
    assert tree(dub) == before


def test_a_refused_recording_is_numbered_or_replaced_as_the_user_says(
    dub: Path, tmp_path: Path, speaker: Speaker
) -> None:
    before = tree(dub)
    for _ in range(2):
        assert run(dub / "talk.srt", "--out", dub, "--subtitles", "srt", "--number") == 0
        assert {name: tree(dub)[name] for name in before} == before
        assert (dub / "talk (2).wav").exists()
        assert "Hello there" in (dub / "talk (2).srt").read_text()
        assert not (dub / "talk (3).wav").exists()
        listed = json.loads((dub / "talk.takes.json").read_text())
        assert [entry["file"] for entry in listed["files"]] == ["talk (2).wav"]
    assert run(dub / "talk.srt", "--out", dub, "--overwrite") == 0
    assert soundfile.info(dub / "talk.wav").frames
    assert run(dub / "talk.srt", "--out", dub) == 0  # it is ours now
    assert tree(dub)["talk.json"] == before["talk.json"]


def test_the_subtitles_of_a_dub_are_its_text_until_they_are_ours(
    dub: Path, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "O"
    assert run(dub, "--out", out) == 0
    assert capsys.readouterr().out.split() == [str(out / "talk.wav")]


@pytest.mark.parametrize("changed", ["talk.wav", "talk.srt", "talk.takes.json"])
def test_a_result_that_the_user_changed_is_the_users(
    changed: str, tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = text(tmp_path / "talk.txt"), tmp_path / "out"
    options = (source, "--out", out, "--subtitles", "srt")
    assert run(*options) == 0
    (out / changed).write_bytes((out / changed).read_bytes() + b"edited")
    before = tree(out)
    assert run(*options) == 2
    assert f"{changed} is there and was not written" in capsys.readouterr().err
    assert tree(out) == before
    assert run(*options, "--overwrite") == 0
    assert tree(out)[changed] != before[changed]


def test_a_copied_output_folder_is_still_ours(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    source = text(tmp_path / "talk.txt")
    assert run(source, "--out", tmp_path / "a", "--subtitles", "srt") == 0
    shutil.copytree(tmp_path / "a", tmp_path / "b", copy_function=shutil.copyfile)
    speaker.requests.clear()
    wav = (tmp_path / "b" / "talk.wav").stat().st_mtime_ns
    assert run(source, "--out", tmp_path / "b", "--subtitles", "srt") == 0
    assert (tmp_path / "b" / "talk.wav").stat().st_mtime_ns == wav  # not written again
    assert run(source, "--out", tmp_path / "b", "--subtitles", "srt", "--loudness", "-23") == 0
    assert not speaker.requests


@pytest.mark.skipif(os.name != "posix", reason="system: needs links")
@pytest.mark.parametrize("how", ["symbolic", "hard", "voice", "words"])
def test_no_input_is_ever_replaced(
    how: str,
    tmp_path: Path,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source, out = text(tmp_path / "talk.txt"), tmp_path / "out"
    out.mkdir()
    other = text(tmp_path / "words.txt", "SQL==sequel\n")
    options: tuple[str | Path, ...] = ()
    if how == "symbolic":
        (out / "talk.wav").symlink_to(source)
        (out / "talk.wav").unlink()
        source.rename(out / "talk.txt")
        source.symlink_to(out / "talk.txt")
        (out / "talk.wav").symlink_to(out / "talk.txt")
    elif how == "hard":
        (out / "talk.wav").hardlink_to(source)
    else:
        flag = {"voice": "--voice", "words": "--replace"}[how]
        path = tmp_path / "a.npz" if how == "voice" else other
        path.write_text("SQL==sequel\n")
        (out / "talk.wav").hardlink_to(path)
        options = (flag, path)
    before = tree(tmp_path)
    assert run(source, "--out", out, "--overwrite", *options) == 2
    assert "is an input of this run and is never replaced" in capsys.readouterr().err
    assert tree(tmp_path) == before


def test_two_books_of_one_title_are_refused_or_numbered(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("u1", "u2"):
        pages = {"c.xhtml": f"<p>These are the words of the book {name}.</p>"}
        book(tmp_path / f"{name}.epub", pages, package=opf(pages, title="Unknown"))
    u1, u2, out = tmp_path / "u1.epub", tmp_path / "u2.epub", tmp_path / "out"
    assert run(u1, u2, "--out", out) == 2
    assert "u1.epub and " in (err := capsys.readouterr().err)
    assert "would both be written to" in err
    assert not out.exists()
    assert run(u1, "--out", out) == 0
    first = tree(out)
    assert run(u2, "--out", out) == 2
    assert "Unknown.wav is there" in capsys.readouterr().err
    assert tree(out) == first
    for _ in range(2):
        assert run(u1, u2, "--out", out, "--number") == 0
        after = tree(out)
        wavs = ["Unknown (2).wav", "Unknown.wav"]
        assert sorted(name for name in after if name.endswith(".wav")) == wavs
        assert {name: after[name] for name in first if "delivered" not in name} == {
            name: first[name] for name in first if "delivered" not in name
        }


def test_sub_folders_are_mirrored(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    books, out = tmp_path / "books", tmp_path / "out"
    for number in (1, 2):
        text(books / f"vol{number}" / "01.txt", f"These are the words of book {number}.")
    text(books / "vol2" / "x" / "01.txt", "These words lie deeper.")
    assert run(books, "--out", out) == 0
    wavs = [out / "vol1/01.wav", out / "vol2/01.wav", out / "vol2/x/01.wav"]
    assert capsys.readouterr().out.split() == list(map(str, wavs))
    for wav in wavs:
        assert wav.with_suffix(".project").is_dir()
        listed = json.loads(wav.with_suffix(".takes.json").read_text())
        assert listed["files"][0]["file"] == "01.wav"
    speaker.requests.clear()
    assert run(books / "vol2", "--out", out / "vol2") == 0  # a part alone
    assert not speaker.requests


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("{folder}/{script}", ["books/01.wav", "books/vol1/01.wav"]),
        ("{folder}-{script}", ["books-01.wav", "books/vol1-01.wav"]),
        ("{script}", ["01.wav", "vol1/01.wav"]),
    ],
)
def test_the_folder_of_a_text_may_stand_in_the_name(
    name: str,
    wanted: list[str],
    tmp_path: Path,
    speaker: Speaker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    books, out = tmp_path / "books", tmp_path / "out"
    text(books / "01.txt", "These are the first words.")
    text(books / "vol1" / "01.txt", "These are other words.")
    for _ in range(2):
        assert run(books, "--out", out, "--name", name, "--subtitles", "srt") == 0
        assert capsys.readouterr().out.split() == [str(out / path) for path in wanted]
    for path in (out / "01.takes.json", out / "vol1" / "01.takes.json"):
        (entry,) = json.loads(path.read_text())["files"]
        assert (path.parent / entry["file"]).is_file()
    assert run(books / "vol1" / "01.txt", "--out", out / "n", "--name", name) == 0


def test_a_flat_project_of_0_1_0_goes_on_where_it_lies(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    books, out = tmp_path / "books", tmp_path / "out"
    source = text(books / "vol1" / "01.txt", "These are the words of book one, and more of them.")
    text(books / "vol2" / "01.txt", "Another book of the same name.")
    assert run(source, "--out", out) == 0  # as 0.1.0 put those of sub-folders
    ledger = out / "01.project" / "delivered.jsonl"
    lines = ledger.read_text().splitlines()
    ledger.write_text("\n".join(line for line in lines if '"source"' not in line) + "\n")
    speaker.requests.clear()
    capsys.readouterr()
    for _ in range(2):
        assert run(books, "--out", out) == 0
        assert capsys.readouterr().out.split() == [str(out / "01.wav"), str(out / "vol2/01.wav")]
    assert [row.text for row in speaker.rows] == ["Another book of the same name."]
    assert not (out / "vol1").exists()


def test_a_project_remembers_its_text(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y, out = text(tmp_path / "x" / "a.txt"), tmp_path / "y" / "a.txt", tmp_path / "out"
    assert run(x, "--out", out) == 0
    text(y, x.read_text())  # a copy is the same text
    assert run(y, "--out", out) == 0
    text(y, "Other words to speak.")
    before = tree(out)
    assert run(x, "--out", out) == 0
    text(x, "These words were edited.")
    assert run(x, "--out", out) == 0
    before = tree(out)
    assert run(y, "--out", out) == 2
    assert f"a.project holds the takes of {x.resolve()}" in capsys.readouterr().err
    assert tree(out) == before
    for _ in range(2):
        assert run(y, "--out", out, "--number") == 0
        assert {path.name for path in out.iterdir()} == {
            *("a.wav", "a.takes.json", "a.project"),
            *("a (2).wav", "a (2).takes.json", "a (2).project"),
        }
    after = tree(out)
    assert {name: after[name] for name in before} == before
    x.rename(tmp_path / "x" / "b.txt")  # moved folders go on
    assert run(y, "--out", out) == 0


def test_both_texts_of_one_name_may_be_numbered_at_once(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("x", "y"):
        text(tmp_path / folder / "a.txt", f"The words of {folder}, some more of them.")
    out = tmp_path / "out"
    for _ in range(2):
        assert run(tmp_path / "x", tmp_path / "y", "--out", out, "--number") == 0
        printed = capsys.readouterr().out.splitlines()
        assert printed == [str(out / "a.wav"), str(out / "a (2).wav")]
    assert len(speaker.rows) == 2


def test_a_folder_that_is_no_project_is_left_alone(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = text(tmp_path / "a.txt"), tmp_path / "out"
    mine = text(out / "a.project" / "script.json", "my own script")
    assert run(source, "--out", out, "--overwrite") == 2
    assert "a.project is no project of Bark Studio" in capsys.readouterr().err
    assert run(source, "--out", out, "--number") == 0
    assert (out / "a (2).project" / "project.json").exists()
    assert mine.read_text() == "my own script"
    shutil.rmtree(out)
    # What a run leaves that was killed at its very beginning is one.
    Project.create(out / "a.project", Project(_project(tmp_path, speaker)).script)
    (out / "a.project" / "project.json").unlink()
    (out / "a.project" / ".project.json.x1y2z3.part").touch()
    assert run(source, "--out", out) == 0


def _project(tmp_path: Path, speaker: Speaker) -> Path:
    assert run(text(tmp_path / "b.txt"), "--out", tmp_path / "b") == 0
    return tmp_path / "b" / "b.project"


def test_the_summary_is_ours_or_refused(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out, summary = text(tmp_path / "a.txt"), tmp_path / "out", tmp_path / "s.json"
    for _ in range(2):
        assert run(source, "--out", out, "--json", summary) == 0
        assert json.loads(summary.read_text())["made_by"] == "Bark Studio"
    summary.write_text("{}")
    assert run(source, "--out", out, "--json", summary) == 2
    assert "s.json is there" in capsys.readouterr().err
    assert run(source, "--out", out, "--json", summary, "--number") == 0
    assert summary.read_text() == "{}"
    assert (tmp_path / "s (2).json").exists()
    assert run(source, "--out", out, "--json", source, "--overwrite") == 2
    assert run(source, "--out", out, "--json", out / "a.takes.json", "--overwrite") == 2
    assert "would both be written" in capsys.readouterr().err


# ── tables ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "options", "wanted"),
    [
        (
            "id,speaker,text,file\n1,Anna,The lamp is lit.,VO/anna_001.wav\n"
            "2,Tom,Come home.,VO/tom_001.WAV\n",
            ("--format", "ogg"),
            ["VO/anna_001.ogg", "VO/tom_001.ogg"],
        ),
        (
            "Identifier\tCharacter\tDialogue\tFilename\tLine Number\tRen'Py Script\n"
            'start_a170b500\te\tThe lamp is lit.\tgame/script.rpy\t12\te "[what]"\n'
            'start_b2c1d3e4\tm\tCome home.\tgame/script.rpy\t14\tm "[what]"\n',
            ("--name", "{id}"),
            ["start_a170b500.wav", "start_b2c1d3e4.wav"],
        ),
        (
            f"id,text\n{'灯台守の長い台詞の識別子' * 6}一,Hello.\n"
            f"{'灯台守の長い台詞の識別子' * 6}二,World.\n",
            ("--name", "{id}"),
            None,
        ),
    ],
)
def test_names_of_a_table(
    table: str,
    options: tuple[str, ...],
    wanted: list[str] | None,
    tmp_path: Path,
    speaker: Speaker,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(text(tmp_path / "t.csv", table), "--out", out, "--per", "row", *options) == 0
    written = [Path(line).relative_to(out) for line in capsys.readouterr().out.splitlines()]
    assert len(set(written)) == 2
    assert wanted is None or list(map(str, written)) == wanted
    assert all(len(path.name.encode()) < 160 for path in written)


# ── a watched folder ──────────────────────────────────────────────────────────────────────────


@contextmanager
def watching(folder: Path, out: Path, *options: str) -> Iterator[None]:
    """Watch a folder meanwhile."""
    arguments = ["convert", "--watch", str(folder), "--out", str(out), *options]
    args = main.build_parser().parse_args(arguments)
    works: list[convert.Work] = []
    real = convert.Work

    def work(*arguments: object) -> convert.Work:
        works.append(real(*arguments))  # type: ignore[arg-type]
        return works[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "_POLL", 0.02)
        patch.setattr(convert, "Work", work)
        patch.setattr(convert, "ctrl_c_cancels", lambda work: nullcontext())
        thread = threading.Thread(target=lambda: convert.run(args))
        thread.start()
        try:
            yield
        finally:
            works[0].cancel()
            thread.join(30)


def test_a_watched_folder_remembers_whose_a_name_is(
    tmp_path: Path, speaker: Speaker, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    text(folder / "a.txt", "The first text has some words.")
    with watching(folder, out):
        wait_for(out / "a.takes.json")
        before = (out / "a.wav").read_bytes()
        text(folder / "a.md", "The second text wants the same name.")
        text(folder / "b.txt", "The third text does not.")
        wait_for(out / "b.takes.json")
    err = capsys.readouterr().err
    assert "a.txt and " in err
    assert "a.md would both be written to" in err
    assert (out / "a.wav").read_bytes() == before


def test_a_watched_folder_numbers_if_it_may(tmp_path: Path, speaker: Speaker) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    text(folder / "a.txt", "The first text has some words.")
    with watching(folder, out, "--number"):
        wait_for(out / "a.takes.json")
        text(folder / "x" / "a.txt", "This one lies in a folder of its own.")
        text(folder / "a.md", "The second text wants the same name.")
        wait_for(out / "a (2).takes.json")
        wait_for(out / "x" / "a.takes.json")
    assert {path.name for path in out.rglob("*.wav")} == {"a.wav", "a (2).wav"}
