"""Our own subtitles are known by what a list of ours says; nothing else is taken for ours."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from engine.recordings.results import subtitles_in
from engine.system.marks import marked
from tests.conftest import ROOT

CUES = "1\n00:00:00,000 --> 00:00:01,000\nHello.\n"


def listed(path: Path, *entries: tuple[str, str], **changes: object) -> None:
    subtitles = [
        {"file": file, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for file, text in entries
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(marked({"subtitles": subtitles}) | changes))


def test_what_a_list_names_is_ours_while_it_is_unchanged(tmp_path: Path) -> None:
    listed(tmp_path / "x" / "a.takes.json", ("a.srt", CUES), ("../b.vtt", CUES))
    for name in ("x/a.srt", "b.vtt", "x/b.vtt", "a.srt"):
        (tmp_path / name).write_text(CUES)
    ours = subtitles_in(tmp_path)
    assert [ours(tmp_path / name) for name in ("x/a.srt", "b.vtt")] == [True, True]
    assert [ours(tmp_path / name) for name in ("x/b.vtt", "a.srt")] == [False, False]
    (tmp_path / "b.vtt").write_text(CUES + "\n2")  # the user's own now
    assert not subtitles_in(tmp_path)(tmp_path / "b.vtt")


@pytest.mark.parametrize(
    "other",
    [
        '{"text": "my whisper transcript"}',
        '{"subtitles": [{"file": "talk.srt", "sha256": "%s"}]}',
        '{"made_by": "somebody", "subtitles": [{"file": "talk.srt", "sha256": "%s"}]}',
        '{"made_by": "Bark Studio"}',
        '{"made_by": "Bark Studio", "subtitles": [1, null]}',
        '{"script": "talk", "recipe": {}, "maker": null, "files": [], "rows": [{}]}',
        '{"script": "talk", "recipe": {}, "maker": null, "files": [], "rows": 3}',
        "[",
        "[]",
    ],
)
def test_any_other_list_beside_a_subtitle_says_nothing(other: str, tmp_path: Path) -> None:
    (tmp_path / "talk.srt").write_text(CUES)
    text = other.replace("%s", hashlib.sha256(CUES.encode()).hexdigest())
    for name in ("talk.json", "talk.takes.json"):
        (tmp_path / name).write_text(text)
    assert not subtitles_in(tmp_path)(tmp_path / "talk.srt")


def test_those_of_0_1_0_are_known_word_for_word(tmp_path: Path) -> None:
    left = tmp_path / "left"
    shutil.copytree(ROOT / "tests" / "fixtures" / "0.1.0" / "converted", left)
    ours = subtitles_in(left)
    assert ours(left / "story-01.srt")
    assert ours(left / "story-02.srt")
    path = left / "story-01.srt"
    path.write_text(path.read_text().replace("Who", "How"))
    assert not subtitles_in(left)(path)


def test_what_0_1_0_had_cut_in_two_was_one_subtitle(tmp_path: Path) -> None:
    rows = [
        {"row": name, "text": text, "start": start, "end": start + 1.0}
        | {"speaker": "", "hash": None, "verdict": "good", "file": "a.wav"}
        for name, text, start in (("7", "One", 0.0), ("7-2", "two.", 1.0), ("8", "Three.", 2.0))
    ]
    values = {"script": "a", "recipe": {}, "maker": None, "files": [], "rows": rows}
    (tmp_path / "a.json").write_text(json.dumps(values))
    (tmp_path / "a.srt").write_text(
        "1\n00:00:00,000 --> 00:00:02,000\nOne two.\n\n2\n00:00:02,000 --> 00:00:03,000\nThree.\n"
    )
    assert subtitles_in(tmp_path)(tmp_path / "a.srt")
