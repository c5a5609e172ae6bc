"""File names: inside the folder, on every system, never twice."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UserError
from engine.recordings.filenames import (
    KEYS,
    check_template,
    fill,
    inside,
    refuse_equal,
    safe_part,
    wanted,
)

VALUES = {key: f"a {key}" for key in KEYS} | {"ext": "wav"}
RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{i}" for p in ("com", "lpt") for i in range(10))}


@given(st.text())
def test_any_text_is_a_safe_part(text: str) -> None:
    part = safe_part(text)
    assert part not in ("", ".", "..")
    assert not set('<>:"/\\|?*\0\n') & set(part)
    assert part == part.strip(" .")
    assert part.split(".")[0].strip().lower() not in RESERVED
    assert len(part.encode()) <= 151


@given(st.text(), st.text(), st.text())
def test_no_value_leaves_the_folder(script: str, row: str, speaker: str) -> None:
    values = VALUES | {"script": script, "id": row, "speaker": speaker}
    path = fill("{script}/{speaker}/{script}-{id}.{ext}", values)
    assert not path.is_absolute()
    assert not PureWindowsPath(str(path)).is_absolute()
    assert ".." not in path.parts
    assert path.suffix == ".wav"
    assert len(path.parts) == 3


def test_a_template_is_filled() -> None:
    assert str(fill("{script}-{id}-{speaker}.{ext}", VALUES)) == "a script-a id-a speaker.wav"
    assert str(fill("{speaker}/{number}", VALUES)) == "a speaker/a number.wav"
    assert str(fill("v1.2 {id}", VALUES)) == "v1.2 a id.wav"
    assert str(fill("{id}.WAV", VALUES)) == "a id.wav"
    assert str(fill("{id}", VALUES | {"id": "anna.mp3", "ext": "opus"})) == "anna.opus"
    assert str(fill("{{x}} {id}", VALUES)) == "{x} a id.wav"


def test_the_folder_of_a_text_is_as_many_parts_as_it_has() -> None:
    for folder, path in (
        ("books/vol1", "books/vol1/a id.wav"),
        ("a:b/..", "a-b/_/a id.wav"),
        ("", "a id.wav"),
    ):
        assert str(fill("{folder}/{id}", VALUES | {"folder": folder})) == path
    assert str(fill("{folder}", VALUES | {"folder": ""})) == "_.wav"


def test_a_part_of_a_path_has_150_bytes_at_most_and_no_half_character() -> None:
    assert safe_part("x" * 150) == "x" * 150
    assert safe_part("é" * 75) == "é" * 75
    for text, kept in (
        ("x" * 151, "x" * 141),
        ("é" * 80, "é" * 70),
        ("x" * 140 + "é" * 9, "x" * 140),
        ("x" * 140 + " y" * 9, "x" * 140),  # nor a space at its end
    ):
        part = safe_part(text)
        assert part.rpartition("-")[0] == kept
        assert len(part.encode()) <= 150


@given(st.text(min_size=151), st.text(min_size=1))
def test_texts_that_are_cut_are_told_apart(start: str, end: str) -> None:
    assert safe_part(start + "a" + end) != safe_part(start + "b" + end)
    cut = safe_part("x" * 151, told_apart=False)  # as version 0.1.0 did
    assert cut == "x" * 150


@pytest.mark.parametrize("name", ["CON", "nul.txt", "Com1", "lpt9.tar.gz", "AUX "])
def test_names_that_windows_keeps_for_itself(name: str) -> None:
    assert str(fill("{id}", VALUES | {"id": name})).startswith("_")
    assert wanted(f"{name}.wav", "wav").name.startswith("_")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{script}-{mood}", "unknown {mood}"),
        ("{id.__class__}", "unknown"),
        ("{id!r}", "unknown"),
        ("{id:>1000000000}", "unknown"),
        ("{0}", "unknown"),
        ("{}", "unknown"),
        ("{id", "brace"),
        ("id}", "brace"),
        ("../{id}", "leaves the output folder"),
        ("a/../../{id}", "leaves the output folder"),
        ("..\\{id}", "leaves the output folder"),
        ("/etc/{id}", "leaves the output folder"),
        ("C:/{id}", "no file name may have|leaves"),
        ("", "leaves the output folder"),
        (".", "leaves the output folder"),
        ("a\n{id}", "no file name may have"),
    ],
)
def test_templates_that_are_refused(template: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        check_template(template)


@pytest.mark.parametrize("file", ["../a.wav", "/a.wav", "a/../../b", "..\\a", "C:\\a", ""])
def test_a_script_cannot_name_a_file_outside(file: str) -> None:
    with pytest.raises(UserError, match="leaves the output folder"):
        wanted(file, "wav")


def test_a_script_names_its_files() -> None:
    assert str(wanted("intro/anna_01.wav", "flac")) == "intro/anna_01.flac"
    assert str(wanted("VO/tom_001.WAV", "ogg")) == "VO/tom_001.ogg"
    assert str(wanted("v1.2", "wav")) == "v1.2.wav"
    assert str(wanted(".wav", "wav")) == "wav.wav"
    assert str(wanted("c:a.wav", "wav")) == "c-a.wav"
    assert str(wanted("X/x", "wav")) == "X/x.wav"
    assert str(wanted("X", "wav")) == "X.wav"
    assert str(wanted("intro\\anna_01", "wav")) == "intro/anna_01.wav"


def test_two_owners_of_one_name_are_refused() -> None:
    pairs = ("a a", "A a", "ﬁ fi", "Straße STRASSE", "e\u0301 é", "① 1")
    for first, second in (pair.split() for pair in pairs):
        with pytest.raises(UserError, match="row 1 and row 2 would both"):
            refuse_equal(
                {"row 1": PurePosixPath(f"{first}.wav"), "row 2": PurePosixPath(f"{second}.WAV")}
            )
    refuse_equal({"row 1": PurePosixPath("a/b.wav"), "row 2": PurePosixPath("b/a.wav")})


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path)
    with pytest.raises(UserError, match="leads out of"):
        inside(tmp_path / "out", PurePosixPath("link/a.wav"))
    assert inside(tmp_path / "out", PurePosixPath("b/a.wav")) == tmp_path / "out/b/a.wav"


def test_an_unknown_key_is_told_the_known_ones() -> None:
    with pytest.raises(UserError) as refused:
        check_template("{script}-{mood}")
    known = ", ".join(f"{{{key}}}" for key in KEYS)
    assert str(refused.value).endswith(f"has the unknown {{mood}}: there are {known}")


def test_only_the_ending_of_a_sound_is_replaced() -> None:
    assert wanted("anna.take.1.wav", "ogg") == PurePosixPath("anna.take.1.ogg")
    assert wanted("chapter 1.2", "ogg") == PurePosixPath("chapter 1.2.ogg")
