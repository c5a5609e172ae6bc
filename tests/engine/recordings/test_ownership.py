"""May this target be written?"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.recordings.ownership import Permission, free, identities, numbered, targets
from engine.system.marks import marked


@pytest.mark.parametrize(
    ("ours", "permission", "words"),
    [
        (True, Permission(), ""),
        (False, Permission(), "was not written by this program, or was changed since"),
        (False, Permission(overwrite=True), ""),
        (False, Permission(number=True), "was not written by this program"),
    ],
)
def test_what_is_there(ours: bool, permission: Permission, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    assert permission.refusal(path, ours=ours) == ""  # nothing is there yet
    assert permission.refusal(path / "b.wav", ours=ours) == ""
    path.write_bytes(b"x")
    said = permission.refusal(path, ours=ours)
    assert (said == "") == (words == "")
    assert words in said


def test_what_the_user_was_asked_about(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).touch()
    permission = Permission(asked=frozenset([tmp_path / "a"]))
    assert not permission.refusal(tmp_path / "a", ours=False)
    assert permission.refusal(tmp_path / "b", ours=False)


@pytest.mark.skipif(os.name != "posix", reason="system: needs links")
def test_an_input_is_never_replaced_whatever_it_is_called(tmp_path: Path) -> None:
    source = tmp_path / "talk.srt"
    source.write_text("words")
    (tmp_path / "link.srt").symlink_to(source)
    (tmp_path / "hard.srt").hardlink_to(source)
    permission = Permission(overwrite=True, inputs=identities([source, tmp_path / "not there"]))
    for name in ("talk.srt", "link.srt", "hard.srt", "./../" + tmp_path.name + "/talk.srt"):
        said = permission.refusal(tmp_path / name, ours=True)
        assert "is an input of this run and is never replaced" in said
    (tmp_path / "copy.srt").write_text("words")
    assert not permission.refusal(tmp_path / "copy.srt", ours=True)


def test_what_is_no_plain_file_is_never_written(tmp_path: Path) -> None:
    said = Permission(overwrite=True).refusal(tmp_path, ours=True)
    assert "it is not a plain file" in said


def test_a_single_file_is_known_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert free(path, Permission()) == path
    path.write_text(json.dumps(marked({})))
    assert free(path, Permission()) == path
    path.write_text("{}")
    with pytest.raises(UserError, match="--overwrite to replace it"):
        free(path, Permission())
    assert free(path, Permission(overwrite=True)) == path
    assert free(path, Permission(number=True)) == tmp_path / "a (2).json"
    (tmp_path / "a (2).json").write_text("mine, too")
    assert free(path, Permission(number=True)) == tmp_path / "a (3).json"
    (tmp_path / "a (3).json").write_text(json.dumps(marked({})))
    assert free(path, Permission(number=True)) == tmp_path / "a (3).json"
    with pytest.raises(UserError, match="not a plain file"):
        free(tmp_path, Permission(number=True))


def test_two_results_have_two_names(tmp_path: Path) -> None:
    a, b = tmp_path / "a.wav", tmp_path / "b.json"
    assert targets(Permission(), a, None, b) == [a, None, b]
    with pytest.raises(UserError, match="two results"):
        targets(Permission(), a, a)


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("a.wav", 1, "a.wav"),
        ("a.wav", 2, "a (2).wav"),
        ("x/a.b.srt", 12, "x/a.b (12).srt"),
        ("a.takes.json", 2, "a (2).takes.json"),
        ("a", 2, "a (2)"),
        ("a.project", 3, "a (3).project"),
    ],
)
def test_a_number_stands_before_the_ending(name: str, number: int, wanted: str) -> None:
    assert numbered(Path(name), number) == Path(wanted)
