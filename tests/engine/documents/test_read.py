"""Files of every kind and encoding; hostile files end in one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents import read as module
from engine.documents.encoding import clean
from engine.documents.read import SUFFIXES, read, read_string, told
from engine.documents.reading import Reading
from engine.errors import UserError
from engine.script.rows import Script
from tests.engine.documents.samples import FRENCH, RUSSIAN

POLISH = "Zażółć gęślą jaźń. Chrząszcz brzmi w trzcinie w Szczebrzeszynie.\n\nŻółw idzie.\n" * 4

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file, return its path."""

    def do(data: bytes | str, name: str = "script.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return do


def texts(script: Script) -> list[str]:
    return [row.text for row in script.rows]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_with_and_without_a_mark(write: Write, encoding: str) -> None:
    text = FRENCH.replace("\n", "\r\n")
    script = read(write(text.encode(encoding)))
    assert texts(script) == FRENCH.strip().split("\n\n")
    assert script.notes == ()


@pytest.mark.parametrize(
    ("text", "encoding"), [(FRENCH * 3, "cp1252"), (RUSSIAN, "cp1251"), (POLISH, "cp1250")]
)
def test_other_encodings_are_found_and_said(write: Write, text: str, encoding: str) -> None:
    script = read(write(text.encode(encoding)))
    assert "".join(texts(script)) == text.replace("\n", "")
    assert "was read as" in script.notes[0]
    assert "name its encoding" in script.notes[0]


def test_a_few_broken_bytes_do_not_change_the_encoding(write: Write) -> None:
    script = read(write((RUSSIAN * 5).encode() + b"\xff\xfe rest"))
    assert texts(script)[0] == RUSSIAN.split("\n")[0]
    assert "2 broken characters" in script.notes[0]


def test_the_language_can_be_said(write: Write) -> None:
    assert read(write(FRENCH), language="fr").language == "fr"


@pytest.mark.parametrize("name", ["notes.xyz", "notes", "book.mobi", "page.mhtml"])
def test_an_unknown_ending_is_refused_with_the_list_of_those_that_are_read(
    write: Write, name: str
) -> None:
    with pytest.raises(UserError, match=rf"{name} is of no kind .*: \.txt, .*\.epub.*\.pdf are"):
        read(write("One.\n\nTwo.", name))


def test_the_dialog_offers_what_is_read() -> None:
    wanted = ".txt .md .srt .vtt .ass .csv .tsv .epub .html .docx .odt .fb2 .rtf .pdf"
    assert set(wanted.split()) <= set(SUFFIXES)


def test_who_was_taken_for_a_speaker_is_told(write: Write) -> None:
    script = read(write("ANNA: Hello.\n\nBEN: Good evening."))
    assert told(script) == ("Taken for speakers: ANNA, BEN.",)
    assert script.notes == ()  # its file stays as 0.1.0 wrote it
    assert told(read(write("Hello."))) == ()
    plain = read(write("ANNA: Hello.\n\nBEN: Hi."), reading=Reading(speakers=False))
    assert [(row.speaker, row.text) for row in plain.rows] == [
        ("", "ANNA: Hello."),
        ("", "BEN: Hi."),
    ]


# ── hostile files ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "data",
    [b"", b" \n\n\t\n", b"\x00" * 5000, b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256)) * 9],
    ids=["empty", "blank", "zeros", "picture"],
)
def test_nothing_to_speak_is_one_sentence(write: Write, suffix: str, data: bytes) -> None:
    with pytest.raises(UserError, match=r"script.*: \w+") as error:
        read(write(data, f"script{suffix}"))
    assert "\n" not in str(error.value)


def test_bytes_without_sense_are_no_text(write: Write) -> None:
    with pytest.raises(UserError, match="no text file"):
        read(write(bytes((7 * i * i + i) % 255 + 1 for i in range(4000))))


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(UserError, match="there is no file"):
        read(tmp_path / "none.txt")
    with pytest.raises(UserError, match="there is no file"):
        read(Path("a\x00b.txt"))


@pytest.mark.skipif(os.name != "posix", reason="system: needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UserError, match="is a named pipe: only plain files"):
        read(tmp_path / "pipe.txt")


def test_a_line_of_50_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    with pytest.raises(UserError, match="larger than 16 MB: split it"):
        read(path)


@pytest.mark.timeout(20)  # a second at most where nothing is quadratic
@pytest.mark.parametrize("suffix", [".txt", ".md", ".srt", ".vtt", ".csv"])
@pytest.mark.parametrize(
    "piece",
    ["x", "[", "![a](", "<a ", "A: ",
     "[voice:", "[pause ", "\n- ", "\n#", "*", "|", '"', "\n", " "],
)  # fmt: skip
def test_no_pattern_takes_forever(write: Write, suffix: str, piece: str) -> None:
    """Fifty thousand characters of what patterns choke on."""
    head = {".srt": "00:01 --> 00:02\n", ".vtt": "00:01 --> 00:02\n", ".csv": "text\n"}
    data = head.get(suffix, "") + piece * (50_000 // len(piece)) + "end"
    try:
        script = read(write(data, f"script{suffix}"))
    except UserError:
        # Cells have a limit; what stands far to the right is code in Markdown.
        assert suffix == ".csv" or (suffix, piece) == (".md", " ")
    else:
        assert script.rows


# ── property ──────────────────────────────────────────────────────────────────────────────────

PLAIN = st.lists(st.text("abc ÄÖ今。,.!?;-\n\r\t\u00a0'\"0123", max_size=60), max_size=12).map(
    "\n\n".join
)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@settings(deadline=None)
@given(PLAIN)
def test_no_letter_of_a_plain_text_is_lost_or_doubled(text: str) -> None:
    assert letters("".join(texts(read_string(text, "t")))) == letters(text)


TEXTS = sorted(suffix for suffix, reader in module._READERS.items() if reader.is_text)


@settings(deadline=None)
@given(st.text(max_size=300) | PLAIN, st.sampled_from(TEXTS))
def test_any_text_is_read_or_refused(text: str, suffix: str) -> None:
    with suppress(UserError):
        script = module._function(module._READERS[suffix])(clean(text), "t")
        assert all(row.text.strip() for row in script.rows)
