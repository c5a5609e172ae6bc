"""Which files a conversion takes, and to which sub-folder each goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conversion.inputs import find
from engine.errors import UserError

CUES = "1\n00:00:00,000 --> 00:00:01,000\nHello.\n"


def found(inputs: list[Path], out: Path) -> dict[str, str]:
    return {path.name: str(below) for path, below in find(inputs, out).items()}


def test_sub_folders_are_kept_and_named_files_lie_at_the_top(tmp_path: Path) -> None:
    for name in ("books/a.txt", "books/vol1/b.md", "books/vol1/x/c.srt", "other/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CUES)
    inputs = [tmp_path / "other" / "d.txt", tmp_path / "books"]
    assert found(inputs, tmp_path / "out") == {
        **{"d.txt": ".", "a.txt": ".", "b.md": "vol1", "c.srt": "vol1/x"}
    }


@pytest.mark.parametrize("beside", ["talk.json", "talk.takes.json", "talk.wav"])
def test_a_subtitle_beside_any_json_is_a_text(beside: str, tmp_path: Path) -> None:
    (tmp_path / "talk.srt").write_text(CUES)
    (tmp_path / beside).write_text('{"text": "my whisper transcript"}')
    assert found([tmp_path], tmp_path / "out") == {"talk.srt": "."}
    assert found([tmp_path], tmp_path) == {"talk.srt": "."}


def test_results_and_projects_are_none(tmp_path: Path) -> None:
    for name in ("out/a.txt", "b.project/c.txt", ".hidden/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Words.")
    with pytest.raises(UserError, match="holds no text to convert"):
        find([tmp_path], tmp_path / "out")
