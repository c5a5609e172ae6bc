"""How fast voices speak: what is learned, kept and forgotten."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from engine.errors import UserError
from engine.script.pace import START, Pace, Paces, letters, voice_key
from tests.failing_disk import FailingDisk

TEXT = "so it was that all of them went out into the rain"  # 49 letters


def test_what_is_heard_of_a_text() -> None:
    assert letters("abc d") == 5
    assert letters("7") == 4
    assert letters("5%") == 10
    assert letters("[laughs]") == letters("[100% sure]") == 15
    assert letters("日") == pytest.approx(3.3)


def test_a_voice_is_learned_and_remembered(tmp_path: Path) -> None:
    paces = Paces(tmp_path / "user" / "data" / "paces.json")
    assert paces.of("a") == START
    paces.learn({"a": [(TEXT, 2.0)] * 60, "b": [(TEXT, 7.0)]})
    again = Paces(tmp_path / "user" / "data" / "paces.json")
    assert again.of("a").rate == pytest.approx(24.5, abs=1)
    assert 7 < again.of("b").rate < START.rate  # a single take moves it a little
    again.learn({"a": [(TEXT, 4.9)] * 60})  # it speaks otherwise now: the last takes count
    assert paces.of("a").rate == pytest.approx(10, abs=0.5)


def test_a_few_broken_takes_change_little(tmp_path: Path) -> None:
    paces = Paces(tmp_path / "paces.json")
    paces.learn({"a": [(TEXT, 2.5)] * 50 + [(TEXT, 60.0)] * 5 + [(TEXT, 0.4)] * 5})
    assert paces.of("a").rate == pytest.approx(49 / 2.5, rel=0.03)
    paces.learn({"b": [(TEXT, 0.0), ("", 1.0)]})
    assert 4 <= paces.of("b").rate <= 40


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"\xff\xfe", b"[1, 2]", b'{"a": 3}', b'{"a": ["x"]}', b'{"a": [1e400]}', b"[" * 100_000],
)
def test_a_broken_file_counts_as_an_empty_one(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "paces.json"
    path.write_bytes(rubbish)
    assert Paces(path).of("a") == START
    Paces(path).learn({"a": [(TEXT, 2.0)] * 60})
    assert Paces(path).of("a").rate > 20


def test_the_file_stays_small(tmp_path: Path) -> None:
    paces = Paces(tmp_path / "paces.json")
    paces.learn({f"voice {i}": [(TEXT, 2.0)] * 500 for i in range(300)})
    paces.learn({"voice 150": [(TEXT, 2.0)]})
    stored = json.loads(paces.path.read_text())
    assert len(stored) == 200
    assert max(map(len, stored.values())) == 60
    assert list(stored)[-1] == "voice 150"  # what was heard lately is kept the longest


def test_a_disk_that_refuses_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes, *, known: bool) -> None:
        raise UserError("cannot write: no space left on device")

    monkeypatch.setattr("engine.script.pace.write_own", full)
    paces = Paces(tmp_path / "paces.json")
    paces.learn({"a": [(TEXT, 2.0)] * 60})
    assert paces.of("a") == START
    (tmp_path / "file").write_text("")
    Paces(tmp_path / "file" / "paces.json").learn({"a": [(TEXT, 2.0)]})  # no folder


def test_a_voice_file_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "one.npz").write_bytes(b"a voice")
    (tmp_path / "copy.npz").write_bytes(b"a voice")
    (tmp_path / "two.npz").write_bytes(b"another")
    one, copy, two = (
        voice_key("m", str(tmp_path / f"{name}.npz")) for name in ["one", "copy", "two"]
    )
    assert one == copy != two
    assert voice_key("m", str(tmp_path / "gone.npz"))  # said by whoever speaks with it
    assert len({one, voice_key("n", "joe"), voice_key("m", "joe"), voice_key("m", None)}) == 4


def test_the_pace_is_held_near_the_start_value_while_there_are_few_takes() -> None:
    few, many = Pace.learned([(TEXT, 2.5)]), Pace.learned([(TEXT, 2.5)] * 60)
    assert START.rate < few.rate < many.rate < 20


def test_only_paces_that_a_voice_can_have_are_believed() -> None:
    assert Pace.of_rates([1.0] * 600).rate == 4.0
    assert Pace.of_rates([99.0] * 600).rate == 40.0
    assert Pace.of_rates([10.0] * 600).rate == pytest.approx(10, abs=0.1)


def test_a_sound_of_less_than_a_third_of_a_second_teaches_nothing() -> None:
    assert Pace.learned([(TEXT, 0.3)] * 60) == START
    assert Pace.learned([(TEXT, 0.31)] * 60) != START


def test_a_voice_file_whose_content_is_known_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"changed meanwhile")
    known = voice_key("m", str(tmp_path / "a.npz"), "c" * 64)
    assert known == voice_key("m", "elsewhere.npz", "c" * 64) != voice_key("m", "a.npz", "d" * 64)


def test_a_damaged_file_is_set_aside_and_one_that_cannot_be_read_stays(tmp_path: Path) -> None:
    path = tmp_path / "paces.json"
    path.write_bytes(b"{")
    left = tmp_path / ".paces.json.abcd1234.part"  # by a killed process
    left.touch()
    heard = {"voice": [("These are some words.", 1.5)]}
    Paces(path).learn(heard)
    assert path.with_name("paces.json.damaged").read_bytes() == b"{"
    assert not left.exists()
    before = path.read_bytes()
    for call in (1, 2):  # open, read; the folder is looked through before
        with FailingDisk(tmp_path).failing(call, errno.EIO):
            Paces(path).learn({"other": heard["voice"]})
        assert path.read_bytes() == before
    left.touch()
    Paces(path).learn({})  # also where there is nothing new
    assert not left.exists()
