"""What the program keeps for itself behind a link of the user's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.conversion.speeds import Speeds
from engine.script.pace import Paces

HEARD = {"voice": [("These are some words.", 1.5)]}
each = pytest.mark.parametrize(
    "write",
    [
        lambda path: Speeds(path).learn("a way", 1.0, 2.0),
        lambda path: Paces(path).learn(HEARD),
    ],
    ids=["speeds", "paces"],
)


@pytest.mark.parametrize("words", [None, "a letter of the user's"])
@each
def test_what_is_not_ours_behind_a_link_stays_as_it_is(
    tmp_path: Path, write: Callable[[Path], object], words: str | None
) -> None:
    theirs, ours = tmp_path / "theirs.txt", tmp_path / "ours.json"
    if words is not None:
        theirs.write_text(words)
    ours.symlink_to(theirs)
    write(ours)
    assert (theirs.read_text() if words is not None else theirs.exists()) == (words or False)
    assert ours.is_file()
    assert not ours.is_symlink()
    assert any(path.is_symlink() for path in tmp_path.iterdir())  # set aside


@each
def test_what_is_ours_behind_a_link_is_written_there(
    tmp_path: Path, write: Callable[[Path], object]
) -> None:
    real, link = tmp_path / "dotfiles.json", tmp_path / "link.json"
    write(real)
    before = real.stat().st_ino
    link.symlink_to(real)
    write(link)
    assert link.is_symlink()
    assert real.stat().st_ino != before
