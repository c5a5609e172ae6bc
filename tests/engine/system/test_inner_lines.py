"""Lists that grow by a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import UserError
from engine.system.inner_lines import InnerLines


def test_lines_follow_each_other(tmp_path: Path) -> None:
    lines = InnerLines(tmp_path, "list")
    assert lines.read() == []
    lines.append(b"one\n")
    lines.append(b"two\n")
    assert InnerLines(tmp_path, "list").read() == [b"one", b"two"]
    lines.write([b"three\n"])
    assert lines.read() == [b"three"]


def test_a_line_that_was_cut_off_does_not_take_the_next_with_it(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"one\ntw")
    lines = InnerLines(tmp_path, "list")
    lines.read()
    lines.append(b"three\n")
    lines.append(b"four\n")
    assert lines.read() == [b"one", b"tw", b"three", b"four"]


def test_what_a_full_disk_cut_off_is_a_line_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.system import inner_lines

    def full(folder: Path, name: str, data: bytes) -> None:
        (folder / name).write_bytes(data[:2])
        raise OSError(28, "No space left on device")

    lines = InnerLines(tmp_path, "list")
    with monkeypatch.context() as patch:
        patch.setattr(inner_lines, "append_inner", full)
        with pytest.raises(UserError, match="no space left on device; free some space"):
            lines.append(b"one\n")
    lines.append(b"two\n")
    assert lines.read() == [b"on", b"two"]
