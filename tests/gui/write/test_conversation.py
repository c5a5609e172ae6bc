"""A conversation as a tree: branches, what a request is told, and what a disk gives back."""

from __future__ import annotations

import errno
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from engine.errors import UserError
from gui.write.chats import Chats
from gui.write.conversation import Conversation
from tests.failing_disk import FailingDisk


def talk() -> Conversation:
    """Question, answer, question, answer."""
    talk = Conversation()
    for role, text in (("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")):
        talk.say(role, text)
    return talk


def texts(conversation: Conversation) -> str:
    return "".join(message.text for message in conversation.path())


def test_a_change_grows_a_branch_and_nothing_is_lost() -> None:
    one = talk()
    first, _, third, fourth = one.path()
    changed = one.edit(third.id, "C")
    assert texts(one) == "abC"
    assert one.branches(changed.id) == [third.id, changed.id]
    one.say("assistant", "D")
    one.show(third.id)
    assert texts(one) == "abcd"
    one.show(changed.id)
    assert texts(one) == "abCD"
    one.edit(first.id, "A")
    assert texts(one) == "A"
    one.show(first.id)  # to the newest end of it
    assert texts(one) == "abCD"
    assert one.title == "a"
    assert one.message(fourth.id).text == "d"


def test_what_was_said_before_a_message() -> None:
    one = talk()
    third = one.path()[2]
    assert one.history(third.id) == (("user", "a"), ("assistant", "b"))
    one.system = "Be brief."
    assert one.history(third.id)[0] == ("system", "Be brief.")
    assert one.history(one.path()[0].id) == (("system", "Be brief."),)


def test_the_disk_gives_everything_back(tmp_path: Path) -> None:
    chats, one, other = Chats(tmp_path / "chats"), talk(), Conversation()
    one.edit(one.path()[2].id, "C")
    one.system = "Be brief."
    other.say("user", "x")
    other.say("assistant", "")  # of which nothing has come
    for each in (other, one):
        chats.save(each.name, each.to_plain())
    found, unread, damaged = chats.load()
    assert {texts(each) for each in found} == {"abC", "x"}
    assert (unread, damaged) == ([], [])
    again = next(each for each in found if each.name == one.name)
    assert again.to_plain() == one.to_plain()
    chats.remove(one.name)
    assert [each.name for each in chats.load()[0]] == [other.name]


def test_two_windows_lose_nothing_of_each_other(tmp_path: Path) -> None:
    chats, one = Chats(tmp_path), talk()
    chats.save(one.name, one.to_plain())
    ((theirs,), *_) = chats.load()
    one.say("user", "mine")
    theirs.edit(theirs.path()[2].id, "theirs")
    for each in (one, theirs):
        chats.save(each.name, each.to_plain())
    ((found,), *_) = chats.load()
    assert texts(found) == "abtheirs"
    assert [found.message(m.id).text for m in one.path()] == ["a", "b", "c", "d", "mine"]


@pytest.mark.parametrize(
    "values",
    [
        [],
        {"format": 2},
        {"format": 1, "system": "", "leaf": "", "messages": [1]},
        {"format": 1, "system": 1, "leaf": "", "messages": []},
        {
            "format": 1,
            "system": "",
            "leaf": "",
            "messages": [{"id": "x", "parent": "y", "role": "user", "text": ""}],
        },
        {
            "format": 1,
            "system": "",
            "leaf": "",
            "messages": [{"id": "x", "parent": "", "role": "system", "text": ""}],
        },
    ],
)
def test_a_damaged_file_is_set_aside(values: Any, tmp_path: Path) -> None:
    name = "0" * 32 + ".json"
    (tmp_path / name).write_text(json.dumps(values))
    (tmp_path / "other.json").write_text("not ours")
    found, unread, (damaged,) = Chats(tmp_path).load()
    assert (found, unread) == ([], [])
    assert json.loads(damaged.read_text()) == values
    assert (tmp_path / "other.json").exists()


def test_a_disk_that_fails_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    folder = tmp_path / "chats"
    chats, one = Chats(folder), talk()
    chats.save(one.name, one.to_plain())
    one.say("user", "e")
    disk = FailingDisk(folder)
    with disk.watched():
        chats.save(one.name, one.to_plain())
    for call in range(disk.calls):
        for code in (errno.EIO, errno.ENOSPC):
            text = f"{call} {code}"
            changed = one.edit(one.path()[-1].id, text)
            with disk.failing(call, code), suppress(UserError, OSError):
                chats.save(one.name, one.to_plain())
            (found,), unread, damaged = chats.load()
            assert (unread, damaged) == ([], [])
            assert texts(found).startswith("abcd")
            assert found.message(one.branches(changed.id)[0]).text == "e"
    chats.save(one.name, one.to_plain())
    assert chats.load()[0][0].to_plain() == one.to_plain()
